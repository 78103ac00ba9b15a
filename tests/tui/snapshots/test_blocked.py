"""How the blocked panel looks."""

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from crm_tui.i18n import Language
from crm_tui.tui.app import CrmApp
from tests.tui.desk_data import with_blocked
from tests.tui.pilots import press, settle
from tests.tui.places import change, database, fill

SIZES = ((80, 24), (140, 40))
REASONS = ("환불 요구 반복", "[b]abusive[/b] on the phone", "", "경쟁사 직원으로 보임. 가격을 계속 물어봄")


def normal(folder: Path) -> str:
    path = with_blocked(folder)
    change(path, "UPDATE customer SET blocked_at = 1780000000000 - 86400000 * id WHERE blocked_at IS NOT NULL")
    change(path, "UPDATE customer SET blocked_by = '김매니저'")
    return path


def full(folder: Path) -> str:
    path = database(folder)
    fill(path, 1_234)
    change(path, "UPDATE customer SET blocked_at = 1780000000000 - 3600000 * id, blocked_by = 'jin'")
    for number, reason in enumerate(REASONS):
        change(path, "UPDATE customer SET block_reason = ? WHERE id % 4 = ?", reason or None, number)
    return path


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "140x40"])
@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("state", ["empty", "normal", "full", "wrong"])
def test_blocked(
    snap_compare: Any, tmp_path: Path, frozen: int, state: str, language: Language, size: tuple[int, int]
) -> None:
    async def run(pilot: Pilot[None]) -> None:
        await settle(pilot)
        await press(
            pilot, "f3", *{"full": ("down", "space", "space"), "wrong": ("slash", *"tag", "colon")}.get(state, ())
        )
        if state == "wrong":
            await press(pilot, "escape", "left_parenthesis")

    path = {"empty": database, "full": full}.get(state, normal)(tmp_path)
    assert snap_compare(CrmApp(path, language=language), terminal_size=size, run_before=run)
