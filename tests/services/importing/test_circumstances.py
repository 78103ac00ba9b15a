"""R34, R36: whatever gets in the way, one sentence says so, nothing is written and nothing is lost."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event

from crm_tui.i18n import describe_error
from crm_tui.services import imports
from crm_tui.services.errors import CrmError, DatabaseError
from crm_tui.services.importing.engine import apply_import, prepare_import
from crm_tui.services.importing.events import Cancelled, ImportEvent, Planned, Refused, Started
from crm_tui.services.importing.prepared import resumable
from crm_tui.services.workspace import Workspace
from storage.dialects import sqlite
from tests.services.kit import apply, ask, content, end_of, file_of, log_of, members, prepare, sql

COLUMNS = ("memberId", "profile.name", "unsubscribeEmail", "unsubscribeTexting")
ROWS = [(f"m{number}", f"{number} " + "x" * 400, "true", "false") for number in range(600)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return file_of(tmp_path, COLUMNS, *ROWS, ("m1", "bad", "maybe", ""))


def scratch_files() -> list[Path]:
    return list((Path(os.environ["XDG_STATE_HOME"]) / "crm-tui" / "imports").glob("*"))


@contextmanager
def every_connection(workspace: Workspace, *statements: str) -> Iterator[None]:
    """Have each new connection begin with some statements."""

    def begin(connection: sqlite.Any, _: object) -> None:
        for statement in statements:
            connection.execute(statement).fetchall()

    event.listen(workspace._engine, "connect", begin)
    yield
    event.remove(workspace._engine, "connect", begin)


@contextmanager
def full_disk(workspace: Workspace) -> Iterator[None]:
    """Let the database not grow by a page."""
    with every_connection(workspace, "PRAGMA max_page_count = 1"):
        yield


@contextmanager
def read_only(workspace: Workspace) -> Iterator[None]:
    with every_connection(workspace, "PRAGMA query_only = ON"):
        yield


@contextmanager
def locked(workspace: Workspace) -> Iterator[None]:
    """Let another program write for long."""
    other = sqlite.load_driver().connect(str(workspace.path), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite, "BUSY_TIMEOUT_S", 0.01)
        yield
    other.execute("ROLLBACK")
    other.close()


def refusal(events: Iterator[ImportEvent]) -> CrmError:
    """Return why an import is refused; it must have a sentence."""
    refused = end_of(events)
    assert isinstance(refused, Refused), refused
    assert describe_error(refused.error)
    return refused.error


Trouble = Callable[[Workspace], "contextmanager[None]"]  # type: ignore[type-arg]


@pytest.mark.parametrize(
    ("trouble", "code"), [(full_disk, "disk_full"), (read_only, "database_readonly"), (locked, "database_busy")]
)
def test_r34_an_import_that_cannot_be_applied_is_refused_with_nothing_written_and_waits(
    workspace: Workspace, file: Path, trouble: Trouble, code: str
) -> None:
    prepared = prepare(workspace, ask(file, COLUMNS, tag="t"))
    before = content(workspace.path)
    with trouble(workspace):
        error = refusal(apply_import(workspace, prepared, threading.Event()))
    assert isinstance(error, DatabaseError)
    assert (error.code, error.params["path"]) == (code, str(workspace.path))
    assert content(workspace.path) == before
    imports.tidy(workspace)
    assert resumable(workspace) == (prepared,)
    assert apply(workspace, prepared).numbers.created == 600
    assert [state for state, _ in log_of(workspace.path)] == ["applied"]


@pytest.mark.parametrize(("trouble", "code"), [(read_only, "database_readonly"), (locked, "database_busy")])
def test_an_import_that_cannot_be_logged_is_not_begun(
    workspace: Workspace, file: Path, trouble: Trouble, code: str
) -> None:
    with trouble(workspace):
        assert refusal(prepare_import(workspace, ask(file, COLUMNS), threading.Event())).code == code
    assert (scratch_files(), log_of(workspace.path)) == ([], [])
    assert prepare(workspace, ask(file, COLUMNS)).numbers.created == 600


def test_a_disk_that_is_full_while_the_file_is_read_names_the_folder_that_is_full(
    workspace: Workspace, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    attach = sqlite.attach_scratch

    def attach_small(connection: sqlite.Any, path: Path) -> None:
        attach(connection, path)
        connection.execute("PRAGMA scratch.max_page_count = 20").fetchall()

    monkeypatch.setattr(sqlite, "attach_scratch", attach_small)
    error = refusal(prepare_import(workspace, ask(file, COLUMNS), threading.Event()))
    assert error.code == "disk_full"
    assert "crm-tui/imports" in str(error.params["path"])
    assert [state for state, _ in log_of(workspace.path)] == ["refused"]
    assert scratch_files() == []


def test_a_folder_of_the_program_that_cannot_be_made_is_said(
    workspace: Workspace, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "a file"))
    imports.tidy(workspace)
    error = refusal(prepare_import(workspace, ask(file, COLUMNS), threading.Event()))
    assert error.code == "state_unwritable"
    assert "a file" in str(error.params["path"])


@pytest.mark.parametrize(("is_gone", "code"), [(True, "source_missing"), (False, "source_changed")])
def test_a_file_that_goes_or_changes_while_it_is_read_is_refused(
    workspace: Workspace, file: Path, is_gone: bool, code: str
) -> None:
    events = prepare_import(workspace, ask(file, COLUMNS), threading.Event())
    assert isinstance(next(events), Started)
    if is_gone:
        file.unlink()
    else:
        file.write_text(file.read_text() + "m9,x,true,true\n")
    assert refusal(events).code == code
    assert [state for state, _ in log_of(workspace.path)] == ["refused"]
    assert (scratch_files(), sql(workspace.path, "SELECT * FROM customer")) == ([], [])


def test_a_scratch_database_that_was_removed_is_said_and_the_log_goes_on(workspace: Workspace, file: Path) -> None:
    prepared = prepare(workspace, ask(file, COLUMNS))
    prepared.scratch.unlink()
    assert refusal(apply_import(workspace, prepared, threading.Event())).code == "prepared_gone"
    assert not prepared.scratch.exists()  # nor made anew, empty
    assert resumable(workspace) == ()
    assert prepare(workspace, ask(file, COLUMNS)).numbers.created == 600


def test_a_damaged_scratch_database_is_not_offered_and_not_applied(workspace: Workspace, file: Path) -> None:
    prepared = prepare(workspace, ask(file, COLUMNS))
    prepared.scratch.write_bytes(b"not a database" * 1000)
    assert resumable(workspace) == ()
    assert refusal(apply_import(workspace, prepared, threading.Event())).code == "prepared_gone"
    assert sql(workspace.path, "SELECT * FROM customer") == []


def test_a_damaged_database_is_said(workspace: Workspace, file: Path, tmp_path: Path) -> None:
    members(workspace, tmp_path, COLUMNS, *ROWS)
    prepared = prepare(workspace, ask(file, COLUMNS))
    workspace.close()
    with workspace.path.open("r+b") as database:
        database.seek(8192 * 3)
        database.write(b"\xff" * (os.path.getsize(workspace.path) - 8192 * 3))
    error = refusal(apply_import(workspace, prepared, threading.Event()))
    assert error.code == "database_unreadable"


# -- R36: cancelling


class CancelledLater(threading.Event):
    """Is set from the n-th look on; counts the looks."""

    def __init__(self, looks: int = 0) -> None:
        super().__init__()
        self.looks = 0
        self._at = looks

    def is_set(self) -> bool:
        self.looks += 1
        return 0 < self._at <= self.looks


def test_r36_an_import_can_be_cancelled_at_any_moment_until_it_is_applied(
    workspace: Workspace, tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "_STEPS_BETWEEN_LOOKS", 1000)
    members(workspace, tmp_path, COLUMNS, *ROWS[:50])
    before = content(workspace.path)
    request = ask(file_of(tmp_path, COLUMNS, *ROWS, *ROWS[:100], name="many.csv"), COLUMNS, tag="t")
    counting = CancelledLater()
    planned = end_of(prepare_import(workspace, request, counting))
    assert isinstance(planned, Planned)
    assert counting.looks > 50
    for looks in range(1, counting.looks + 1, counting.looks // 12):
        cancelled = end_of(prepare_import(workspace, request, CancelledLater(looks)))
        assert isinstance(cancelled, Cancelled)
        assert log_of(workspace.path)[-1][0] == "cancelled"
        assert scratch_files() == [planned.prepared.scratch]
    looks = 1
    while True:
        counting = CancelledLater(looks)
        prepared = prepare(workspace, request)
        ended = end_of(apply_import(workspace, prepared, counting))
        assert not prepared.scratch.exists()
        if not isinstance(ended, Cancelled):
            break
        assert log_of(workspace.path)[-1][0] == "cancelled"
        assert content(workspace.path) == before
        looks += 7
    assert looks > 50
    assert log_of(workspace.path)[-1][0] == "applied"


def test_r36_a_long_statement_is_stopped_within_a_second(
    workspace: Workspace, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared = prepare(workspace, ask(file, COLUMNS))
    cancel = threading.Event()

    def never_ends(connection: sqlite.Any, *_: object) -> int:
        threading.Timer(0.05, cancel.set).start()
        connection.execute("WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n")
        return 0

    monkeypatch.setattr("storage.bulk.apply_customers", never_ends)
    started = time.monotonic()
    assert isinstance(end_of(apply_import(workspace, prepared, cancel)), Cancelled)
    assert time.monotonic() - started < 1


def test_a_fault_of_the_program_is_raised_and_nothing_is_written_or_lost(
    workspace: Workspace, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared = prepare(workspace, ask(file, COLUMNS))
    before = content(workspace.path)
    with monkeypatch.context() as patch:
        patch.setattr("storage.bulk.apply_tags", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            list(apply_import(workspace, prepared, threading.Event()))
    assert content(workspace.path) == before
    assert resumable(workspace) == (prepared,)
    apply(workspace, prepared)
    with monkeypatch.context() as patch:
        patch.setattr("crm_tui.services.importing.plan.make_plan", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            list(prepare_import(workspace, ask(file, COLUMNS), threading.Event()))
    assert [state for state, _ in log_of(workspace.path)] == ["applied", "refused"]
    assert scratch_files() == []
