"""Settings of the whole database by name. Functions take a DBAPI connection and never commit."""

from typing import Any


def read(connection: Any, name: str) -> str | None:
    """Return a setting's value, None where it is not set."""
    row = connection.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
    return None if row is None else str(row[0])


def write(connection: Any, name: str, value: str) -> None:
    """Set a setting; the value is JSON."""
    connection.execute("INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)", (name, value))


def remove(connection: Any, name: str) -> None:
    """Set a setting back to none."""
    connection.execute("DELETE FROM setting WHERE name = ?", (name,))
