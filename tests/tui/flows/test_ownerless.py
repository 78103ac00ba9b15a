"""Conversations without an owner: listed, read and copied (R49)."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from crm_tui.core.talk import Direction
from crm_tui.i18n import Language, set_language, t
from crm_tui.services import conversations, deleting
from crm_tui.services.selection import Selection
from crm_tui.services.workspace import open_workspace
from crm_tui.tui.screens.contacts import ContactsScreen
from crm_tui.tui.screens.ownerless import OwnerlessScreen
from crm_tui.tui.widgets.ownerless_list import OwnerlessList
from crm_tui.tui.widgets.timeline_list import TimelineList
from tests.tui.pilots import drawn, press, settle, words
from tests.tui.places import ANN, FORBIDDEN, HOSTILE, MINSU, SMALL, WIDEST, app_of, database, lines, opened, status
from tests.tui.profiles import chosen, told

LONG = "긴 이야기 " * 600


def say(path: str, customer_id: int, *texts: str) -> None:
    """Write down messages of a customer, as another program would."""
    workspace = open_workspace(path)
    for text in texts:
        written = conversations.write_message(workspace, customer_id, Direction.IN, text)
        assert isinstance(written, conversations.Written), written
    workspace.close()


def delete(path: str, *customer_ids: int) -> None:
    """Delete customers, as another program would."""
    workspace = open_workspace(path)
    deleting.delete(workspace, Selection(ids=frozenset(customer_ids)))
    workspace.close()


@pytest.fixture
def path(tmp_path: Path) -> str:
    """A database in which two customers spoke; the first one is gone."""
    path = database(tmp_path, (MINSU, ANN))
    say(path, 1, "첫 문의", "둘째 문의")
    say(path, 2, "from Ann")
    delete(path, 1)
    return path


def messages(pilot: Pilot[None]) -> list[str]:
    shown = lines(pilot.app.screen.query_one(TimelineList))
    return [line.strip() for line in shown if line.strip()]


async def test_r49_the_texts_are_listed_and_read_without_a_name(path: str) -> None:
    async with opened(path) as pilot:
        await press(pilot, "apostrophe")
        assert isinstance(pilot.app.screen, OwnerlessScreen)
        assert status(pilot).startswith("1 / 1")
        heading, *said = messages(pilot)
        assert heading == "Messages of conversation 1"
        assert said[1::2] == [f"Message received · customer: {text}" for text in ("둘째 문의", "첫 문의")]
        assert "김민수" not in drawn(pilot)
        assert "from Ann" not in drawn(pilot)
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, ContactsScreen)


async def test_r49_after_a_deletion_it_is_said_how_many_messages_stay(path: str) -> None:
    async with opened(path) as pilot:
        app_of(pilot).desk.delete(chosen(2, who="Ann"))
        await settle(pilot)
        await press(pilot, "shift+tab", "enter")
        assert told(pilot) == f"Ann is deleted. {t('talk.messages_left', count='1')}"


async def test_enter_goes_to_the_messages_and_escape_back(path: str) -> None:
    async with opened(path) as pilot:
        app_of(pilot).open_ownerless()
        await settle(pilot)
        screen = pilot.app.screen
        await press(pilot, "enter")
        assert isinstance(screen.focused, TimelineList)
        await press(pilot, "down", "down", "y")
        assert "첫 문의" in app_of(pilot).clipboard
        assert "둘째" not in app_of(pilot).clipboard
        await press(pilot, "escape")
        assert isinstance(screen.focused, OwnerlessList)
        assert pilot.app.screen is screen


async def test_the_messages_follow_the_cursor(path: str) -> None:
    delete(path, 2)
    async with opened(path) as pilot:
        app_of(pilot).open_ownerless()
        await settle(pilot)
        assert messages(pilot)[0] == "Messages of conversation 2"
        await press(pilot, "down")
        assert status(pilot).startswith("2 / 2")
        assert messages(pilot)[0] == "Messages of conversation 1"
        assert "from Ann" not in drawn(pilot)
        await press(pilot, "enter", "end", "escape", "up", "enter", "y")
        assert "from Ann" in app_of(pilot).clipboard


async def test_r49_who_is_deleted_elsewhere_is_there_at_the_next_look(path: str) -> None:
    async with opened(path) as pilot:
        app_of(pilot).open_ownerless()
        await settle(pilot)
        await press(pilot, "enter")
        delete(path, 2)
        pilot.app.screen.look()  # type: ignore[attr-defined]
        await settle(pilot)
        shown = pilot.app.screen.query_one(OwnerlessList)
        assert shown.total == 2
        assert shown.current is not None
        assert shown.current.thread == 1
        assert "둘째 문의" in drawn(pilot)


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("size", [(60, 15), SMALL, WIDEST])
async def test_where_there_are_none_it_says_what_would_be_here(
    tmp_path: Path, language: Language, size: tuple[int, int]
) -> None:
    set_language(language)
    async with opened(database(tmp_path, (MINSU,)), size, language) as pilot:
        app_of(pilot).open_ownerless()
        await settle(pilot)
        said = "".join(words(pilot).split())
        assert "".join(t("talk.ownerless_empty").split()) in said
        assert "".join(t("talk.ownerless_title").split()) in said


async def test_a_message_longer_than_the_window_is_read_to_its_end(tmp_path: Path) -> None:
    path = database(tmp_path, (MINSU,))
    say(path, 1, f"{LONG}끝!")
    delete(path, 1)
    async with opened(path, (60, 15)) as pilot:
        app_of(pilot).open_ownerless()
        await settle(pilot)
        await press(pilot, "enter")
        assert "끝!" not in drawn(pilot)
        await press(pilot, "end")
        assert "끝!" in drawn(pilot)
        await press(pilot, "y")
        assert app_of(pilot).clipboard.endswith("끝!")


async def test_what_customers_wrote_reaches_the_terminal_harmless(tmp_path: Path) -> None:
    path = database(tmp_path, (MINSU,))
    tame = [text for text in HOSTILE if "\x1b" not in text and "\x9b" not in text]
    say(path, 1, *tame)
    delete(path, 1)
    async with opened(path, WIDEST) as pilot:
        app_of(pilot).open_ownerless()
        await settle(pilot)
        assert not FORBIDDEN & set(drawn(pilot))
        assert "[/b] 홍길동" in drawn(pilot)
        assert "[VIP] [red]x" in drawn(pilot)
