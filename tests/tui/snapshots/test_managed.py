"""How the managed users, their dialogs and the marketing audience look."""

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from crm_tui.i18n import Language
from crm_tui.tui.app import CrmApp
from crm_tui.tui.widgets.path_input import PathInput
from tests.tui.flows.test_managed import with_five
from tests.tui.pilots import press, settle

SIZES = ((80, 24), (140, 40))
STATES = {
    "free": (None, ("f9", "5")),
    "hidden": (3, ("f9", "5")),
    "asked": (4, ("f9", "5", "e", "ctrl+u", "2", "enter")),
    "delete": (3, ("f9", "5", "delete", "x", "enter")),
    "audience": (3, ("m",)),
}


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "140x40"])
@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("state", STATES)
def test_managed(
    snap_compare: Any, tmp_path: Path, frozen: int, state: str, language: Language, size: tuple[int, int]
) -> None:
    limit, keys = STATES[state]

    async def run(pilot: Pilot[None]) -> None:
        await settle(pilot)
        await press(pilot, *keys)
        for line in pilot.app.screen.query(PathInput):
            line.show("~/audience.csv")  # the home is another in every run
        await settle(pilot)

    assert snap_compare(CrmApp(with_five(tmp_path, limit), language=language), terminal_size=size, run_before=run)
