"""The private scratch databases of prepared imports: made, found again, swept (they hold customers)."""

import time
import uuid
from pathlib import Path

from crm_tui import config

MAX_AGE_S = 24 * 60 * 60


def new_scratch() -> Path:
    """Return the path of a scratch database that nobody has, sweeping those older than a day."""
    sweep()
    return config.scratch_folder() / f"{uuid.uuid4().hex}.db"


def sweep() -> None:
    """Remove scratch databases that nobody touched for a day."""
    for path in config.scratch_folder().glob("*.db"):
        if time.time() - path.stat().st_mtime > MAX_AGE_S:
            remove(path)


def remove(path: Path) -> None:
    """Remove one scratch database with what SQLite kept beside it."""
    for name in (path.name, f"{path.name}-journal", f"{path.name}-wal", f"{path.name}-shm"):
        path.with_name(name).unlink(missing_ok=True)


def all_scratch() -> tuple[Path, ...]:
    """Return the scratch databases that are there, newest first."""
    return tuple(sorted(config.scratch_folder().glob("*.db"), key=lambda path: -path.stat().st_mtime))
