"""How the conversations without an owner look, and the dialog in which talk is written down."""

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from crm_tui.core.talk import Direction
from crm_tui.i18n import Language
from crm_tui.services import conversations, deleting
from crm_tui.services.selection import Selection
from crm_tui.services.workspace import open_workspace
from crm_tui.tui.app import CrmApp
from tests.tui.conftest import NOW_MS
from tests.tui.pilots import press, settle
from tests.tui.places import ANN, MINSU, app_of, change, database
from tests.tui.profiles import chosen

SIZES = ((80, 24), (140, 40))
TALK = (
    (1, Direction.IN, "주문한 옷이 아직 오지 않았습니다. 언제 받을 수 있나요?\n주문 번호는 2026-0412 입니다."),
    (1, Direction.OUT, "불편을 드려 죄송합니다. 내일 도착합니다."),
    (2, Direction.IN, "[VIP] hello [/b]"),
)


def talked(folder: Path) -> str:
    """Return a database of two deleted customers with whom somebody spoke."""
    path = database(folder, (MINSU, ANN))
    change(path, "INSERT INTO manager (name, role_id, added_at) SELECT 'jin', id, 0 FROM role WHERE code = 'owner'")
    workspace = open_workspace(path, manager="jin")
    for number, (customer_id, direction, text) in enumerate(TALK):
        conversations.write_message(workspace, customer_id, direction, text, at=NOW_MS - 86_400_000 * (3 - number))
    deleting.delete(workspace, Selection(ids=frozenset({1, 2})))
    workspace.close()
    return path


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "140x40"])
@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("state", ["list", "messages", "empty"])
def test_ownerless(
    snap_compare: Any,
    tmp_path: Path,
    private_home: Path,
    frozen: int,
    state: str,
    language: Language,
    size: tuple[int, int],
) -> None:
    path = database(tmp_path) if state == "empty" else talked(tmp_path)

    async def run(pilot: Pilot[None]) -> None:
        await settle(pilot)
        app_of(pilot).open_ownerless()
        await settle(pilot)
        if state == "messages":
            await press(pilot, "down", "enter", "down")

    assert snap_compare(CrmApp(path, language=language), terminal_size=size, run_before=run)


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "140x40"])
@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("state", ["message", "call", "wrong"])
def test_write_down(
    snap_compare: Any,
    tmp_path: Path,
    private_home: Path,
    frozen: int,
    state: str,
    language: Language,
    size: tuple[int, int],
) -> None:
    path = database(tmp_path, (MINSU,))

    async def run(pilot: Pilot[None]) -> None:
        await settle(pilot)
        app_of(pilot).desk.write_down(chosen(1, who="김민수 [VIP]"))
        await settle(pilot)
        steps = {"message": (), "call": ("down", "down"), "wrong": ("enter", "enter")}
        await press(pilot, *steps[state])

    assert snap_compare(CrmApp(path, language=language), terminal_size=size, run_before=run)
