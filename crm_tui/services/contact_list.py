"""The contact list: what a search line finds, in pages of an order (R46, R47)."""

from collections.abc import Iterator
from dataclasses import dataclass

from crm_tui.core.query import Query, QueryMistake, parse_query
from crm_tui.services.errors import UsageError
from crm_tui.services.profiles import Customer, customer_of
from crm_tui.services.workspace import Workspace
from storage import customers as stored
from storage import search

SORTS: tuple[str, ...] = tuple(search.SORT_COLUMNS)
"""What the list can be ordered by."""
_READ_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Found:
    """What a search finds."""

    total: int
    blocked: int = 0
    """Blocked customers it would match; counted only where `total` is 0 (R47)."""


def parse(line: str) -> Query:
    """Return what a search line asks for.

    Raises:
        UsageError: The line cannot be understood; `at` and `expected` say where and why.
    """
    query = parse_query(line)
    if isinstance(query, QueryMistake):
        raise UsageError("query_wrong", at=query.at + 1, expected=query.expected)
    return query


def count(workspace: Workspace, query: str = "") -> Found:
    """Return how many customers a search line finds."""
    wanted = parse(query)
    with workspace.reading() as connection:
        total = search.count(connection, wanted)
        return Found(total, 0 if total else search.count(connection, wanted, blocked=True))


def page(
    workspace: Workspace,
    query: str = "",
    *,
    sort: str = "lastSeenAt",
    descending: bool = True,
    offset: int = 0,
    limit: int = 50,
) -> tuple[Customer, ...]:
    """Return `limit` customers from `offset` on, of those that a search line finds; `sort` is one of `SORTS`."""
    if sort not in SORTS:
        raise UsageError("sort_unknown", name=sort)
    wanted = parse(query)
    with workspace.reading() as connection:
        ids = search.page_ids(connection, wanted, sort=sort, descending=descending, offset=offset, limit=limit)
        rows = stored.by_ids(connection, ids)
        return tuple(customer_of(rows[one]) for one in ids)


def position(
    workspace: Workspace, query: str = "", *, sort: str = "lastSeenAt", descending: bool = True, customer_id: int
) -> int | None:
    """Return at which offset of `page` a customer stands; None where the search line does not find it."""
    if sort not in SORTS:
        raise UsageError("sort_unknown", name=sort)
    wanted = parse(query)
    with workspace.reading() as connection:
        return search.position(connection, wanted, customer_id, sort=sort, descending=descending)


def every(
    workspace: Workspace,
    query: str = "",
    *,
    sort: str = "lastSeenAt",
    descending: bool = True,
    limit: int | None = None,
) -> Iterator[Customer]:
    """Yield the customers that a search line finds, as they all stood at one moment; memory holds their ids only."""
    if sort not in SORTS:
        raise UsageError("sort_unknown", name=sort)
    wanted = parse(query)
    most = -1 if limit is None else limit
    with workspace.reading() as connection:
        ids = search.page_ids(connection, wanted, sort=sort, descending=descending, offset=0, limit=most)
        for start in range(0, len(ids), _READ_AT_ONCE):
            some = ids[start : start + _READ_AT_ONCE]
            rows = stored.by_ids(connection, some)
            yield from (customer_of(rows[one]) for one in some)
