"""R34, R35: killed at any moment, an import leaves the database as it was or as it should be, and the next one starts."""

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crm_tui import config
from crm_tui.core.vocabulary import ImportState
from crm_tui.services.importing.prepared import drop_import, resumable
from crm_tui.services.workspace import Workspace, open_workspace
from tests.services.importing.dying import COLUMNS, NOW, TAG
from tests.services.kit import apply, ask, content, log_of, one, prepare, run, write_csv

ROWS = 1200
POINTS = 36
SIZES = 16


class Dying:
    """The process of `dying.py`."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.services.importing.dying"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, database: Path, file: Path, how: str, where: int) -> tuple[str, int]:
        """Return "done" and the points passed, or "killed" and the signal."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        order = {"database": str(database), "file": str(file), "how": how, "where": where}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        ended, number = self._process.stdout.readline().split()
        return ended, int(number)

    def close(self) -> None:
        """Let it go."""
        self._process.communicate()


@pytest.fixture
def dying() -> Iterator[Dying]:
    process = Dying()
    yield process
    process.close()


def row(number: int, name: str) -> tuple[str, ...]:
    email = f"m{number}@example.com" if number % 40 else "no address"
    return (f"M{number}", name, email, f'["조{number % 7}"]', "false", "false")


@pytest.fixture
def start(tmp_path: Path, empty_database: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Return a database with customers whom the file meets, and the file."""
    monkeypatch.setattr(Workspace, "now_ms", lambda _: NOW)
    database = tmp_path / "start.db"
    shutil.copy2(empty_database, database)
    before = write_csv(tmp_path / "before.csv", [COLUMNS, *(row(number, "처음") for number in range(0, ROWS, 3))])
    workspace = open_workspace(str(database), manager="kim")
    run(workspace, ask(before, COLUMNS, tag="처음"))
    workspace.close()
    return database, write_csv(tmp_path / "file.csv", [COLUMNS, *(row(number, "나중") for number in range(ROWS))])


def known(database: Path) -> dict[str, Any]:
    """Return what the database holds; which import's failures and messages they are depends on how many tries it took."""
    found: dict[str, Any] = dict(content(database))
    found["import_failure"] = [one_row[1:] for one_row in found["import_failure"]]
    found["inbox_message"] = len(found["inbox_message"])
    return found


def copy_of(database: Path, folder: Path) -> Path:
    folder.mkdir()
    return shutil.copy2(database, folder / "crm.db")


def finish(database: Path, file: Path) -> None:
    """Do what a manager does who finds the program gone: go on with what waits, or begin again."""
    workspace = open_workspace(str(database), manager="kim")
    if not one(database, "SELECT count(*) FROM import_tag WHERE name = ?", TAG):
        waiting = resumable(workspace)
        if waiting:
            apply(workspace, waiting[0])
        else:
            run(workspace, ask(file, COLUMNS, tag=TAG))
    # The next import starts, and finds out what became of the last one.
    drop_import(workspace, prepare(workspace, ask(file, COLUMNS)))
    assert resumable(workspace) == ()
    workspace.close()


def test_r34_r35_killed_anywhere_the_database_is_as_before_or_as_after(
    dying: Dying, start: tuple[Path, Path], tmp_path: Path
) -> None:
    database, file = start
    before = known(database)
    whole = copy_of(database, tmp_path / "whole")
    ended, points = dying.run(whole, file, "point", 0)
    assert ended == "done"
    after = known(whole)
    assert before != after
    largest = max(path.stat().st_size for path in whole.parent.iterdir())
    orders = [("point", 1 + points * step // POINTS) for step in range(POINTS)]
    orders += [("point", points - step) for step in range(6)]  # around the end of the transaction
    orders += [("size", 4096 + largest * step // SIZES) for step in range(SIZES)]
    ends = set()
    for number, (how, where) in enumerate(orders):
        died = copy_of(database, tmp_path / f"{how}{number}")
        ended, code = dying.run(died, file, how, where)
        assert (ended, code) == ("killed", signal.SIGKILL if how == "point" else signal.SIGXFSZ), (how, where)
        assert one(died, "PRAGMA integrity_check") == "ok"
        left = known(died)
        assert left in (before, after), (how, where)
        ends.add(left == after)
        finish(died, file)
        assert known(died) == after, (how, where)
        states = [state for state, _ in log_of(died)]
        assert states.count(ImportState.APPLIED.value) == 2
        assert ImportState.RUNNING.value not in states
        assert list(config.scratch_folder().glob("*.db")) == []
    assert ends == {False, True}
