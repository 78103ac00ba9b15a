"""The form for the search line and the segments, with the real program on a real database."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from crm_tui.core.fields import FieldType
from crm_tui.i18n import Language, t
from crm_tui.services import fields, segments
from crm_tui.services.workspace import open_workspace
from crm_tui.tui.dialogs.ask import Ask
from crm_tui.tui.dialogs.ask_line import AskLine
from crm_tui.tui.dialogs.search_form import ConditionRow, SearchForm
from crm_tui.tui.screens.contacts import ContactsScreen
from crm_tui.tui.widgets.completion_list import CompletionList
from crm_tui.tui.widgets.turn import Turn
from tests.tui.pilots import drawn, press, settle, type_text, words
from tests.tui.places import (
    ANN,
    MINSU,
    SMALL,
    WIDE,
    add_leads,
    change,
    database,
    lines,
    opened,
    search,
    side,
    status,
    table,
)

LOW = (60, 15)


def tagged(folder: Path) -> str:
    path = database(folder, [MINSU | {"tags": '["vip","등급/골드"]'}, ANN | {"tags": '["vip"]'}])
    workspace = open_workspace(path)
    fields.add_field(workspace, "points", FieldType.NUMBER, "점수 [b]")
    workspace.close()
    change(path, "UPDATE customer SET custom = '{\"points\": 150}' WHERE name = 'Ann'")
    return path


def form(pilot: Pilot[None]) -> SearchForm:
    assert isinstance(pilot.app.screen, SearchForm)
    return pilot.app.screen


# -- the form -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [SMALL, LOW])
async def test_a_search_is_made_in_words_and_counted_while_it_is_made(tmp_path: Path, size: tuple[int, int]) -> None:
    async with opened(tagged(tmp_path), size, language="ko") as pilot:
        await press(pilot, "ㄹ")
        await type_text(pilot, "점수")
        assert "점수 [b]" in drawn(pilot)
        await press(pilot, "tab")  # the only one there is
        assert pilot.app.focused is not None
        assert pilot.app.focused.id == "operator"
        await press(pilot, *["right"] * 5, "tab")
        await type_text(pilot, "100")
        assert form(pilot).line == "points>=100"
        assert "  points>=100 " in drawn(pilot)
        assert "찾은 고객: 1명" in drawn(pilot)
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, ContactsScreen)
        assert (search(pilot).value, table(pilot).total) == ("points>=100", 1)
        assert table(pilot).has_focus


async def test_the_form_reads_the_line_back_and_leaves_what_it_cannot_show(tmp_path: Path) -> None:
    async with opened(tagged(tmp_path)) as pilot:
        search(pilot).show("tag:vip (ann OR kim) points<999")
        await settle(pilot)
        await press(pilot, "ctrl+f")
        rows = list(form(pilot).query(ConditionRow))
        assert [row.name_line.value for row in rows[:3]] == ["Customer tags", "점수 [b]", ""]
        assert [row.value_line.value for row in rows[:3]] == ["vip", "999", ""]
        assert form(pilot).line == "(ann OR kim) tag:vip points<999"
        await press(pilot, "up", "up", "tab", "tab", "backspace", "backspace", "backspace")
        await type_text(pilot, "등")
        assert list(pilot.app.screen.query_one(CompletionList).candidates) == ["등급/골드"]
        await press(pilot, "down", "enter", "enter")
        assert search(pilot).value == "(ann OR kim) tag:등급/골드 points<999"


async def test_any_of_the_conditions_is_enough(tmp_path: Path) -> None:
    async with opened(tagged(tmp_path)) as pilot:
        await press(pilot, "f", "up")
        assert pilot.app.focused is not None
        assert pilot.app.focused.id == "joined"
        await press(pilot, "space", "tab", "tab", "tab")
        await type_text(pilot, "minsu")
        await press(pilot, "down")
        await type_text(pilot, "ann")
        await press(pilot, "enter")
        assert (search(pilot).value, table(pilot).total) == ("minsu OR ann", 2)
        await press(pilot, "f")
        assert "any of these" in drawn(pilot)
        assert form(pilot).line == "minsu OR ann"


async def test_a_field_that_does_not_exist_and_a_wrong_value_are_said_and_not_searched(tmp_path: Path) -> None:
    async with opened(tagged(tmp_path)) as pilot:
        await press(pilot, "f")
        await type_text(pilot, "nonsense")
        assert "no field of this name" in drawn(pilot)
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, SearchForm)
        for _ in "nonsense":
            await press(pilot, "backspace")
        await type_text(pilot, "last se")
        await press(pilot, "tab", "tab")
        await type_text(pilot, "soon")
        assert "It could be: 2026-11-01" in words(pilot)
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, SearchForm)
        await press(pilot, "escape")
        assert (search(pilot).value, table(pilot).total) == ("", 2)


@pytest.mark.parametrize(("language", "said"), [("ko", "2번째 줄: “nonsense”"), ("en", "Line 2: “nonsense”")])
async def test_the_line_with_the_unknown_field_is_named_and_marked(
    tmp_path: Path, language: Language, said: str
) -> None:
    async with opened(tagged(tmp_path), language=language) as pilot:
        await press(pilot, "f", "down")
        await type_text(pilot, "nonsense")
        assert said in words(pilot)
        rows = list(form(pilot).query(ConditionRow))
        assert [row.has_class("-wrong") for row in rows] == [False, True, False, False, False]
        for _ in "nonsense":
            await press(pilot, "backspace")
        assert said not in words(pilot)
        assert not any(row.has_class("-wrong") for row in rows)


@pytest.mark.parametrize(
    ("language", "typed", "operators"),
    [
        ("en", ("a", "A", "m", "z", "l", "ㅑ"), ("<=", ">=", ">", ">", "<", "=")),
        ("ko", ("이", "ㅇ", "초", "v", "미", "right"), ("<=", ">=", ">", ">", "<", "<=")),
    ],
)
async def test_a_letter_goes_to_the_operator_that_begins_with_it(
    tmp_path: Path, language: Language, typed: tuple[str, ...], operators: tuple[str, ...]
) -> None:
    async with opened(tagged(tmp_path), language=language) as pilot:
        await press(pilot, "f")
        await type_text(pilot, "점수")
        await press(pilot, "tab")
        row = form(pilot).query(ConditionRow).first()
        chosen = []
        for key in typed:
            await press(pilot, key)
            chosen.append(row.operator)
        assert tuple(chosen) == operators
        assert row.query_one(Turn).has_focus


async def test_an_operator_without_a_value_takes_none(tmp_path: Path) -> None:
    async with opened(tagged(tmp_path)) as pilot:
        await press(pilot, "f")
        await type_text(pilot, "mobile n")
        await press(pilot, "tab", "left", "left")
        row = form(pilot).query(ConditionRow).first()
        assert row.operator == "has"
        assert row.value_line.disabled
        assert form(pilot).line == "has:mobileNumber"
        await press(pilot, "enter")
        assert table(pilot).total == 1


async def test_escape_closes_the_list_first_and_then_the_form(tmp_path: Path) -> None:
    async with opened(tagged(tmp_path)) as pilot:
        await press(pilot, "f")
        await type_text(pilot, "na")
        assert pilot.app.screen.query_one(CompletionList).display
        await press(pilot, "escape")
        assert not pilot.app.screen.query_one(CompletionList).display
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, ContactsScreen)


# -- segments -----------------------------------------------------------------------------------------------------


def kept(path: str) -> dict[str, str]:
    workspace = open_workspace(path)
    found = {one.name: one.line for one in segments.list_segments(workspace, with_counts=False)}
    workspace.close()
    return found


async def test_a_search_is_saved_as_a_segment_and_picked_with_its_count(tmp_path: Path) -> None:
    path = tagged(tmp_path)
    async with opened(path, WIDE) as pilot:
        search(pilot).show("tag:vip points>1")
        await settle(pilot)
        await press(pilot, "plus")
        assert isinstance(pilot.app.screen, AskLine)
        assert "tag:vip points>1" in drawn(pilot)
        await type_text(pilot, "단골 [b]")
        await press(pilot, "enter")
        assert "Segment saved: 단골 [b]" in status(pilot)
        assert kept(path) == {"단골 [b]": "tag:vip points>1"}
        shown = [" ".join(line.split()) for line in lines(side(pilot))]
        assert shown[4:6] == ["Segments", "단골 [b] 1"]
        pilot.app.screen.set_focus(side(pilot))
        await press(pilot, "home", "down", "down", "down", "enter")
        assert (search(pilot).value, table(pilot).total) == ('segment:"단골 [b]"', 1)


async def test_a_taken_name_is_asked_about(tmp_path: Path) -> None:
    path = tagged(tmp_path)
    async with opened(path) as pilot:
        for line, answers in (("ann", ()), ("kim", ("down", "enter", "escape")), ("zoe", ("enter",))):
            search(pilot).show(line)
            await settle(pilot)
            await press(pilot, "plus")
            await type_text(pilot, "a")
            await press(pilot, "enter")
            if answers:
                assert isinstance(pilot.app.screen, Ask)
            await press(pilot, *answers)
            assert kept(path) == {"a": "zoe" if line == "zoe" else "ann"}


@pytest.mark.parametrize(("line", "said"), [("", "There is no search to save"), ("member:maybe", "cannot be under")])
async def test_what_cannot_be_a_segment_is_said(tmp_path: Path, line: str, said: str) -> None:
    path = tagged(tmp_path)
    async with opened(path) as pilot:
        search(pilot).show(line)
        await settle(pilot)
        await press(pilot, "plus")
        if line:
            await type_text(pilot, "x")
            await press(pilot, "enter")
        assert said in words(pilot)
        assert kept(path) == {}


async def test_segments_are_renamed_and_deleted_on_the_side_list(tmp_path: Path) -> None:
    path = tagged(tmp_path)
    workspace = open_workspace(path)
    segments.save_segment(workspace, "old", "ann")
    segments.save_segment(workspace, "other", "kim")
    workspace.close()
    async with opened(path, WIDE) as pilot:
        pilot.app.screen.set_focus(side(pilot))
        await press(pilot, "e")
        assert "Only a segment" in status(pilot)
        await press(pilot, "down", "down", "down", "ㄷ")
        assert isinstance(pilot.app.screen, AskLine)
        for _ in "old":
            await press(pilot, "backspace")
        await type_text(pilot, "other")
        await press(pilot, "enter")
        assert kept(path) == {"old": "ann", "other": "kim"}
        assert isinstance(pilot.app.screen, AskLine)
        await type_text(pilot, "2")
        await press(pilot, "enter")
        assert kept(path) == {"other2": "ann", "other": "kim"}
        await press(pilot, "delete", "down", "enter")
        assert len(kept(path)) == 2
        current = side(pilot).current
        assert current is not None
        await press(pilot, "D")
        assert isinstance(pilot.app.screen, Ask)
        await press(pilot, "enter")
        assert set(kept(path)) == {"other", "other2"} - {current.label}
        assert table(pilot).total == 2


async def test_a_segment_of_which_another_speaks_is_kept_and_that_one_is_named(tmp_path: Path) -> None:
    path = tagged(tmp_path)
    workspace = open_workspace(path)
    segments.save_segment(workspace, "old", "ann")
    segments.save_segment(workspace, "user", "segment:old OR kim")
    workspace.close()
    async with opened(path, WIDE) as pilot:
        pilot.app.screen.set_focus(side(pilot))
        await press(pilot, "down", "down", "down", "delete")
        assert isinstance(pilot.app.screen, Ask)
        await press(pilot, "enter")
        assert t("errors.segment_used", name="old", others="user") in status(pilot)
        assert set(kept(path)) == {"old", "user"}


async def test_a_segment_whose_line_has_become_wrong_is_marked(tmp_path: Path) -> None:
    path = tagged(tmp_path)
    workspace = open_workspace(path)
    segments.save_segment(workspace, "rich", "points>100")
    fields.archive_field(workspace, "profile.points")
    workspace.close()
    async with opened(path, WIDE) as pilot:
        assert any("rich" in line and "✗" in line for line in lines(side(pilot)))


async def test_a_segment_is_counted_again_when_customers_change(tmp_path: Path) -> None:
    path = tagged(tmp_path)
    workspace = open_workspace(path)
    segments.save_segment(workspace, "annes", "ann")
    workspace.close()
    async with opened(path, WIDE) as pilot:
        assert any(line.split() == ["annes", "1"] for line in lines(side(pilot)))
        add_leads(path, [{"name": "Anna", "email": "anna@example.com"}])
        await press(pilot, "r")
        assert any(line.split() == ["annes", "2"] for line in lines(side(pilot)))
