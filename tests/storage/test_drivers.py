"""Which SQLite is used, which journal it may write, and that everything works with the one that Python brings."""

import importlib.util
import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from crm_tui.i18n import set_language, t
from crm_tui.services.workspace import Workspace
from storage.dialects import sqlite
from storage.engine import open_engine
from tests.services.kit import content, one
from tests.storage.processes import WITHOUT_BETTER_DRIVERS
from tests.storage.tour import tour

DRIVER_MODULES = ("sqlcipher3", "sqlcipher3.dbapi2", "pysqlite3", "pysqlite3.dbapi2")


@pytest.mark.parametrize(
    ("version", "has_bug"),
    [
        ("3.7.0", True),
        ("3.40.1", True),
        ("3.44.0", True),
        ("3.44.5", True),
        ("3.44.6", False),
        ("3.44.7", False),
        ("3.45.0", True),
        ("3.49.2", True),
        ("3.50.0", True),
        ("3.50.6", True),
        ("3.50.7", False),
        ("3.51.0", True),
        ("3.51.2", True),
        ("3.51.3", False),
        ("3.52.0", False),
        ("3.53.4", False),
        ("4.0.0", False),
    ],
)
def test_a_sqlite_that_can_corrupt_a_database_of_several_writers_is_known(version: str, has_bug: bool) -> None:
    assert sqlite.has_wal_bug(tuple(map(int, version.split(".")))) is has_bug


def test_the_best_driver_that_is_installed_is_used() -> None:
    installed = [name for name in sqlite._DRIVERS if importlib.util.find_spec(name.partition(".")[0])]
    assert sqlite.load_driver().__name__ in (installed[0], "sqlite3.dbapi2")
    assert installed[-1] == "sqlite3"
    assert sqlite.load_driver().sqlite_version_info >= (3, 40)


def test_the_journal_follows_from_the_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "crm.db"
    for has_bug, journal, synchronous in ((False, "wal", 1), (True, "delete", 2), (False, "wal", 1)):
        monkeypatch.setattr(sqlite, "has_wal_bug", lambda _, answer=has_bug: answer)
        with open_engine(path).connect() as connection:
            pragmas = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                for name in ("journal_mode", "synchronous", "secure_delete", "foreign_keys")
            }
        assert pragmas == {"journal_mode": journal, "synchronous": synchronous, "secure_delete": 1, "foreign_keys": 1}


def test_a_journal_is_changed_once_nobody_else_is_connected(
    database: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite itself does not wait for that, however long its timeout."""
    other = sqlite.load_driver().connect(str(database), isolation_level=None)
    assert other.execute("SELECT count(*) FROM customer").fetchone() == (0,)
    monkeypatch.setattr(sqlite, "has_wal_bug", lambda _: True)
    engine = sqlite.make_engine(database)
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_S", 0.05)
    with pytest.raises(OperationalError, match="locked"):
        engine.connect()
    with monkeypatch.context() as patient:
        patient.setattr(sqlite, "BUSY_TIMEOUT_S", 30.0)
        patient.setattr(sqlite.time, "sleep", lambda _: other.close())
        with engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "delete"
    with workspace.reading(None) as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"


def test_without_any_better_driver_everything_works_and_doctor_says_what_is_missing(
    database: Path, tmp_path: Path
) -> None:
    """The other one's database, too: it was made in WAL mode."""
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
    other = shutil.copy2(database, tmp_path / "there" / "crm.db")
    script = "from tests.storage.tour import tour_and_doctor\nsys.exit(tour_and_doctor(*sys.argv[1:]))"
    ended = subprocess.run(
        [sys.executable, "-c", WITHOUT_BETTER_DRIVERS + script, str(other), str(tmp_path / "there")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in ended.stderr, ended.stderr
    found, _, report = ended.stdout.partition("\n")
    assert json.loads(found) == tour(database, tmp_path / "here")
    doctor = json.loads(report)
    set_language("en")
    assert doctor["sqlite"] == f"{sqlite3.sqlite_version} (sqlite3)"
    assert sqlite.has_wal_bug(sqlite3.sqlite_version_info) is (doctor["journal"] == "delete")
    assert (t("cli.doctor_old_sqlite") in doctor["problems"]) is (doctor["journal"] == "delete")
    assert doctor["integrity"] == "ok"
    before = content(other)
    with open_engine(other).connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
    assert content(other) == before
    assert one(other, "PRAGMA integrity_check") == "ok"


def test_a_machine_without_any_driver_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*DRIVER_MODULES, "sqlite3"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ImportError):
        sqlite.load_driver.__wrapped__()
