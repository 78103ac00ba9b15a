"""Indexes of the managers' own fields, and of built-in ones that have none: made behind the program's back.

A search uses those that are there.

Functions take a DBAPI connection and never commit.
"""

from typing import Any

from crm_tui.core.fields import LIST_TYPES, SESSIONS_COUNT, UPDATED_AT, Field, FieldType
from storage import settings
from storage.columns import LISTED, dump, load_words
from storage.dialects.sqlite import driver_error
from storage.values import value_sql

PREFIX = "ix_customer_value_"
MOST = 16
"""Of so many of the managers' fields, the first in their order: each makes every customer that is written dearer."""
FEWEST_CUSTOMERS = 20_000
"""With fewer every customer is looked at before a person sees the difference."""
_WRITTEN_ROWS, _WRITTEN_SHARE = 50_000, 10
"""An import that writes more rows, and more than one in ten customers, is faster without them."""
_BUILT_IN = (SESSIONS_COUNT, UPDATED_AT)
_REFUSED = "search_values_refused"
"""The setting that names fields for which no index can be made, until an import writes many rows."""


def name_of(key: str) -> str:
    """Return the name of the index of a field."""
    return PREFIX + key.removeprefix("profile.")


def present(connection: Any) -> list[str]:
    """Return the names of the indexes that are there."""
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'customer'")
    return sorted(name for (name,) in names if name.startswith(PREFIX))


def missing(connection: Any) -> list[str]:
    """Return the keys of the fields that are to have an index and have none; few customers need none."""
    there = set(present(connection))
    there.update(map(name_of, _refused(connection)))
    keys = [key for key in _wanted(connection) if name_of(key) not in there]
    return keys if keys and _has_customers(connection, FEWEST_CUSTOMERS) else []


def superfluous(connection: Any) -> list[str]:
    """Return the names of the indexes that are there and of use no more: of an archived field, for one."""
    wanted = {name_of(key) for key in _wanted(connection)}
    return [name for name in present(connection) if name not in wanted]


def make(connection: Any, key: str) -> None:
    """Make the index of a field, or note that none can be made: every start would try in vain again.

    Values can be spoilt behind the program's back only.
    """
    try:
        # As a search writes it; within an index a column has no table before it.
        value = value_sql(Field(key, FieldType.STRING)).replace("customer.", "")
        connection.execute(f"CREATE INDEX IF NOT EXISTS {name_of(key)} ON customer ({value}, id) WHERE {LISTED}")
    except (ValueError, driver_error()) as error:
        if not isinstance(error, ValueError) and "malformed json" not in str(error).lower():
            raise
        refused = dump(sorted({*_refused(connection), key}))
        settings.write(connection, _REFUSED, refused)


def _refused(connection: Any) -> tuple[str, ...]:
    value = settings.read(connection, _REFUSED)
    return () if value is None else load_words(value)


def drop(connection: Any, name: str) -> None:
    """Drop an index by its name, one of `present`."""
    connection.execute(f"DROP INDEX IF EXISTS {name}")


def drop_for(connection: Any, rows: int) -> int:
    """Drop all indexes in the transaction of an import, if it writes so many rows that this pays; return how many.

    Whoever imports has them made again.
    """
    if rows <= _WRITTEN_ROWS or _has_customers(connection, rows * _WRITTEN_SHARE):
        return 0
    settings.remove(connection, _REFUSED)
    names = present(connection)
    for name in names:
        drop(connection, name)
    return len(names)


def _wanted(connection: Any) -> list[str]:
    rows = connection.execute("SELECT key, type FROM field WHERE archived_at IS NULL ORDER BY position, key")
    return [*_BUILT_IN, *[key for key, type_ in rows if type_ not in LIST_TYPES][:MOST]]


def _has_customers(connection: Any, number: int) -> bool:
    return connection.execute("SELECT 1 FROM customer LIMIT 1 OFFSET ?", (number - 1,)).fetchone() is not None
