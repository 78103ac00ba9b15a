"""Opening a database: made or upgraded as needed, refused when it is not ours."""

import shutil
from enum import StrEnum
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DatabaseError as SqlDatabaseError
from sqlalchemy.exc import OperationalError

from storage.dialects import sqlite

HEAD = "0001"
"""The newest migration; a test compares it with alembic's own view."""

_KNOWN = ("0001",)


class OpenProblem(StrEnum):
    """Why a database was not opened."""

    NEWER = "database_newer"
    UNREADABLE = "database_unreadable"
    READ_ONLY = "database_readonly"
    BUSY = "database_busy"


class OpenRefused(Exception):
    """The database cannot be used; nothing in it was changed."""

    def __init__(self, problem: OpenProblem, path: Path) -> None:
        super().__init__(problem.value, str(path))
        self.problem = problem
        self.path = path


def open_engine(path: Path) -> Engine:
    """Return an engine on the database at `path`, made or brought up to date first.

    Before an upgrade the file is copied beside itself as `<name>.before-<revision>`.

    Raises:
        OpenRefused: The file is no database of ours, is newer than the program, or cannot be written.
    """
    try:
        sqlite.secure_new_file(path)
    except OSError as error:
        raise OpenRefused(OpenProblem.READ_ONLY, path) from error
    engine = sqlite.make_engine(path)
    try:
        with engine.connect() as connection:
            found = _revision(connection)
        if found == HEAD:
            return engine
        if found is not None and found not in _KNOWN:
            raise OpenRefused(OpenProblem.NEWER, path)
        if found is not None:
            _copy_before_upgrade(engine, path, found)
        with engine.execution_options(crm_write=True).begin() as connection:
            # Another process may have been faster while this one waited for the lock.
            if _revision(connection) != HEAD:
                _upgrade(connection)
    except OperationalError as error:
        message = str(error.orig)
        if "locked" in message or "busy" in message:
            raise OpenRefused(OpenProblem.BUSY, path) from error
        is_read_only = "readonly" in message or "unable to open" in message
        raise OpenRefused(OpenProblem.READ_ONLY if is_read_only else OpenProblem.UNREADABLE, path) from error
    except SqlDatabaseError as error:
        raise OpenRefused(OpenProblem.UNREADABLE, path) from error
    return engine


def _revision(connection: Connection) -> str | None:
    """Return the schema's revision, None for an empty database; a database of another program is refused."""
    tables = set(connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars())
    if not tables:
        return None
    if not {"alembic_version", "customer"} <= tables:
        raise OpenRefused(OpenProblem.UNREADABLE, Path(str(connection.engine.url.database or "")))
    revision: str = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
    return revision


def _copy_before_upgrade(engine: Engine, path: Path, revision: str) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    copy = path.with_name(f"{path.name}.before-{revision}")
    shutil.copy2(path, copy)
    copy.chmod(0o600)


def _upgrade(connection: Connection) -> None:
    # alembic takes 0.4 s to import: only where it is needed
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
