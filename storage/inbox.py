"""Messages to managers about ended imports (R37)."""

from collections.abc import Sequence

from storage.dialects.sqlite import MAX_INTEGER
from storage.sql import Connection, RowMapping, text


def listed(connection: Connection, manager: str, limit: int) -> Sequence[RowMapping]:
    """Return a manager's messages, newest first, each with its import; `limit` -1 means all."""
    statement = text(
        "SELECT m.id, m.import_id, m.created_at, m.read_at, i.file_path, i.numbers, i.manager FROM inbox_message m "
        "JOIN import i ON i.id = m.import_id WHERE m.manager = :manager ORDER BY m.id DESC LIMIT :limit"
    )
    return connection.execute(statement, {"manager": manager, "limit": min(limit, MAX_INTEGER)}).mappings().all()


def unread(connection: Connection, manager: str) -> int:
    """Return how many of a manager's messages are not read yet."""
    statement = text("SELECT count(*) FROM inbox_message WHERE manager = :manager AND read_at IS NULL")
    number: int = connection.execute(statement, {"manager": manager}).scalar_one()
    return number


def has_message(connection: Connection, manager: str, message_id: int) -> bool:
    """Say whether a manager has a message with that id."""
    statement = text("SELECT EXISTS (SELECT 1 FROM inbox_message WHERE id = :id AND manager = :manager)")
    params = {"id": min(message_id, MAX_INTEGER), "manager": manager}
    return bool(connection.execute(statement, params).scalar_one())


def mark_read(connection: Connection, manager: str, message_id: int | None, now: int) -> int:
    """Note that a manager has read a message, or (None) all of theirs; return how many were unread."""
    statement = text(
        "UPDATE inbox_message SET read_at = :now "
        "WHERE manager = :manager AND read_at IS NULL AND (:id IS NULL OR id = :id)"
    )
    return connection.execute(statement, {"now": now, "manager": manager, "id": message_id}).rowcount
