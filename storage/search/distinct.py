"""Fields with few different values: what a text is looked for in is each of them once, and not every customer's."""

from crm_tui.core.fields import FieldType
from crm_tui.core.query.nodes import Alike, And, Contains, Node, Not, OneOf, Or
from crm_tui.core.query.texts import simple_fold
from storage.columns import LISTED
from storage.search.indexes import Indexes, read_off
from storage.sql import Connection
from storage.values import value_sql

_MOST = 200
"""Different values of a field that are looked at one by one."""


def with_values(connection: Connection, node: Node | None, indexes: Indexes) -> Node | None:
    """Return the node with the very values that a text is part of, in custom fields that have few of them."""
    return None if node is None else _with_values(connection, node, indexes)


def _with_values(connection: Connection, node: Node, indexes: Indexes) -> Node:
    match node:
        case And(parts) | Or(parts):
            return type(node)(tuple(_with_values(connection, part, indexes) for part in parts))
        case Not(part):
            return Not(_with_values(connection, part, indexes))
        case Contains(field) | Alike(field) if field.is_custom and field.type is FieldType.STRING:
            home = indexes.of_field(field)
            values = _values(connection, home, value_sql(field)) if home is not None else None
            if values is None:
                return node
            return OneOf(field, tuple(value for value in values if _is_meant(node, value)))
        case _:
            return node


def _is_meant(node: Contains | Alike, value: str) -> bool:
    folded = simple_fold(value)
    return folded in node.texts if isinstance(node, Alike) else any(text in folded for text in node.texts)


def _values(connection: Connection, home: str, value: str) -> list[str] | None:
    """Return the different values of a field, None where they are many: from each, the index leads to the next."""
    after = f"SELECT {value} FROM {read_off(home)} WHERE {LISTED} AND {value}"
    statement = (
        f"WITH RECURSIVE one (value) AS (SELECT ({after} IS NOT NULL ORDER BY 1 LIMIT 1) UNION ALL "
        f"SELECT ({after} > one.value ORDER BY 1 LIMIT 1) FROM one WHERE one.value IS NOT NULL) "
        f"SELECT value FROM one WHERE value IS NOT NULL LIMIT {_MOST + 1}"
    )
    values = list(connection.exec_driver_sql(statement).scalars())
    is_known = len(values) <= _MOST and all(isinstance(value, str) for value in values)
    return values if is_known else None
