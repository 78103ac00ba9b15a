"""The marketing audience of a search, counted and written from the contact list (R2, R47)."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from crm_tui.core.vocabulary import Channel
from crm_tui.i18n import Language
from crm_tui.services.audience import Audience, LeftOut
from crm_tui.tui.dialogs.audience import AudienceDialog, numbers_text
from crm_tui.tui.screens.contacts import ContactsScreen
from crm_tui.tui.widgets.path_input import PathInput
from tests.tui.pilots import drawn, press, type_text, words
from tests.tui.places import SMALL, change, database, opened, status, table

PEOPLE = [
    {"name": "김민수", "email": "a@example.com", "mobileNumber": "+82 010-1111-2222"},
    {"name": "Ann", "email": "b@example.com"},
    {"name": "Bob", "email": "c@example.com"},
    {"name": "Cem", "mobileNumber": "+82 010-1111-3333"},
]


def with_people(folder: Path) -> str:
    """Return the path of a database: Ann has opted out of e-mails, Bob is blocked."""
    path = database(folder, PEOPLE)
    change(path, "UPDATE customer SET unsubscribe_email = 1 WHERE id = 2")
    change(path, "UPDATE customer SET blocked_at = 1 WHERE id = 3")
    return path


async def type_path(pilot: Pilot[None], path: Path) -> None:
    line = pilot.app.screen.query_one(PathInput)
    line.focus()
    line.show(str(path))
    await press(pilot, "enter")


@pytest.mark.parametrize("language", ["ko", "en"])
async def test_r47_a_key_shows_who_may_get_a_message_and_why_others_may_not(tmp_path: Path, language: Language) -> None:
    async with opened(with_people(tmp_path), SMALL, language) as pilot:
        await press(pilot, "m")
        assert isinstance(pilot.app.screen, AudienceDialog)
        shown = words(pilot)
        expected = numbers_text(Audience(1, {LeftOut.BLOCKED: 1, LeftOut.NO_CONTACT: 1, LeftOut.OPTED_OUT: 1}))
        assert " ".join(expected.split()) in shown.replace("│ ", "").replace(" │", "")
        await press(pilot, "down")
        texting = numbers_text(Audience(2, {LeftOut.BLOCKED: 1, LeftOut.NO_CONTACT: 1}))
        assert " ".join(texting.split()) in words(pilot).replace("│ ", "").replace(" │", "")
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, ContactsScreen)


async def test_it_is_of_the_search_and_written_where_it_is_said(tmp_path: Path) -> None:
    async with opened(with_people(tmp_path)) as pilot:
        await press(pilot, "slash")
        await type_text(pilot, "has:email")
        await press(pilot, "enter", "m")
        assert "has:email" in drawn(pilot)
        target = tmp_path / "out"
        await type_path(pilot, target)
        assert isinstance(pilot.app.screen, ContactsScreen)
        written = target.with_suffix(".csv").read_text("utf-8-sig").splitlines()
        assert [row.split(",")[-1] for row in written] == ['"profile.email"', '"a@example.com"']
        assert "1 customers" in status(pilot)
        assert table(pilot).total == 2


async def test_a_text_message_is_for_mobile_numbers(tmp_path: Path) -> None:
    async with opened(with_people(tmp_path)) as pilot:
        await press(pilot, "m", "down")
        await type_path(pilot, tmp_path / "texts.csv")
        assert (tmp_path / "texts.csv").read_text("utf-8-sig").count("+82101111") == 2


async def test_a_file_that_is_there_is_overwritten_only_by_a_second_enter(tmp_path: Path) -> None:
    target = tmp_path / "there.csv"
    target.write_text("mine")
    async with opened(with_people(tmp_path)) as pilot:
        await press(pilot, "m")
        await type_path(pilot, target)
        assert isinstance(pilot.app.screen, AudienceDialog)
        assert target.read_text() == "mine"
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, ContactsScreen)
        assert target.read_text("utf-8-sig").startswith('"id"')


@pytest.mark.parametrize("name", ["a.xlsx", "nowhere/a.csv", ""])
async def test_what_cannot_be_written_is_said_and_asked_again(tmp_path: Path, name: str) -> None:
    async with opened(with_people(tmp_path)) as pilot:
        await press(pilot, "m")
        line = pilot.app.screen.query_one(PathInput)
        line.focus()
        line.show(str(tmp_path / name) if name else "")
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, AudienceDialog)
        assert pilot.app.screen.query_one("#told").display


async def test_an_empty_list_has_no_audience(tmp_path: Path) -> None:
    async with opened(database(tmp_path)) as pilot:
        await press(pilot, "m")
        assert isinstance(pilot.app.screen, ContactsScreen)


def test_numbers_stand_under_each_other_and_nobody_left_out_is_not_told() -> None:
    everybody = numbers_text(Audience(12_345, dict.fromkeys(LeftOut, 0)))
    assert len(everybody.splitlines()) == 1
    some = numbers_text(Audience(1, dict.fromkeys(LeftOut, 1_000)))
    assert len(some.splitlines()) == 2 + len(LeftOut)
    assert "5,000" in some.splitlines()[1]
    assert [channel.value for channel in Channel] == ["email", "texting"]
