"""How every step of the import wizard looks, in both languages and both sizes, when all is well and when not."""

import os
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from textual.pilot import Pilot

from crm_tui.i18n import Language
from crm_tui.services import customers
from crm_tui.services.errors import ImportRunning
from crm_tui.services.importing.events import Progressed, Refused
from crm_tui.services.workspace import Workspace
from crm_tui.tui.app import CrmApp
from crm_tui.tui.jobs import ImportJob, JobEvent
from crm_tui.tui.widgets import armed_button
from crm_tui.tui.widgets.path_input import PathInput
from tests.tui.album import Album
from tests.tui.pilots import press, settle
from tests.tui.wizard import SMALL, choose_file, draft_of, open_wizard, workspace_of, write_csv

SOME_DAY_S = 1_780_000_000
ODD = "고객명,이메일,전화번호,가입일,이메일 수신거부"
ODD_ROWS = ("김민수,kim@example.com,+82 010-2020-3030,2025-05-04,n", "이영희,broken,010-1111-2222,2025/05/04,maybe")


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop every clock."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    monkeypatch.setattr(Workspace, "now_ms", lambda self: SOME_DAY_S * 1000)
    monkeypatch.setattr(armed_button, "QUIET_S", 0.0)
    monkeypatch.setattr(ImportJob, "seconds", 12.0)


def dated(path: Path) -> Path:
    os.utime(path, (SOME_DAY_S, SOME_DAY_S))
    return path


def write(folder: Path, name: str, rows: Sequence[str] | None = None, header: str | None = None) -> Path:
    options: dict[str, Any] = {"header": header} if header else {}
    return dated(write_csv(folder / name, *([rows] if rows else []), **options))


@pytest.mark.parametrize("language", ["ko", "en"])
async def test_wizard(
    snapshot: SnapshotAssertion, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: Language
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    folder = tmp_path / "자료"
    folder.mkdir()
    monkeypatch.chdir(folder)
    summer = write(folder, "여름행사.csv")
    odd = write(folder, "회원 명단.csv", ODD_ROWS * 8, ODD)
    hopeless = write(folder, "members 2025.csv", ["broken,김,,n,n"] * 40)
    write(folder, "아주 긴 이름의 파일 " * 8 + ".csv")
    (folder / "지난 자료").mkdir()
    dated(folder / "지난 자료")
    picture = folder / "그림.csv"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    dated(picture)

    async with CrmApp(str(tmp_path / "crm.db"), language=language).run_test(size=SMALL) as pilot:
        album = Album(pilot, snapshot, language, tmp_path)
        await _target_and_file(pilot, album, folder, picture, odd)
        await _columns(pilot, album)
        await _settings_and_check(pilot, album, hopeless, summer, monkeypatch)
        await _import_and_result(pilot, album, monkeypatch)
        assert album.differing == []


async def _target_and_file(pilot: Pilot[None], album: Album, folder: Path, picture: Path, odd: Path) -> None:
    await open_wizard(pilot)
    await album.draw("target")
    await press(pilot, "s")
    await album.draw("template")
    await press(pilot, "escape", "enter")
    pilot.app.screen.query_one(PathInput).show(f"~/{folder.name}/")
    await press(pilot, "down", "down")
    await album.draw("file-list")
    await choose_file(pilot, picture)
    await album.draw("file-wrong")
    await choose_file(pilot, odd)
    await album.draw("file-found")
    await press(pilot, "enter")


async def _columns(pilot: Pilot[None], album: Album) -> None:
    await album.draw("columns")
    await press(pilot, "tab", "down")
    await album.draw("columns-cell")
    await press(pilot, "ctrl+n")
    await album.draw("columns-asked")
    await press(pilot, "escape", "shift+tab", "end", "enter", "m")
    await album.draw("picker")
    await press(pilot, *"issing", "enter")
    await album.draw("new-field")
    await press(pilot, "escape", "escape", "delete")


async def _settings_and_check(
    pilot: Pilot[None], album: Album, hopeless: Path, summer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await press(pilot, "escape", "ctrl+o")
    await choose_file(pilot, hopeless)
    await press(pilot, "enter", "ctrl+n", "enter")
    await album.draw("settings")
    draft_of(pilot).tag = ""
    await press(pilot, "ctrl+n")
    await album.draw("settings-wrong")
    draft_of(pilot).tag = "members 2025"
    await press(pilot, "ctrl+n")
    await album.draw("check-nothing")
    await press(pilot, "escape", "escape", "escape", "ctrl+o")
    await choose_file(pilot, summer)
    await press(pilot, "enter", "ctrl+n", "enter")
    with monkeypatch.context() as patch:
        patch.setattr(ImportJob, "prepare", lambda *arguments: None)
        await press(pilot, "ctrl+n")
        await _say(pilot, Progressed("reading", 120_000, 40, 100, 1_234, 51_000.0, 65.0, 300_000))
        await album.draw("checking")
        await _say(pilot, Refused(ImportRunning("import_running", who="이매니저", since=SOME_DAY_S * 1000)))
        await album.draw("check-running")
    await press(pilot, "enter")
    await album.draw("check")
    opted_out = {"email": "kim@example.com", "unsubscribeEmail": "y", "unsubscribeTexting": "y"}
    customers.add_lead(workspace_of(pilot), opted_out)
    await press(pilot, "enter")
    await album.draw("check-changed")


async def _import_and_result(pilot: Pilot[None], album: Album, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = draft_of(pilot)
    with monkeypatch.context() as patch:
        patch.setattr(ImportJob, "apply", lambda *arguments: None)
        await press(pilot, "enter")
        await _say(pilot, Progressed("applying", 150_000, 0, 0, 0, 75_000.0, 2.0, 300_000))
        await album.draw("import")
    await _say(pilot, Refused(ImportRunning("import_running", who="이매니저", since=SOME_DAY_S * 1000)))
    await press(pilot, "enter")
    assert draft.applied is not None
    draft.step = "import"
    await _say(pilot, replace(draft.applied, seconds=1.2))
    await album.draw("result")
    await press(pilot, "s")
    await album.draw("result-save")


async def _say(pilot: Pilot[None], event: Any) -> None:
    """Have the job say something."""
    pilot.app.screen.post_message(JobEvent(event))
    await settle(pilot)
