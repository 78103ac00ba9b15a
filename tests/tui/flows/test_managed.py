"""Managed users on the screens (R5): the tab of the settings, the contact list, and deleting who is hidden."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from crm_tui.i18n import Language, set_language
from crm_tui.services import contact_list, managed
from crm_tui.services.workspace import open_workspace
from crm_tui.tui.dialogs.ask import Ask
from crm_tui.tui.dialogs.ask_line import AskLine
from crm_tui.tui.dialogs.delete_hidden import DeleteHiddenDialog
from crm_tui.tui.screens.profile import ProfileScreen
from crm_tui.tui.screens.settings import SettingsScreen
from crm_tui.tui.widgets.bars import KeyBar
from crm_tui.tui.widgets.hidden_list import HiddenList
from crm_tui.tui.widgets.managed_text import forecast_text
from tests.tui.pilots import drawn, press, settle, type_text, words
from tests.tui.places import FORBIDDEN, HOSTILE, WIDE, change, database, lines, opened, search, status, table

PEOPLE = [{"name": f"김{name}", "email": f"{name}@example.com"} for name in "abcde"]


def with_five(folder: Path, limit: int | None = None) -> str:
    """Return the path of a database with five leads, the first of them seen longest ago."""
    path = database(folder, PEOPLE)
    change(path, "UPDATE customer SET last_seen_at = 1700000000000 + id * 86400000")
    workspace = open_workspace(path)
    managed.set_limit(workspace, limit)
    workspace.close()
    return path


def now(path: str) -> tuple[int, int, int | None]:
    workspace = open_workspace(path)
    numbers = managed.managed(workspace)
    workspace.close()
    return numbers.total, numbers.hidden, numbers.limit


def hidden(pilot: Pilot[None]) -> list[str]:
    return [
        " ".join(line.removeprefix(">").split())
        for line in lines(pilot.app.screen.query_one(HiddenList))
        if line.strip()
    ]


def offered(pilot: Pilot[None]) -> set[str]:
    return {name for _, name in pilot.app.screen.query_one(KeyBar).offered()}


async def look(pilot: Pilot[None]) -> None:
    """What the screen does by itself every few seconds."""
    assert isinstance(pilot.app.screen, SettingsScreen)
    pilot.app.screen.look()
    await settle(pilot)


@pytest.mark.parametrize("language", ["ko", "en"])
async def test_r5_the_tab_tells_managed_users_limit_and_who_is_hidden(tmp_path: Path, language: Language) -> None:
    async with opened(with_five(tmp_path, 3), language=language) as pilot:
        await press(pilot, "f9", "5")
        seen = drawn(pilot).splitlines()
        assert [line.rstrip().endswith("3") for line in seen[3:5]] == [True, True]
        assert " 2 " in f"{seen[5]} "
        assert [one.split()[0] for one in hidden(pilot)[1:]] == ["김b", "김a"]
        assert pilot.app.screen.query_one(HiddenList).has_focus
        assert "1 / 2" in status(pilot)


async def test_a_hidden_customer_without_a_name_is_no_blank_row(tmp_path: Path) -> None:
    path = with_five(tmp_path, 3)
    workspace = open_workspace(path)
    with workspace.transaction(None, changes_customers=True) as connection:
        connection.exec_driver_sql("UPDATE customer SET name = NULL, email = NULL, email_key = NULL WHERE is_hidden")
    workspace.close()
    async with opened(path) as pilot:
        await press(pilot, "f9", "5")
        assert all(one.startswith("#") for one in hidden(pilot)[1:])


async def test_without_a_limit_the_tab_says_what_a_limit_does(tmp_path: Path) -> None:
    async with opened(with_five(tmp_path)) as pilot:
        await press(pilot, "f9", "5")
        assert "Nobody is hidden." in words(pilot)
        assert "Set the limit" in offered(pilot)
        assert "Delete hidden customers" not in offered(pilot)
        await press(pilot, "delete")
        assert isinstance(pilot.app.screen, SettingsScreen)


async def test_r5_a_limit_that_hides_customers_asks_first(tmp_path: Path) -> None:
    path = with_five(tmp_path)
    async with opened(path) as pilot:
        await press(pilot, "f9", "5", "e")
        assert isinstance(pilot.app.screen, AskLine)
        await type_text(pilot, "many")
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, AskLine)
        assert "a number from 1" in words(pilot)
        await press(pilot, "ctrl+u")
        await type_text(pilot, "2")
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, Ask)
        assert "3 more customers leave the contact list" in words(pilot)
        await press(pilot, "escape")
        assert now(path) == (5, 0, None)
        await press(pilot, "e")
        await type_text(pilot, "2")
        await press(pilot, "enter", "enter")
        assert now(path) == (2, 3, 2)
        assert "The limit is 2. Hidden: 3." in words(pilot)
        assert [one.split()[0] for one in hidden(pilot)[1:]] == ["김c", "김b", "김a"]
        await press(pilot, "e", "ctrl+u", "enter")
        assert now(path) == (5, 0, None)
        assert "There is no limit." in words(pilot)


async def test_r5_the_contact_list_says_how_many_are_hidden_and_finds_none_of_them(tmp_path: Path) -> None:
    async with opened(with_five(tmp_path, 3), WIDE) as pilot:
        assert table(pilot).total == 3
        assert "2 hidden" in status(pilot)
        await press(pilot, "slash")
        await type_text(pilot, "a@example.com")
        assert search(pilot).value == "a@example.com"
        assert table(pilot).total == 0
        assert "1 of the hidden customers would be" in words(pilot)


async def test_the_contact_list_says_nothing_of_hidden_customers_where_there_are_none(tmp_path: Path) -> None:
    async with opened(with_five(tmp_path, 5)) as pilot:
        assert "hidden" not in status(pilot)


async def test_a_hidden_customer_is_found_and_opened(tmp_path: Path) -> None:
    async with opened(with_five(tmp_path, 2)) as pilot:
        await press(pilot, "f9", "5", "slash")
        await type_text(pilot, "B@")
        await press(pilot, "enter")
        assert [one.split()[0] for one in hidden(pilot)[1:]] == ["김b"]
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, ProfileScreen)
        assert "b@example.com" in drawn(pilot)
        await press(pilot, "escape", "slash")
        await type_text(pilot, "zzz")
        assert "No hidden customer has that" in words(pilot)


async def test_r48_hidden_customers_are_deleted_only_by_a_word(tmp_path: Path) -> None:
    path = with_five(tmp_path, 3)
    async with opened(path) as pilot:
        await press(pilot, "f9", "5", "delete")
        assert isinstance(pilot.app.screen, DeleteHiddenDialog)
        assert "2 customers" in words(pilot)
        for typed in ("", "2", "delete"):
            await press(pilot, "ctrl+u")
            await type_text(pilot, typed)
            await press(pilot, "enter")
            assert isinstance(pilot.app.screen, DeleteHiddenDialog)
            assert "That is something else." in words(pilot)
        assert now(path) == (3, 2, 3)
        await press(pilot, "ctrl+u")
        await type_text(pilot, "DELETE")
        await press(pilot, "enter")
        assert now(path) == (3, 0, 3)
        assert "Nobody is hidden." in words(pilot)
        assert "Deleted: 2 customers." in words(pilot)


async def test_r48_others_than_were_told_are_not_deleted(tmp_path: Path) -> None:
    path = with_five(tmp_path, 3)
    async with opened(path) as pilot:
        await press(pilot, "f9", "5", "delete")
        workspace = open_workspace(path)
        managed.set_limit(workspace, 4)
        workspace.close()
        await type_text(pilot, "DELETE")
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, DeleteHiddenDialog)
        assert now(path) == (4, 1, 4)
        await press(pilot, "escape")
        assert now(path) == (4, 1, 4)


async def test_what_another_program_does_is_seen(tmp_path: Path) -> None:
    path = with_five(tmp_path, 3)
    async with opened(path) as pilot:
        await press(pilot, "f9", "5")
        change(path, "UPDATE customer SET blocked_at = 1 WHERE id = 5")
        await look(pilot)
        assert [one.split()[0] for one in hidden(pilot)[1:]] == ["김a"]


async def test_hostile_names_do_nothing(tmp_path: Path) -> None:
    path = database(tmp_path, [{"email": f"h{place}@x.kr"} for place in range(len(HOSTILE))])
    for place, name in enumerate(HOSTILE, 1):
        change(path, "UPDATE customer SET name = ? WHERE id = ?", name, place)
    workspace = open_workspace(path)
    managed.set_limit(workspace, 1)
    count = contact_list.count(workspace).total
    workspace.close()
    async with opened(path) as pilot:
        await press(pilot, "f9", "5")
        assert count == 1
        assert len(hidden(pilot)) == len(HOSTILE)
        assert not FORBIDDEN & set(drawn(pilot))


@pytest.mark.parametrize("language", ["ko", "en"])
def test_r5_a_forecast_names_the_limit_only_where_it_hides_somebody(language: Language) -> None:
    set_language(language)
    free = managed.ManagedUsers(1000, 0, 1000, 0)
    assert "1,000" in forecast_text(free, 500)
    assert "1,500" in forecast_text(free, 500)
    tight = managed.ManagedUsers(1000, 0, 1000, 0, 0, 1200)
    assert "300" in forecast_text(tight, 500)
    assert len(forecast_text(tight, 100)) < len(forecast_text(tight, 500))
