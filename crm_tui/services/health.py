"""How the database, the library under it and the private files are doing."""

import glob
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from crm_tui import config
from crm_tui.services.errors import unwritable
from crm_tui.services.workspace import Workspace
from storage.dialects import sqlite

_BESIDE = ("", "-wal", "-shm", "-journal", ".import-lock", ".index-lock")
"""How the names end of what lies beside a database."""


@dataclass(frozen=True, slots=True)
class Library:
    """The SQLite that is used."""

    driver: str
    version: str
    has_wal_bug: bool
    """It is of those that may corrupt a WAL database; a rollback journal is used instead."""


@dataclass(frozen=True, slots=True)
class Health:
    """What can be said about an open database."""

    journal: str
    integrity: str
    """"ok", or the first thing that is wrong."""


def examine_library() -> Library:
    """Look at the SQLite that was found."""
    driver = sqlite.load_driver()
    has_bug = sqlite.has_wal_bug(driver.sqlite_version_info)
    return Library(driver.__name__.partition(".")[0], driver.sqlite_version, has_bug)


def examine(workspace: Workspace) -> Health:
    """Look at the database without changing it."""
    with workspace.reading(None) as connection:
        return Health(*sqlite.journal_and_integrity(connection))


def is_missing(database: Path) -> bool:
    """Say whether there is no such file; one that cannot be reached may be there."""
    try:
        database.stat()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return False


def private_paths(database: Path) -> tuple[Path, ...]:
    """Return the files and folders that are there and hold customers: nobody else may read them.

    Raises:
        OutputError: The program's own folder is not there and cannot be made.
    """
    try:
        state, scratch = config.state_folder(), config.scratch_folder()
    except OSError as error:
        raise unwritable(error, Path(error.filename or "")) from error
    beside = (database.with_name(database.name + end) for end in _BESIDE)
    copies = sorted(database.parent.glob(f"{glob.escape(database.name)}.before-*"))
    return tuple(path for path in (*beside, *copies, state, scratch, state / "crash.log") if os.path.exists(path))


def readable_by_others(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Return those of `paths` that other users of this machine can read or write; none on Windows."""
    if os.name != "posix":
        return ()
    return tuple(path for path in paths if _rights_of_others(path))


def _rights_of_others(path: Path) -> int:
    try:
        return path.stat().st_mode & 0o077
    except FileNotFoundError:  # what SQLite keeps beside the database comes and goes
        return 0
