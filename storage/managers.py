"""Managers and their roles (R50, R51)."""

from collections.abc import Sequence

from crm_tui.core.permissions import Permission, RoleCode, permissions_of
from storage.columns import load_words
from storage.sql import Connection, RowMapping, text

_MANAGER = "m.name, m.added_at, m.added_by, r.id AS role_id, r.name AS role, r.code, r.permissions"


def granted(connection: Connection, name: str) -> frozenset[Permission] | None:
    """Return what a manager may do; None: they are none of this database."""
    row = connection.exec_driver_sql(
        "SELECT r.code, r.permissions FROM manager m JOIN role r ON r.id = m.role_id WHERE m.name = ?", (name,)
    ).first()
    return None if row is None else permissions_of(row[0], load_words(row[1]))


def has_any(connection: Connection) -> bool:
    """Say whether somebody has opened the database before."""
    return bool(connection.execute(text("SELECT EXISTS (SELECT 1 FROM manager)")).scalar_one())


def owners(connection: Connection) -> Sequence[str]:
    """Return the names of the owners."""
    statement = text(
        "SELECT m.name FROM manager m JOIN role r ON r.id = m.role_id WHERE r.code = :code ORDER BY m.added_at, m.name"
    )
    return connection.execute(statement, {"code": RoleCode.OWNER.value}).scalars().all()


def add_first(connection: Connection, name: str, now: int) -> None:
    """Make who opens a new database its owner."""
    connection.execute(
        text(
            "INSERT INTO manager (name, role_id, added_at, added_by) "
            "SELECT :name, id, :now, NULL FROM role WHERE code = :code"
        ),
        {"name": name, "now": now, "code": RoleCode.OWNER.value},
    )


def add_known(connection: Connection, now: int, by: str) -> Sequence[str]:
    """Add those whom the database names from before there were managers, with the basic role; return their names."""
    statement = text(
        "INSERT INTO manager (name, role_id, added_at, added_by) "
        "SELECT known.name, r.id, :now, :by FROM (SELECT manager AS name FROM import "
        "UNION SELECT manager FROM activity UNION SELECT manager FROM preference) AS known "
        "JOIN role r ON r.code = :code WHERE known.name <> '' AND known.name NOT IN (SELECT name FROM manager) "
        "ORDER BY known.name RETURNING name"
    )
    return connection.execute(statement, {"now": now, "by": by, "code": RoleCode.BASIC.value}).scalars().all()


def listed(connection: Connection) -> Sequence[RowMapping]:
    """Return all managers, each with their role, in the order in which they came."""
    statement = text(f"SELECT {_MANAGER} FROM manager m JOIN role r ON r.id = m.role_id ORDER BY m.added_at, m.name")
    return connection.execute(statement).mappings().all()


def find(connection: Connection, name: str) -> RowMapping | None:
    """Return one manager with their role."""
    statement = text(f"SELECT {_MANAGER} FROM manager m JOIN role r ON r.id = m.role_id WHERE m.name = :name")
    return connection.execute(statement, {"name": name}).mappings().first()


def add(connection: Connection, name: str, role_id: int, now: int, by: str) -> None:
    """Add a manager."""
    statement = text("INSERT INTO manager (name, role_id, added_at, added_by) VALUES (:name, :role, :now, :by)")
    connection.execute(statement, {"name": name, "role": role_id, "now": now, "by": by})


def set_role(connection: Connection, name: str, role_id: int) -> None:
    """Give a manager another role."""
    connection.execute(text("UPDATE manager SET role_id = :role WHERE name = :name"), {"role": role_id, "name": name})


def remove(connection: Connection, name: str) -> None:
    """Let a manager go; what they did stays in the log."""
    connection.execute(text("DELETE FROM manager WHERE name = :name"), {"name": name})
