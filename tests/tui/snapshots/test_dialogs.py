"""How the desk's dialogs look."""

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from crm_tui.i18n import Language
from crm_tui.services.selection import Selection
from crm_tui.tui.app import CrmApp
from crm_tui.tui.desk import Chosen
from tests.tui.pilots import press, settle, type_text
from tests.tui.places import add_leads, app_of, change, database
from tests.tui.profiles import chosen

SIZES = ((80, 24), (140, 40))
LEADS = [
    {"name": "김민수", "email": "a@example.com", "tags": '["VIP","의류/상의"]'},
    {"name": "Ann", "email": "b@example.com", "tags": '["의류/하의"]'},
]
WRONG = {
    "tag": ("의류/상의/긴팔", "enter"),
    "consent": ("enter",),
    "block": ("\x1b[31m", "enter"),
    "delete": ("7", "enter"),
    "unblock": (),
}
RIGHT = {"tag": ("의",), "consent": ("down", "down"), "block": ("스팸 [x]",), "delete": ("1,234",), "unblock": ()}


async def ask(pilot: Pilot[None], deed: str, state: str, folder: Path) -> None:
    one = chosen(1, who="홍길동 [VIP] " + ("아주 긴 이름 " * 20 if state == "full" else ""))
    many = Chosen(Selection(query=""), 1_234)
    arguments = (("profile.name", "profile.email"),) if deed == "export" else ()
    getattr(app_of(pilot).desk, deed)(one if state in ("normal", "full") and deed != "unblock" else many, *arguments)
    await settle(pilot)
    if deed == "export":
        pilot.app.screen.query_one("#path").show("~/고객.csv")
        if state == "wrong":
            pilot.app.screen.query_one("#password").show("secret")
            await press(pilot, "enter")
        return
    for part in {"wrong": WRONG, "many": RIGHT}.get(state, {}).get(deed, ()):
        if part in ("enter", "down"):
            await press(pilot, part)
        else:
            await type_text(pilot, part) if part.isprintable() else pilot.app.screen.query_one("#reason").show(part)


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "140x40"])
@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("state", ["normal", "many", "full", "wrong"])
@pytest.mark.parametrize("deed", ["tag", "consent", "block", "delete", "export"])
def test_dialogs(
    snap_compare: Any,
    tmp_path: Path,
    private_home: Path,
    frozen: int,
    deed: str,
    state: str,
    language: Language,
    size: tuple[int, int],
) -> None:
    path = database(tmp_path)
    add_leads(path, LEADS)
    if state == "full":
        for number in range(18):
            change(path, "INSERT INTO tag (key, name) VALUES (?, ?)", f"t{number}", f"tag-number-{number}")
            change(path, "INSERT INTO customer_tag SELECT 1, max(id), ? FROM tag", number + 2)

    async def run(pilot: Pilot[None]) -> None:
        await settle(pilot)
        await ask(pilot, deed, state, tmp_path)

    assert snap_compare(CrmApp(path, language=language), terminal_size=size, run_before=run)
