"""Databases of made-up members, made once with the program's own import and kept in a folder."""

import os
import subprocess
import sys
from pathlib import Path

from tests.perf.generate import CUSTOM_FIELDS, write_members


def made_database(folder: Path, customers: int) -> Path:
    """Return a database of so many members, all seeded alike; made where `folder` has none yet."""
    path = folder / f"{customers}.db"
    if path.exists():
        return path
    making = folder / f"{customers}-unfinished.db"
    making.unlink(missing_ok=True)
    file = folder / "members.csv"
    write_members(file, customers, faults=0.0)
    environment = os.environ | {"CRM_TUI_DB": str(making)}
    for key, kind in CUSTOM_FIELDS:
        _run(["fields", "add", key, kind, key], environment)
    _run(["import", "--target", "member", "--tag", "5월고객", "--yes", str(file)], environment)
    file.unlink()
    # Only a whole one gets the name that the next run looks for.
    return making.rename(path)


def _run(arguments: list[str], environment: dict[str, str]) -> None:
    subprocess.run([sys.executable, "-m", "crm_tui", *arguments], env=environment, check=True, capture_output=True)
