"""How managers like to see things, as JSON."""

from storage.sql import Connection, text


def read(connection: Connection, manager: str, name: str) -> str | None:
    """Return what a manager has chosen, None where nothing."""
    statement = text("SELECT value FROM preference WHERE manager = :manager AND name = :name")
    return connection.execute(statement, {"manager": manager, "name": name}).scalar()


def write(connection: Connection, manager: str, name: str, value: str) -> None:
    """Keep what a manager has chosen."""
    statement = text(
        "INSERT INTO preference (manager, name, value) VALUES (:manager, :name, :value) "
        "ON CONFLICT (manager, name) DO UPDATE SET value = excluded.value"
    )
    connection.execute(statement, {"manager": manager, "name": name, "value": value})
