"""What `conversations` prints and writes."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from crm_tui.cli import output
from crm_tui.cli.diagnostics import Exit, say
from crm_tui.cli.shapes import moment
from crm_tui.core.problems import Problem
from crm_tui.core.talk import Direction, EntryKind, parse_moment
from crm_tui.i18n import describe, t
from crm_tui.services import conversations
from crm_tui.services.conversations import Entry, Refused, Written
from crm_tui.services.workspace import Workspace

_COLUMNS = ("id", "at", "kind", "direction", "author", "seconds", "text")


@dataclass(frozen=True, slots=True)
class Said:
    """What is to be written down."""

    kind: EntryKind
    direction: Direction
    text: str
    seconds: int | None
    at: str | None
    """A moment as it was typed; None: now."""


def show_timeline(workspace: Workspace, customer_id: int, limit: int, as_json: bool) -> Exit:
    """Show what was said with a customer and what they did, newest first."""
    entries = conversations.timeline(workspace, customer_id, limit)
    if not (entries or as_json):
        say(t("talk.no_entries", id=customer_id))
        return Exit.DONE
    return _print_entries(entries, as_json)


def write_down(workspace: Workspace, customer_id: int, said: Said, as_json: bool) -> Exit:
    """Write down a message or a call."""
    when = parse_moment(said.at) if said.at is not None else None
    if isinstance(when, Problem):
        return _refuse(when)
    if said.kind is EntryKind.MESSAGE:
        answer = conversations.write_message(workspace, customer_id, said.direction, said.text, when)
    else:
        answer = conversations.write_call(workspace, customer_id, said.direction, said.text, said.seconds, when)
    match answer:
        case Written(entry, became_missed):
            if became_missed:
                say(t("talk.became_missed", who=f"#{customer_id}"))
            if as_json:
                output.document(_json(entry))
                return Exit.DONE
            return _print_entries((entry,), as_json)
        case Refused(code):
            say(t(f"talk.{code.value}"))
            return Exit.REFUSED
        case problems:
            return _refuse(*problems)


def list_ownerless(workspace: Workspace, limit: int, as_json: bool) -> Exit:
    """List the conversations whose customers were deleted, newest first."""
    found = conversations.ownerless(workspace, limit)
    if as_json:
        output.array(asdict(one) | {"since": moment(one.since), "until": moment(one.until)} for one in found)
    elif found:
        rows = [[str(one.thread), str(one.messages), moment(one.since) or "", moment(one.until) or ""] for one in found]
        output.table(("thread", "messages", "since", "until"), rows)
    else:
        say(t("talk.ownerless_empty"))
    return Exit.DONE


def show_ownerless(workspace: Workspace, thread: int, limit: int, as_json: bool) -> Exit:
    """Show the messages of one of them, newest first."""
    return _print_entries(conversations.ownerless_messages(workspace, thread, limit), as_json)


def _print_entries(entries: Iterable[Entry], as_json: bool) -> Exit:
    if as_json:
        output.array(_json(one) for one in entries)
    else:
        output.table(_COLUMNS, [[_cell(one, column) for column in _COLUMNS] for one in entries])
    return Exit.DONE


def _json(entry: Entry) -> dict[str, Any]:
    return asdict(entry) | {"at": moment(entry.at)}


def _cell(entry: Entry, column: str) -> str:
    value = _json(entry)[column]
    return "" if value is None else str(value)


def _refuse(*problems: Problem) -> Exit:
    for problem in problems:
        say(f"{problem.field}: {describe(problem)}")
    return Exit.REFUSED
