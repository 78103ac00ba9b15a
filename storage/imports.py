"""The import log, failed rows and inbox messages (R37, R38)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from crm_tui.core.permissions import RoleCode
from storage.dialects.sqlite import MAX_INTEGER
from storage.sql import Connection, RowMapping, text


def insert(connection: Connection, values: Mapping[str, Any]) -> int:
    """Begin a line of the log; return its id."""
    names = ", ".join(values)
    places = ", ".join(f":{name}" for name in values)
    statement = text(f"INSERT INTO import ({names}) VALUES ({places}) RETURNING id")
    new_id: int = connection.execute(statement, dict(values)).scalar_one()
    return new_id


def set_columns(connection: Connection, import_id: int, headers_key: str, mapping: str) -> None:
    """Fill in what is known of the file once it is opened; `mapping` is JSON."""
    statement = text("UPDATE import SET headers_key = :key, mapping = :mapping WHERE id = :id")
    connection.execute(statement, {"key": headers_key, "mapping": mapping, "id": import_id})


def forget(connection: Connection, import_id: int) -> None:
    """Take a line out of the log that never became an import."""
    connection.execute(text("DELETE FROM import WHERE id = :id"), {"id": import_id})


def run_again(connection: Connection, import_id: int, state: str, now: int) -> None:
    """Mark an import as running since now."""
    statement = text("UPDATE import SET state = :state, running_since = :now WHERE id = :id")
    connection.execute(statement, {"state": state, "now": now, "id": import_id})


def end(connection: Any, import_id: int, state: str, numbers: str | None, now: int, expire_at: int | None) -> None:
    """Write that an import no longer runs and how it stands.

    Args:
        connection: A DBAPI one, so that it shares the import's transaction.
        numbers: JSON; None leaves those that are there.
        expire_at: When its failed rows are removed; None: it has none.
    """
    connection.execute(
        """UPDATE import SET state = ?, numbers = coalesce(?, numbers), failures_expire_at = ?,
               duration_ms = duration_ms + max(0, ? - coalesce(running_since, ?)), running_since = NULL
           WHERE id = ?""",
        (state, numbers, expire_at, now, now, import_id),
    )


def tell(connection: Any, import_id: int, manager: str, now: int) -> None:
    """Put a message about an import into the inbox of every owner and of the manager who asked, one each (R37).

    A DBAPI connection as for `end`.
    """
    connection.execute(
        """INSERT INTO inbox_message (manager, import_id, created_at)
           SELECT name, ?, ? FROM (
               SELECT ? AS name UNION SELECT m.name FROM manager m JOIN role r ON r.id = m.role_id WHERE r.code = ?)
           ORDER BY name""",
        (import_id, now, manager, RoleCode.OWNER.value),
    )


def mark_interrupted(connection: Connection, state_running: str, state_interrupted: str, now: int) -> Sequence[int]:
    """Log imports whose process died (R35) and return their ids; called only by whoever holds the import lock."""
    ended = connection.execute(
        text(
            "UPDATE import SET state = :after, duration_ms = duration_ms + max(0, :now - running_since), "
            "running_since = NULL WHERE state = :before RETURNING id"
        ),
        {"after": state_interrupted, "before": state_running, "now": now},
    )
    return sorted(ended.scalars())


def running(connection: Connection, state: str) -> RowMapping | None:
    """Return the import that runs now."""
    statement = text("SELECT * FROM import WHERE state = :state ORDER BY id DESC LIMIT 1")
    return connection.execute(statement, {"state": state}).mappings().first()


def listed(connection: Connection, limit: int) -> Sequence[RowMapping]:
    """Return the newest lines of the log first."""
    return connection.execute(text("SELECT * FROM import ORDER BY id DESC LIMIT :n"), {"n": limit}).mappings().all()


def one(connection: Connection, import_id: int) -> RowMapping | None:
    """Return one line of the log."""
    if import_id > MAX_INTEGER:
        return None
    return connection.execute(text("SELECT * FROM import WHERE id = :id"), {"id": import_id}).mappings().first()


def last_mapping(connection: Connection, headers_key: str, target: str) -> str | None:
    """Return the mapping (JSON) of the last applied import of a file with the same headers."""
    statement = text(
        "SELECT mapping FROM import WHERE headers_key = :key AND target = :target AND state = 'applied' "
        "ORDER BY id DESC LIMIT 1"
    )
    return connection.execute(statement, {"key": headers_key, "target": target}).scalar()


def failures(connection: Connection, import_id: int, limit: int) -> Iterable[RowMapping]:
    """Return failed rows in file order."""
    statement = text("SELECT * FROM import_failure WHERE import_id = :id ORDER BY row_number LIMIT :limit")
    return connection.execute(statement, {"id": import_id, "limit": limit}).mappings()


def has_expired_failures(connection: Connection, now: int) -> bool:
    """Say whether there are failed rows whose 30 days are over."""
    statement = text(
        "SELECT EXISTS (SELECT 1 FROM import_failure WHERE import_id IN "
        "(SELECT id FROM import WHERE failures_expire_at <= :now))"
    )
    return bool(connection.execute(statement, {"now": now}).scalar_one())


def expire_failures(connection: Connection, now: int) -> int:
    """Remove failed rows whose 30 days are over, for good; return how many."""
    return connection.execute(
        text("DELETE FROM import_failure WHERE import_id IN (SELECT id FROM import WHERE failures_expire_at <= :now)"),
        {"now": now},
    ).rowcount
