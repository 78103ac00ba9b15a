"""SQLite: which library, which journal, which file rights."""

import contextlib
import importlib
import os
import random
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from storage.dialects import unused_space
from storage.sql import Connection, Engine, driver_connection

BUSY_TIMEOUT_S = 60.0
"""Longer than the largest import writes: an edit meanwhile waits and does not fail."""
MAX_INTEGER = 2**63 - 1
"""More than this no statement takes, though a person may ask for customer 99999999999999999999."""
_PATIENCE_MS, _TRIES = 200, 10
"""With whoever is in the way of overwriting what was deleted."""
_PAGE_BYTES = 8192
"""Of a new file: an import writes a sixth faster than with SQLite's own 4096."""
_HERE, _ELSEWHERE = 1, 2
"""Where what was deleted may still be found: in the database's own file, or in other files too."""
_WRITER_CACHE_KIB = 64 * 1024
_STEPS_BETWEEN_LOOKS = 100_000
"""Steps of the database's machine, some thousandths of a second, after which a long statement can be stopped."""

_DRIVERS = ("sqlcipher3.dbapi2", "pysqlite3.dbapi2", "sqlite3")
"""Best first. The first two carry a SQLite without the bug of `has_wal_bug`; they write equally fast, sqlcipher3 has
wheels for more machines and lets temporary tables leave memory."""


@cache
def load_driver() -> Any:
    """Return the best DBAPI module that can be imported here."""
    for name in _DRIVERS:
        try:
            driver = importlib.import_module(name)
        except ImportError:
            continue
        # A driver looks for an adapter each time it binds such a value; in vain that takes ten times as long.
        driver.register_adapter(type(None), lambda none: none)
        driver.register_adapter(bool, int)
        return driver
    raise ImportError("no SQLite module")


def has_wal_bug(version: tuple[int, ...]) -> bool:
    """Say whether this SQLite can corrupt a WAL database that several processes write (fixed in 3.51.3).

    Source: https://sqlite.org/wal.html; back-ported to 3.50.7 and 3.44.6.
    """
    return (
        (version < (3, 51, 3) and version[:2] not in ((3, 50), (3, 44)))
        or (version[:2] == (3, 50) and version < (3, 50, 7))
        or (version[:2] == (3, 44) and version < (3, 44, 6))
    )


def secure_new_file(path: Path) -> None:
    """Create the database 0600 in a folder 0700, before SQLite would make it readable for others."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    elif path.is_file() and not path.stat().st_size:
        path.chmod(0o600)  # somebody made the file; what is in it from now on is private


def is_only_readable(path: Path) -> bool:
    """Say whether a database can be read but not written: its file or its folder is closed to this user."""
    return path.is_file() and (not os.access(path, os.W_OK) or _has_no_journal(path))


def _has_no_journal(path: Path) -> bool:
    """Say whether a database has no journal and can be given none: all that is in it is in its file.

    One that is there would have to be read too, or the database would be seen as it never was.
    """
    real = os.path.realpath(path)
    return not os.access(os.path.dirname(real), os.W_OK) and not any(
        os.path.exists(f"{real}{end}") for end in ("-wal", "-journal")
    )


def make_engine(path: Path, *, leave_as_is: bool = False) -> Engine:
    """Return an engine whose transactions begin as reads, or IMMEDIATE with the option `crm_write`.

    Args:
        path: A database that is there.
        leave_as_is: Keep its journal, which is written in the file: it may be no database of ours.
    """
    from sqlalchemy import create_engine, event
    from sqlalchemy.pool import NullPool

    driver = load_driver()
    journal = "" if leave_as_is else "=DELETE" if has_wal_bug(driver.sqlite_version_info) else "=WAL"

    def connect() -> Any:
        until = time.monotonic() + BUSY_TIMEOUT_S
        # Even who only reads a WAL database makes a journal, unless the file is said to be fixed.
        is_fixed = path.is_file() and _has_no_journal(path)
        while True:
            # With `uri`, opening and ATTACH can be told not to make a file that has gone.
            connection = driver.connect(
                f"{path.absolute().as_uri()}?{'mode=ro&immutable=1' if is_fixed else 'mode=rw'}",
                timeout=BUSY_TIMEOUT_S,
                isolation_level=None,
                check_same_thread=False,
                uri=True,
            )
            try:
                _set_up(connection, "" if is_fixed else journal)
            except driver.Error as error:
                connection.close()
                # A journal is changed only while nobody else is connected, and SQLite does not wait for that.
                if "locked" not in str(error) or time.monotonic() >= until:
                    raise
                time.sleep(random.uniform(0.001, 0.02))
            else:
                return connection

    # An error's text must not quote a customer: it may come to the log of faults.
    engine = create_engine("sqlite://", module=driver, creator=connect, poolclass=NullPool, hide_parameters=True)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A read that turns into a write is refused at once by SQLite, whatever the timeout: writers say so first.
        is_write = connection.get_execution_options().get("crm_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_write else "BEGIN")

    return engine


def _set_up(connection: Any, journal: str) -> None:
    connection.execute(f"PRAGMA page_size={_PAGE_BYTES}")
    # The file system may have no WAL to give: what is answered counts.
    (mode,) = connection.execute(f"PRAGMA journal_mode{journal}").fetchone()
    for pragma in (
        "synchronous=NORMAL" if mode == "wal" else "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        "cache_size=-32768",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}").fetchall()


def holds_tables(connection: Connection) -> set[str]:
    """Return the names of all tables and views."""
    return set(connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')").scalars())


def copy_whole(engine: Engine, target: Path) -> None:
    """Write the database as it is now, whole, to a new private file; others may go on writing meanwhile."""
    target.unlink(missing_ok=True)
    # The driver's own connection: VACUUM cannot run in a transaction, and SQLAlchemy begins one.
    pooled = engine.raw_connection()
    try:
        secure_new_file(target)
        raw: Any = pooled.driver_connection
        raw.execute("VACUUM INTO ?", (target.absolute().as_uri(),))
        keep_file(target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    finally:
        pooled.close()


def forget_references(connection: Connection) -> None:
    """Let a connection that has not begun rebuild tables: SQLite would drop what refers to the rows of the old one."""
    raw: Any = driver_connection(connection)
    raw.execute("PRAGMA foreign_keys=OFF")


def attach_scratch(connection: Any, path: Path) -> None:
    """Attach the scratch database at `path`, which must be there, to a DBAPI connection as `scratch`."""
    connection.execute("ATTACH DATABASE ? AS scratch", (f"{path.as_uri()}?mode=rw",))
    # The journal makes it outlive the process. Only `keep_file` makes it outlive a power cut.
    connection.execute("PRAGMA scratch.synchronous = OFF")
    connection.execute(f"PRAGMA scratch.page_size = {_PAGE_BYTES}")
    connection.execute("PRAGMA scratch.journal_mode = DELETE").fetchall()
    connection.execute("PRAGMA scratch.cache_size = -32768")
    # What is sorted for a large file does not fit into memory. It holds customers: its place is the private folder.
    _lay_aside_in(connection, path.parent)
    connection.execute("PRAGMA temp_store = FILE")


def _lay_aside_in(connection: Any, folder: Path) -> None:
    """Let SQLite make its temporary files in a folder, if one can write there; it counts for the whole process.

    By a deprecated pragma: the environment's SQLITE_TMPDIR is only looked at when the library is loaded.
    """
    if connection.execute("PRAGMA temp_store_directory").fetchone() != (str(folder),) and os.access(folder, os.W_OK):
        quoted = str(folder).replace("'", "''")
        connection.execute(f"PRAGMA temp_store_directory = '{quoted}'")


def open_staging(path: Path) -> Any:
    """Return a DBAPI connection of its own, with a scratch database attached as `scratch`, to fill it.

    Without a journal: where that ends halfway the scratch database is of no use any more.
    """
    connection = load_driver().connect(
        "file::memory:", timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False, uri=True
    )
    attach_scratch(connection, path)
    connection.execute("PRAGMA scratch.journal_mode = OFF").fetchall()
    return connection


def write_much(connection: Any, *, deletes: bool) -> None:
    """Make a DBAPI connection, which is in no transaction, fit to write very many rows at once.

    Args:
        connection: Its memory of the database grows: pages that are written again and again leave once.
        deletes: Rows are deleted that others refer to. Else references are not looked up: it takes as long as writing
            the rows, whose ids come from the rows that they refer to.
    """
    connection.execute(f"PRAGMA main.cache_size = -{_WRITER_CACHE_KIB}")
    connection.execute(f"PRAGMA foreign_keys = {'ON' if deletes else 'OFF'}")
    connection.execute("PRAGMA threads = 2")  # for sorting


def open_scratch(path: Path) -> Any:
    """Return a DBAPI connection to a scratch database alone; one that is being filled is not waited for."""
    connection = load_driver().connect(f"{path.as_uri()}?mode=rw", timeout=0, isolation_level=None, uri=True)
    return connection


def keep_file(path: Path) -> None:
    """Return when the file's content is on the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def note_deleted(connection: Any, *, elsewhere: bool = False) -> None:
    """Note, in the transaction of a DBAPI connection, that what it deletes is to be overwritten for good.

    Args:
        connection: Its.
        elsewhere: Other files hold it too, and are to be removed.
    """
    if elsewhere or not has_deleted(connection):
        connection.execute(f"PRAGMA user_version = {_ELSEWHERE if elsewhere else _HERE}")


def has_deleted(connection: Any, *, elsewhere: bool = False) -> bool:
    """Say whether something deleted may still be found in the file or in its journal; or, `elsewhere`, in others."""
    found: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return found == _ELSEWHERE if elsewhere else bool(found)


def overwrite_deleted(engine: Engine, path: Path) -> bool:
    """Overwrite what `note_deleted` told of: in the journal, and where moved rows left copies in the file.

    Return False where somebody who reads an older state, or who writes, is in the way.
    """
    pooled = engine.raw_connection()
    try:
        raw: Any = pooled.driver_connection
        raw.execute(f"PRAGMA busy_timeout={_PATIENCE_MS}").fetchall()
        for _ in range(_TRIES):
            (is_busy, _, _) = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if is_busy:
                return False
            raw.execute("BEGIN IMMEDIATE")
            if _is_empty(path.with_name(f"{path.name}-wal")):  # else somebody wrote in between
                unused_space.overwrite_unused_space(path)
                # That it is written, too, makes other connections forget the pages that they remember.
                raw.execute("PRAGMA user_version = 0")
                raw.execute("COMMIT")
                return True
            raw.execute("ROLLBACK")
        return False
    finally:
        pooled.close()


def _is_empty(path: Path) -> bool:
    try:
        return path.stat().st_size == 0
    except FileNotFoundError:
        return True


def rows_written(connection: Any) -> int:
    """Return how many rows a DBAPI connection has added, changed and removed so far."""
    total: int = connection.total_changes
    return total


def highest_id(connection: Any, table: str) -> int:
    """Return the highest id that a table with AUTOINCREMENT has ever had, be the row gone or not; 0: it had none."""
    row = connection.execute("SELECT max(seq) FROM sqlite_sequence WHERE name = ?", (table,)).fetchone()
    return row[0] if isinstance(row[0], int) else 0


def journal_and_integrity(connection: Connection) -> tuple[str, str]:
    """Return the journal mode, and "ok" or the first thing that is wrong with the file."""
    journal: str = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
    integrity: str = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
    return journal, integrity


def driver_error() -> type[Exception]:
    """Return the base of the driver's errors."""
    error: type[Exception] = load_driver().Error
    return error


def is_interrupt(error: Exception) -> bool:
    """Say whether a statement ended because of `stop_when`."""
    return "interrupted" in str(error).lower()


def stop_when(connection: Any, should_stop: Callable[[], bool]) -> None:
    """Let `should_stop` interrupt long statements of a DBAPI connection."""
    connection.set_progress_handler(lambda: 1 if should_stop() else 0, _STEPS_BETWEEN_LOOKS)


@contextlib.contextmanager
def any_text(connection: Any) -> Iterator[None]:
    """Let a DBAPI connection read texts that are none: what somebody wrote behind the program's back is no crash."""
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
    try:
        yield
    finally:
        connection.text_factory = str
