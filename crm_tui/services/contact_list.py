"""The contact list: what a search line finds, in pages of an order (R46, R47)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crm_tui.core.fields import SYSTEM_FIELDS, Field, FieldType, find_field
from crm_tui.core.permissions import Permission
from crm_tui.core.query import Query, QueryMistake, Vocabulary, parse_query
from crm_tui.services.errors import UsageError
from crm_tui.services.fields import read_fields
from crm_tui.services.local_zone import LocalZone
from crm_tui.services.profiles import Customer, customer_of
from crm_tui.services.value_list import read_list
from crm_tui.services.workspace import Workspace
from storage import customers as stored
from storage import search
from storage import segments as stored_segments
from storage.search import names
from storage.sql import Connection

_READ_AT_ONCE = 500
_BLOCKED_AT = Field(search.BLOCKED_AT, FieldType.DATETIME)


@dataclass(frozen=True, slots=True)
class Found:
    """What a search finds."""

    total: int
    blocked: int = 0
    """Blocked customers it would match; counted only where `total` is 0 (R47)."""
    hidden: int = 0
    """Customers over the limit of managed users, in the same way (R5)."""


def vocabulary(workspace: Workspace) -> Vocabulary:
    """Return what a search line may speak of."""
    with workspace.reading(Permission.SEE) as connection:
        return read_vocabulary(connection, workspace)


def read_vocabulary(connection: Connection, workspace: Workspace) -> Vocabulary:
    """Return what a search line may speak of, on an open connection."""
    return Vocabulary(
        fields=read_fields(connection, archived=True) + SYSTEM_FIELDS,
        tags=names.tag_names(connection),
        import_tags=names.import_tag_names(connection),
        segments=stored_segments.lines(connection),
        now_ms=workspace.now_ms(),
        zone=LocalZone(),
        read_list=read_list,
    )


def parse(workspace: Workspace, line: str) -> Query:
    """Return what a search line asks for.

    Raises:
        UsageError: The line cannot be understood; `at`, `length` and `expected` say where and why.
    """
    with workspace.reading(Permission.SEE) as connection:
        return _parse(connection, workspace, line)


def _parse(connection: Connection, workspace: Workspace, line: str) -> Query:
    if not line.strip():
        return Query()
    query = parse_query(line, read_vocabulary(connection, workspace))
    if isinstance(query, QueryMistake):
        raise wrong(query)
    return query


def wrong(mistake: QueryMistake) -> UsageError:
    """Return the error for a line that cannot be understood."""
    return UsageError("query_wrong", at=mistake.at + 1, length=mistake.length, expected="\n".join(mistake.expected))


def _order(connection: Connection, sort: str, *, descending: bool, blocked: bool) -> search.Order:
    if blocked and sort == search.BLOCKED_AT:
        return search.Order(_BLOCKED_AT, descending)
    field = find_field(sort, read_fields(connection) + SYSTEM_FIELDS)
    if field is None:
        raise UsageError("sort_unknown", name=sort)
    return search.Order(field, descending)


def count(workspace: Workspace, query: str = "", *, blocked: bool = False) -> Found:
    """Return how many customers a search line finds.

    Raises:
        UsageError: The line cannot be understood.
    """
    with workspace.reading(Permission.SEE) as connection:
        wanted = _parse(connection, workspace, query)
        return _with_blocked(connection, wanted, search.count(connection, wanted, blocked=blocked), blocked=blocked)


def _with_blocked(connection: Connection, wanted: Query, total: int, *, blocked: bool) -> Found:
    if total or blocked:
        return Found(total)
    return Found(0, search.count(connection, wanted, blocked=True), search.count(connection, wanted, hidden=True))


def first_page(
    workspace: Workspace,
    query: str = "",
    *,
    sort: str = "lastSeenAt",
    descending: bool = True,
    limit: int = 50,
    blocked: bool = False,
) -> tuple[Found, tuple[Customer, ...]]:
    """Return what `count` and `page` return, faster than both.

    Raises:
        UsageError: The line cannot be understood, or there is no such field.
    """
    with workspace.reading(Permission.SEE) as connection:
        wanted = _parse(connection, workspace, query)
        order = _order(connection, sort, descending=descending, blocked=blocked)
        total, ids = search.count_and_first(connection, wanted, order, limit=limit, blocked=blocked)
        return _with_blocked(connection, wanted, total, blocked=blocked), _customers(connection, ids)


def page(
    workspace: Workspace,
    query: str = "",
    *,
    sort: str = "lastSeenAt",
    descending: bool = True,
    offset: int = 0,
    limit: int = 50,
    blocked: bool = False,
    total: int | None = None,
) -> tuple[Customer, ...]:
    """Return `limit` customers from `offset` on, of those that a search line finds.

    Args:
        workspace: The database.
        query: The search line.
        sort: A field, or "blockedAt" among blocked customers. Missing values come last.
        descending: From the greatest value on.
        offset: How many come before.
        limit: How many at most.
        blocked: Among blocked customers, instead of among all others.
        total: What `count` gave, if no customer changed since: a page far down is then found without counting again.

    Raises:
        UsageError: The line cannot be understood, or there is no such field.
    """
    with workspace.reading(Permission.SEE) as connection:
        wanted = _parse(connection, workspace, query)
        order = _order(connection, sort, descending=descending, blocked=blocked)
        ids = search.page_ids(
            connection, wanted, order, offset=offset, limit=max(limit, 0), blocked=blocked, total=total
        )
        return _customers(connection, ids)


def _customers(connection: Connection, ids: Sequence[int]) -> tuple[Customer, ...]:
    rows = stored.by_ids(connection, ids)
    return tuple(customer_of(rows[one]) for one in ids)


def position(
    workspace: Workspace,
    query: str = "",
    *,
    sort: str = "lastSeenAt",
    descending: bool = True,
    customer_id: int,
    blocked: bool = False,
) -> int | None:
    """Return at which offset of `page` a customer stands; None where the search line does not find them."""
    with workspace.reading(Permission.SEE) as connection:
        wanted = _parse(connection, workspace, query)
        order = _order(connection, sort, descending=descending, blocked=blocked)
        return search.position(connection, wanted, customer_id, order, blocked=blocked)


def every(
    workspace: Workspace,
    query: str = "",
    *,
    sort: str = "lastSeenAt",
    descending: bool = True,
    limit: int | None = None,
    blocked: bool = False,
) -> Iterator[Customer]:
    """Return the customers that a search line finds, as they all stand when the first is taken.

    Memory holds their ids only. A line or an order that is wrong is told at once.
    """
    with workspace.reading(Permission.SEE) as connection:
        wanted = _parse(connection, workspace, query)
        order = _order(connection, sort, descending=descending, blocked=blocked)
    return _every(workspace, wanted, order, -1 if limit is None else limit, blocked=blocked)


def _every(
    workspace: Workspace, wanted: Query, order: search.Order, limit: int, *, blocked: bool
) -> Iterator[Customer]:
    with workspace.reading(Permission.SEE) as connection:
        ids = search.page_ids(connection, wanted, order, offset=0, limit=limit, blocked=blocked)
        for start in range(0, len(ids), _READ_AT_ONCE):
            yield from _customers(connection, ids[start : start + _READ_AT_ONCE])
