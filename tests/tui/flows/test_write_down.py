"""Writing down a message or a call, on a real database (R44, R47)."""

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from crm_tui.core.problems import Code, Problem
from crm_tui.core.talk import MAX_CALL_SECONDS, Direction, EntryKind
from crm_tui.core.unification import Occasion
from crm_tui.i18n import Language, describe, set_language, t
from crm_tui.services import conversations, unifying
from crm_tui.services.conversations import Entry
from crm_tui.services.workspace import open_workspace
from crm_tui.tui.dialogs.write_down import WriteDownDialog, parse_length
from crm_tui.tui.widgets.choices import Choices
from crm_tui.tui.widgets.timeline_text import entry_sentence
from storage import customers as stored_customers
from tests.tui.pilots import drawn, press, settle, type_text, words
from tests.tui.places import ANN, MINSU, SMALL, WIDEST, app_of, change, database, opened
from tests.tui.profiles import chosen, profile, told

BLOCK = "UPDATE customer SET blocked_at = 1, blocked_by = 'jin' WHERE id = 1"


@pytest.fixture
def path(tmp_path: Path) -> str:
    return database(tmp_path, (MINSU, ANN))


def timeline(path: str) -> tuple[Entry, ...]:
    workspace = open_workspace(path)
    found = conversations.timeline(workspace, 1)
    workspace.close()
    return found


def warning(pilot: Pilot[None]) -> str:
    found = pilot.app.screen.query_one("#told", Static)
    return str(found.content) if found.display else ""


async def ask(pilot: Pilot[None]) -> None:
    app_of(pilot).desk.write_down(chosen(1, who="김민수"))
    await settle(pilot)
    assert isinstance(pilot.app.screen, WriteDownDialog)


async def test_a_message_is_written_down(path: str) -> None:
    async with opened(path) as pilot:
        await ask(pilot)
        assert "김민수" in drawn(pilot)
        await press(pilot, "enter")
        await type_text(pilot, "Hello there")
        await press(pilot, "ctrl+j")
        await type_text(pilot, "again")
        await press(pilot, "enter")
        assert told(pilot) == "김민수: written down."
        (entry,) = timeline(path)
        assert (entry.kind, entry.direction, entry.author) == (EntryKind.MESSAGE, Direction.IN, "김민수")
        assert entry.text == "Hello there\nagain"


async def test_a_call_is_written_down_with_its_length(path: str) -> None:
    async with opened(path) as pilot:
        await ask(pilot)
        assert not pilot.app.screen.query_one("#length").visible
        await press(pilot, "down", "down", "down", "enter", "tab")
        await type_text(pilot, "1:30")
        await press(pilot, "enter")
        (entry,) = timeline(path)
        assert (entry.kind, entry.direction, entry.seconds, entry.text) == (EntryKind.CALL, Direction.OUT, 90, None)


async def test_a_missed_call_has_no_length(path: str) -> None:
    async with opened(path) as pilot:
        await ask(pilot)
        await press(pilot, "down", "down", "enter", "tab")
        await type_text(pilot, "45")
        await press(pilot, "shift+tab", "shift+tab", "end")
        assert not pilot.app.screen.query_one("#length").visible
        await press(pilot, "enter", "enter")
        (entry,) = timeline(path)
        assert (entry.direction, entry.seconds) == (Direction.MISSED, None)


async def test_what_cannot_be_written_down_stays_and_says_why(path: str) -> None:
    async with opened(path) as pilot:
        await ask(pilot)
        await press(pilot, "enter", "enter")
        assert warning(pilot) == describe(Problem(Code.TEXT_MISSING, "text"))
        await type_text(pilot, "called back")
        await press(pilot, "shift+tab", "down", "down", "enter", "tab")
        await type_text(pilot, "1:75")
        await press(pilot, "enter")
        assert warning(pilot) == describe(Problem(Code.SECONDS_INVALID, "seconds", {"limit": MAX_CALL_SECONDS}))
        assert timeline(path) == ()
        await press(pilot, "escape")
        assert not isinstance(pilot.app.screen, WriteDownDialog)
        assert timeline(path) == ()


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize(
    ("steps", "code"), [(0, "blocked_message_in"), (1, "blocked_message_out"), (3, "blocked_call_out")]
)
async def test_r47_of_a_blocked_customer_it_says_why_and_keeps_what_was_typed(
    path: str, language: Language, steps: int, code: str
) -> None:
    change(path, BLOCK)
    async with opened(path, language=language) as pilot:
        await ask(pilot)
        await press(pilot, *["down"] * steps, "enter")
        await type_text(pilot, "hello")
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, WriteDownDialog)
        assert warning(pilot) == t(f"talk.{code}")
        assert pilot.app.screen.query_one("#text").value == "hello"  # type: ignore[attr-defined]
        assert timeline(path) == ()


async def test_r47_a_call_from_a_blocked_customer_becomes_missed_and_that_is_said(path: str) -> None:
    change(path, BLOCK)
    async with opened(path) as pilot:
        await ask(pilot)
        await press(pilot, "down", "down", "enter", "enter")
        assert told(pilot) == t("talk.became_missed", who="김민수")
        assert [one.direction for one in timeline(path)] == [Direction.MISSED]


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("size", [(60, 15), SMALL])
async def test_all_of_the_dialog_is_in_sight(path: str, language: Language, size: tuple[int, int]) -> None:
    set_language(language)
    async with opened(path, size, language) as pilot:
        await ask(pilot)
        await press(pilot, "down", "down")
        said = words(pilot)
        for name in ("message_in", "message_out", "call_in", "call_out", "call_missed", "write_title"):
            assert t(f"talk.{name}") in said
        assert t("desk.leave") in said


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", None),
        ("  ", None),
        ("0", 0),
        (" 90 ", 90),
        ("1:30", 90),
        ("0:05", 5),
        ("1440:00", 86400),
        ("86400", 86400),
        ("1440:01", Code.SECONDS_INVALID),
        ("86401", Code.SECONDS_INVALID),
        ("1:60", Code.SECONDS_INVALID),
        ("-1", Code.SECONDS_INVALID),
        ("1.5", Code.SECONDS_INVALID),
        ("１", Code.SECONDS_INVALID),
        (":30", Code.SECONDS_INVALID),
        ("9" * 400, Code.SECONDS_INVALID),
    ],
)
def test_a_length_is_read_as_seconds_or_minutes_and_seconds(text: str, length: object) -> None:
    found = parse_length(text)
    assert (found.code if isinstance(found, Problem) else found) == length


def entry(kind: EntryKind, direction: Direction | None = None, **values: object) -> Entry:
    known = {"author": None, "text": None, "seconds": None, "manager": None}
    return Entry(id=1, thread=1, at=0, kind=kind, direction=direction, **{**known, **values})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (entry(EntryKind.MESSAGE, Direction.IN, author="Ann", text="hi"), "Message received · Ann: hi"),
        (entry(EntryKind.MESSAGE, Direction.IN, text="hi"), "Message received · customer: hi"),
        (entry(EntryKind.MESSAGE, Direction.OUT, author="kim", text="hi"), "Message sent · kim: hi"),
        (entry(EntryKind.CALL, Direction.OUT, author="kim", seconds=3725), "Call made 62:05 · kim"),
        (entry(EntryKind.CALL, Direction.IN, author="Ann", seconds=0, text="x"), "Call received 0:00 · Ann: x"),
        (entry(EntryKind.CALL, Direction.MISSED), "Missed call · customer"),
        (entry(EntryKind.VISIT), "Visit"),
        (entry(EntryKind.LOGIN), "Visit, logged in"),
        (entry(EntryKind.FORM, text="a@example.com"), "Answer to a form: a@example.com"),
    ],
)
def test_an_entry_is_a_sentence(one: Entry, said: str) -> None:
    set_language("en")
    assert entry_sentence(one) == said


@pytest.mark.parametrize("size", [SMALL, WIDEST])
async def test_what_is_written_down_on_the_profile_stands_there_at_once(path: str, size: tuple[int, int]) -> None:
    async with profile(path, size=size) as pilot:
        await press(pilot, "n", "down", "enter")
        await type_text(pilot, "we called")
        await press(pilot, "enter")
        assert [one.text for one in timeline(path)] == ["we called"]
        if size == SMALL:
            await press(pilot, "end")
        assert "we called" in words(pilot)
        assert t("talk.message_out") in words(pilot)


@pytest.mark.parametrize("size", [(60, 15), SMALL, WIDEST])
async def test_a_message_longer_than_the_window_is_read_whole_on_the_profile(path: str, size: tuple[int, int]) -> None:
    parts = [f"<{number}>" for number in range(600)]
    workspace = open_workspace(path)
    written = conversations.write_message(workspace, 1, Direction.IN, " ".join(parts))
    assert isinstance(written, conversations.Written)
    workspace.close()
    seen: set[str] = set()
    async with profile(path, size=size) as pilot:
        if size == WIDEST:
            await press(pilot, "tab")
        for _ in range(120):
            seen |= set(words(pilot).split()) & set(parts)
            if len(seen) == len(parts):
                break
            await pilot.press("down")
            await pilot.pause()
    assert [part for part in parts if part not in seen] == []


async def test_r44_on_the_member_the_messages_of_the_lead_keep_the_name_of_then(path: str) -> None:
    workspace = open_workspace(path)
    conversations.write_message(workspace, 1, Direction.IN, "before")
    with workspace.transaction(None, changes_customers=True) as connection:
        columns = {"member_id": "M1", "email": MINSU["email"], "email_key": MINSU["email"], "email_verified": True}
        stored_customers.update(connection, 2, columns)
        assert unifying.settle(connection, workspace, [2], Occasion.EDIT).unified == 1
    workspace.close()
    async with profile(path, 2, size=WIDEST) as pilot:
        assert f"{t('talk.message_in')} · 김민수: before" in words(pilot)


@pytest.mark.parametrize("language", ["ko", "en"])
async def test_r47_the_dialog_of_a_blocked_customer_says_so_and_offers_only_what_can_be_written(
    path: str, language: Language
) -> None:
    change(path, BLOCK)
    async with profile(path, language=language) as pilot:
        await press(pilot, "n")
        assert str(pilot.app.screen.query_one("#what", Static).content) == t("talk.blocked_what")
        assert t("talk.call_missed") in words(pilot)
        assert pilot.app.screen.query_one(Choices).total == 1
        await press(pilot, "enter", "enter")
        assert [one.direction for one in timeline(path)] == [Direction.MISSED]
