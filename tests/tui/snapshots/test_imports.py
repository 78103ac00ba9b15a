"""How the import log and one import look."""

import json
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from crm_tui.core.problems import Code, Problem
from crm_tui.i18n import Language
from crm_tui.services.importing.stage import problems_json
from crm_tui.tui.app import CrmApp
from tests.tui.pilots import press, settle
from tests.tui.places import change, database, logged

SIZES = ((80, 24), (140, 40))
MAPPING = json.dumps(
    [
        ["이메일", "profile.email"],
        ["고객 이름", "profile.name"],
        ["메모", None],
        ["문자 수신거부", "unsubscribeTexting"],
    ]
)


def filled(folder: Path, now_ms: int) -> str:
    path = database(folder)
    numbers = {"rows": 1203, "customers": 1200, "created": 1000, "updated": 200, "unchanged": 50, "failed": 3}
    common = {"mapping": MAPPING, "failures_expire_at": now_ms + 1}
    logged(path, **common, file_path="/data/여름 행사 고객.csv", tag="여름 행사", numbers=json.dumps(numbers))
    logged(path, **common, file_path="/data/members.xlsx", target="member", key=None, state="cancelled", tag=None)
    logged(path, **common, file_path="/data/[b]old.csv", key="mobileNumber", state="interrupted", manager="김매니저")
    logged(path, **common, file_path="/data/다음.csv", state="planned", numbers=json.dumps(numbers), manager="soo")
    problems = ((2, Problem(Code.EMAIL_INVALID, "profile.email")), (9, Problem(Code.KEY_BLANK, "profile.email")))
    for number, problem in problems:
        change(
            path,
            "INSERT INTO import_failure (import_id, row_number, cells, problems) VALUES (1, ?, ?, ?)",
            *(number, json.dumps(["kim", "김", "n"]), problems_json((problem,))),
        )
    return path


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "140x40"])
@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("state", ["empty", "list", "detail", "planned"])
def test_imports(
    snap_compare: Any, tmp_path: Path, frozen: int, state: str, language: Language, size: tuple[int, int]
) -> None:
    async def run(pilot: Pilot[None]) -> None:
        await settle(pilot)
        await press(
            pilot,
            "f4",
            *{"list": ("down",), "detail": ("end", "enter", "pagedown"), "planned": ("enter",)}.get(state, ()),
        )

    path = database(tmp_path) if state == "empty" else filled(tmp_path, frozen)
    assert snap_compare(CrmApp(path, language=language), terminal_size=size, run_before=run)
