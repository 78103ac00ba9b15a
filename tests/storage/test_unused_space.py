"""The unused middle of a database's pages: overwritten, and nothing else of the file (R49)."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from storage.dialects.unused_space import overwrite_unused_space


def make(path: Path, page_bytes: int) -> sqlite3.Connection:
    """Make a database with rows moved and deleted again, all without SQLite's own overwriting."""
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA page_size={page_bytes}")
    connection.execute("PRAGMA secure_delete=OFF")
    connection.execute("CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT)")
    connection.execute("CREATE INDEX by_name ON person (name)")
    connection.executemany(
        "INSERT INTO person (name) VALUES (?)", ((f"{n * 7919 % 1000:04} name",) for n in range(900))
    )
    # longer than a page: its end stands in pages that are no tree
    connection.execute("INSERT INTO person (id, name) VALUES (5000, ?)", ("\x0d\x0a\x05\x02" * 70_000,))
    connection.execute("DELETE FROM person WHERE id % 3 = 0")
    connection.commit()
    return connection


@pytest.mark.parametrize("page_bytes", [512, 4096, 8192, 65536])
def test_every_row_stays_and_the_file_is_sound(tmp_path: Path, page_bytes: int) -> None:
    path = tmp_path / "some.db"
    connection = make(path, page_bytes)
    rows = connection.execute("SELECT * FROM person ORDER BY id").fetchall()
    before = path.read_bytes()
    assert overwrite_unused_space(path)
    after = path.read_bytes()
    assert len(after) == len(before)
    assert after != before
    assert {new for old, new in zip(before, after, strict=True) if old != new} == {0}
    connection.close()
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert connection.execute("SELECT * FROM person ORDER BY id").fetchall() == rows
    connection.executemany("INSERT INTO person (name) VALUES (?)", ((f"{n} new",) for n in range(2000)))
    connection.commit()
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()


def test_the_second_time_nothing_is_left_to_do(tmp_path: Path) -> None:
    path = tmp_path / "some.db"
    make(path, 4096).close()
    overwrite_unused_space(path)
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    assert overwrite_unused_space(path)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


@pytest.mark.parametrize("text", [b"", b"SQLite", b"\x0d" * 9000])
def test_a_file_that_is_no_plain_database_is_left_alone(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "other"
    path.write_bytes(text)
    assert not overwrite_unused_space(path)
    assert path.read_bytes() == text


def test_locks_of_other_connections_of_the_process_stay(tmp_path: Path) -> None:
    path = tmp_path / "some.db"
    make(path, 4096).close()
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    overwrite_unused_space(path)
    script = (
        f"import sqlite3; sqlite3.connect({str(path)!r}, timeout=0, isolation_level=None).execute('BEGIN IMMEDIATE')"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert "database is locked" in ended.stderr
    holder.close()


def test_a_database_with_maps_of_its_pages_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "some.db"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
    connection.execute("CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT)")
    connection.close()
    before = path.read_bytes()
    assert not overwrite_unused_space(path)
    assert path.read_bytes() == before
