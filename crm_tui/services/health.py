"""How the database and the library under it are doing."""

import os
from dataclasses import dataclass

from crm_tui.services.workspace import Workspace
from storage.dialects import sqlite


@dataclass(frozen=True, slots=True)
class Health:
    """What `doctor` looks at."""

    driver: str
    sqlite_version: str
    has_wal_bug: bool
    """The library is of those that may corrupt a WAL database; a rollback journal is used instead."""
    journal: str
    integrity: str
    """"ok", or the first thing that is wrong."""
    is_readable_by_others: bool


def examine(workspace: Workspace) -> Health:
    """Look at the database without changing it."""
    driver = sqlite.load_driver()
    with workspace.reading() as connection:
        journal = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
        integrity = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
    return Health(
        driver.__name__.partition(".")[0],
        driver.sqlite_version,
        sqlite.has_wal_bug(driver.sqlite_version_info),
        journal,
        integrity,
        os.name == "posix" and bool(workspace.path.stat().st_mode & 0o077),
    )
