"""The contact list: which customers a query finds, in which order. Blocked ones are never among them (R46).

Every order is read off an index, a few rows of it for a page: a million customers must not be sorted for fifty, nor
must their rows be looked at. So what the index of an order does not hold is asked in a set of ids, which another index
gives. A unary plus keeps the database from looking up and sorting all customers of such a set instead.
"""

from collections.abc import Mapping

from sqlalchemy import Connection, text

from crm_tui.core.query import Query
from storage.dialects.sqlite import MAX_INTEGER

SORT_COLUMNS: Mapping[str, str] = {
    "lastSeenAt": "last_seen_at",
    "createdAt": "created_at",
    "profile.name": "name",
    "profile.email": "email_key",
    "profile.mobileNumber": "mobile_number",
    "memberId": "member_id",
}
_VISIBLE = "blocked_at IS NULL"
_BLOCKED = "blocked_at IS NOT NULL"
_NOT_AMONG_BLOCKED = f"id NOT IN (SELECT id FROM customer WHERE {_BLOCKED})"
"""The same as `_VISIBLE`, for the indexes that hold blocked customers too: without a look at each row."""
_SHARED_INDEXES = ("email_key", "mobile_number", "member_id")


def _conditions(query: Query, *, blocked: bool = False, along: str | None = None) -> tuple[str, dict[str, str]]:
    """Return the condition of a query and its parameters; `along` is the column whose index is read in order."""
    words: list[str] = []
    params: dict[str, str] = {}
    for number, word in enumerate(query.words):
        # instr finds the very characters; LIKE would read % and _ and ignore case by its own rules
        words.append(f"instr(search_text, :word{number}) > 0")
        params[f"word{number}"] = word
    if words and along is not None:
        words = [f"+id IN (SELECT id FROM customer WHERE {' AND '.join((_VISIBLE, *words))})"]
    visible = _NOT_AMONG_BLOCKED if along in _SHARED_INDEXES else _VISIBLE
    parts = [_BLOCKED if blocked else visible, *words]
    for kind, keys in (("tag", query.tags), ("import_tag", query.import_tags)):
        for number, key in enumerate(keys):
            parts.append(
                f"+id IN (SELECT l.customer_id FROM customer_{kind} l JOIN {kind} t ON t.id = l.{kind}_id "
                f"WHERE t.key = :{kind}{number})"
            )
            params[f"{kind}{number}"] = key
    if query.is_member is not None:
        wanted = f"member_id IS {'NOT ' if query.is_member else ''}NULL"
        parts.append(wanted if along == "member_id" else f"+id IN (SELECT id FROM customer WHERE {wanted})")
    return " AND ".join(parts), params


def count(connection: Connection, query: Query, *, blocked: bool = False) -> int:
    """Return how many customers a query finds."""
    where, params = _conditions(query, blocked=blocked)
    total: int = connection.execute(text(f"SELECT count(*) FROM customer WHERE {where}"), params).scalar_one()
    return total


def page_ids(
    connection: Connection, query: Query, *, sort: str, descending: bool, offset: int, limit: int
) -> list[int]:
    """Return the ids of one page, in order; `sort` is a key of `SORT_COLUMNS`. Missing values come last."""
    column = SORT_COLUMNS[sort]
    where, params = _conditions(query, along=column)
    direction = "DESC" if descending else "ASC"
    order = f"{column} {direction} NULLS LAST, id {direction}"
    rows = connection.execute(
        text(f"SELECT id FROM customer WHERE {where} ORDER BY {order} LIMIT :limit OFFSET :offset"),
        {**params, "limit": min(limit, MAX_INTEGER), "offset": min(offset, MAX_INTEGER)},
    )
    return list(rows.scalars())


def position(connection: Connection, query: Query, customer_id: int, *, sort: str, descending: bool) -> int | None:
    """Return at which offset of `page_ids` a customer stands, None where the query does not find it."""
    column = SORT_COLUMNS[sort]
    where, params = _conditions(query, along=column)
    found = connection.execute(
        text(f"SELECT {column} FROM customer WHERE id = :_id AND {where}"), {**params, "_id": customer_id}
    ).first()
    if found is None:
        return None
    sign = ">" if descending else "<"
    before = [f"({column}, id) {sign} (:_value, :_id)"]
    if found[0] is None:
        # One range of the index each: for both at once it would be read whole, and each row looked at.
        before = [f"{column} IS NOT NULL", f"{column} IS NULL AND id {sign} :_id"]
    values = {**params, "_id": customer_id, "_value": found[0]}
    rows = 0
    for range_ in before:
        rows += connection.execute(
            text(f"SELECT count(*) FROM customer WHERE {where} AND {range_}"), values
        ).scalar_one()
    return rows
