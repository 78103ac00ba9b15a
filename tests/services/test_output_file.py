"""Files that are given to a manager: whole or not at all, and nothing of them stays where a writer was killed."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from crm_tui import config
from crm_tui.services import output_file
from crm_tui.services.errors import OutputError
from crm_tui.services.imports import tidy
from crm_tui.services.output_file import new_file
from crm_tui.services.workspace import Workspace

KILLED = """
import os, signal, sys
from pathlib import Path
from crm_tui.services import output_file
if sys.argv[2] == "replacing":
    os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
with output_file.new_file(Path(sys.argv[1])) as name:
    name.write_text("every customer")
    if sys.argv[2] == "writing":
        os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "한 폴더"
    folder.mkdir()
    return folder


def killed(path: Path, moment: str = "writing") -> None:
    """Let another process write a file, and die at it."""
    ended = subprocess.run([sys.executable, "-c", KILLED, str(path), moment], timeout=60, check=False)
    assert ended.returncode == -signal.SIGKILL


def hidden(folder: Path) -> list[str]:
    return [path.read_text() for path in folder.glob(".crm-tui-*")]


def notes() -> list[Path]:
    return list(config.state_folder().glob("output-*"))


@pytest.mark.parametrize("moment", ["writing", "replacing"])
def test_what_a_killed_writer_left_is_gone_with_the_next_file_in_whatever_folder(
    folder: Path, tmp_path: Path, moment: str
) -> None:
    killed(folder / "x.csv", moment)
    assert hidden(folder) == ["every customer"]
    with new_file(tmp_path / "y.csv"):
        assert hidden(folder) == []
    assert os.listdir(folder) == []
    assert notes() == []


def test_what_a_killed_writer_left_is_gone_after_the_next_start(workspace: Workspace, folder: Path) -> None:
    killed(folder / "x.csv")
    tidy(workspace)
    assert (os.listdir(folder), notes()) == ([], [])


def test_a_file_that_is_being_written_is_not_swept(folder: Path) -> None:
    with new_file(folder / "x.csv") as name:
        name.write_text("half")
        output_file.sweep()
        with new_file(folder / "y.csv"):
            assert stat.S_IMODE(name.stat().st_mode) == 0o600
    assert sorted(os.listdir(folder)) == ["x.csv", "y.csv"]
    assert (folder / "x.csv").read_text() == "half"
    assert notes() == []


def test_a_folder_that_is_away_is_waited_for(folder: Path, tmp_path: Path) -> None:
    killed(folder / "x.csv")
    away = folder.rename(tmp_path / "away")
    output_file.sweep()
    assert hidden(away) == ["every customer"]
    away.rename(folder)
    output_file.sweep()
    assert (hidden(folder), notes()) == ([], [])


def test_a_note_of_another_file_removes_nothing(folder: Path) -> None:
    mine = folder / "mine.csv"
    mine.write_text("mine")
    (config.state_folder() / "output-1.path").write_bytes(os.fsencode(mine))
    output_file.sweep()
    assert mine.read_text() == "mine"


def test_a_block_that_fails_leaves_the_old_file_and_nothing_else(folder: Path) -> None:
    path = folder / "x.csv"
    path.write_text("old")

    def write_and_fail() -> None:
        with new_file(path) as name:
            name.write_text("new")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    assert (os.listdir(folder), path.read_text(), notes()) == (["x.csv"], "old", [])


def test_a_state_folder_that_cannot_be_written_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(folder / "file"))
    with pytest.raises(OutputError, match="state_unwritable"), new_file(folder / "x.csv"):
        pass
    assert os.listdir(folder) == ["file"]
