"""Customers chosen for something: by their ids, or all that a search line finds but some."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from crm_tui.core.permissions import Permission
from crm_tui.core.query import Query
from crm_tui.core.vocabulary import Channel
from crm_tui.services import contact_list
from crm_tui.services.errors import Cancelled, UsageError
from crm_tui.services.workspace import Workspace
from storage import audience, retention, search
from storage import selection as stored
from storage.dialects import sqlite
from storage.sql import Connection, database_errors, driver_connection


@dataclass(frozen=True, slots=True)
class Selection:
    """Whom to do something with."""

    ids: frozenset[int] = frozenset()
    """These customers, blocked or not; where `query` is None."""
    query: str | None = None
    """All that this search line finds; "" finds everybody."""
    without: frozenset[int] = frozenset()
    """But these."""
    blocked: bool = False
    """The line searches the blocked customers, in place of the others (R46)."""
    hidden: bool = False
    """The line searches those over the limit of managed users, in place of the others (R5)."""
    channel: Channel | None = None
    """Of those that the line finds only whoever may get a marketing message by it."""
    silent_since: int | None = None
    """In place of ids and a line: all who are not blocked and of whom nothing was seen or heard since (UTC epoch
    milliseconds), hidden ones too."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Whom a selection stood for when the manager was asked about it."""

    count: int
    mark: int
    """A number that other customers, though as many, do not make."""


Expected = Seen | int | None
"""Whom the manager means: those of the moment of a question, or so many; None: whoever they are by now."""


def look_at(workspace: Workspace, selection: Selection) -> Seen:
    """Return whom a selection stands for now, to be handed to what is done with them.

    Raises:
        UsageError: The line cannot be understood.
    """
    wanted = parse_selection(workspace, selection)
    with workspace.reading(Permission.SEE) as connection:
        found = _condition(connection, selection, wanted)
        if found is None:
            choose(connection, selection, wanted)
            return Seen(*stored.count_and_mark(connection))
        condition, params = found
        return Seen(*stored.count_and_mark_where(connection, condition, params, selection.without))


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Customers who match a line too, but are not in the list that it searches: nothing is done to them."""

    blocked: int = 0
    hidden: int = 0


def left_out(workspace: Workspace, selection: Selection) -> LeftOut:
    """Return who matches the line of a selection and is left alone; nobody where it is one of ids or of those away.

    Raises:
        UsageError: The line cannot be understood.
    """
    if not selection.query or selection.blocked or selection.hidden:
        return LeftOut()
    wanted = contact_list.parse(workspace, selection.query)
    with workspace.reading(Permission.SEE) as connection:
        return LeftOut(**audience.barred(connection, wanted))


def missing_ids(workspace: Workspace, selection: Selection) -> tuple[int, ...]:
    """Return the ids of a selection that no customer has."""
    with workspace.reading(Permission.SEE) as connection:
        return tuple(stored.unknown_ids(connection, selection.ids))


def parse_selection(workspace: Workspace, selection: Selection) -> Query | None:
    """Return what the line of a selection asks for; before a transaction, so that it is not held up.

    Raises:
        UsageError: The line cannot be understood.
    """
    return None if selection.query is None else contact_list.parse(workspace, selection.query)


def choose(connection: Connection, selection: Selection, wanted: Query | None) -> int:
    """Put the ids of those chosen into the table `chosen` of the connection; return how many.

    Args:
        connection: One of the workspace's.
        selection: Whom.
        wanted: What `parse_selection` made of its line.
    """
    found = _condition(connection, selection, wanted)
    if found is None:
        return stored.choose_ids(connection, selection.ids)
    condition, params = found
    return stored.choose_where(connection, condition, params, selection.without)


def _condition(connection: Connection, selection: Selection, wanted: Query | None) -> tuple[str, dict[str, Any]] | None:
    """Return the condition for those who are meant, and its parameters; None where their ids say who they are."""
    if selection.silent_since is not None:
        return retention.silent_since(selection.silent_since)
    if wanted is None:
        return None
    condition, params = search.condition(connection, wanted, blocked=selection.blocked, hidden=selection.hidden)
    if selection.channel is not None:
        condition = f"({condition}) AND {audience.reachable(selection.channel)}"
    return condition, params


@contextlib.contextmanager
def choosing(
    workspace: Workspace,
    permission: Permission,
    selection: Selection,
    expect: Expected = None,
    stop: threading.Event | None = None,
) -> Iterator[tuple[Connection, int]]:
    """Give a writing connection on which customers are chosen, and how many they are.

    Args:
        workspace: The database.
        permission: What the manager must be allowed to do.
        selection: Whom.
        expect: Whom the manager means. Looked at in the very transaction that writes: nobody comes in between.
        stop: Set from another thread to give up; nothing is written then.

    Raises:
        UsageError: "count_changed": they are not as many as expected; "others_found": as many, but others.
        Cancelled: `stop` was set.
    """
    wanted = parse_selection(workspace, selection)
    with cancelled_by(stop), workspace.transaction(permission) as connection:
        if stop is not None:
            sqlite.stop_when(driver_connection(connection), stop.is_set)
        customers = choose(connection, selection, wanted)
        _check(connection, expect, customers)
        yield connection, customers
        if stop is not None and stop.is_set():
            raise Cancelled("cancelled")


def _check(connection: Connection, expect: Expected, found: int) -> None:
    if expect is None:
        return
    expected = expect.count if isinstance(expect, Seen) else expect
    if found != expected:
        raise UsageError("count_changed", expected=expected, found=found)
    if isinstance(expect, Seen) and Seen(*stored.count_and_mark(connection)) != expect:
        raise UsageError("others_found", found=found)


@contextlib.contextmanager
def cancelled_by(stop: threading.Event | None) -> Iterator[None]:
    """Make `Cancelled` of the error of a statement that `stop` has ended."""
    try:
        yield
    except database_errors() as error:
        if stop is None or not stop.is_set() or not sqlite.is_interrupt(error):
            raise
        raise Cancelled("cancelled") from error
