"""How the tags, the fields and their dialogs look."""

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from crm_tui.core.fields import CUSTOM_TYPES
from crm_tui.i18n import Language
from crm_tui.services import fields
from crm_tui.services.workspace import open_workspace
from crm_tui.tui.app import CrmApp
from tests.tui.desk_data import with_fields, with_tags
from tests.tui.pilots import press, settle
from tests.tui.places import change, database

SIZES = ((80, 24), (140, 40))


def tags(folder: Path) -> str:
    path = with_tags(folder)
    change(path, "UPDATE tag SET is_offered = 0 WHERE name = 'VIP'")
    change(path, "UPDATE import_tag SET given_at = 1780000000000")
    return path


def many_tags(folder: Path) -> str:
    path = tags(folder)
    names = [
        f"{above}/{below}"
        for above in ("등급", "region", "행사")
        for below in ("서울", "busan", "아주긴이름의태그" * 6)
    ]
    for number, name in enumerate(names, 100):
        change(path, "INSERT INTO tag (id, key, name) VALUES (?, ?, ?)", number, name, name)
        change(path, "INSERT INTO customer_tag SELECT id, ?, 1 FROM customer WHERE id <= ?", number, number % 5)
    for number in range(30):
        name = f"가져오기 {number:02}"
        change(
            path,
            "INSERT INTO import_tag (key, name, given_at) VALUES (?, ?, ?)",
            name,
            name,
            1_780_000_000_000 - number,
        )
        change(path, "INSERT INTO customer_import_tag SELECT 1, id, 1 FROM import_tag WHERE key = ?", name)
    return path


def many_fields(folder: Path) -> str:
    path = with_fields(folder)
    workspace = open_workspace(path)
    for number in range(28):
        kind = CUSTOM_TYPES[number % len(CUSTOM_TYPES)]
        fields.add_field(
            workspace, f"field{number}", kind, f"[b]필드 {number}[/b]" if number % 2 else f"Field {number}"
        )
    for number in range(0, 28, 9):
        fields.archive_field(workspace, f"field{number}")
    workspace.close()
    return path


STATES = {
    "tags_empty": (database, ()),
    "tags": (tags, ("down", "down")),
    "tags_full": (many_tags, ("pagedown", "pagedown")),
    "tags_rename": (tags, ("end", "up", "up", "e", "x", "enter")),
    "tags_merge": (tags, ("m", "down")),
    "tags_delete": (tags, ("down", "delete")),
    "tags_wrong": (tags, ("e", "slash", "enter")),
    "fields": (with_fields, ("2",)),
    "fields_full": (many_fields, ("2", "end", "up", "up")),
    "fields_archive": (with_fields, ("2", *("down",) * 10, "x")),
    "fields_new": (with_fields, ("2", "n")),
    "fields_wrong": (with_fields, ("2", "n", "1", "enter")),
    "fields_nothing": (with_fields, ("2", "slash", "z", "z")),
}


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "140x40"])
@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("state", STATES)
def test_settings(
    snap_compare: Any, tmp_path: Path, frozen: int, state: str, language: Language, size: tuple[int, int]
) -> None:
    make, keys = STATES[state]

    async def run(pilot: Pilot[None]) -> None:
        await settle(pilot)
        await press(pilot, "f9", *keys)

    assert snap_compare(CrmApp(make(tmp_path), language=language), terminal_size=size, run_before=run)
