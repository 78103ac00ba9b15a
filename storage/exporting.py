"""Reading many customers fast: the values asked for and no more, in an order that is given."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from storage.columns import COLUMNS_BY_KEY, dump
from storage.customers import IMPORT_TAGS, TAGS
from storage.search import Order
from storage.search.conditions import visible_in
from storage.selection import Chosen
from storage.sql import Connection, text

_READ_AT_ONCE = 2000
_VALUES = {
    **{key: f"c.{column}" for key, column in COLUMNS_BY_KEY.items()},
    "tags": TAGS,
    "userImportTag": IMPORT_TAGS,
    "id": "c.id",
    "type": "CASE WHEN c.member_id IS NULL THEN 'lead' ELSE 'member' END",
    "createdAt": "c.created_at",
    "updatedAt": "c.updated_at",
    "lastSeenAt": "c.last_seen_at",
    "sessionsCount": "c.sessions_count",
    "blocked": "c.blocked_at IS NOT NULL",
}


def chosen_ids(connection: Connection, order: Order) -> Sequence[int]:
    """Return the customers who are chosen (see `storage.selection`), blocked ones left out, in an order."""
    statement = (
        f"SELECT id FROM customer WHERE +id IN (SELECT id FROM {Chosen.ALL}) AND {visible_in(order.column)} "
        f"ORDER BY {order.sql()}"
    )
    return array("q", connection.execute(text(statement)).scalars())


def possible_holders(connection: Connection, keys: Sequence[str], characters: Sequence[str]) -> set[int]:
    """Return all who are chosen and hold one of `characters` in a text of `keys` or in a tag.

    Also some who are not chosen, or hold it only in a custom field that is not asked for.
    """
    columns = {
        f"c.{COLUMNS_BY_KEY.get(key, 'custom')}" for key in keys if key in COLUMNS_BY_KEY or key.startswith("profile.")
    }
    params = {f"p{number}": character for number, character in enumerate(characters)}
    in_name = _holds("name", params)
    parts = [
        f"SELECT customer_id FROM customer_{kind} WHERE {kind}_id IN (SELECT id FROM {kind} WHERE {in_name})"
        for kind in ("tag", "import_tag")
    ]
    if columns:
        in_columns = " OR ".join(_holds(column, params) for column in sorted(columns))
        parts.append(f"SELECT c.id FROM {Chosen.ALL} k CROSS JOIN customer c ON c.id = k.id WHERE {in_columns}")
    return set(connection.execute(text(" UNION ALL ".join(parts)), params).scalars())


def _holds(column: str, params: Iterable[str]) -> str:
    return " OR ".join(f"instr({column}, :{name})" for name in params)


def rows(connection: Connection, ids: Sequence[int], keys: Sequence[str]) -> Iterator[Sequence[Sequence[Any]]]:
    """Yield the customers with these ids, in this order, some at a time.

    Each is id, column `custom` and the values of `keys` as the columns hold them: tags as JSON lists, None for a
    custom field.
    """
    values = ", ".join(("c.id", "c.custom", *(_VALUES.get(key, "NULL") for key in keys)))
    statement = f"SELECT {values} FROM json_each(?) j CROSS JOIN customer c ON c.id = j.value ORDER BY j.key"
    for start in range(0, len(ids), _READ_AT_ONCE):
        some = dump(list(ids[start : start + _READ_AT_ONCE]))
        yield connection.exec_driver_sql(statement, (some,)).fetchall()
