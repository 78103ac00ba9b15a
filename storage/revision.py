"""The number that grows with every change of customers: plans and open screens see by it that data moved.

Functions take a DBAPI connection, so that a set-based import and a single edit share them.
"""

from typing import Any

from storage.hiding import keep_limit

_STEP = "1 + abs(random() % 1048576)"
"""By chance: a database that was put back from a copy does not come to the same number by another change."""


def read(connection: Any) -> int:
    """Return the number; 0 before the first change."""
    row = connection.execute("SELECT number FROM revision WHERE id = 1").fetchone()
    return row[0] if row else 0


def customers_changed(connection: Any) -> None:
    """Say that customers changed, and keep the limit of managed users."""
    keep_limit(connection)
    connection.execute(
        f"INSERT INTO revision (id, number) VALUES (1, {_STEP}) "
        f"ON CONFLICT (id) DO UPDATE SET number = number + {_STEP}"
    )
