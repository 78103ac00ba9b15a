"""What the contact list does not do: to customers whom the search does not speak of, or who are not seen chosen."""

from pathlib import Path

import pytest
from textual.screen import ModalScreen

from crm_tui.i18n import Language
from crm_tui.tui.desk import Desk
from crm_tui.tui.widgets.bars import KeyBar
from tests.tui.pilots import drawn, press, settle, type_text, words
from tests.tui.places import ANN, MINSU, SMALL, WIDE, app_of, change, database, opened, search, side, table

LOW = (60, 15)


# -- a mistake in the search line ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "said"), [("ko", "앞 검색"), ("en", "the search before")])
async def test_with_a_mistake_in_the_line_nothing_is_marked_and_nothing_is_begun(
    tmp_path: Path, language: Language, said: str
) -> None:
    async with opened(database(tmp_path, [MINSU, ANN]), language=language) as pilot:
        await press(pilot, "slash")
        search(pilot).show("lastSeenAt:soon")
        await press(pilot, "enter")
        assert table(pilot).has_focus
        for key in ("a", "space", "t", "c", "x", "delete", "D", "s"):
            app_of(pilot).notice = ""
            await press(pilot, key)
            assert said in app_of(pilot).notice, key
            assert not isinstance(pilot.app.screen, ModalScreen), key
        assert (table(pilot).total, table(pilot).marked_count) == (2, 0)
        await press(pilot, "escape", "a", "delete")
        assert isinstance(pilot.app.screen, ModalScreen)


async def test_marks_of_a_search_are_kept_over_a_mistake_and_may_be_used_when_it_is_mended(tmp_path: Path) -> None:
    async with opened(database(tmp_path, [MINSU, ANN])) as pilot:
        await press(pilot, "a")
        search(pilot).show("lastSeenAt:soon")
        await settle(pilot)
        assert table(pilot).has_mistake
        assert table(pilot).marked_count == 0
        search(pilot).show("")
        await settle(pilot)
        assert not table(pilot).has_mistake
        assert table(pilot).marked_count == 2


# -- nobody but blocked customers ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "said"),
    [("ko", "고객 2명이 모두 차단되어 있습니다. F3"), ("en", "All 2 customers are blocked. F3 shows them")],
)
async def test_r46_where_all_are_blocked_it_is_said_where_they_are_and_no_samples_are_offered(
    tmp_path: Path, language: Language, said: str
) -> None:
    path = database(tmp_path, [MINSU, ANN])
    change(path, "UPDATE customer SET blocked_at = 1")
    async with opened(path, language=language) as pilot:
        assert said in words(pilot)
        await press(pilot, "ctrl+l", "s")
        assert said in words(pilot)
        assert app_of(pilot).counts["contacts"] == 0
        await press(pilot, "slash")
        await type_text(pilot, "ann")
        assert said not in words(pilot)
        change(path, "UPDATE customer SET blocked_at = NULL")
        await press(pilot, "escape", "enter", "r")
        assert table(pilot).total == 2


# -- the side list ------------------------------------------------------------------------------------------------


async def test_on_the_side_list_keys_do_nothing_to_the_customer_in_the_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied: list[str] = []
    async with opened(database(tmp_path, [MINSU, ANN]), WIDE) as pilot:
        monkeypatch.setattr(pilot.app, "copy_to_clipboard", copied.append)
        pilot.app.screen.set_focus(side(pilot))
        await press(pilot, "t", "ㅅ", "x", "c", "space", "y", "Y")
        assert side(pilot).has_focus
        assert not isinstance(pilot.app.screen, ModalScreen)
        assert (copied, table(pilot).marked_count) == ([], 0)
        await press(pilot, "tab")
        pilot.app.screen.set_focus(table(pilot))
        await press(pilot, "t")
        assert isinstance(pilot.app.screen, ModalScreen)


@pytest.mark.parametrize(
    ("language", "offered"),
    [
        ("ko", "Enter 보기  e 이름 바꾸기  Del 세그먼트 지우기  / 검색"),
        ("en", "Enter Show  e Rename  Del Delete segment  / Search"),
    ],
)
@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_the_footer_says_what_keys_do_on_the_side_list(
    tmp_path: Path, size: tuple[int, int], language: Language, offered: str
) -> None:
    async with opened(database(tmp_path, [MINSU]), size, language) as pilot:
        if size == SMALL:
            await press(pilot, "b")
        pilot.app.screen.set_focus(side(pilot))
        await settle(pilot)
        last = drawn(pilot).splitlines()[-1]
        assert offered in last
        assert all(f"{key} {name}" in last for key, name in pilot.app.screen.query_one(KeyBar).offered())


# -- columns of a file --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [LOW, SMALL, WIDE])
async def test_without_a_choice_a_file_has_the_usual_columns_however_wide_the_window_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(Desk, "export", lambda self, chosen, columns, *rest: asked.append(columns))
    async with opened(database(tmp_path, [MINSU]), size) as pilot:
        await press(pilot, "s")
        assert asked == [("profile.name", "profile.email", "profile.mobileNumber", "memberId", "lastSeenAt")]
        await press(pilot, "w", "space", "enter", "s")
        assert asked[1] == tuple(one.field.key for one in table(pilot).columns)
        assert "profile.name" not in asked[1]
