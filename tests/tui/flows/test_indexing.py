"""The screen lets what is missing of the indexes be made behind its back, once the first customers are in sight."""

from pathlib import Path
from subprocess import Popen

import pytest

from crm_tui.services import indexing
from crm_tui.services.workspace import Workspace
from tests.services.kit import sql
from tests.tui.pilots import drawn, press, settle
from tests.tui.places import MINSU, database, opened


async def test_a_process_indexes_what_is_missing_when_it_is_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Popen[bytes] | None] = []
    start = indexing.start

    def noted(workspace: Workspace) -> None:
        started.append(start(workspace))

    monkeypatch.setattr(indexing, "start", noted)
    monkeypatch.setattr(indexing, "ENOUGH_CUSTOMERS", 1)
    path = database(tmp_path, [MINSU])
    async with opened(path) as pilot:
        before = drawn(pilot)
        processes = [one for one in started if one is not None]
        assert [one.wait(60) for one in processes] == [0]
        assert sql(Path(path), "SELECT part, last_id FROM search_part") == [(0, 1)]
        await press(pilot, "ctrl+r")
        await settle(pilot)
        assert drawn(pilot) == before
        assert [one for one in started if one is not None] == processes
