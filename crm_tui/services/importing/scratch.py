"""The private scratch databases of prepared imports: made, found again, swept (they hold customers).

Each is named after the database it belongs to, so that those of another database are left alone. Another process may
remove one at any moment.
"""

import contextlib
import hashlib
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

from crm_tui import config
from crm_tui.core.vocabulary import ImportState
from crm_tui.services.errors import unwritable
from crm_tui.services.workspace import Workspace
from storage import imports as log
from storage import staging
from storage.dialects import sqlite

MAX_AGE_S = 24 * 60 * 60
WAITING = (ImportState.PLANNED.value, ImportState.INTERRUPTED.value)
"""States of an import that is prepared, applied in no process and may be applied."""


def new_scratch(workspace: Workspace) -> Path:
    """Return the path of a scratch database that nobody has.

    Raises:
        OutputError: The folder for it cannot be made.
    """
    try:
        return config.scratch_folder() / f"{_prefix(workspace)}{uuid.uuid4().hex}.db"
    except OSError as error:
        raise unwritable(error, Path(error.filename or "")) from error


def keep(path: Path) -> None:
    """Return when a power cut cannot take what is in the scratch database.

    Raises:
        OutputError: The disk is full or failing.
    """
    try:
        sqlite.keep_file(path)
    except OSError as error:
        raise unwritable(error, path) from error


def _prefix(workspace: Workspace) -> str:
    return f"{hashlib.sha256(str(workspace.path.resolve()).encode()).hexdigest()[:16]}-"


def _files(pattern: str) -> list[Path]:
    try:
        return list(config.scratch_folder().glob(pattern))
    except OSError:
        return []  # where none can be made there are none


def _touched_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def found(workspace: Workspace) -> Iterator[tuple[Path, int | None]]:
    """Yield each scratch database of this database, newest first, with the id of the import prepared in it.

    The id is None where preparing has not ended, or has died, or was done by another release.
    """
    for path in sorted(_files(f"{_prefix(workspace)}*.db"), key=_touched_at, reverse=True):
        yield path, _prepared_import(path)


def _prepared_import(path: Path) -> int | None:
    try:
        with contextlib.closing(sqlite.open_scratch(path)) as connection:
            is_known = staging.get_about(connection, "form") == staging.FORM
            import_id = staging.get_about(connection, "import_id") if is_known else None
    except sqlite.driver_error():
        return None  # without tables yet, locked by whoever fills it, or gone
    return None if import_id is None else int(import_id)


def remove_orphans(workspace: Workspace) -> None:
    """Remove what was never prepared to the end or waits no longer; only for whoever holds the import lock."""
    for path, import_id in found(workspace):
        with workspace.reading(None) as connection:
            row = None if import_id is None else log.one(connection, import_id)
        if row is None or row["state"] not in WAITING:
            remove(path)


def sweep() -> None:
    """Remove scratch databases, of any database, that nobody touched for a day."""
    for path in _files("*"):
        if time.time() - _touched_at(path) > MAX_AGE_S:
            _unlink(path)


def remove(path: Path) -> None:
    """Remove one scratch database with what SQLite kept beside it."""
    for name in (path.name, f"{path.name}-journal"):
        _unlink(path.with_name(name))


def _unlink(path: Path) -> None:
    # Where it is in use, as on Windows, it is swept a day later.
    with contextlib.suppress(OSError):
        path.unlink()
