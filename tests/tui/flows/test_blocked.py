"""The blocked panel, walked through with the real program on a real database (R46, R47)."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from crm_tui.i18n import Language
from crm_tui.services import blocking, contact_list
from crm_tui.services.selection import Selection
from crm_tui.services.workspace import open_workspace
from crm_tui.tui.dialogs.ask import Ask
from crm_tui.tui.screens.blocked import BlockedScreen
from crm_tui.tui.screens.contacts import ContactsScreen
from crm_tui.tui.widgets.bars import KeyBar
from crm_tui.tui.widgets.blocked_table import BlockedTable
from crm_tui.tui.widgets.customer_table import MAX_PAGES
from tests.tui.desk_data import with_blocked
from tests.tui.pilots import drawn, press, settle, type_text, words
from tests.tui.places import (
    FORBIDDEN,
    HOSTILE,
    WIDE,
    WIDEST,
    app_of,
    change,
    database,
    fill,
    lines,
    opened,
    search,
    status,
)


def table(pilot: Pilot[None]) -> BlockedTable:
    return pilot.app.screen.query_one(BlockedTable)


def blocked(path: str) -> list[int]:
    workspace = open_workspace(path)
    found = [one.id for one in contact_list.every(workspace, blocked=True)]
    workspace.close()
    return sorted(found)


async def look(pilot: Pilot[None]) -> None:
    """What the screen does by itself every few seconds."""
    screen = app_of(pilot).screen
    assert isinstance(screen, BlockedScreen)
    screen.look()
    await settle(pilot)


@pytest.mark.parametrize(("language", "wanted"), [("ko", "차단한 고객이 없습니다"), ("en", "Nobody is blocked")])
async def test_r46_where_nobody_is_blocked_it_says_what_blocking_is_for(
    tmp_path: Path, language: Language, wanted: str
) -> None:
    async with opened(database(tmp_path), language=language) as pilot:
        await press(pilot, "f3")
        assert wanted in drawn(pilot)
        assert "F2" in words(pilot)
        await press(pilot, "enter", "u", "delete", "space", "a", "y", "ctrl+y", "ctrl+c")
        assert isinstance(pilot.app.screen, BlockedScreen)


@pytest.mark.parametrize("size", [WIDE, WIDEST])
async def test_r46_it_shows_who_since_when_by_whom_and_why(tmp_path: Path, frozen: int, size: tuple[int, int]) -> None:
    async with opened(with_blocked(tmp_path), size) as pilot:
        await press(pilot, "f3")
        seen = [" ".join(line.split()) for line in lines(table(pilot))]
        assert seen[0].startswith("[Customer] E-mail")
        row = next(line for line in seen if "김민수" in line)
        assert "minsu@example.com" in row
        assert "2026-05-29 05:26" in row
        assert "환불 요구 반복" in row
        assert [line for line in seen if "lead3@example.com" in line]
        assert "Blocked 3" in drawn(pilot)
        assert "KST" in drawn(pilot)


async def test_r46_the_last_one_blocked_comes_first_and_the_status_line_has_the_whole_reason(tmp_path: Path) -> None:
    path = with_blocked(tmp_path, "왜 " * 20)
    change(path, "UPDATE customer SET blocked_at = 10 * id WHERE blocked_at IS NOT NULL")
    async with opened(path) as pilot:
        await press(pilot, "f3")
        assert [one and one.id for one in (table(pilot).current,)] == [4]
        await press(pilot, "end")
        assert status(pilot).startswith("3 / 3   왜 왜 왜 왜")


async def test_the_count_is_at_the_top_before_the_place_is_opened(tmp_path: Path) -> None:
    async with opened(with_blocked(tmp_path), WIDE) as pilot:
        assert "Blocked 3" in drawn(pilot)


async def test_r46_the_search_line_finds_among_the_blocked_only_and_in_the_same_language(tmp_path: Path) -> None:
    async with opened(with_blocked(tmp_path)) as pilot:
        await press(pilot, "f3", "slash")
        await type_text(pilot, "lead")
        assert table(pilot).total == 2
        await press(pilot, "escape")
        await type_text(pilot, "has:name")
        assert table(pilot).total == 1
        search(pilot).value = "Ann"
        await settle(pilot)
        assert "No blocked customer matches" in words(pilot)
        search(pilot).value = "email:("
        await settle(pilot)
        assert "^" in drawn(pilot)
        await press(pilot, "escape", "escape", "escape")
        assert table(pilot).total == 3
        assert table(pilot).has_focus


@pytest.mark.parametrize("key", ["u", "ㅕ", "ctrl+n"])
async def test_r46_one_is_unblocked_and_everything_of_theirs_is_back(tmp_path: Path, key: str) -> None:
    path = with_blocked(tmp_path)
    async with opened(path) as pilot:
        await press(pilot, "f3", "slash")
        await type_text(pilot, "minsu")
        await press(pilot, "enter", key)
        if isinstance(pilot.app.screen, Ask):
            await press(pilot, "enter")
        assert blocked(path) == [3, 4]
        assert "Blocked 2" in drawn(pilot)
        await press(pilot, "f2")
        assert isinstance(pilot.app.screen, ContactsScreen)
        assert "김민수" in drawn(pilot)


@pytest.mark.parametrize("keys", [("space", "space"), ("a", "home", "down", "down", "space"), ("ㅁ", "end", "space")])
async def test_r46_the_marked_are_unblocked_after_a_question_and_no_mark_is_left(
    tmp_path: Path, keys: tuple[str, ...]
) -> None:
    path = with_blocked(tmp_path)
    change(path, "UPDATE customer SET blocked_at = 10 * id WHERE blocked_at IS NOT NULL")
    async with opened(path) as pilot:
        await press(pilot, "f3", *keys)
        assert "2 marked" in status(pilot)
        await press(pilot, "u")
        assert isinstance(pilot.app.screen, Ask)
        await press(pilot, "end", "enter")
        assert blocked(path) == [1, 3, 4]
        await press(pilot, "u", "enter")
        assert blocked(path) == [1]
        app_of(pilot).notice = ""
        assert status(pilot).startswith("1 / 1   환불")


async def test_esc_takes_the_marks_away(tmp_path: Path) -> None:
    async with opened(with_blocked(tmp_path)) as pilot:
        await press(pilot, "f3", "ctrl+a")
        assert "3 marked" in status(pilot)
        await press(pilot, "escape")
        assert "marked" not in status(pilot)


@pytest.mark.parametrize("key", ["delete", "D"])
async def test_r48_the_marked_are_deleted_when_their_number_is_typed(tmp_path: Path, key: str) -> None:
    path = with_blocked(tmp_path)
    async with opened(path) as pilot:
        await press(pilot, "f3", "a", key)
        assert not isinstance(pilot.app.screen, BlockedScreen)
        await type_text(pilot, "3")
        await press(pilot, "enter")
        assert blocked(path) == []
        assert "Nobody is blocked" in drawn(pilot)


async def test_enter_opens_the_profile(tmp_path: Path) -> None:
    async with opened(with_blocked(tmp_path)) as pilot:
        await press(pilot, "f3", "end", "enter")
        assert not isinstance(pilot.app.screen, BlockedScreen)
        assert "김민수" in drawn(pilot)
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, BlockedScreen)


async def test_cells_and_marked_rows_are_copied(tmp_path: Path) -> None:
    path = with_blocked(tmp_path)
    change(path, "UPDATE customer SET blocked_at = 10 * id WHERE blocked_at IS NOT NULL")
    async with opened(path) as pilot:
        await press(pilot, "f3", "end", "y")
        assert pilot.app.clipboard == "김민수"
        await press(pilot, "right", "ctrl+c")
        assert pilot.app.clipboard == "minsu@example.com"
        await press(pilot, "Y")
        assert pilot.app.clipboard.startswith("김민수\tminsu@example.com\t1970-01-01")
        await press(pilot, "a", "ctrl+y")
        assert [line.split("\t")[0] for line in pilot.app.clipboard.split("\n")] == [
            "lead4@example.com",
            "lead3@example.com",
            "김민수",
        ]
        assert status(pilot) == "Copied rows: 3. Paste them into a spreadsheet."
        await press(pilot, "escape", "home", "right", "right", "right", "y")
        assert status(pilot) == "There is nothing to copy."


async def test_no_copied_cell_is_run_by_a_spreadsheet(tmp_path: Path) -> None:
    async with opened(with_blocked(tmp_path, "=1+1")) as pilot:
        await press(pilot, "f3", "slash")
        await type_text(pilot, "minsu")
        await press(pilot, "enter", "Y")
        assert pilot.app.clipboard.endswith("\t'=1+1")
        await press(pilot, "a", "ctrl+y")
        assert pilot.app.clipboard.endswith("\t'=1+1")


@pytest.mark.parametrize(("language", "wanted"), [("ko", "최대 1,000줄"), ("en", "At most 1,000 rows")])
async def test_more_rows_than_a_clipboard_takes_are_not_copied(tmp_path: Path, language: Language, wanted: str) -> None:
    path = database(tmp_path)
    fill(path, 1001)
    change(path, "UPDATE customer SET blocked_at = id")
    async with opened(path, language=language) as pilot:
        await press(pilot, "f3", "a", "ctrl+y")
        assert wanted in status(pilot)
        assert pilot.app.clipboard == ""
        await press(pilot, "space", "ctrl+y")
        assert len(pilot.app.clipboard.split("\n")) == 1000


async def test_what_another_program_does_appears_and_the_cursor_stays_on_its_customer(tmp_path: Path) -> None:
    path = with_blocked(tmp_path)
    change(path, "UPDATE customer SET blocked_at = 10 * id WHERE blocked_at IS NOT NULL")
    async with opened(path) as pilot:
        await press(pilot, "f3", "end")
        other = open_workspace(path)
        blocking.block(other, Selection(frozenset((2, 5))))
        other.close()
        await look(pilot)
        assert table(pilot).total == 5
        assert table(pilot).current is not None
        assert table(pilot).current.id == 1  # type: ignore[union-attr]
        assert "Blocked 5" in drawn(pilot)


async def test_of_very_many_only_a_few_pages_are_held(tmp_path: Path) -> None:
    path = database(tmp_path)
    fill(path, 5_000)
    change(path, "UPDATE customer SET blocked_at = id, blocked_by = 'jin'")
    async with opened(path) as pilot:
        await press(pilot, "f3", *("pagedown",) * 60, "end")
        assert status(pilot).startswith("5,000 / 5,000")
        assert len(table(pilot)._pages) <= MAX_PAGES
        assert "Ann" in drawn(pilot) or "김민수" in drawn(pilot)
        await press(pilot, "a")
        assert "5,000 marked" in status(pilot)


async def test_a_database_that_fails_is_a_sentence_and_the_rows_stay(tmp_path: Path) -> None:
    path = Path(with_blocked(tmp_path))
    async with opened(str(path)) as pilot:
        await press(pilot, "f3")
        kept = path.read_bytes()
        path.unlink()
        await press(pilot, "r")
        assert "has gone" in words(pilot)
        assert "김민수" in drawn(pilot)
        path.write_bytes(kept)
        await press(pilot, "r")
        assert "has gone" not in words(pilot)


async def test_hostile_customers_and_reasons_reach_neither_markup_nor_terminal(tmp_path: Path) -> None:
    path = database(tmp_path, [{"email": f"a{number}@example.com"} for number in range(len(HOSTILE))])
    for number, text in enumerate(HOSTILE, 1):
        change(path, "UPDATE customer SET name = ?, blocked_at = ?, blocked_by = ?, block_reason = ? WHERE id = ?",
               text, number, text, text, number)  # fmt: skip
    async with opened(path, WIDEST) as pilot:
        await press(pilot, "f3")
        seen = drawn(pilot)
        for _ in HOSTILE:
            seen += status(pilot)
            await press(pilot, "delete")
            seen += drawn(pilot)
            await press(pilot, "escape", "down")
        assert isinstance(pilot.app.screen, BlockedScreen)
        assert not FORBIDDEN & set(seen)
        assert "[VIP] [red]x" in seen
        assert {strip.cell_length for strip in map(table(pilot).render_line, range(15))} == {WIDEST[0]}


async def test_in_a_narrow_window_who_and_why_are_in_sight(tmp_path: Path) -> None:
    async with opened(with_blocked(tmp_path), (60, 15), "ko") as pilot:
        await press(pilot, "f3")
        assert "김민수" in drawn(pilot)
        assert "환불 요구 반복" in drawn(pilot)
        assert len(pilot.app.screen.query_one(KeyBar).offered()) > 1
