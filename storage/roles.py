"""Roles: the two that exist from the start, and those that owners made (R50)."""

from collections.abc import Sequence

from crm_tui.core.text import fold
from storage.columns import dump
from storage.sql import Connection, RowMapping, text

_ROLE = "SELECT r.id, r.name, r.code, r.permissions, (SELECT count(*) FROM manager WHERE role_id = r.id) AS managers"


def listed(connection: Connection) -> Sequence[RowMapping]:
    """Return all roles with how many managers have each: those that exist from the start first, the rest by name."""
    statement = text(f"{_ROLE} FROM role r ORDER BY r.code IS NULL, CASE WHEN r.code IS NULL THEN r.key END, r.id")
    return connection.execute(statement).mappings().all()


def find(connection: Connection, name: str) -> RowMapping | None:
    """Return the role of a name, whatever its case."""
    return connection.execute(text(f"{_ROLE} FROM role r WHERE r.key = :key"), {"key": fold(name)}).mappings().first()


def managers_with(connection: Connection, role_id: int) -> Sequence[str]:
    """Return the names of the managers who have a role."""
    statement = text("SELECT name FROM manager WHERE role_id = :id ORDER BY name")
    return connection.execute(statement, {"id": role_id}).scalars().all()


def insert(connection: Connection, name: str, permissions: Sequence[str]) -> None:
    """Add a role."""
    statement = text("INSERT INTO role (key, name, permissions) VALUES (:key, :name, :permissions)")
    connection.execute(statement, {"key": fold(name), "name": name, "permissions": dump(permissions)})


def set_permissions(connection: Connection, role_id: int, permissions: Sequence[str]) -> None:
    """Let a role allow this, and nothing else."""
    statement = text("UPDATE role SET permissions = :permissions WHERE id = :id")
    connection.execute(statement, {"permissions": dump(permissions), "id": role_id})


def rename(connection: Connection, role_id: int, name: str) -> None:
    """Give a role another name."""
    statement = text("UPDATE role SET key = :key, name = :name WHERE id = :id")
    connection.execute(statement, {"key": fold(name), "name": name, "id": role_id})


def delete(connection: Connection, role_id: int) -> None:
    """Remove a role that nobody has."""
    connection.execute(text("DELETE FROM role WHERE id = :id"), {"id": role_id})
