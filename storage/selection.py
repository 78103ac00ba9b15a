"""Customers chosen for something: their ids in temporary tables, so that a million need no list in the program.

The tables belong to one connection, and are gone with it.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from storage.dialects.sqlite import MAX_INTEGER
from storage.sql import Connection, driver_connection, text

_SMALL = 2_147_483_647
"""A prime; a product of two numbers below it fits into SQLite's integers."""
_MARK = (
    f"coalesce(sum(((id % {_SMALL} * 1103515245 + 12345) % {_SMALL})"
    f" * ((id % {_SMALL} * 69069 + 1) % {_SMALL}) % 4294967291), 0)"
)
"""Of a set of ids: each is scattered over 32 bits, in no straight line, and the sum knows no order."""


class Chosen(StrEnum):
    """A table of customers' ids, in column `id`."""

    ALL = "chosen"
    """Those that were asked for and are there."""
    CHANGED = "changed"
    """Those of them whom the statement before made others."""
    CHANGED_BEFORE = "changed_before"
    """Those whom an earlier statement did, where there were two."""
    LOGGED = "logged"
    """Those whom a line of the activity log is about, where nobody chose them."""


def choose_ids(connection: Connection, ids: Iterable[int]) -> int:
    """Choose the customers with these ids, blocked ones too; return how many there are."""
    _begin(connection)
    _fill(connection, "asked", ids)
    connection.execute(text("INSERT INTO chosen SELECT id FROM customer WHERE id IN (SELECT id FROM asked)"))
    return size(connection, Chosen.ALL)


def choose_where(connection: Connection, condition: str, params: Mapping[str, Any], without: Iterable[int] = ()) -> int:
    """Choose the customers of whom a condition of `storage.search` is true, some left out; return how many."""
    _begin(connection)
    connection.execute(text(f"INSERT INTO chosen SELECT id FROM customer WHERE {condition}"), dict(params))
    _fill(connection, "asked", without)
    connection.execute(text("DELETE FROM chosen WHERE id IN (SELECT id FROM asked)"))
    return size(connection, Chosen.ALL)


def count_and_mark(connection: Connection) -> tuple[int, int]:
    """Return how many customers are chosen, and a number that others, though as many, do not make."""
    return _one_pair(connection, f"SELECT count(*), {_MARK} FROM {Chosen.ALL}", {})


def count_and_mark_where(
    connection: Connection, condition: str, params: Mapping[str, Any], without: Iterable[int] = ()
) -> tuple[int, int]:
    """Return what `choose_where` and `count_and_mark` would, without writing the ids anywhere."""
    _begin(connection)
    _fill(connection, "asked", without)
    statement = f"SELECT count(*), {_MARK} FROM customer WHERE ({condition}) AND id NOT IN (SELECT id FROM asked)"
    return _one_pair(connection, statement, params)


def _one_pair(connection: Connection, statement: str, params: Mapping[str, Any]) -> tuple[int, int]:
    count, mark = connection.execute(text(statement), dict(params)).one()
    return count, mark


def choose_changed(connection: Connection, statement: str, params: Mapping[str, Any] | None = None) -> int:
    """Note the customers whose ids a SELECT gives as those who change; return how many."""
    _make_empty(connection, Chosen.CHANGED)
    connection.execute(text(f"INSERT OR IGNORE INTO changed {statement}"), dict(params or {}))
    return size(connection, Chosen.CHANGED)


def keep_changed(connection: Connection) -> None:
    """Keep those noted as changed while another statement notes its own."""
    connection.execute(text(f"INSERT INTO {Chosen.CHANGED_BEFORE} SELECT id FROM {Chosen.CHANGED}"))


def count_all_changed(connection: Connection) -> int:
    """Return how many different customers changed, those of `keep_changed` too."""
    both = f"SELECT id FROM {Chosen.CHANGED} UNION SELECT id FROM {Chosen.CHANGED_BEFORE}"
    number: int = connection.execute(text(f"SELECT count(*) FROM ({both})")).scalar_one()
    return number


def size(connection: Connection, table: Chosen) -> int:
    """Return how many customers are in a table."""
    number: int = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
    return number


def unknown_ids(connection: Connection, ids: Iterable[int]) -> list[int]:
    """Return those of `ids` that no customer has."""
    asked = set(ids)
    _begin(connection)
    _fill(connection, "asked", asked)
    statement = "SELECT id FROM asked WHERE id NOT IN (SELECT id FROM customer) ORDER BY id"
    unstorable = sorted(one for one in asked if one > MAX_INTEGER)
    return [*connection.execute(text(statement)).scalars(), *unstorable]


def _begin(connection: Connection) -> None:
    for table in ("asked", *Chosen):
        _make_empty(connection, table)


def _make_empty(connection: Connection, table: str) -> None:
    connection.execute(text(f"CREATE TEMP TABLE IF NOT EXISTS {table} (id INTEGER PRIMARY KEY)"))
    connection.execute(text(f"DELETE FROM {table}"))


def _fill(connection: Connection, table: str, ids: Iterable[int]) -> None:
    raw: Any = driver_connection(connection)
    possible = ((one,) for one in ids if 0 < one <= MAX_INTEGER)
    raw.executemany(f"INSERT OR IGNORE INTO {table} VALUES (?)", possible)
