"""Pages and positions of what a query finds."""

from typing import Any

from crm_tui.core.query import Query
from crm_tui.core.query.nodes import Node
from storage.columns import LISTED
from storage.dialects.sqlite import MAX_INTEGER
from storage.search.asked import FEW, Asked
from storage.search.conditions import BLOCKED, VISIBLE_IN_TABLE, condition, visible_in
from storage.search.counting import count, counted, visible
from storage.search.indexes import read_off
from storage.search.orders import Order
from storage.sql import Connection, text

_WALKED = 30_000
"""Customers whose rows are looked at for a page before the other way is taken: some hundredths of a second."""
_WALKED_FIRST = 2_000
"""After these it is guessed how far the page is."""
_DEEP = 20_000
"""An offset from which on it pays to know how many there are, and to read from the end if that is nearer."""
_ROWS_A_SET_IS_WORTH = 100_000
"""Customers who can be looked at in the time that it takes to make a set of many ids."""

_PAGE = "LIMIT :_limit OFFSET :_offset"


def count_and_first(
    connection: Connection, query: Query, order: Order, *, limit: int, blocked: bool = False
) -> tuple[int, list[int]]:
    """Return `count`, and the first page of `page_ids`; where they are few, all are looked for only once."""
    asked = Asked(connection, query)
    if not blocked and asked.few is not None:
        ids = _among(asked, asked.few, order.sql(), {"_limit": -1, "_offset": 0})
        return len(ids), ids[:limit]
    total = count(connection, query, blocked=True) if blocked else counted(asked)
    return total, _page_ids(asked, order, 0, limit, blocked, total)


def page_ids(
    connection: Connection,
    query: Query,
    order: Order,
    *,
    offset: int,
    limit: int,
    blocked: bool = False,
    total: int | None = None,
) -> list[int]:
    """Return the ids of one page, in order.

    Args:
        connection: Where.
        query: Whom to find.
        order: In which order.
        offset: How many come before.
        limit: At most how many; -1 for all.
        blocked: Among blocked customers.
        total: What `count` gave, where that is known already.
    """
    return _page_ids(Asked(connection, query), order, offset, limit, blocked, total)


def _page_ids(asked: Asked, order: Order, offset: int, limit: int, blocked: bool, total: int | None) -> list[int]:
    limit, offset = min(limit, MAX_INTEGER), min(offset, MAX_INTEGER)
    if limit == 0:
        return []
    is_page = 0 < limit <= _WALKED
    if offset >= _DEEP and is_page:
        total = count(asked.connection, asked.query, blocked=blocked) if total is None else total
        if offset >= total:
            return []
        limit = min(limit, total - offset)
        behind = total - offset - limit
        if behind < offset:
            return _ids(asked, order, behind, limit, blocked, total, backwards=True)[::-1]
    return _ids(asked, order, offset, limit, blocked, total if is_page else None)


def _ids(
    asked: Asked,
    order: Order,
    offset: int,
    limit: int,
    blocked: bool,
    total: int | None,
    *,
    backwards: bool = False,
) -> list[int]:
    """Return ids from one end on, by the way that is the fastest."""
    direction = order.sql(backwards=backwards)
    place = {"_limit": limit, "_offset": offset}
    if blocked:
        where, params = condition(asked.connection, asked.query, blocked=True, looks_at_rows=True)
        return asked.ids(f"SELECT id FROM customer WHERE {where} ORDER BY {direction} {_PAGE}", params | place)
    if asked.root is not None and (total is None or total <= FEW) and asked.few is not None:
        return _among(asked, asked.few, direction, place)
    home = asked.indexes.of_field(order.field)
    if home is None or asked.root is None:
        found, params = _unsorted(asked, home)
        return asked.ids(f"SELECT id FROM {found} ORDER BY {direction} {_PAGE}", params | place)
    if limit > 0 and offset + limit < _WALKED and _is_near(asked, offset + limit, total):
        ids = _walked(asked, asked.root, home, direction, place, is_known=total is not None)
        if len(ids) == limit:
            return ids
    if total and offset * visible(asked) < total * _ROWS_A_SET_IS_WORTH and offset >= _DEEP:
        return asked.ids(*_walk(asked, asked.root, home, direction, -1, place))
    found, params = _along(asked, asked.root, home)
    return asked.ids(f"SELECT id FROM {found} ORDER BY {direction} {_PAGE}", params | place)


def _among(asked: Asked, few: str, direction: str, place: dict[str, int]) -> list[int]:
    found, params = asked.among(few)
    return asked.ids(f"SELECT id FROM {found} ORDER BY {direction} {_PAGE}", params | place)


def _is_near(asked: Asked, rows: int, total: int | None) -> bool:
    """Say whether a page ends among the customers who are looked at, if those found are spread evenly."""
    if total is None:
        return True
    return rows * asked.number("SELECT coalesce(max(id), 0) FROM customer", {}) <= total * _WALKED


def _walked(asked: Asked, root: Node, home: str, direction: str, place: dict[str, int], *, is_known: bool) -> list[int]:
    """Return those of a page who are found by a look at one customer after the other; at a few first."""
    end = place["_limit"] + place["_offset"]
    if not is_known and not asked.indexes.needs_rows(root):
        near = asked.ids(*_walk(asked, root, home, direction, _WALKED_FIRST, {"_limit": end, "_offset": 0}))
        if len(near) == end or len(near) * _WALKED < end * _WALKED_FIRST:
            return near[place["_offset"] :]
    return asked.ids(*_walk(asked, root, home, direction, _WALKED, place))


def _unsorted(asked: Asked, home: str | None) -> tuple[str, dict[str, Any]]:
    """Return what stands behind FROM for lists that are sorted, or not filtered."""
    if asked.root is None and home is not None:
        return f"{read_off(home)} WHERE {visible_in(home)}", {}
    where, params = condition(asked.connection, asked.query, looks_at_rows=True)
    return f"customer WHERE {where}", params


def _along(asked: Asked, root: Node, home: str) -> tuple[str, dict[str, Any]]:
    """Return what stands behind FROM for passing through an index without a look at customers' rows."""
    writer = asked.writer()
    if asked.indexes.needs_rows(root):
        # One look at all rows in the order of the table costs less than one at each in the order of an index.
        rows = f"SELECT id FROM customer WHERE {VISIBLE_IN_TABLE} AND {writer.sets(root, plus='')}"
        found = f"+id IN ({rows})"
    else:
        found = writer.sets(root, along=home)
    return f"{read_off(home)} WHERE {visible_in(home)} AND {found}", writer.params


def _walk(
    asked: Asked, root: Node, home: str, direction: str, rows: int, place: dict[str, int]
) -> tuple[str, dict[str, Any]]:
    """Return the statement that looks at customers one by one in their order, at `rows` of them at most."""
    writer = asked.writer()
    test = writer.test(root)
    customers = f"SELECT * FROM {read_off(home)} WHERE {visible_in(home)} ORDER BY {direction} LIMIT :_rows"
    statement = f"SELECT id FROM ({customers}) AS customer WHERE {test} {_PAGE}"
    return statement, writer.params | place | {"_rows": rows}


def position(
    connection: Connection, query: Query, customer_id: int, order: Order, *, blocked: bool = False
) -> int | None:
    """Return at which offset of `page_ids` a customer stands, None where the query does not find them."""
    if customer_id > MAX_INTEGER:
        return None
    asked = Asked(connection, query)
    writer = asked.writer()
    test = writer.test(asked.root) if asked.root is not None else "1"
    value = connection.execute(
        text(f"SELECT {order.value} FROM customer WHERE id = :_id AND {BLOCKED if blocked else LISTED} AND {test}"),
        writer.params | {"_id": customer_id},
    ).first()
    if value is None:
        return None
    home = None if blocked else asked.indexes.of_field(order.field)
    if asked.root is not None and not blocked:
        near = _near(asked, asked.root, order, home)
        if customer_id in near:
            return near.index(customer_id)
    if home is not None and asked.root is not None:
        found, params = _along(asked, asked.root, home)
    elif home is not None:
        found, params = f"{read_off(home)} WHERE {visible_in(home)}", {}
    else:
        where, params = condition(connection, query, blocked=blocked, looks_at_rows=True)
        found = f"customer WHERE {where}"
    return _before(asked, order, found, params | {"_id": customer_id, "_value": value[0]})


def _near(asked: Asked, root: Node, order: Order, home: str | None) -> list[int]:
    """Return the first of those who are found, or all where they are few."""
    place = {"_limit": -1, "_offset": 0}
    if asked.few is not None:
        return _among(asked, asked.few, order.sql(), place)
    return [] if home is None else asked.ids(*_walk(asked, root, home, order.sql(), _WALKED, place))


def _before(asked: Asked, order: Order, found: str, params: dict[str, Any]) -> int:
    """Return how many customers stand before one in an order."""
    sign = ">" if order.descending else "<"
    if params["_value"] is None:
        # One range of the index each: for both at once it would be read whole, and each row looked at.
        ranges = [f"{order.value} IS NOT NULL", f"{order.value} IS NULL AND id {sign} :_id"]
    else:
        ranges = [f"({order.value}, id) {sign} (:_value, :_id)"]
    return sum(asked.number(f"SELECT count(*) FROM {found} AND {range_}", params) for range_ in ranges)
