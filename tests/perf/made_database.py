"""Databases of made-up members, made once with the program's own import and kept in a folder."""

import os
import shutil
import sys
from contextlib import closing
from pathlib import Path

from crm_tui.core.fields import FieldType
from crm_tui.services.fields import add_field
from crm_tui.services.indexing import run as fill_indexes
from crm_tui.services.workspace import open_workspace
from storage.dialects.sqlite import load_driver
from storage.engine import HEAD
from tests.perf.generate import CUSTOM_FIELDS, VERSION, write_members
from tests.perf.measure import Orphans, run

IMPORT_TAG = "5월고객"


def made_database(folder: Path, customers: int) -> Path:
    """Return a database of so many members, all seeded alike, with filled indexes; made where `folder` has none yet."""
    path = folder / f"{customers}-schema-{HEAD}-rows-{VERSION}.db"
    if path.exists():
        return path
    making = folder / "unfinished.db"
    file = folder / "members.csv"
    make_empty_database(making)
    write_members(file, customers, faults=0.0)
    command = [sys.executable, "-m", "crm_tui", "--db", str(making), "import", "--target", "member"]
    with Orphans() as orphans:
        run([*command, "--tag", IMPORT_TAG, "--yes", str(file)], os.environ).expect(0)
        orphans.wait()
    file.unlink()
    _scatter(making)
    workspace = open_workspace(str(making))
    fill_indexes(workspace)
    workspace.close()
    # Only a whole one gets the name that the next run looks for.
    making.rename(path)
    _remove(making)
    return path


def _scatter(path: Path) -> None:
    """Let the customers have been seen all over a year, and leave the import tag to a fifth of them.

    After one import all would have been seen at the same moment: then the order of the list is that of the table, which
    it is in nobody's life.
    """
    with closing(load_driver().connect(str(path), isolation_level=None)) as connection:
        statement = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql GLOB '*(*_at*'"
        indexes = connection.execute(statement).fetchall()
        connection.execute("BEGIN IMMEDIATE")
        for name, _ in indexes:
            connection.execute(f"DROP INDEX {name}")
        connection.execute(
            """UPDATE customer SET sessions_count = id * 31 % 40,
                   last_seen_at = last_seen_at - id * 48271 % 31536000 * 1000,
                   created_at = created_at - (31536000 + id * 69621 % 31536000) * 1000"""
        )
        connection.execute("DELETE FROM customer_import_tag WHERE customer_id % 5")
        for _, sql in indexes:
            connection.execute(sql)
        connection.execute("COMMIT")


def make_empty_database(path: Path) -> None:
    """Make a database without customers, with the custom fields of the made-up ones."""
    _remove(path)
    workspace = open_workspace(str(path))
    for key, kind in CUSTOM_FIELDS:
        add_field(workspace, key, FieldType(kind), key)
    workspace.close()


def copy_database(path: Path, to: Path) -> Path:
    """Copy a database that nobody has open in the place of another."""
    _remove(to)
    copied = Path(shutil.copyfile(path, to))
    copied.chmod(0o600)
    # What is measured next must not wait for the copy to reach the disk.
    os.sync()
    return copied


def _remove(path: Path) -> None:
    """Remove a database with its journal and its locks."""
    for one in path.parent.glob(f"{path.name}*"):
        one.unlink()
