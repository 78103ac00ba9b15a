"""Names that a search line may hold."""

from storage.sql import Connection, text


def tag_names(connection: Connection) -> tuple[str, ...]:
    """Return the customer tags that are offered, by name."""
    return tuple(connection.execute(text("SELECT name FROM tag WHERE is_offered ORDER BY key")).scalars())


def import_tag_names(connection: Connection) -> tuple[str, ...]:
    """Return the import tags, newest first."""
    return tuple(connection.execute(text("SELECT name FROM import_tag ORDER BY given_at DESC, id DESC")).scalars())
