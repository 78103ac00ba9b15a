"""The timeline: messages and calls that managers write down, visits and answers to forms (R44, R47, R49)."""

from dataclasses import dataclass
from typing import Any

from crm_tui.core.fields import NAME
from crm_tui.core.permissions import Permission
from crm_tui.core.problems import Code, Problem
from crm_tui.core.talk import (
    MAX_CALL_SECONDS,
    SECONDS,
    TEXT,
    Direction,
    EntryKind,
    Refusal,
    moment_problem,
    of_blocked,
    parse_talk,
)
from crm_tui.services import one_customer
from crm_tui.services.activity import ActivityKind, record
from crm_tui.services.errors import NotFound, known
from crm_tui.services.workspace import Workspace
from storage import customers as stored_customers
from storage import timeline as stored
from storage.columns import COLUMNS_BY_KEY
from storage.sql import Connection, RowMapping


@dataclass(frozen=True, slots=True)
class Entry:
    """Something on a timeline."""

    id: int
    thread: int
    """The id of the customer whom it happened with, who may have gone into another since (R44)."""
    at: int
    """UTC epoch milliseconds."""
    kind: EntryKind
    direction: Direction | None
    """None for visits and forms."""
    author: str | None
    """The name that who wrote or spoke had then; None where there was none, or where the customer is gone (R49)."""
    text: str | None
    seconds: int | None
    """How long a call was, where that is known."""
    manager: str | None
    """Who wrote it down; None for what the customer did."""


@dataclass(frozen=True, slots=True)
class Written:
    """It was written down."""

    entry: Entry
    became_missed: bool = False
    """A call that came in from a blocked customer is logged as missed (R47)."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was written down: the customer is blocked (R47)."""

    code: Refusal


Answer = Written | Refused | tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class OwnerlessConversation:
    """Messages with somebody who was deleted: the texts are all that is left (R49)."""

    thread: int
    """The id that the customer had."""
    messages: int
    since: int
    """When the first was written, as UTC epoch milliseconds."""
    until: int
    """When the last was."""


def write_message(
    workspace: Workspace, customer_id: int, direction: Direction, text: str, at: int | None = None
) -> Answer:
    """Write down a chat message, the customer's (`IN`) or a manager's (`OUT`); return it, or why that cannot be.

    Args:
        workspace: The database.
        customer_id: With whom.
        direction: Who wrote it.
        text: What.
        at: When, as UTC epoch milliseconds; by default now.

    Raises:
        NotFound: There is no customer with that id.
    """
    body = parse_talk(text)
    problems = [body] if isinstance(body, Problem) else [] if body else [Problem(Code.TEXT_MISSING, TEXT.key)]
    if direction is Direction.MISSED:
        problems.append(Problem(Code.MESSAGE_MISSED, "direction"))
    return _write(workspace, customer_id, EntryKind.MESSAGE, direction, body, None, at, problems)


def write_call(
    workspace: Workspace,
    customer_id: int,
    direction: Direction,
    text: str = "",
    seconds: int | None = None,
    at: int | None = None,
) -> Answer:
    """Write down a call; return it, or why that cannot be.

    Args:
        workspace: The database.
        customer_id: With whom.
        direction: Who called; `MISSED`: the customer, and nobody took it.
        text: What was said, or nothing.
        seconds: How long it was, where that is known; a missed call has no length.
        at: When, as UTC epoch milliseconds; by default now.

    Raises:
        NotFound: There is no customer with that id.
    """
    body = parse_talk(text)
    problems = [body] if isinstance(body, Problem) else []
    if seconds is not None and direction is Direction.MISSED:
        problems.append(Problem(Code.SECONDS_OF_MISSED, SECONDS.key))
    elif seconds is not None and not 0 <= seconds <= MAX_CALL_SECONDS:
        problems.append(Problem(Code.SECONDS_INVALID, SECONDS.key, {"limit": MAX_CALL_SECONDS}))
    return _write(workspace, customer_id, EntryKind.CALL, direction, body, seconds, at, problems)


def _write(
    workspace: Workspace,
    customer_id: int,
    kind: EntryKind,
    direction: Direction,
    body: str | Problem,
    seconds: int | None,
    at: int | None,
    problems: list[Problem],
) -> Answer:
    # Open screens look again when customers change: what is said with one is a change to them.
    with workspace.transaction(Permission.EDIT, changes_customers=True) as connection:
        customer = _row(connection, customer_id)
        now = workspace.now_ms()
        if at is not None and (wrong := moment_problem(at, now)):
            problems.append(wrong)
        if problems:
            return tuple(problems)
        told = of_blocked(kind, direction) if customer["blocked_at"] is not None else direction
        if isinstance(told, Refusal):
            return Refused(told)
        values = {
            "kind": kind.value,
            "direction": told.value,
            "author": workspace.manager if told is Direction.OUT else customer[COLUMNS_BY_KEY[NAME]],
            "text": body or None,
            "seconds": None if told is Direction.MISSED else seconds,
            "manager": workspace.manager,
        }
        entry = _insert(connection, customer_id, now if at is None else at, values)
        record(connection, workspace, ActivityKind.TALKED, [customer_id], talk=kind.value, direction=told.value)
        return Written(entry, became_missed=told is not direction)


def note_event(
    connection: Connection,
    workspace: Workspace,
    customer_id: int,
    kind: EntryKind,
    text: str | None = None,
    *,
    at: int | None = None,
) -> Entry:
    """Put on a customer's timeline what they did themselves, in the transaction of whoever tells of it.

    Args:
        connection: The one that writes it.
        workspace: The database.
        customer_id: Who.
        kind: A visit, a login or an answer to a form.
        text: What they typed, as it is stored.
        at: When, as UTC epoch milliseconds; by default now.
    """
    values = {"kind": kind.value, "text": text}
    return _insert(connection, customer_id, workspace.now_ms() if at is None else at, values)


def timeline(
    workspace: Workspace, customer_id: int, limit: int = 200, before: Entry | None = None
) -> tuple[Entry, ...]:
    """Return what was said with a customer and what they did, newest first; `before`: only what is older than that.

    Raises:
        NotFound: There is no customer with that id.
    """
    with workspace.reading(Permission.SEE) as connection:
        _row(connection, customer_id)
        rows = stored.of_customer(connection, customer_id, limit, (before.at, before.id) if before else None)
    return tuple(map(_entry, rows))


def ownerless(workspace: Workspace, limit: int = 1000) -> tuple[OwnerlessConversation, ...]:
    """Return the conversations whose customer was deleted, the newest first (R49)."""
    with workspace.reading(Permission.SEE) as connection:
        rows = stored.ownerless(connection, limit)
    return tuple(OwnerlessConversation(row["thread"], row["number"], row["since"], row["until"]) for row in rows)


def ownerless_messages(workspace: Workspace, thread: int, limit: int = 1000) -> tuple[Entry, ...]:
    """Return the messages of one of them, newest first.

    Raises:
        NotFound: There is no such conversation.
    """
    with workspace.reading(Permission.SEE) as connection:
        rows = stored.of_thread(connection, thread, limit)
    if not rows:
        raise NotFound("conversation_not_found", thread=thread)
    return tuple(map(_entry, rows))


def _row(connection: Connection, customer_id: int) -> RowMapping:
    row = stored_customers.by_ids(connection, [customer_id]).get(customer_id)
    if row is None:
        raise one_customer.gone(connection, customer_id)
    return row


def _insert(connection: Connection, customer_id: int, at: int, values: dict[str, Any]) -> Entry:
    nothing = {"direction": None, "author": None, "text": None, "seconds": None, "manager": None}
    columns = nothing | values | {"thread": customer_id, "at": at}
    return _entry({**columns, "id": stored.insert(connection, columns | {"customer_id": customer_id})})


def _entry(row: Any) -> Entry:
    return Entry(
        id=row["id"],
        thread=row["thread"],
        at=row["at"],
        kind=known(EntryKind, row["kind"]),
        direction=None if row["direction"] is None else known(Direction, row["direction"]),
        author=row["author"],
        text=row["text"],
        seconds=row["seconds"],
        manager=row["manager"],
    )
