"""How managers, roles, the activity log and the inbox look, and what one sees who may not."""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from crm_tui import config
from crm_tui.core.permissions import EVERYTHING, Permission
from crm_tui.i18n import Language
from crm_tui.services.blocking import block
from crm_tui.services.managers import add_manager
from crm_tui.services.roles import add_role
from crm_tui.services.selection import Selection
from crm_tui.services.tagging import change_tags
from crm_tui.services.workspace import open_workspace
from crm_tui.tui.app import CrmApp
from tests.services.kit import sql
from tests.tui.pilots import press, settle
from tests.tui.places import ANN, MINSU, database, imported, write_file
from tests.tui.team import rights

SIZES = ((80, 24), (140, 40))
NAME = "kim"
STATES: dict[str, tuple[tuple[str, ...], Collection[Permission]]] = {
    "managers": (("f9", "3"), EVERYTHING),
    "roles": (("f9", "4"), EVERYTHING),
    "role": (("f9", "4", "end", "enter"), EVERYTHING),
    "activity": (("f5",), EVERYTHING),
    "line": (("f5", "down", "enter"), EVERYTHING),
    "filter": (("f5", "slash"), EVERYTHING),
    "inbox": (("f6",), EVERYTHING),
    "no-contacts": ((), {Permission.SETTINGS}),
    "no-activity": (("f5",), {Permission.SEE}),
    "no-edit": (("f1",), {Permission.SEE}),
}


@pytest.fixture
def shop(tmp_path: Path, frozen: int, monkeypatch: pytest.MonkeyPatch) -> Callable[[Collection[Permission]], str]:
    """Make a database with three managers and a log."""

    def make(permissions: Collection[Permission]) -> str:
        path = database(tmp_path, [MINSU, ANN])
        for table, column in (("manager", "name"), ("activity", "manager")):
            sql(Path(path), f"UPDATE {table} SET {column} = ?", NAME)
        # The empty database is made once, by whichever test comes first, with or without a clock that stands.
        sql(Path(path), "UPDATE manager SET added_at = ?", frozen)
        sql(Path(path), "UPDATE activity SET at = ?", frozen)
        sql(Path(path), "UPDATE activity SET details = ? WHERE id = 1", f'{{"name":"{NAME}","role":"owner"}}')
        monkeypatch.setattr(config, "login_name", lambda: NAME)
        workspace = open_workspace(path)
        add_role(workspace, "상담 팀장", [Permission.SEE, Permission.EDIT, Permission.DELETE])
        add_manager(workspace, "minsu", "상담 팀장")
        add_manager(workspace, "soo", "basic")
        change_tags(workspace, Selection(query=""), add=["단골"])
        block(workspace, Selection(ids=frozenset({2})), "환불 요구 반복")
        workspace.close()
        imported(path, write_file(tmp_path, ["new@example.com,새 고객,n,n,x", "no address,[b]Lee,n,n,x"]))
        if permissions is not EVERYTHING:
            rights(path, permissions)
        return path

    return make


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "140x40"])
@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("state", STATES)
def test_team(snap_compare: Any, shop: Any, state: str, language: Language, size: tuple[int, int]) -> None:
    keys, permissions = STATES[state]

    async def run(pilot: Pilot[None]) -> None:
        await settle(pilot)
        await press(pilot, *keys)
        await settle(pilot)

    assert snap_compare(CrmApp(shop(permissions), language=language), terminal_size=size, run_before=run)
