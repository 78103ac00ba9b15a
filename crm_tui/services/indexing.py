"""The indexes of the search, kept complete behind the manager's back.

A search is right whatever of them there is; with all of them it is fast. So nobody waits for them: when enough is
missing a process of its own makes it, a little at a time. It says nothing, logs nothing, and ends by itself.
"""

import contextlib
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crm_tui.services.errors import CrmError
from crm_tui.services.workspace import Workspace
from storage import search_parts, value_indexes
from storage.dialects import sqlite, text_index
from storage.sql import driver_connection

if TYPE_CHECKING:
    from subprocess import Popen

ENOUGH_CUSTOMERS = 20_000
"""Customers whom no part of the text index holds: fewer are looked through in some thousandths of a second."""
_STEP_S = 0.1
"""How long a step may keep others from writing."""
_REST_S = 0.06
"""After each: who waits to write looks at least so often whether it can."""
_FIRST_ROWS, _LEAST_ROWS, _MOST_ROWS = 4_000, 500, 16_000
"""Customers of a step; `_MOST_ROWS` are still written in one go."""
_NICENESS = 10


@dataclass(frozen=True, slots=True)
class Indexed:
    """How much of the search can be read off indexes."""

    has_text_index: bool
    """Whether the SQLite that is used has one to offer."""
    customers: int
    held: int
    """Customers whom the text index holds as they are."""
    fields_held: int
    """Fields, most of them the managers' own, with an index of their values made behind their back."""
    fields_missing: int
    """Those that are to have one, and do not yet."""


def examine(workspace: Workspace) -> Indexed:
    """Look how much of the search can be read off indexes."""
    with workspace.reading(None) as connection:
        raw = driver_connection(connection)
        customers = search_parts.count_customers(raw)
        missing = search_parts.count_without(raw, customers) + search_parts.count_stale(raw)
        return Indexed(
            text_index.is_available(raw),
            customers,
            max(customers - missing, 0),
            len(value_indexes.present(raw)),
            len(value_indexes.missing(raw)),
        )


def start(workspace: Workspace) -> "Popen[bytes] | None":
    """Start a process that makes what is missing, if that is much and nobody makes it already; return it.

    It outlives this one. Where it cannot be started the search goes on as it is.
    """
    with contextlib.suppress(CrmError, OSError):
        if not workspace.is_only_readable and _is_much_missing(workspace) and not _is_made(workspace.path):
            return _launched(workspace.path)
    return None


def run(workspace: Workspace, *, rest_s: float = 0.0) -> None:
    """Make all that is missing, in this process; nothing where another one does.

    Args:
        workspace: The database.
        rest_s: How long others are let in after each step.
    """
    with _alone(workspace.path) as is_alone:
        rows = _FIRST_ROWS
        while is_alone:
            began = time.monotonic()
            if not _step(workspace, rows):
                break
            took = max(time.monotonic() - began, _STEP_S / 100)
            rows = min(max(int(rows * _STEP_S / took), _LEAST_ROWS), _MOST_ROWS)
            time.sleep(rest_s)


def _step(workspace: Workspace, rows: int) -> bool:
    """Do a little of what is to be done; return whether there was anything."""
    with workspace.transaction(None) as connection:
        raw = driver_connection(connection)
        return _empty_worn(raw) or search_parts.fill(raw, rows) > 0 or _keep_value_indexes(raw)


def _empty_worn(connection: Any) -> bool:
    for part in search_parts.worn(connection):
        search_parts.forget(connection, part)
        return True
    return False


def _keep_value_indexes(connection: Any) -> bool:
    for name in value_indexes.superfluous(connection):
        value_indexes.drop(connection, name)
        return True
    for key in value_indexes.missing(connection):
        value_indexes.make(connection, key)
        return True
    return False


def _is_much_missing(workspace: Workspace) -> bool:
    with workspace.reading(None) as connection:
        raw = driver_connection(connection)
        if value_indexes.missing(raw):
            return True
        if not text_index.is_available(raw):
            return False
        return search_parts.count_without(raw, ENOUGH_CUSTOMERS) >= ENOUGH_CUSTOMERS or bool(search_parts.worn(raw))


def _is_made(database: Path) -> bool:
    """Say whether a process is at it."""
    with _alone(database) as is_alone:
        return not is_alone


@contextlib.contextmanager
def _alone(database: Path) -> Iterator[bool]:
    """Hold the right to make indexes, if nobody else does; the operating system takes it back from the dead."""
    from filelock import FileLock, Timeout

    lock = FileLock(f"{database.resolve()}.index-lock", timeout=0, mode=0o600, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


def _launched(database: Path) -> "Popen[bytes]":
    import subprocess

    options: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        options = {"creationflags": subprocess.DETACHED_PROCESS | subprocess.BELOW_NORMAL_PRIORITY_CLASS}
    database = database.resolve()
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", __name__, str(database)],
        cwd=database.parent,  # keeps no other disk from being taken out
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **options,
    )
    # Whoever starts it may run for long, and is told when it has ended.
    threading.Thread(target=process.wait, daemon=True).start()
    return process


def _main(database: Path) -> None:
    if sys.platform != "win32":
        import os

        os.nice(_NICENESS)
    if not database.is_file():
        return  # moved or deleted meanwhile; the lock would make its folder again
    # Neither made nor upgraded: whoever opened the database has done that, and nobody enters it here.
    workspace = Workspace(sqlite.make_engine(database), database, "")
    with contextlib.suppress(CrmError, OSError):
        run(workspace, rest_s=_REST_S)


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
