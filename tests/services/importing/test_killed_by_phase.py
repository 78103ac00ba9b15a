"""R34, R35: whatever kills the program, the database is as before or as after, and the next import starts.

Children die by SIGKILL at moments spread over the whole import (see `dying_by_phase`) and, by a timer, inside COMMIT.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from crm_tui.services import imports
from crm_tui.services.importing.prepared import resumable
from crm_tui.services.workspace import Workspace, open_workspace
from tests.services.importing.dying_by_phase import COLUMNS, NOW
from tests.services.kit import apply, ask, content, log_of, one, prepare, run, write_csv

POINTS = 16
"""Moments a phase: prepare and apply."""
COMMIT_DELAYS_S = (0.00001, 0.0003, 0.0006, 0.001, 0.0015, 0.002, 0.003)

Order = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def order() -> Iterator[Order]:
    """Return a function that has a forked child do something in a database."""
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.services.importing.dying_by_phase"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    )
    assert server.stdin is not None
    assert server.stdout is not None
    stdin, stdout = server.stdin, server.stdout

    def execute(**words: Any) -> dict[str, Any]:
        words["state"] = os.environ["XDG_STATE_HOME"]
        stdin.write(json.dumps({name: str(word) if isinstance(word, Path) else word for name, word in words.items()}))
        stdin.write("\n")
        stdin.flush()
        answer: dict[str, Any] = json.loads(stdout.readline())
        return answer

    yield execute
    stdin.close()
    server.wait()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """New customers and old ones, the same one several times, and rows that fail by themselves and by what they meet."""
    rows = [
        (
            f"m{number % 130}",
            f"이름 {number} " + "x" * 300,
            f"u{number}@x.kr",
            f'["t{number % 7}","T{number % 3}"]',
            *ends,
        )
        for number, ends in ((number, ("true", "false") if number % 10 else ("", "bad")) for number in range(170))
    ]
    rows.append(("m999", "no opt-outs", "", "", "", ""))
    return write_csv(tmp_path / "file.csv", [COLUMNS, *rows])


@pytest.fixture
def old(tmp_path: Path, database: Path, file: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database with customers whom the file meets."""
    monkeypatch.setattr(Workspace, "now_ms", lambda _: NOW)
    workspace = open_workspace(str(database), manager="kim")
    rows = [(f"m{number}", "old", "", '["old"]', "false", "false") for number in range(0, 60)]
    run(workspace, ask(write_csv(tmp_path / "old.csv", [COLUMNS, *rows]), COLUMNS, tag="old"))
    workspace.close()
    return database


@pytest.fixture
def states(old: Path, file: Path, tmp_path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """All content before and after the import."""
    copy = shutil.copy2(old, tmp_path / "after.db")
    workspace = open_workspace(str(copy), manager="kim")
    run(workspace, ask(file, COLUMNS, tag="t"))
    workspace.close()
    return content(old), content(copy)


def spread(total: int, points: int) -> list[int]:
    """Return moments from the first to the last."""
    return sorted({1 + number * (total - 1) // (points - 1) for number in range(points)})


def without_ids_of_imports(found: dict[str, Any]) -> dict[str, Any]:
    """Leave out by which number an import went: one that died has used one up."""
    failures = [row[1:] for row in found["import_failure"]]
    return {**found, "import_failure": failures, "inbox_message": len(found["inbox_message"])}


class Trial:
    """A copy of the old database in which imports die."""

    def __init__(self, old: Path, order: Order, file: Path, states: tuple[dict[str, Any], dict[str, Any]]) -> None:
        self.old, self.order, self.file, (self.before, self.after) = old, order, file, states
        self.path = old.with_name("trial.db")

    def begin(self) -> None:
        """Put the old database and an empty scratch folder in place."""
        for left in (*self.path.parent.glob("trial.db*"), *self.scratch()):
            left.unlink()
        shutil.copy2(self.old, self.path)

    def scratch(self) -> list[Path]:
        return list((Path(os.environ["XDG_STATE_HOME"]) / "crm-tui" / "imports").glob("*"))

    def start(self, phase: str, **words: Any) -> dict[str, Any]:
        return self.order(database=self.path, file=self.file, phase=phase, **words)

    def check(self) -> bool:
        """The database is whole, and as before or as after; the import can be done; say whether it was done."""
        workspace = open_workspace(str(self.path), manager="kim")
        try:
            assert one(self.path, "PRAGMA integrity_check") == "ok"
            found = content(self.path)
            states_in_log = [state for state, _ in log_of(self.path)]
            is_done = found == self.after
            assert is_done or found == self.before
            assert states_in_log[1:2] == ["applied"] if is_done else "applied" not in states_in_log[1:]
            imports.tidy(workspace)
            waiting = resumable(workspace)
            states_in_log = [state for state, _ in log_of(self.path)]
            assert "running" not in states_in_log
            assert len(waiting) <= 1
            if is_done:
                assert not waiting
            elif waiting:
                assert states_in_log[1:] in (["interrupted"], ["planned"])
                apply(workspace, waiting[0])
            else:
                assert states_in_log[1:] in ([], ["interrupted"])
                apply(workspace, prepare(workspace, ask(self.file, COLUMNS, tag="t")))
            assert without_ids_of_imports(content(self.path)) == without_ids_of_imports(self.after)
            assert one(self.path, "PRAGMA integrity_check") == "ok"
            # Whatever was left over is removed by whoever imports next.
            prepared = prepare(workspace, ask(self.file, COLUMNS))
            assert self.scratch() == [prepared.scratch]
        finally:
            workspace.close()
        return is_done


@pytest.fixture
def trial(old: Path, order: Order, file: Path, states: tuple[dict[str, Any], dict[str, Any]]) -> Trial:
    return Trial(old, order, file, states)


def test_r34_a_process_killed_while_it_prepares_leaves_the_database_as_it_was(trial: Trial) -> None:
    trial.begin()
    total = trial.start("prepare")["seen"]
    assert total > 300
    for moment in spread(total, POINTS):
        trial.begin()
        assert trial.start("prepare", die_at=moment) == {"exit": -signal.SIGKILL, "seen": 0}, moment
        assert not trial.check()


def test_r34_a_process_killed_while_it_applies_leaves_the_database_as_before_or_as_after(trial: Trial) -> None:
    trial.begin()
    trial.start("prepare")
    total = trial.start("apply")["seen"]
    assert total > 100
    outcomes = []
    for moment in spread(total, POINTS):
        trial.begin()
        assert trial.start("prepare")["exit"] == 0
        assert trial.start("apply", die_at=moment) == {"exit": -signal.SIGKILL, "seen": 0}, moment
        outcomes.append(trial.check())
    assert outcomes == sorted(outcomes)  # before, and from one moment on after
    assert {*outcomes} == {False, True}


def test_r34_a_process_killed_inside_commit_leaves_the_database_as_before_or_as_after(trial: Trial) -> None:
    for delay in COMMIT_DELAYS_S:
        trial.begin()
        assert trial.start("prepare")["exit"] == 0
        assert trial.start("apply", commit_delay_s=delay)["exit"] in (0, -signal.SIGALRM)
        trial.check()


def test_r34_a_process_killed_while_it_plans_again_leaves_a_plan_that_can_be_trusted(
    trial: Trial, tmp_path: Path
) -> None:
    def begin_and_move() -> None:
        trial.begin()
        trial.start("prepare")
        workspace = open_workspace(str(trial.path), manager="kim")
        with workspace.transaction(None, changes_customers=True):
            pass
        workspace.close()

    begin_and_move()
    total = trial.start("apply")["seen"]
    for moment in spread(total, POINTS // 2):
        begin_and_move()
        trial.start("apply", die_at=moment)
        workspace = open_workspace(str(trial.path), manager="kim")
        waiting = resumable(workspace)
        assert len(waiting) == (content(trial.path) == trial.before)
        for prepared in waiting:
            apply(workspace, prepared)
        assert without_ids_of_imports(content(trial.path)) == without_ids_of_imports(trial.after)
        workspace.close()
