"""SQLite: which library, which journal, which file rights."""

import importlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool

BUSY_TIMEOUT_S = 10.0

_DRIVERS = ("sqlcipher3.dbapi2", "pysqlite3.dbapi2", "sqlite3")
"""Best first. The first two carry a SQLite without the bug of `has_wal_bug`; they write equally fast, sqlcipher3 has
wheels for more machines and lets temporary tables leave memory."""


def load_driver() -> Any:
    """Return the best DBAPI module that can be imported here."""
    for name in _DRIVERS:
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
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
    if not path.parent.exists():
        path.parent.mkdir(mode=0o700, parents=True)
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def make_engine(path: Path) -> Engine:
    """Return an engine whose transactions begin as reads, or IMMEDIATE with the option `crm_write`."""
    driver = load_driver()
    journal = "DELETE" if has_wal_bug(driver.sqlite_version_info) else "WAL"

    def connect() -> Any:
        connection = driver.connect(str(path), timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
        for pragma in (
            f"journal_mode={journal}",
            "synchronous=NORMAL" if journal == "WAL" else "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
            "cache_size=-32768",
            "temp_store=MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}").fetchall()
        return connection

    engine = create_engine("sqlite://", module=driver, creator=connect, poolclass=NullPool)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A read that turns into a write is refused at once by SQLite, whatever the timeout: writers say so first.
        is_write = connection.get_execution_options().get("crm_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_write else "BEGIN")

    return engine


def stop_when(connection: Any, should_stop: Callable[[], bool]) -> None:
    """Let `should_stop` interrupt long statements of a DBAPI connection."""
    connection.set_progress_handler(lambda: 1 if should_stop() else 0, 100_000)
