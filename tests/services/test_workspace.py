"""The composition root: which database, who works on it, what is kept and what is dropped, and what went wrong."""

import os
import pwd
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from crm_tui import config
from crm_tui.services import contact_list, customers
from crm_tui.services.errors import Cancelled, CrmError, DatabaseError, NotFound, OutputError
from crm_tui.services.workspace import Workspace, open_workspace, translated_errors
from storage.dialects import sqlite
from storage.engine import OpenProblem, open_engine
from tests.services.kit import content, sql


def test_the_database_is_the_users_own_unless_another_is_asked_for(
    private_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    own = private_home / "xdg_data_home" / "crm-tui" / "crm.db"
    for given, path in (
        (None, own),
        ("", own),
        ("here.db", tmp_path / "here.db"),
        (str(tmp_path / "crm.db"), tmp_path / "crm.db"),
        ("~/mine.db", private_home / "mine.db"),
        (f"sqlite:///{tmp_path}/url.db", tmp_path / "url.db"),
        ("sqlite:///url2.db", tmp_path / "url2.db"),
    ):
        workspace = open_workspace(given)
        assert (workspace.path, workspace.database) == (path, str(path))
        workspace.close()
        assert path.is_file()
    monkeypatch.setenv("CRM_TUI_DB", str(tmp_path / "variable.db"))
    assert open_workspace().path == tmp_path / "variable.db"
    assert open_workspace(str(own)).path == own


def test_a_slip_in_the_path_of_a_database_makes_no_folder(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError) as refused:
        open_workspace(str(tmp_path / "tpyo" / "crm.db"))
    assert refused.value.code == "database_no_folder"
    assert list(tmp_path.iterdir()) == []


def test_who_works_is_the_user_whom_the_system_knows(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USER", "somebody else")
    monkeypatch.setenv("LOGNAME", "somebody else")
    assert open_workspace(str(database)).manager == pwd.getpwuid(os.getuid()).pw_name
    assert open_workspace(str(database), manager="kim").manager == "kim"


def test_the_moment_is_now_in_milliseconds(database: Path) -> None:
    workspace = open_workspace(str(database))
    moments = [workspace.now_ms() for _ in range(3)]
    assert moments == sorted(moments)
    assert 1_700_000_000_000 < moments[0] < 10_000_000_000_000


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda path: path.write_bytes(b"?" * 5000), OpenProblem.UNREADABLE),
        (lambda path: path.mkdir(), OpenProblem.UNREADABLE),
        (lambda path: path.symlink_to(path), OpenProblem.READ_ONLY),
        (
            lambda path: (open_engine(path), sql(path, "UPDATE alembic_version SET version_num = 'newer'")),
            OpenProblem.NEWER,
        ),
    ],
)
def test_a_database_that_cannot_be_opened_is_told_by_its_code(
    tmp_path: Path, make: Callable[[Path], object], problem: OpenProblem
) -> None:
    path = tmp_path / "crm.db"
    make(path)
    with pytest.raises(DatabaseError) as refused:
        open_workspace(str(path))
    assert (refused.value.code, refused.value.params) == (problem.value, {"path": str(path)})


def test_what_a_transaction_writes_is_kept_whole_or_not_at_all(workspace: Workspace, database: Path) -> None:
    before = content(database)

    def fail(error: BaseException) -> None:
        with workspace.transaction(None, changes_customers=True) as connection:
            connection.exec_driver_sql("INSERT INTO tag (key, name) VALUES ('a', 'A')")
            raise error

    for error in (RuntimeError(), KeyboardInterrupt(), NotFound("customer_not_found", id=1)):
        with pytest.raises(type(error)):
            fail(error)
    assert content(database) == before
    assert customers.revision(workspace) == 0
    with workspace.transaction(None, changes_customers=True) as connection:
        connection.exec_driver_sql("INSERT INTO tag (key, name) VALUES ('a', 'A')")
    assert content(database) != before
    assert customers.revision(workspace) > 0


def test_the_revision_grows_only_where_customers_changed(workspace: Workspace) -> None:
    with workspace.transaction(None, changes_customers=True) as connection:
        connection.exec_driver_sql("UPDATE customer SET name = 'nobody'")
    with workspace.transaction(None) as connection:
        connection.exec_driver_sql("INSERT INTO tag (key, name) VALUES ('a', 'A')")
    assert customers.revision(workspace) == 0


def test_a_database_put_back_from_a_copy_does_not_come_to_the_same_revision_again(
    workspace: Workspace, database: Path
) -> None:
    """Or a plan that was made in between would be taken for one of today's customers."""
    kept = database.read_bytes()
    seen = set()
    for _ in range(5):
        database.write_bytes(kept)
        customers.add_lead(workspace, {"email": "a@example.com"})
        seen.add(customers.revision(workspace))
    assert len(seen) > 1


def test_threads_share_a_workspace(workspace: Workspace) -> None:
    threads = [
        threading.Thread(target=customers.add_lead, args=(workspace, {"email": f"{number}@example.com"}))
        for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert contact_list.count(workspace).total == 8


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("database is locked", "database_busy"),
        ("database is busy", "database_busy"),
        ("database or disk is full", "disk_full"),
        ("attempt to write a readonly database", "database_readonly"),
        ("unable to open database file", "database_readonly"),
        ("disk I/O error", "disk_error"),
        ("database disk image is malformed", "database_unreadable"),
        ("file is not a database", "database_unreadable"),
        ("unsupported file format", "database_unreadable"),
        ("locking protocol", "database_busy"),
    ],
)
def test_what_the_database_says_of_its_circumstances_has_a_code(tmp_path: Path, message: str, code: str) -> None:
    path = tmp_path / "crm.db"
    path.touch()
    with pytest.raises(DatabaseError) as refused, translated_errors(path):
        raise sqlite.load_driver().OperationalError(message)
    assert (refused.value.code, refused.value.params) == (code, {"path": str(path)})


@pytest.mark.parametrize(
    "error",
    [
        sqlite.load_driver().OperationalError("interrupted"),
        sqlite.load_driver().OperationalError("no such column: x"),
        sqlite.load_driver().OperationalError('near "x": syntax error'),
        sqlite.load_driver().OperationalError("too many SQL variables"),
        sqlite.load_driver().IntegrityError("UNIQUE constraint failed: tag.key"),
        NotFound("customer_not_found", id=1),
        ValueError("locked"),
    ],
    ids=str,
)
def test_a_mistake_of_ours_and_a_cancelled_statement_are_no_circumstances(tmp_path: Path, error: Exception) -> None:
    with pytest.raises(type(error)) as raised, translated_errors(tmp_path / "crm.db"):
        raise error
    assert raised.value is error


def test_a_scratch_database_is_attached_private_and_only_made_where_that_is_asked_for(
    workspace: Workspace, tmp_path: Path
) -> None:
    scratch = tmp_path / "new" / "scratch.db"
    with pytest.raises(NotFound) as refused, workspace.bulk(scratch):
        pass
    assert refused.value.code == "prepared_gone"
    assert not scratch.exists()
    with workspace.bulk(scratch, create=True) as connection:
        with workspace.deferred(connection, scratch):
            connection.execute("CREATE TABLE scratch.notes (text)")
        assert (scratch.stat().st_mode & 0o777, scratch.parent.stat().st_mode & 0o777) == (0o600, 0o700)
        with pytest.raises(RuntimeError):
            _write_and_fail(workspace, connection)
        with workspace.immediate(connection):
            connection.execute("INSERT INTO scratch.notes VALUES ('kept')")
            connection.execute("INSERT INTO main.tag (id, key, name) VALUES (1, 'b', 'B')")
    with workspace.bulk(scratch) as connection:
        assert connection.execute("SELECT text FROM scratch.notes").fetchall() == [("kept",)]
        assert connection.execute("SELECT key FROM main.tag").fetchall() == [("b",)]


def _write_and_fail(workspace: Workspace, connection: Any) -> None:
    with workspace.immediate(connection):
        connection.execute("INSERT INTO scratch.notes VALUES ('dropped')")
        connection.execute("INSERT INTO main.tag (id, key, name) VALUES (1, 'a', 'A')")
        raise RuntimeError


def test_a_scratch_database_that_cannot_be_made_or_read_is_told(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError) as refused, workspace.bulk(tmp_path / "file" / "scratch.db", create=True):
        pass
    assert refused.value.code == "state_unwritable"
    (tmp_path / "garbage.db").write_bytes(b"?" * 9000)
    with pytest.raises(CrmError) as said, workspace.bulk(tmp_path / "garbage.db"):
        pass
    assert said.value.code == "database_unreadable"


def test_reading_that_nobody_waits_for_any_more_is_stopped(workspace: Workspace) -> None:
    stop = threading.Event()
    endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    with workspace.until(stop).reading(None) as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1
        threading.Timer(0.05, stop.set).start()
        with pytest.raises(DBAPIError):
            connection.exec_driver_sql(endless)
    with pytest.raises(Cancelled), workspace.until(stop).reading(None) as connection:
        connection.exec_driver_sql(endless)
    with workspace.reading(None) as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1


def test_the_private_folders_are_made_private(private_home: Path) -> None:
    for folder in (config.state_folder(), config.scratch_folder()):
        assert folder.is_dir()
        assert folder.stat().st_mode & 0o777 == 0o700
        assert folder.is_relative_to(private_home)
