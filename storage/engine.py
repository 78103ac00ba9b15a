"""Opening a database: made or upgraded as needed, refused when it is not ours."""

from enum import StrEnum
from pathlib import Path

from storage.circumstances import code_of, has_no_room
from storage.dialects import sqlite
from storage.sql import Connection, Engine, database_errors, said

HEAD = "0004"
"""The newest migration; a test compares it with alembic's own view."""

_KNOWN = ("0001", "0002", "0003", "0004")
_OURS = {"alembic_version", "customer", "customer_import_tag"}
"""Tables by which a database of ours is known: another program may keep customers, and use alembic, too."""
_MIGRATIONS = Path(__file__).parent / "migrations"


class OpenProblem(StrEnum):
    """Why a database was not opened."""

    NEWER = "database_newer"
    UNREADABLE = "database_unreadable"
    READ_ONLY = "database_readonly"
    BUSY = "database_busy"
    DISK_FULL = "disk_full"
    DISK_ERROR = "disk_error"


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
        return _open(path)
    except OSError as error:
        raise OpenRefused(OpenProblem.DISK_FULL if has_no_room(error) else OpenProblem.READ_ONLY, path) from error
    except database_errors() as error:
        code = code_of(said(error))
        raise OpenRefused(OpenProblem(code or OpenProblem.UNREADABLE), path) from error


def _open(path: Path) -> Engine:
    sqlite.secure_new_file(path)
    if not path.is_file():
        raise OpenRefused(OpenProblem.UNREADABLE, path)
    with sqlite.make_engine(path, leave_as_is=True).connect() as connection:
        found = _revision(connection, path)
    engine = sqlite.make_engine(path)
    if found == HEAD:
        return engine
    with engine.execution_options(crm_write=True).connect() as connection:
        sqlite.forget_references(connection)
        with connection.begin():
            # Another process may have been faster while this one waited for the lock.
            found = _revision(connection, path)
            if found is not None and found != HEAD:
                sqlite.copy_whole(engine, path.with_name(f"{path.name}.before-{found}"))
            if found != HEAD:
                _upgrade(connection)
    return engine


def _revision(connection: Connection, path: Path) -> str | None:
    """Return the schema's revision, None for an empty database; one of another program or a newer one is refused."""
    tables = sqlite.holds_tables(connection)
    if not tables:
        return None
    revisions = (
        connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars().all() if tables >= _OURS else ()
    )
    if len(revisions) != 1:
        raise OpenRefused(OpenProblem.UNREADABLE, path)
    if revisions[0] not in _KNOWN:
        raise OpenRefused(OpenProblem.NEWER, path)
    return str(revisions[0])


def _upgrade(connection: Connection) -> None:
    # alembic takes 0.4 s to import: only where it is needed
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))  # its own sign for a variable
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
