"""What `doctor` is told of the library, the database and the private files."""

import sqlite3
from pathlib import Path

import pytest

from crm_tui import config
from crm_tui.services import health
from crm_tui.services.errors import DatabaseError, OutputError
from crm_tui.services.health import Health, Library
from crm_tui.services.workspace import Workspace
from storage.dialects import sqlite
from tests.services.kit import content, sql
from tests.storage.processes import run_as_a_user


def test_the_library_in_use_is_named() -> None:
    driver = sqlite.load_driver()
    assert health.examine_library() == Library(driver.__name__.split(".")[0], driver.sqlite_version, False)


def test_the_library_that_python_brings_is_named_with_what_it_may_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "load_driver", lambda: sqlite3)
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 40, 1))
    monkeypatch.setattr(sqlite3, "sqlite_version", "3.40.1")
    assert health.examine_library() == Library("sqlite3", "3.40.1", True)


def test_a_healthy_database_is_looked_at_and_left_as_it_is(workspace: Workspace, database: Path) -> None:
    before = content(database)
    assert health.examine(workspace) == Health("wal", "ok")
    assert content(database) == before


def test_a_page_that_was_written_over_is_found(workspace: Workspace, database: Path) -> None:
    root = sql(database, "SELECT rootpage FROM sqlite_master WHERE name = 'field'")[0][0]
    damaged = bytearray(database.read_bytes())
    damaged[(root - 1) * 8192 : root * 8192] = b"\x55" * 8192
    database.write_bytes(damaged)
    assert health.examine(workspace).integrity not in ("", "ok")


def test_a_file_that_is_no_database_any_more_is_told(workspace: Workspace, database: Path) -> None:
    database.write_bytes(b"\x55" * 8192)
    with pytest.raises(DatabaseError) as refused:
        health.examine(workspace)
    assert refused.value.code == "database_unreadable"


def test_an_index_that_lost_an_entry_is_found(workspace: Workspace, database: Path) -> None:
    sql(database, "INSERT INTO tag (id, key, name) VALUES (1, 'a', 'A')")
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET rootpage = (SELECT rootpage FROM sqlite_master WHERE "
            "name = 'ix_customer_seen') WHERE name = 'sqlite_autoindex_tag_1'"
        )
    connection.close()
    assert health.examine(workspace).integrity != "ok"


def test_all_that_holds_customers_is_private(workspace: Workspace, database: Path) -> None:
    for name in ("crm.db-wal", "crm.db.import-lock", "crm.db.before-0001", "other.db", "crm.db.notes"):
        database.with_name(name).touch(0o600)
    log = config.state_folder() / "crash.log"
    log.touch(0o600)
    found = health.private_paths(database)
    names = ("crm.db", "crm.db-wal", "crm.db.import-lock", "crm.db.before-0001")
    assert found == (*map(database.with_name, names), config.state_folder(), config.scratch_folder(), log)
    assert health.readable_by_others(found) == ()
    database.with_name("crm.db.before-0001").chmod(0o644)
    config.scratch_folder().chmod(0o711)
    log.chmod(0o620)
    wrong = (database.with_name("crm.db.before-0001"), config.scratch_folder(), log)
    assert health.readable_by_others(found) == wrong


def test_a_database_of_an_odd_name_is_looked_for_by_that_very_name(tmp_path: Path) -> None:
    for name in ("[a].db", "[a].db.before-0001", "a.db.before-0001"):
        (tmp_path / name).touch()
    state = (config.state_folder(), config.scratch_folder())
    found = health.private_paths(tmp_path / "[a].db")
    assert found == (tmp_path / "[a].db", tmp_path / "[a].db.before-0001", *state)
    assert health.private_paths(tmp_path / "nowhere" / "crm.db") == state


def test_a_file_that_has_gone_meanwhile_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "there").touch(0o644)
    (tmp_path / "there").chmod(0o644)
    assert health.readable_by_others([tmp_path / "gone", tmp_path / "there"]) == (tmp_path / "there",)


def test_a_folder_of_the_program_that_cannot_be_made_is_told(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    with pytest.raises(OutputError) as refused:
        health.private_paths(database)
    assert refused.value.code == "state_unwritable"


def test_a_database_that_cannot_be_reached_is_not_taken_for_a_missing_one(database: Path) -> None:
    assert not health.is_missing(database)
    assert health.is_missing(database.with_name("nowhere.db"))
    assert health.is_missing(database.parent / "nowhere" / "crm.db")
    assert not health.is_missing(database / "crm.db")
    database.parent.chmod(0)
    script = """
import json, sys
from pathlib import Path
from crm_tui.services.health import is_missing, private_paths
print(json.dumps([is_missing(Path(sys.argv[1])), len(private_paths(Path(sys.argv[1])))]))
"""
    said = run_as_a_user(script, database)
    database.parent.chmod(0o700)
    assert said == [False, 2]
