"""The fields that managers made (R6)."""

from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping, text


def listed(connection: Connection) -> Sequence[RowMapping]:
    """Return key, type, label and archived_at of the managers' fields, archived ones too, in order."""
    statement = text("SELECT key, type, label, archived_at FROM field ORDER BY position, key")
    return connection.execute(statement).mappings().all()


def insert(connection: Connection, key: str, type: str, label: str) -> None:
    """Add a field behind the others."""
    connection.execute(
        text(
            "INSERT INTO field (key, type, label, position) "
            "SELECT :key, :type, :label, coalesce(max(position), 0) + 1 FROM field"
        ),
        {"key": key, "type": type, "label": label},
    )


def set_archived(connection: Connection, key: str, at: int | None) -> None:
    """Archive a field, or restore it with None."""
    connection.execute(text("UPDATE field SET archived_at = :at WHERE key = :key"), {"at": at, "key": key})
