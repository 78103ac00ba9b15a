"""How the wizard's steps for customers who withdrew look, in both languages and both sizes."""

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from crm_tui.i18n import Language
from crm_tui.services import customers
from crm_tui.services.blocking import block
from crm_tui.services.selection import Selection
from crm_tui.services.workspace import open_workspace
from crm_tui.tui.app import CrmApp
from crm_tui.tui.widgets import armed_button
from crm_tui.tui.widgets.safe_input import SafeInput
from tests.tui.album import Album
from tests.tui.pilots import press
from tests.tui.wizard import SMALL, choose_file, open_wizard

ROWS = (
    "p1@example.com,M-1",
    "p2@example.com,M-2",
    "p3@example.com,",
    "김민수,",
    *(f"x{n}@example.com," for n in range(40)),
)


def furnished(path: Path) -> str:
    """Make three leads: one blocked, one known by what they typed."""
    workspace = open_workspace(str(path))
    for number, name in enumerate(("김민수", "[VIP] 이영희", ""), 1):
        customers.add_lead(workspace, {"email": f"p{number}@example.com", "name": name})
    block(workspace, Selection(ids=frozenset({2})), None)
    with workspace.transaction(None) as connection:
        connection.exec_driver_sql("UPDATE customer SET email_verified = 0 WHERE id = 3")
    workspace.close()
    return str(path)


@pytest.mark.parametrize("language", ["ko", "en"])
async def test_wizard_withdrawn(
    snapshot: SnapshotAssertion, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: Language
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(armed_button, "QUIET_S", 0.0)
    path = tmp_path / "탈퇴.csv"
    path.write_text("\n".join(("이메일,회원번호", *ROWS)), "utf-8")
    async with CrmApp(furnished(tmp_path / "crm.db"), language=language).run_test(size=SMALL) as pilot:
        album = Album(pilot, snapshot, language, tmp_path)
        await open_wizard(pilot)
        await press(pilot, "end")
        await album.draw("target-withdrawn")
        await press(pilot, "enter")
        await choose_file(pilot, path)
        await press(pilot, "enter")
        await album.draw("who")
        await press(pilot, "ctrl+n")
        await album.draw("found-none")
        await press(pilot, "escape", "down", "ctrl+n")
        await album.draw("found")
        await press(pilot, "enter")
        pilot.app.screen.query_one(SafeInput).value = "2"
        await press(pilot, "enter")
        await album.draw("gone")
        assert album.differing == []
