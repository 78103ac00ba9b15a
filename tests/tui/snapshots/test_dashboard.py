"""How the dashboard looks."""

import json
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from crm_tui.i18n import Language
from crm_tui.tui.app import CrmApp
from tests.tui.pilots import press, settle
from tests.tui.places import change, database, fill, logged

SIZES = ((80, 24), (140, 40))
DAY_MS = 86_400_000


def filled(folder: Path, now_ms: int, state: str) -> str:
    path = database(folder)
    if state == "empty":
        return path
    fill(path, 5000 if state == "full" else 90)
    # Spread over the year, more and more of them, with a month in between in which nobody came.
    change(path, f"UPDATE customer SET created_at = {now_ms} - (id * id % 330) * {DAY_MS}")
    change(
        path, f"DELETE FROM customer WHERE created_at BETWEEN {now_ms} - 120 * {DAY_MS} AND {now_ms} - 80 * {DAY_MS}"
    )
    change(path, "UPDATE customer SET blocked_at = 1 WHERE id % 50 = 7")
    change(path, "UPDATE customer SET unsubscribe_email = 1 WHERE id % 3 = 1")
    numbers = json.dumps({"rows": 1203, "customers": 1200, "created": 1000, "failed": 3})
    for number in range(7 if state == "full" else 2):
        logged(path, file_path=f"/data/여름 행사 {number}.csv", numbers=numbers, started_at=now_ms - number * DAY_MS)
    logged(path, file_path="/data/[b]old.csv", state="cancelled", tag=None, manager="김매니저")
    return path


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "140x40"])
@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("state", ["empty", "normal", "full", "wrong"])
def test_dashboard(
    snap_compare: Any, tmp_path: Path, frozen: int, state: str, language: Language, size: tuple[int, int]
) -> None:
    path = filled(tmp_path, frozen, "normal" if state == "wrong" else state)

    async def run(pilot: Pilot[None]) -> None:
        await settle(pilot)
        await press(pilot, "v")
        if state == "wrong":
            app = pilot.app
            assert isinstance(app, CrmApp)
            assert app.workspace is not None
            Path(path).unlink()
            # The sentence names it, and every run has another folder.
            app.workspace.path = Path("/data/crm.db")
            await press(pilot, "r")

    assert snap_compare(CrmApp(path, language=language), terminal_size=size, run_before=run)


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "140x40"])
def test_dashboard_over_a_slow_line(snap_compare: Any, tmp_path: Path, frozen: int, size: tuple[int, int]) -> None:
    async def run(pilot: Pilot[None]) -> None:
        await settle(pilot)
        await press(pilot, "v")

    app = CrmApp(filled(tmp_path, frozen, "full"), language="ko", slow=True, ascii_only=True)
    assert snap_compare(app, terminal_size=size, run_before=run)
