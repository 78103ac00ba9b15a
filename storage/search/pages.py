"""Counts, pages and positions of what a query finds."""

import json
from typing import Any

from sqlalchemy import Connection, text

from crm_tui.core.query import Query
from storage.columns import AWAY, LISTED
from storage.dialects.sqlite import MAX_INTEGER
from storage.search.conditions import (
    BLOCKED,
    INDEXES,
    Writer,
    carried_alone,
    condition,
    home_of,
    needs_rows,
    read_off,
    visible_in,
)
from storage.search.orders import Order

_WALKED = 30_000
"""Customers whose rows are looked at for a page before the other way is taken: some hundredths of a second."""
_DEEP = 20_000
"""An offset from which on it pays to know how many there are, and to read from the end if that is nearer."""
_FEW = 20_000
"""Customers whose rows are looked up and sorted in some hundredths of a second."""
_ROWS_A_SET_IS_WORTH = 100_000
"""Customers who can be looked at in the time that it takes to make a set of many ids."""

_PAGE = "LIMIT :_limit OFFSET :_offset"


def count(connection: Connection, query: Query, *, blocked: bool = False, hidden: bool = False) -> int:
    """Return how many customers a query finds, in the contact list or among those who are blocked or hidden."""
    if hidden:
        where, params = condition(query, hidden=True)
        return _number(connection, f"SELECT count(*) FROM customer WHERE {where}", params)
    if not blocked and (links := carried_alone(query.root)) is not None:
        # All links are counted in their index alone; the few of those who are not listed are taken off again.
        kind, key = links
        tag = f"(SELECT id FROM {kind} WHERE key = :q0)"
        everybody = f"SELECT count(*) FROM customer_{kind} WHERE {kind}_id = {tag}"
        barred = (
            f"SELECT count(*) FROM ({AWAY}) c "
            f"CROSS JOIN customer_{kind} l ON l.customer_id = c.id AND l.{kind}_id = {tag}"
        )
        return _number(connection, f"SELECT ({everybody}) - ({barred})", {"q0": key})
    found, params = _found(query, blocked)
    return _number(connection, f"SELECT count(*) FROM {found}", params)


def count_and_first(
    connection: Connection, query: Query, order: Order, *, limit: int, blocked: bool = False
) -> tuple[int, list[int]]:
    """Return `count`, and the first page of `page_ids`; where they are few, all are looked for only once."""
    if query.root is not None and carried_alone(query.root) is None:
        found, params = _found(query, blocked)
        few = _listed(connection, f"SELECT id FROM {found} LIMIT :_few", params | {"_few": _FEW + 1})
        if len(few) <= _FEW:
            those = "FROM customer NOT INDEXED WHERE id IN (SELECT value FROM json_each(:_ids))"
            first = f"SELECT id {those} ORDER BY {order.sql()} LIMIT :_limit"
            return len(few), _listed(connection, first, {"_ids": json.dumps(few), "_limit": limit})
    total = count(connection, query, blocked=blocked)
    return total, page_ids(connection, query, order, offset=0, limit=limit, blocked=blocked, total=total)


def _found(query: Query, blocked: bool) -> tuple[str, dict[str, Any]]:
    """Return what stands behind FROM, in no order: an index that holds all that the query asks for, or the table."""
    home = None if blocked or query.root is None else home_of(query.root)
    if query.root is not None and home in INDEXES:
        writer = Writer()
        return f"{read_off(home)} WHERE {visible_in(home)} AND {writer.test(query.root)}", writer.params
    where, params = condition(query, blocked=blocked)
    return f"customer WHERE {where}", params


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
    limit, offset = min(limit, MAX_INTEGER), min(offset, MAX_INTEGER)
    if limit == 0:
        return []
    is_page = 0 < limit <= _WALKED
    if offset >= _DEEP and is_page:
        total = count(connection, query, blocked=blocked) if total is None else total
        if offset >= total:
            return []
        limit = min(limit, total - offset)
        behind = total - offset - limit
        if behind < offset:
            return _ids(connection, query, order, behind, limit, blocked, total, backwards=True)[::-1]
    return _ids(connection, query, order, offset, limit, blocked, total if is_page else None)


def _ids(
    connection: Connection,
    query: Query,
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
    if blocked or order.column is None or query.root is None:
        where, params = _plain(query, order, blocked)
        return _listed(
            connection, f"SELECT id FROM customer WHERE {where} ORDER BY {direction} {_PAGE}", params | place
        )
    if limit > 0 and offset + limit < _WALKED and _is_near(connection, offset + limit, total):
        found = _listed(connection, *_walk(query, order, direction, _WALKED, place))
        if len(found) == limit:
            return found
    if total and offset * _visible(connection) < total * _ROWS_A_SET_IS_WORTH and offset >= _DEEP:
        return _listed(connection, *_walk(query, order, direction, -1, place))
    where, params = _along(query, order.column)
    return _listed(connection, _sorted(where, direction), params | place)


def _is_near(connection: Connection, rows: int, total: int | None) -> bool:
    """Say whether a page ends among the customers who are looked at, if those found are spread evenly."""
    if total is None:
        return True
    return rows * _number(connection, "SELECT coalesce(max(id), 0) FROM customer", {}) <= total * _WALKED


def _sorted(where: str, direction: str) -> str:
    return f"SELECT id FROM customer WHERE {where} ORDER BY {direction} {_PAGE}"


def _plain(query: Query, order: Order, blocked: bool) -> tuple[str, dict[str, Any]]:
    """Return the condition for lists that are sorted, or not filtered."""
    if query.root is None and not blocked and order.column is not None:
        return visible_in(order.column), {}
    return condition(query, blocked=blocked, looks_at_rows=True)


def _along(query: Query, column: str) -> tuple[str, dict[str, Any]]:
    """Return the condition for walking the index of a column without a look at customers' rows."""
    visible = visible_in(column)
    if query.root is None:
        return visible, {}
    if needs_rows(query.root):
        # One look at all rows in the order of the table costs less than one at each in the order of an index.
        where, params = condition(query)
        return f"{visible} AND +id IN (SELECT id FROM customer WHERE {where})", params
    writer = Writer()
    return f"{visible} AND {writer.sets(query.root, along=column)}", writer.params


def _walk(query: Query, order: Order, direction: str, rows: int, place: dict[str, int]) -> tuple[str, dict[str, Any]]:
    """Return the statement that looks at customers one by one in their order, at `rows` of them at most."""
    assert query.root is not None
    writer = Writer()
    test = writer.test(query.root)
    customers = f"SELECT * FROM customer WHERE {visible_in(order.column)} ORDER BY {direction} LIMIT :_rows"
    statement = f"SELECT id FROM ({customers}) AS customer WHERE {test} {_PAGE}"
    return statement, writer.params | place | {"_rows": rows}


def position(
    connection: Connection, query: Query, customer_id: int, order: Order, *, blocked: bool = False
) -> int | None:
    """Return at which offset of `page_ids` a customer stands, None where the query does not find them."""
    if customer_id > MAX_INTEGER:
        return None
    writer = Writer()
    test = f"{writer.test(query.root)}" if query.root is not None else "1"
    found = connection.execute(
        text(f"SELECT {order.value} FROM customer WHERE id = :_id AND {BLOCKED if blocked else LISTED} AND {test}"),
        writer.params | {"_id": customer_id},
    ).first()
    if found is None:
        return None
    if query.root is not None and order.column is not None and not blocked:
        walked = _walk(query, order, order.sql(), _WALKED, {"_limit": -1, "_offset": 0})
        near = _listed(connection, *walked)
        if customer_id in near:
            return near.index(customer_id)
    if blocked or order.column is None:
        where, params = condition(query, blocked=blocked, looks_at_rows=True)
    else:
        where, params = _along(query, order.column)
    return _before(connection, order, where, params | {"_id": customer_id, "_value": found[0]})


def _before(connection: Connection, order: Order, where: str, params: dict[str, Any]) -> int:
    """Return how many customers stand before one in an order."""
    sign = ">" if order.descending else "<"
    if params["_value"] is None:
        # One range of the index each: for both at once it would be read whole, and each row looked at.
        ranges = [f"{order.value} IS NOT NULL", f"{order.value} IS NULL AND id {sign} :_id"]
    else:
        ranges = [f"({order.value}, id) {sign} (:_value, :_id)"]
    return sum(
        _number(connection, f"SELECT count(*) FROM customer WHERE {where} AND {range_}", params) for range_ in ranges
    )


def _visible(connection: Connection) -> int:
    everybody = "SELECT count(*) FROM customer"
    return _number(connection, f"SELECT ({everybody}) - (SELECT count(*) FROM ({AWAY}))", {})


def _number(connection: Connection, statement: str, params: dict[str, Any]) -> int:
    number: int = connection.execute(text(statement), params).scalar_one()
    return number


def _listed(connection: Connection, statement: str, params: dict[str, Any]) -> list[int]:
    return list(connection.execute(text(statement), params).scalars())
