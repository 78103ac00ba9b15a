"""R51: what a manager may not do is shown as not available, and pressing its key says whom to ask."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from crm_tui.core.permissions import EVERYTHING, Permission
from crm_tui.i18n import Language
from crm_tui.tui import keys
from crm_tui.tui.screens.contacts import ContactsScreen
from crm_tui.tui.screens.help import CommandList, CommandScreen
from crm_tui.tui.screens.settings import SettingsScreen
from crm_tui.tui.widgets.bars import KeyBar
from crm_tui.tui.widgets.refusal import Refusal, is_covered
from tests.services.kit import one, sql
from tests.tui.pilots import drawn, press, settle, type_text, words
from tests.tui.places import ANN, MINSU, SMALL, WIDE, app_of, database, lines, opened, status, table
from tests.tui.team import BOSS, ME, look, rights

SEE, EDIT, DELETE, DOWNLOAD, SETTINGS, ACTIVITY = Permission


def shop(folder: Path, *permissions: Permission) -> str:
    """Return a database with two customers, where whoever runs the test may do this."""
    path = database(folder, [MINSU, ANN])
    rights(path, permissions)
    return path


def offered(pilot: Pilot[None]) -> set[str]:
    return {name for _, name in pilot.app.screen.query_one(KeyBar).offered()}


def refusals(path: str) -> int:
    return int(one(Path(path), "SELECT count(*) FROM activity WHERE kind = 'refused'"))


def test_every_action_that_needs_a_permission_is_one_of_the_keys() -> None:
    assert keys.NEEDED.keys() - {action.id for action in keys.ACTIONS} == set()


@pytest.mark.parametrize(
    ("pressed", "permission"),
    [
        ("n", "edit customers"),
        ("t", "edit customers"),
        ("c", "edit customers"),
        ("x", "edit customers"),
        ("i", "edit customers"),
        ("delete", "delete customers"),
        ("s", "download data"),
        ("f5", "see the activity log"),
    ],
)
async def test_r51_a_key_that_one_may_not_use_opens_nothing_and_says_whom_to_ask(
    tmp_path: Path, pressed: str, permission: str
) -> None:
    path = shop(tmp_path, SEE)
    async with opened(path, WIDE) as pilot:
        await press(pilot, pressed)
        assert isinstance(pilot.app.screen, ContactsScreen)
        assert f"Not permitted: “{permission}”. Ask an owner: {BOSS}" in status(pilot)
    assert refusals(path) == 1


async def test_r51_the_footer_offers_only_what_one_may_do(tmp_path: Path) -> None:
    async with opened(shop(tmp_path, *EVERYTHING), WIDE) as pilot:
        everything = offered(pilot)
    (tmp_path / "other").mkdir()
    async with opened(shop(tmp_path / "other", SEE), WIDE) as pilot:
        assert {"Add lead", "Import"} == everything - offered(pilot)


@pytest.mark.parametrize(("language", "mark"), [("en", "(not permitted)"), ("ko", "(권한 없음)")])
@pytest.mark.parametrize("key", ["f1", "ctrl+p"])
async def test_r51_help_and_palette_mark_what_one_may_not_do_and_choosing_it_says_so(
    tmp_path: Path, language: Language, mark: str, key: str
) -> None:
    async with opened(shop(tmp_path, SEE), language=language) as pilot:
        await press(pilot, key)
        assert isinstance(pilot.app.screen, CommandScreen)
        await type_text(pilot, "export")
        line = next(line for line in lines(pilot.app.screen.query_one(CommandList)) if mark in line)
        assert line.startswith(">")
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, ContactsScreen)
        assert BOSS in status(pilot)


async def test_r51_what_one_may_do_is_not_marked(tmp_path: Path) -> None:
    async with opened(shop(tmp_path, *EVERYTHING), WIDE) as pilot:
        await press(pilot, "f1")
        assert "not permitted" not in drawn(pilot)


@pytest.mark.parametrize("size", [SMALL, WIDE])
@pytest.mark.parametrize(("language", "name"), [("en", "“see contacts”"), ("ko", "“고객 보기”")])
async def test_r51_without_the_permission_to_see_customers_there_is_a_sentence_and_nothing_is_read(
    tmp_path: Path, size: tuple[int, int], language: Language, name: str
) -> None:
    path = shop(tmp_path, EDIT)
    async with opened(path, size, language) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, ContactsScreen)
        assert name in words(pilot)
        assert BOSS in words(pilot)
        assert "minsu" not in drawn(pilot)
        for _ in range(3):
            screen._poll()
            await look(pilot)
        await press(pilot, "slash", "enter", "down", "v", "r")
        assert pilot.app.screen is screen
        assert app_of(pilot).counts == {}
        for key in ("f3", "f4", "f6"):
            await press(pilot, key)
            assert name in status(pilot)
            assert pilot.app.screen is screen
    assert refusals(path) == 1


async def test_r51_what_an_owner_takes_away_disappears_and_what_they_give_comes_back(tmp_path: Path) -> None:
    path = shop(tmp_path, SEE, EDIT)
    async with opened(path) as pilot:
        assert "Add lead" in offered(pilot)
        assert "minsu" in drawn(pilot)
        rights(path, {EDIT})
        await look(pilot)
        assert is_covered(pilot.app.screen)
        assert "minsu" not in drawn(pilot)
        assert "“see contacts”" in words(pilot)
        rights(path, {SEE})
        await look(pilot)
        await settle(pilot)
        assert not is_covered(pilot.app.screen)
        assert "minsu" in drawn(pilot)
        assert table(pilot).has_focus
        assert "Add lead" not in offered(pilot)


async def test_r50_who_is_no_manager_any_more_sees_that_and_nothing_else(tmp_path: Path) -> None:
    path = shop(tmp_path, SEE, EDIT)
    async with opened(path) as pilot:
        sql(Path(path), "DELETE FROM manager WHERE name = ?", ME)
        await look(pilot)
        assert f"{ME} is no manager of this database" in words(pilot)
        assert "minsu" not in drawn(pilot)


async def test_r51_the_settings_show_a_sentence_in_the_tabs_that_one_may_not_see(tmp_path: Path) -> None:
    path = shop(tmp_path, EDIT)
    async with opened(path) as pilot:
        await press(pilot, "f9")
        for tab, name in (("1", "see contacts"), ("3", "settings"), ("4", "settings"), ("5", "see contacts")):
            await press(pilot, tab)
            screen = pilot.app.screen
            assert isinstance(screen, SettingsScreen)
            shown = [one for one in screen.query(Refusal) if one.region.height]
            assert [name in str(one.content) for one in shown] == [True]
        await press(pilot, "2")
        assert "profile.email" in drawn(pilot)
        await press(pilot, "n")
        assert "“settings”" in status(pilot)
        rights(path, {EDIT, SETTINGS})
        await look(pilot)
        await press(pilot, "3")
        assert ME in drawn(pilot)
        assert not [one for one in pilot.app.screen.query(Refusal) if one.region.height]
    assert refusals(path) == 2


async def test_r51_a_profile_that_is_open_is_covered_when_the_permission_goes(tmp_path: Path) -> None:
    path = shop(tmp_path, SEE)
    async with opened(path) as pilot:
        await press(pilot, "enter")
        assert pilot.app.screen is not pilot.app.screen_stack[0]
        rights(path, {EDIT})
        await look(pilot)
        assert is_covered(pilot.app.screen)
        assert "example.com" not in drawn(pilot)
