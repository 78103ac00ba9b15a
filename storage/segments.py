"""Search lines with names."""

from collections.abc import Sequence

from crm_tui.core.text import fold
from storage.sql import Connection, Row, text


def listed(connection: Connection) -> Sequence[Row[str, str]]:
    """Return (name, line) of all segments, by name."""
    return connection.execute(text("SELECT name, line FROM segment ORDER BY key")).all()


def lines(connection: Connection) -> dict[str, str]:
    """Return the lines of all segments by name."""
    return {name: line for name, line in listed(connection)}  # noqa: C416 - rows are no plain tuples to mypy


def find(connection: Connection, name: str) -> Row[str, str] | None:
    """Return (name, line) of the segment of a name, whatever its case."""
    statement = text("SELECT name, line FROM segment WHERE key = :key")
    return connection.execute(statement, {"key": fold(name)}).first()


def write(connection: Connection, name: str, line: str) -> None:
    """Add a segment, or give the one of that name this spelling and this line."""
    statement = text(
        "INSERT INTO segment (key, name, line) VALUES (:key, :name, :line) "
        "ON CONFLICT (key) DO UPDATE SET name = excluded.name, line = excluded.line"
    )
    connection.execute(statement, {"key": fold(name), "name": name, "line": line})


def rename(connection: Connection, name: str, new: str) -> None:
    """Give a segment another name."""
    statement = text("UPDATE segment SET key = :new_key, name = :new WHERE key = :key")
    connection.execute(statement, {"key": fold(name), "new_key": fold(new), "new": new})


def delete(connection: Connection, name: str) -> None:
    """Remove a segment."""
    connection.execute(text("DELETE FROM segment WHERE key = :key"), {"key": fold(name)})
