"""What is told at the bottom goes when it is about something else; the numbers at the top are right everywhere."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from crm_tui.i18n import Language
from crm_tui.services import blocking
from crm_tui.services.selection import Selection
from crm_tui.services.workspace import open_workspace
from crm_tui.tui import notices
from crm_tui.tui.screens.contacts import ContactsScreen
from tests.tui.desk_data import with_blocked, with_fields
from tests.tui.pilots import drawn, press, settle, type_text
from tests.tui.places import ANN, MINSU, app_of, database, opened, status, table
from tests.tui.profiles import profile, screen_of, stored, told


def top(pilot: Pilot[None]) -> str:
    """What stands in the line at the top."""
    return " ".join(drawn(pilot).splitlines()[0].split())


# -- what is told -------------------------------------------------------------------------------------------------


async def test_what_was_told_in_one_place_does_not_follow_to_another(tmp_path: Path) -> None:
    async with opened(with_fields(tmp_path)) as pilot:
        await press(pilot, "f9", "2", "end", "up", "x", "enter")
        assert status(pilot) == "Field archived: 포인트"
        await press(pilot, "f2")
        assert status(pilot).startswith("1 / 2")
        app_of(pilot).tell("something")
        await press(pilot, "enter")
        assert told(pilot) == ""


async def test_what_is_told_while_another_screen_comes_is_about_that(tmp_path: Path) -> None:
    path = database(tmp_path, [MINSU, ANN])
    async with profile(path) as pilot:
        await press(pilot, "D", "left", "enter")
        assert isinstance(pilot.app.screen, ContactsScreen)
        assert told(pilot) == "김민수 is deleted."
        await press(pilot, "f3")
        assert told(pilot) == ""


async def test_a_cursor_that_moves_on_takes_it_away_as_soon_as_it_could_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(database(tmp_path, [MINSU, ANN])) as pilot:
        app_of(pilot).tell("something")
        await press(pilot, "down")
        assert status(pilot) == "something"
        monkeypatch.setattr(notices, "READ_S", 0.0)
        await press(pilot, "up")
        assert status(pilot).startswith("1 / 2")


async def test_what_was_waited_for_stays_whatever_is_done_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notices, "READ_S", 0.0)
    target = tmp_path / "out.csv"
    async with opened(database(tmp_path, [MINSU, ANN])) as pilot:
        await press(pilot, "a", "s")
        pilot.app.screen.query_one("#path").show(str(target))  # type: ignore[attr-defined]
        await press(pilot, "enter")
        assert told(pilot).startswith("Exported 2 customers")
        await press(pilot, "down", "f4", "f2")
        assert told(pilot).startswith("Exported 2 customers")


# -- the numbers at the top ---------------------------------------------------------------------------------------


async def test_r46_blocking_in_a_profile_changes_the_numbers_at_the_top_at_once(tmp_path: Path) -> None:
    async with profile(database(tmp_path, [MINSU, ANN])) as pilot:
        assert "[Contacts 2] F3 Blocked 0" in top(pilot)
        await press(pilot, "x", "enter", "enter")
        assert "[Contacts 1] F3 Blocked 1" in top(pilot)
        await press(pilot, "u")
        assert "[Contacts 2] F3 Blocked 0" in top(pilot)


async def test_r46_unblocking_among_the_blocked_changes_the_number_of_contacts(tmp_path: Path) -> None:
    async with opened(with_blocked(tmp_path)) as pilot:
        await press(pilot, "f3")
        assert "Contacts 2 F3 [Blocked 3]" in top(pilot)
        await press(pilot, "u", "enter")
        assert "Contacts 3 F3 [Blocked 2]" in top(pilot)


@pytest.mark.parametrize("place", ["f2", "f3", "f4", "f9"])
async def test_what_another_program_does_changes_the_numbers_in_every_place(tmp_path: Path, place: str) -> None:
    path = database(tmp_path, [MINSU, ANN])
    async with opened(path) as pilot:
        await press(pilot, place)
        other = open_workspace(path)
        blocking.block(other, Selection(frozenset((1,))))
        other.close()
        pilot.app.screen._poll()  # type: ignore[attr-defined]
        await settle(pilot)
        assert app_of(pilot).counts == {"contacts": 1, "blocked": 1, "imports": 0}


# -- quitting -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "wanted"), [("ko", "저장하지 않은 내용이 있습니다. Ctrl+Q 를 한 번 더"), ("en", "Press Ctrl+Q again")]
)
async def test_what_is_typed_and_not_saved_is_not_lost_by_quitting_without_a_word(
    tmp_path: Path, language: Language, wanted: str
) -> None:
    path = database(tmp_path, [MINSU, ANN])
    async with profile(path, language=language) as pilot:
        await press(pilot, "down", "e")
        await type_text(pilot, "QQ")
        await press(pilot, "ctrl+q")
        assert not pilot.app._exit
        assert wanted in status(pilot)
        await type_text(pilot, "Q")
        await press(pilot, "enter")
        assert stored(path).get("profile.name") != "김민수"
        await pilot.press("ctrl+q")
        await pilot.pause()
        assert pilot.app._exit


async def test_quitting_again_while_the_sentence_is_in_sight_drops_what_was_typed(tmp_path: Path) -> None:
    path = database(tmp_path, [MINSU])
    async with profile(path) as pilot:
        await press(pilot, "down", "e")
        await type_text(pilot, "QQ")
        await press(pilot, "ctrl+q")
        app_of(pilot).notices.forget()
        await press(pilot, "ctrl+q")
        assert not pilot.app._exit
        await pilot.press("ctrl+q")
        await pilot.pause()
        assert pilot.app._exit
    assert stored(path).get("profile.name") == "김민수"


async def test_an_edit_that_changed_nothing_does_not_hold_up_the_end(tmp_path: Path) -> None:
    async with profile(database(tmp_path, [MINSU])) as pilot:
        await press(pilot, "e")
        assert not screen_of(pilot).is_unsaved
        await pilot.press("ctrl+q")
        await pilot.pause()
        assert pilot.app._exit


async def test_what_is_kept_for_later_is_not_lost_by_quitting_either(tmp_path: Path) -> None:
    async with profile(database(tmp_path, [MINSU])) as pilot:
        await press(pilot, "down", "e")
        await type_text(pilot, "QQ")
        await press(pilot, "f2")
        assert table(pilot).total == 1
        await press(pilot, "ctrl+q")
        assert not pilot.app._exit
        assert "not saved" in status(pilot)
