"""The inbox, walked through with the real program on a real database (R37)."""

from pathlib import Path

import pytest

from crm_tui.services.inbox import unread
from crm_tui.services.workspace import open_workspace
from crm_tui.tui.screens.import_detail import ImportDetailScreen
from crm_tui.tui.screens.inbox import InboxScreen
from crm_tui.tui.widgets.inbox_list import InboxList
from tests.tui.pilots import drawn, press, settle, words
from tests.tui.places import (
    FORBIDDEN,
    HOSTILE,
    SMALL,
    WIDE,
    app_of,
    change,
    database,
    imported,
    lines,
    opened,
    status,
    write_file,
)

GOOD, BAD = "kim@example.com,Kim,n,n,x", "broken,Lee,n,n,x"


def shown(pilot: object) -> list[str]:
    """Return the messages as they are drawn."""
    rows = lines(app_of(pilot).screen.query_one(InboxList))  # type: ignore[arg-type]
    return [row for row in rows[1:] if row.strip()]


def unread_of(path: str) -> int:
    workspace = open_workspace(path)
    try:
        return unread(workspace)
    finally:
        workspace.close()


async def test_an_empty_inbox_says_what_comes_there_and_no_number_stands_at_the_top(tmp_path: Path) -> None:
    async with opened(database(tmp_path), language="ko") as pilot:
        await press(pilot, "f6")
        assert "불러오기가 끝나면 여기에 결과가 옵니다" in words(pilot)
        assert "[편지함]" in drawn(pilot).splitlines()[0]
        await press(pilot, "enter", "space", "a", "ctrl+c")
        assert isinstance(pilot.app.screen, InboxScreen)


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_r37_unread_messages_are_counted_at_the_top_and_read_one_by_one_or_all(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    path = database(tmp_path)
    for _ in range(3):
        imported(path, write_file(tmp_path, [GOOD, BAD]))
    async with opened(path, size) as pilot:
        app_of(pilot).headcount.look(at_once=True)
        await settle(pilot)
        assert " Inbox 3 " in drawn(pilot).splitlines()[0]
        await press(pilot, "f6")
        assert "[Inbox 3]" in drawn(pilot).splitlines()[0]
        assert [row.split()[0] for row in shown(pilot)] == [">", "new", "new"]
        assert status(pilot).startswith("1 / 3   leads.csv: 0 created, 1 updated, 1 rows failed")
        await press(pilot, "space")
        assert "[Inbox 2]" in drawn(pilot).splitlines()[0]
        assert ["new" in row for row in shown(pilot)] == [False, True, True]
        await press(pilot, "a")
        assert "[Inbox]" in drawn(pilot).splitlines()[0]
        assert not any("new" in row for row in shown(pilot))
    assert unread_of(path) == 0


async def test_r37_enter_opens_the_import_and_the_message_is_read(tmp_path: Path) -> None:
    path = database(tmp_path)
    imported(path, write_file(tmp_path, [GOOD], name="5월.csv"))
    imported(path, write_file(tmp_path, [GOOD], name="6월.csv"))
    async with opened(path) as pilot:
        await press(pilot, "f6", "down", "enter")
        assert isinstance(pilot.app.screen, ImportDetailScreen)
        assert "5월.csv" in drawn(pilot)
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, InboxScreen)
        assert ["new" in row for row in shown(pilot)] == [True, False]
    assert unread_of(path) == 1


async def test_another_programs_import_and_reading_are_seen_without_asking(tmp_path: Path) -> None:
    path = database(tmp_path)
    async with opened(path) as pilot:
        await press(pilot, "f6")
        imported(path, write_file(tmp_path, [GOOD]))
        screen = app_of(pilot).screen
        assert isinstance(screen, InboxScreen)
        screen.look()
        await settle(pilot)
        assert len(shown(pilot)) == 1
        await press(pilot, "f2")
        change(path, "UPDATE inbox_message SET read_at = 1")
        app_of(pilot).headcount.look(at_once=True)
        await settle(pilot)
        assert "Inbox F9" in drawn(pilot).splitlines()[0]


async def test_hostile_names_of_files_reach_no_terminal(tmp_path: Path) -> None:
    path = database(tmp_path)
    imported(path, write_file(tmp_path, [GOOD]))
    for name in HOSTILE:
        change(path, "UPDATE import SET file_path = ?, manager = ?", f"/data/{name.replace('/', '')}.csv", name)
        async with opened(path) as pilot:
            await press(pilot, "f6")
            assert not FORBIDDEN & set(drawn(pilot))
            assert len(shown(pilot)) == 1
