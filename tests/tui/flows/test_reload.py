"""Lists that are read again, or empty, under the hands of whoever walks in them."""

from dataclasses import replace
from pathlib import Path

from crm_tui.tui.screens.contacts import ContactsScreen
from tests.tui.pilots import press, settle, type_text
from tests.tui.places import add_leads, database, fill, opened, table


async def test_keys_pressed_while_the_table_is_read_again_are_not_lost(tmp_path: Path) -> None:
    path = database(tmp_path)
    fill(path, 40)
    async with opened(path) as pilot:
        shown = table(pilot)
        shown.action_move(5)
        await settle(pilot)
        shown.reload()
        shown.action_move(3)
        await settle(pilot)
        assert shown.cursor == 8
        # The same where somebody has come in above: the walk goes on from where its customer has gone.
        add_leads(path, [{"email": "new@example.com"}])
        shown.reload()
        shown.action_move(1)
        await settle(pilot)
        assert (shown.cursor, shown.current and shown.current.get("profile.name")) == (10, "김민수31")


async def test_walking_in_a_list_that_is_empty_changes_nothing(tmp_path: Path) -> None:
    async with opened(database(tmp_path)) as pilot:
        await press(pilot, "f1")
        await type_text(pilot, "nosuchcommand")
        await press(pilot, "pagedown", "pageup", "down", "up", "enter")
        assert pilot.app.return_code is None
        await press(pilot, "f9", "pagedown", "end", "home", "up", "j")
        assert pilot.app.return_code is None


async def test_a_look_does_not_begin_again_what_is_being_read(tmp_path: Path) -> None:
    async with opened(database(tmp_path)) as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, ContactsScreen)
        screen._revision = -1
        screen.action_refresh()
        screen.look()
        assert not screen._is_looking
        await settle(pilot)
        screen.look()
        assert screen._is_looking
        await settle(pilot)
        assert not screen._is_looking


async def test_a_reading_that_waits_for_another_still_follows_the_cursor(tmp_path: Path) -> None:
    path = database(tmp_path)
    fill(path, 40)
    async with opened(path) as pilot:
        shown = table(pilot)
        shown.reload()
        shown.reload()
        shown.action_move(4)
        await settle(pilot)
        assert shown.cursor == 4


async def test_a_reading_before_the_answer_came_changes_nothing_of_where_the_cursor_goes(tmp_path: Path) -> None:
    path = database(tmp_path)
    fill(path, 250)
    async with opened(path) as pilot:
        shown = table(pilot)
        shown.action_move(5)
        await settle(pilot)
        shown.show(shown.view, follow=3)
        shown.reload()
        await settle(pilot)
        assert shown.current is not None
        assert shown.current.id == 3
        shown.show(replace(shown.view, query="김민수"))
        shown.reload()
        await settle(pilot)
        assert shown.cursor == 0
