"""R35: one import at a time for one database, over processes; one that died blocks nobody."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crm_tui.core.vocabulary import ImportState
from crm_tui.services import imports
from crm_tui.services.errors import ImportRunning
from crm_tui.services.importing.engine import apply_import, prepare_import
from crm_tui.services.importing.events import Applied, Changed, ImportNumbers, Planned, Refused
from crm_tui.services.importing.lock import import_lock
from crm_tui.services.importing.prepared import drop_import, resumable
from crm_tui.services.workspace import Workspace
from tests.services.conftest import Clock
from tests.services.kit import apply, ask, content, end_of, file_of, log_of, prepare, run

COLUMNS = ("memberId", "unsubscribeEmail", "unsubscribeTexting")
HOLDER = """
import sys, threading
from pathlib import Path
from crm_tui.core.vocabulary import Target
from crm_tui.services.importing.engine import apply_import, prepare_import
from crm_tui.services.importing.events import ImportRequest
from crm_tui.services.importing.prepared import resumable
from crm_tui.services.workspace import Workspace, open_workspace

database, file, phase, now = sys.argv[1:]
Workspace.now_ms = lambda _: int(now)
workspace = open_workspace(database, manager="lee")
request = ImportRequest(Path(file), Target.MEMBER, None, ("memberId", "unsubscribeEmail", "unsubscribeTexting"))
events = prepare_import(workspace, request, threading.Event())
if phase == "apply":
    for event in events:
        pass
    events = apply_import(workspace, event.prepared, threading.Event())
print(next(events), flush=True)
sys.stdin.read()
for event in events:
    pass
print(event, flush=True)
"""
"""Begins an import and goes on when its stdin is closed."""


@contextmanager
def held(workspace: Workspace, file: Path, phase: str, now: int) -> Iterator["subprocess.Popen[str]"]:
    """Give a process of another manager that is in the middle of an import."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(workspace.path), str(file), phase, str(now)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline()
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("phase", ["prepare", "apply"])
def test_r35_a_second_import_is_refused_at_once_with_who_and_since_when(
    workspace: Workspace, tmp_path: Path, clock: Clock, phase: str
) -> None:
    file = file_of(tmp_path, COLUMNS, ["m1", "true", "true"])
    mine = prepare(workspace, ask(file, COLUMNS))
    since = clock.now + 5000
    with held(workspace, file, phase, since) as other:
        for events in (
            prepare_import(workspace, ask(file, COLUMNS), threading.Event()),
            apply_import(workspace, mine, threading.Event()),
        ):
            (refused,) = events
            assert isinstance(refused, Refused)
            assert isinstance(refused.error, ImportRunning)
            assert refused.error.params == {"who": "lee", "since": since}
        imports.tidy(workspace)
        assert [state for state, _ in log_of(workspace.path)] == ["planned", "running"]
        (running, _) = imports.list_imports(workspace)
        assert (running.manager, running.running_since) == ("lee", since)
        assert resumable(workspace) == (mine,)
        out, _ = other.communicate(input="")
        assert out.startswith("Applied" if phase == "apply" else "Planned")
    # A plan that waits for its manager's yes holds nobody up.
    ended = end_of(apply_import(workspace, mine, threading.Event()))
    assert isinstance(ended, Changed if phase == "apply" else Applied)
    if isinstance(ended, Changed):
        apply(workspace, ended.prepared)
    assert run(workspace, ask(file, COLUMNS)).numbers.updated == 1


@pytest.mark.parametrize("phase", ["prepare", "apply"])
def test_r35_an_import_whose_process_was_killed_is_logged_as_interrupted_and_blocks_nobody(
    workspace: Workspace, tmp_path: Path, clock: Clock, phase: str
) -> None:
    file = file_of(tmp_path, COLUMNS, ["m1", "true", "true"])
    before = content(workspace.path)
    with held(workspace, file, phase, clock.now) as other:
        os.kill(other.pid, signal.SIGKILL)
        other.wait()
    clock.move(seconds=7)
    imports.tidy(workspace)
    (record,) = imports.list_imports(workspace)
    assert (record.state, record.running_since, record.manager) == (ImportState.INTERRUPTED, None, "lee")
    assert content(workspace.path) == before
    lee = Workspace(workspace._engine, workspace.path, "lee")
    waiting = resumable(lee)
    assert len(waiting) == (phase == "apply")
    if waiting:
        assert apply(lee, waiting[0]).numbers == ImportNumbers(rows=1, customers=1, created=1)
        assert [state for state, _ in log_of(workspace.path)] == ["applied"]
    else:
        assert run(workspace, ask(file, COLUMNS)).numbers.created == 1
        assert [state for state, _ in log_of(workspace.path)] == ["interrupted", "applied"]
    assert not list((Path(os.environ["XDG_STATE_HOME"]) / "crm-tui" / "imports").iterdir())


def test_r35_a_second_window_of_one_process_is_refused_too(workspace: Workspace, tmp_path: Path) -> None:
    file = file_of(tmp_path, COLUMNS, ["m1", "true", "true"])
    first = prepare_import(workspace, ask(file, COLUMNS), threading.Event())
    next(first)
    refused = end_of(prepare_import(workspace, ask(file, COLUMNS), threading.Event()))
    assert isinstance(refused, Refused)
    assert refused.error.params["who"] == "kim"
    assert isinstance(end_of(first), Planned)


def test_r35_the_lock_is_the_same_by_whatever_path_the_database_is_opened(workspace: Workspace, tmp_path: Path) -> None:
    link = tmp_path / "link.db"
    link.symlink_to(workspace.path)
    file = file_of(tmp_path, COLUMNS, ["m1", "true", "true"])
    prepared = prepare(workspace, ask(file, COLUMNS))
    other = Workspace(workspace._engine, link, "kim")
    assert resumable(other) == (prepared,)
    with import_lock(workspace):
        refused = end_of(prepare_import(other, ask(file, COLUMNS), threading.Event()))
        assert isinstance(refused, Refused)
        assert isinstance(refused.error, ImportRunning)
        assert refused.error.params["who"] == "?"  # it holds the lock and has logged nothing yet
    assert workspace.path.with_name("crm.db.import-lock").stat().st_mode & 0o777 == 0o600


def test_an_import_of_a_dead_process_can_be_dropped(workspace: Workspace, tmp_path: Path, clock: Clock) -> None:
    file = file_of(tmp_path, COLUMNS, ["m1", "true", "true"])
    with held(workspace, file, "apply", clock.now) as other:
        os.kill(other.pid, signal.SIGKILL)
        other.wait()
    lee = Workspace(workspace._engine, workspace.path, "lee")
    (prepared,) = resumable(lee)
    drop_import(lee, prepared)
    assert [state for state, _ in log_of(workspace.path)] == ["cancelled"]
    assert resumable(lee) == ()
