"""Customers chosen for something: by their ids, or all that a search line finds but some."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from crm_tui.core.query import Query
from crm_tui.services import contact_list
from crm_tui.services.errors import Cancelled
from crm_tui.services.workspace import Workspace
from storage import search
from storage import selection as stored
from storage.dialects import sqlite


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


def selection_size(workspace: Workspace, selection: Selection) -> int:
    """Return how many customers are chosen."""
    wanted = parse_selection(workspace, selection)
    with workspace.reading() as connection:
        if wanted is None:
            return choose(connection, selection, wanted)
        number = search.count(connection, wanted, blocked=selection.blocked)
        if selection.without:
            condition, params = search.condition(wanted, blocked=selection.blocked)
            number -= stored.count_among(connection, selection.without, condition, params)
        return number


def missing_ids(workspace: Workspace, selection: Selection) -> tuple[int, ...]:
    """Return the ids of a selection that no customer has."""
    with workspace.reading() as connection:
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
    if wanted is None:
        return stored.choose_ids(connection, selection.ids)
    condition, params = search.condition(wanted, blocked=selection.blocked)
    return stored.choose_where(connection, condition, params, selection.without)


@contextlib.contextmanager
def choosing(
    workspace: Workspace, selection: Selection, stop: threading.Event | None = None
) -> Iterator[tuple[Connection, int]]:
    """Give a writing connection on which customers are chosen, and how many they are.

    Raises:
        Cancelled: `stop` was set; nothing is written.
    """
    wanted = parse_selection(workspace, selection)
    with cancelled_by(stop), workspace.transaction() as connection:
        if stop is not None:
            sqlite.stop_when(connection.connection.driver_connection, stop.is_set)
        yield connection, choose(connection, selection, wanted)
        if stop is not None and stop.is_set():
            raise Cancelled("cancelled")


@contextlib.contextmanager
def cancelled_by(stop: threading.Event | None) -> Iterator[None]:
    """Make `Cancelled` of the error of a statement that `stop` has ended."""
    try:
        yield
    except (DBAPIError, sqlite.driver_error()) as error:
        if stop is None or not stop.is_set() or not sqlite.is_interrupt(error):
            raise
        raise Cancelled("cancelled") from error
