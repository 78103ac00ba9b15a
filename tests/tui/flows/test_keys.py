"""Keys: their names in both languages, their Korean twins, the footer, the help and the palette."""

import tomllib
from pathlib import Path

import pytest
from rich.cells import cell_len

import crm_tui.i18n
from crm_tui.i18n import Language
from crm_tui.tui import keys
from crm_tui.tui.key_names import strokes
from crm_tui.tui.screens.add_lead import AddLeadScreen
from crm_tui.tui.screens.contacts import ContactsScreen
from crm_tui.tui.screens.help import CommandList, CommandScreen
from crm_tui.tui.screens.imports import ImportsScreen
from crm_tui.tui.screens.profile import ProfileScreen
from crm_tui.tui.widgets.bars import MAX_KEYS, KeyBar
from tests.tui.pilots import drawn, press, settle, type_text
from tests.tui.places import ANN, MINSU, SMALL, WIDEST, app_of, database, opened, search, table

LANGUAGES: tuple[Language, ...] = ("ko", "en")


def names(language: Language) -> dict[str, str]:
    path = Path(crm_tui.i18n.__file__).parent / "locale" / language / "keys.toml"
    found: dict[str, str] = tomllib.loads(path.read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("action", keys.ACTIONS, ids=lambda action: action.id)
def test_every_action_has_a_name(action: keys.Action, language: Language) -> None:
    assert names(language)[action.id].strip()
    assert action.name_in(language) == names(language)[action.id]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("action", keys.ACTIONS, ids=lambda action: action.id)
def test_the_lists_have_room_for_every_name_and_its_keys(action: keys.Action, language: Language) -> None:
    assert cell_len(action.name_in(language)) <= 33
    assert cell_len(keys.keys_text(action)) <= 24


@pytest.mark.parametrize(
    ("letter", "twin"),
    [
        ("j", "ㅓ"),
        ("k", "ㅏ"),
        ("g", "ㅎ"),
        ("n", "ㅜ"),
        ("i", "ㅑ"),
        ("q", "ㅂ"),
        ("E", "ㄸ"),
        ("R", "ㄲ"),
        ("P", "ㅖ"),
    ],
)
def test_a_korean_keyboard_sends_the_twin(letter: str, twin: str) -> None:
    assert keys.Action("x", (letter,), "x").all_keys == (letter, twin)


@pytest.mark.parametrize("letter", ["G", "D", "Y", "A"])
def test_a_capital_that_korean_has_no_shift_for_takes_no_other_keys_twin(letter: str) -> None:
    assert keys.Action("x", (letter,), "x").all_keys == (letter,)


@pytest.mark.parametrize(
    ("syllable", "typed"),
    [
        ("허", "ㅎㅓ"),
        ("뉴", "ㄴㅠ"),
        ("값", "ㄱㅏㅂㅅ"),
        ("왜", "ㅇㅗㅐ"),
        ("쀍", "ㅃㅜㅔㄹㄱ"),
        ("a", ""),
        ("ㅓ", ""),
        ("", ""),
        ("漢", ""),
    ],
)
def test_a_syllable_is_taken_apart_into_the_keys_it_was_typed_with(syllable: str, typed: str) -> None:
    assert strokes(syllable) == typed


async def test_letters_that_an_input_method_has_joined_work_one_after_the_other(tmp_path: Path) -> None:
    async with opened(database(tmp_path, [MINSU, ANN])) as pilot:
        await press(pilot, "end", "허")  # g, to the top, and j, down
        assert table(pilot).cursor == 1
        await press(pilot, "slash", "허")
        assert search(pilot).value == "허"


# -- footer -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_footer_has_at_most_six_keys_in_one_line(tmp_path: Path, language: Language) -> None:
    async with opened(database(tmp_path, [MINSU]), language=language) as pilot:
        for pressed in ((), ("slash",), ("x",), ("escape", "escape", "b"), ("b", "enter"), ("escape", "f4")):
            await press(pilot, *pressed)
            bar = pilot.app.screen.query_one(KeyBar)
            offered = bar.offered()
            assert 1 < len(offered) <= MAX_KEYS
            last = drawn(pilot).splitlines()[-1]
            assert all(f"{key} {name}" in last for key, name in offered)
            assert bar.size.height == 1


async def test_the_footer_shows_no_letters_while_letters_are_typed(tmp_path: Path) -> None:
    async with opened(database(tmp_path, [MINSU])) as pilot:
        assert ("n", "Add lead") in pilot.app.screen.query_one(KeyBar).offered()
        await press(pilot, "slash")
        offered = pilot.app.screen.query_one(KeyBar).offered()
        assert ("Ins", "Add lead") in offered
        assert all(len(key) > 1 for key, _ in offered)


# -- help and palette ---------------------------------------------------------------------------------------------


def listed(pilot: object) -> list[str]:
    shown = app_of(pilot).screen.query_one(CommandList)  # type: ignore[arg-type]
    return [line for row in range(shown.total) if (line := shown.draw(row, 60)[0].rstrip())]


@pytest.mark.parametrize("key", ["f1", "question_mark"])
async def test_help_shows_what_can_be_done_here_and_then_everywhere(tmp_path: Path, key: str) -> None:
    async with opened(database(tmp_path, [MINSU])) as pilot:
        await press(pilot, key)
        shown = listed(pilot)
        assert shown[0] == "Here"
        assert shown.index("Everywhere") > [line.split("  ")[0] for line in shown].index("Sort")
        assert "Here" in drawn(pilot)
        await press(pilot, "f1", "escape")
        assert isinstance(pilot.app.screen, ContactsScreen)


async def test_of_two_actions_on_one_key_the_help_shows_the_one_that_works(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for path, works, fails in (
        (database(tmp_path / "empty"), "Load samples", "Export"),
        (database(tmp_path, [MINSU]), "Export", "Load samples"),
    ):
        async with opened(path) as pilot:
            await press(pilot, "f1")
            shown = "\n".join(listed(pilot))
            assert works in shown
            assert fails not in shown


async def test_help_is_of_what_has_the_focus(tmp_path: Path) -> None:
    async with opened(database(tmp_path, [MINSU])) as pilot:
        await press(pilot, "n", "f1")
        assert any("Next line" in line for line in listed(pilot))
        assert not any("Sort" in line for line in listed(pilot))
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, AddLeadScreen)


@pytest.mark.parametrize(
    ("language", "wanted"), [("ko", "sort"), ("ko", "정렬"), ("en", "정렬"), ("en", "SORT"), ("en", "f7")]
)
@pytest.mark.parametrize("opener", ["f1", "ctrl+p", "colon"])
async def test_help_and_palette_find_by_key_and_by_both_languages_and_do_it(
    tmp_path: Path, language: Language, wanted: str, opener: str
) -> None:
    async with opened(database(tmp_path, [MINSU]), language=language) as pilot:
        await press(pilot, opener)
        await type_text(pilot, wanted)
        found = [line for line in listed(pilot) if "F7" in line]
        assert len(found) == 1
        await press(pilot, "enter")
        assert table(pilot).view.sort == "profile.name"


async def test_the_palette_offers_everything_that_does_something_now(tmp_path: Path) -> None:
    async with opened(database(tmp_path, [MINSU, ANN]), WIDEST) as pilot:
        await press(pilot, "slash", "ctrl+p")
        shown = "\n".join(listed(pilot))
        for name in ("Add lead", "Import", "Show the import log", "To the top", "Quit", "Read again"):
            assert name in shown
        assert "Load samples" not in shown
        await type_text(pilot, "zzz")
        assert "No such command" in drawn(pilot)
        await press(pilot, "enter")
        assert search(pilot).has_focus


async def test_the_palette_is_walked_with_the_arrows(tmp_path: Path) -> None:
    async with opened(database(tmp_path, [MINSU, ANN])) as pilot:
        await press(pilot, "ctrl+p", "down", "pagedown", "pageup", "up")
        assert pilot.app.screen.query_one(CommandList).cursor == 0
        await type_text(pilot, "bottom")
        await press(pilot, "enter")
        assert table(pilot).cursor == 1


async def test_in_a_low_window_the_last_command_can_still_be_seen(tmp_path: Path) -> None:
    async with opened(database(tmp_path, [MINSU]), (60, 15)) as pilot:
        await press(pilot, "ctrl+p", *["pagedown"] * 9)
        shown = drawn(pilot)
        assert listed(pilot)[-1].split()[0] in shown
        assert "Esc closes" in shown


async def test_a_question_mark_is_text_where_text_is_typed(tmp_path: Path) -> None:
    async with opened(database(tmp_path, [MINSU])) as pilot:
        await press(pilot, "slash", "question_mark", "colon", "n")
        assert search(pilot).value == "?:n"


# -- places -------------------------------------------------------------------------------------------------------


async def test_f2_and_f4_go_to_the_places_whatever_is_open(tmp_path: Path) -> None:
    async with opened(database(tmp_path, [MINSU])) as pilot:
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, ProfileScreen)
        await press(pilot, "f4")
        assert isinstance(pilot.app.screen, ImportsScreen)
        assert "[Imports 0]" in drawn(pilot)
        await press(pilot, "f2")
        assert isinstance(pilot.app.screen, ContactsScreen)
        await press(pilot, "f2")
        assert isinstance(pilot.app.screen, ContactsScreen)


async def test_ctrl_q_quits_from_a_dialog_too(tmp_path: Path) -> None:
    async with opened(database(tmp_path)) as pilot:
        await press(pilot, "n")
        await pilot.press("ctrl+q")
        await pilot.pause()
        assert pilot.app._exit


@pytest.mark.parametrize("size", [(59, 24), (80, 14)])
async def test_below_60_by_15_there_is_a_message_and_what_was_open_comes_back(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with opened(database(tmp_path, [MINSU]), language="ko") as pilot:
        await press(pilot, "ctrl+p")
        await pilot.resize_terminal(*size)
        await settle(pilot)
        assert "60×15" in drawn(pilot)
        await press(pilot, "i", "escape", "f4")
        assert "60×15" in drawn(pilot)
        await pilot.resize_terminal(60, 15)
        await settle(pilot)
        assert isinstance(pilot.app.screen, CommandScreen)


async def test_a_terminal_that_is_too_small_from_the_start_says_so(tmp_path: Path) -> None:
    async with opened(database(tmp_path, [MINSU]), (40, 10)) as pilot:
        assert "60×15" in drawn(pilot)
        await pilot.resize_terminal(*SMALL)
        await settle(pilot)
        assert "김민수" in drawn(pilot)
