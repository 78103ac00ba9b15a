"""Columns, order, marks and copying in the contact list, with the real program on a real database."""

from pathlib import Path

import pytest
from textual.pilot import Pilot

from crm_tui.core.fields import BUILT_IN_FIELDS, FieldType
from crm_tui.services import fields, preferences
from crm_tui.services.workspace import open_workspace
from crm_tui.tui.desk import Chosen, Desk
from crm_tui.tui.dialogs.columns import ColumnsDialog
from crm_tui.tui.widgets.columns import MAX_WIDTH, MIN_WIDTH, PREFERENCE, Column
from crm_tui.tui.widgets.customer_table import MAX_PAGES
from tests.tui.pilots import drawn, press, settle, type_text
from tests.tui.places import (
    ANN,
    FORBIDDEN,
    MINSU,
    SMALL,
    WIDEST,
    app_of,
    change,
    database,
    fill,
    lines,
    opened,
    search,
    side,
    status,
    table,
)

LOW = (60, 15)


def header(pilot: Pilot[None]) -> str:
    return lines(table(pilot))[0]


def column_keys(pilot: Pilot[None]) -> list[str]:
    return [one.field.key for one in table(pilot).columns]


# -- columns ------------------------------------------------------------------------------------------------------


async def test_columns_are_chosen_ordered_and_made_wider_and_stay_for_this_manager(tmp_path: Path) -> None:
    path = database(tmp_path, [MINSU | {"tags": '["vip"]'}, ANN])
    async with opened(path) as pilot:
        await press(pilot, "w")
        assert isinstance(pilot.app.screen, ColumnsDialog)
        # the e-mail goes before the name and gets wider; the mobile number is left out; the tags come in
        await press(pilot, "down", "left_square_bracket", "right", "right", "down", "down", "space")
        while "Customer tags" not in next(line for line in drawn(pilot).splitlines() if "> [" in line):
            await press(pilot, "down")
        await press(pilot, "space", "enter")
        assert column_keys(pilot) == ["profile.email", "profile.name", "memberId", "lastSeenAt", "tags"]
        assert header(pilot).split()[0] == "E-mail"
        await press(pilot, "end", "right", "right", "right", "right")
        assert "[Customer tags]" in header(pilot)
        assert "vip" in drawn(pilot)
    async with opened(path) as pilot:
        assert column_keys(pilot)[0] == "profile.email"
    change(path, "INSERT INTO manager (name, role_id, added_at) VALUES ('somebody else', 1, 0)")
    workspace = open_workspace(path, manager="somebody else")
    assert preferences.read_preference(workspace, PREFERENCE) is None
    workspace.close()


async def test_the_order_is_kept_too(tmp_path: Path) -> None:
    path = database(tmp_path, [MINSU, ANN])
    async with opened(path) as pilot:
        await press(pilot, "o", "o")
        assert (table(pilot).view.sort, table(pilot).view.is_descending) == ("profile.name", True)
    async with opened(path) as pilot:
        assert (table(pilot).view.sort, table(pilot).view.is_descending) == ("profile.name", True)


async def test_r_goes_back_to_the_columns_that_fit_and_esc_changes_nothing(tmp_path: Path) -> None:
    path = database(tmp_path, [MINSU])
    async with opened(path) as pilot:
        before = column_keys(pilot)
        await press(pilot, "ctrl+w", "space", "escape")
        assert column_keys(pilot) == before
        await press(pilot, "w", "space", "enter")
        assert column_keys(pilot) == before[1:]
        await press(pilot, "ㅈ", "r")
        assert isinstance(pilot.app.screen, ColumnsDialog)
        await press(pilot, "escape")
        assert column_keys(pilot) == before[1:]
        await press(pilot, "w", "ctrl+r", "enter")
        assert column_keys(pilot) == before
        assert table(pilot).chosen is None


async def test_the_last_column_cannot_be_hidden_and_widths_have_bounds(tmp_path: Path) -> None:
    async with opened(database(tmp_path, [MINSU])) as pilot:
        await press(pilot, "w", *["space", "down"] * 4, "space", *["left"] * 40, "enter")
        assert [one.width for one in table(pilot).columns] == [MIN_WIDTH]
        await press(pilot, "w", *["right"] * 40, "enter")
        assert [one.width for one in table(pilot).columns] == [MAX_WIDTH]


async def test_r6_an_archived_field_is_no_column_any_more_and_comes_back_when_restored(tmp_path: Path) -> None:
    path = database(tmp_path, [MINSU])
    workspace = open_workspace(path)
    fields.add_field(workspace, "grade", FieldType.NUMBER, "[b]등급")
    change(path, "UPDATE customer SET custom = '{\"grade\": 7}'")
    kept = {"columns": [["profile.grade", 12], ["profile.name", 10]], "sort": "profile.grade", "descending": True}
    preferences.write_preference(workspace, PREFERENCE, kept)
    async with opened(path) as pilot:
        assert "[[b]등급↓]" in header(pilot)
        assert lines(table(pilot))[1].startswith(f"> {'7':>12} 김민수")  # numbers stand at the right
        assert "[b]등급 ↓" in status(pilot)
    fields.archive_field(workspace, "profile.grade")
    async with opened(path) as pilot:
        assert column_keys(pilot) == ["profile.name"]
        assert table(pilot).view.sort == "lastSeenAt"
        assert "김민수" in drawn(pilot)
    fields.restore_field(workspace, "profile.grade")
    workspace.close()
    async with opened(path) as pilot:
        assert column_keys(pilot) == ["profile.grade", "profile.name"]


async def test_in_ascii_the_arrow_of_the_order_is_no_letter_of_the_columns_name(tmp_path: Path) -> None:
    async with opened(database(tmp_path, [MINSU]), ascii_only=True) as pilot:
        assert header(pilot).split()[-3:] == ["Last", "seen", "v"]
        await press(pilot, "o")
        assert header(pilot).startswith("  [Name ^]")


async def test_of_orders_chosen_while_the_database_is_busy_the_last_one_is_kept(tmp_path: Path) -> None:
    path = database(tmp_path, [MINSU, ANN])
    other = open_workspace(path)
    async with opened(path) as pilot:
        with other.transaction(None):
            # Each waits in a thread of its own, and SQLite looks more seldom for those who have waited longer.
            await pilot.press("o", *("right", "left") * 8, "o", "right", "o")
            wanted = table(pilot).view
        await settle(pilot)
    kept = preferences.read_preference(other, PREFERENCE)
    other.close()
    assert kept is not None
    assert (kept["sort"], kept["descending"]) == (wanted.sort, wanted.is_descending) == ("profile.email", False)


@pytest.mark.parametrize(
    "kept", [7, [], {"columns": "x", "sort": 3}, {"columns": [["profile.gone", 9], [1, 2], ["id", True]]}, None]
)
async def test_a_preference_that_makes_no_sense_is_none(tmp_path: Path, kept: object) -> None:
    path = database(tmp_path, [MINSU])
    workspace = open_workspace(path)
    preferences.write_preference(workspace, PREFERENCE, kept)
    workspace.close()
    async with opened(path) as pilot:
        assert column_keys(pilot)[:2] == ["profile.name", "profile.email"]
        assert "김민수" in drawn(pilot)


async def test_columns_that_do_not_fit_are_scrolled_and_the_first_stays_in_sight(tmp_path: Path) -> None:
    path = database(tmp_path, [MINSU, ANN])
    workspace = open_workspace(path)
    names = ("profile.name", "profile.email", "profile.mobileNumber", "memberId", "createdAt", "lastSeenAt", "id")
    preferences.write_preference(workspace, PREFERENCE, {"columns": [[name, 20] for name in names]})
    workspace.close()
    async with opened(path, LOW) as pilot:
        assert header(pilot).rstrip().endswith("›")
        for _ in names[1:]:
            await press(pilot, "right")
            assert f"[{'No.' if table(pilot).column == 6 else ''}" in header(pilot)
            assert "Name" in header(pilot)
            assert {strip.cell_length for strip in map(table(pilot).render_line, range(3))} == {60}
        assert "‹" in header(pilot)
        assert "김민수" in drawn(pilot)
        await press(pilot, "right", *["left"] * 9)
        assert header(pilot).startswith("  [Name]")
        assert "‹" not in header(pilot)
        await pilot.resize_terminal(230, 40)
        await settle(pilot)
        assert "No." in header(pilot)


# -- marks --------------------------------------------------------------------------------------------------------


async def test_space_marks_and_goes_down_and_a_second_time_takes_the_mark_away(tmp_path: Path) -> None:
    path = database(tmp_path)
    fill(path, 5)
    async with opened(path) as pilot:
        await press(pilot, "space", "space")
        assert [line[:2] for line in lines(table(pilot))[1:6]] == [" *", " *", "> ", "  ", "  "]
        assert "2 marked" in status(pilot)
        await press(pilot, "up", "space")
        assert "1 marked" in status(pilot)
        await press(pilot, "home", "space")
        assert "marked" not in status(pilot)


async def test_a_marks_all_that_the_search_finds_but_those_taken_away(tmp_path: Path) -> None:
    path = database(tmp_path)
    fill(path, 1500)
    async with opened(path, language="ko") as pilot:
        await press(pilot, "ㅁ")
        assert "표시 1,500명" in status(pilot)
        await press(pilot, "end", "space", "home", "space")
        assert "표시 1,498명" in status(pilot)
        assert lines(table(pilot))[1].startswith("  ")
        await press(pilot, "a")
        assert table(pilot).marked_count == 1500
        await press(pilot, "ctrl+a")
        assert table(pilot).marked_count == 0


async def test_marks_survive_scrolling_sorting_and_reading_again(tmp_path: Path) -> None:
    path = database(tmp_path)
    fill(path, 1200)
    async with opened(path) as pilot:
        await press(pilot, "space", "end", "space", *["pageup"] * 30, "space")
        assert len(table(pilot)._pages) <= MAX_PAGES
        marked = table(pilot).marks.ids
        assert len(marked) == 3
        await press(pilot, "o", "r", "home")
        assert table(pilot).marks.ids == marked
        await press(pilot, "o")
        assert "3 marked" in status(pilot)


async def test_marks_belong_to_their_search_and_come_back_with_it(tmp_path: Path) -> None:
    async with opened(database(tmp_path, [MINSU, ANN])) as pilot:
        await press(pilot, "space", "slash")
        await type_text(pilot, "an")
        assert "The 1 marks belong" in status(pilot)
        assert table(pilot).marked_count == 0
        assert "*" not in lines(table(pilot))[1]
        await press(pilot, "backspace", "backspace")
        assert "1 marked" in status(pilot)
        await type_text(pilot, "ann")
        await press(pilot, "enter", "space", "slash", "escape")
        assert table(pilot).marked_count == 0


async def test_marks_of_customers_who_are_gone_are_dropped(tmp_path: Path) -> None:
    path = database(tmp_path)
    fill(path, 6)
    async with opened(path) as pilot:
        await press(pilot, "space", "space", "space")
        change(path, "UPDATE customer SET blocked_at = 1 WHERE id = 6")
        change(path, "DELETE FROM customer WHERE id = 5")
        await press(pilot, "r")
        assert table(pilot).marks.ids == {4}
        assert "1 marked" in status(pilot)


async def test_mark_all_of_nothing_marks_nothing(tmp_path: Path) -> None:
    async with opened(database(tmp_path)) as pilot:
        await press(pilot, "a", "space")
        assert table(pilot).marked_count == 0


# -- doing --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "name"),
    [
        (("t", "ㅅ", "ctrl+t"), "tag"),
        (("c", "ㅊ", "ctrl+o"), "consent"),
        (("x", "ㅌ", "ctrl+x"), "block"),
        (("D", "delete"), "delete"),
        (("s", "ㄴ", "ctrl+s"), "export"),
    ],
)
async def test_what_is_done_is_done_to_the_marks_else_to_the_one_under_the_cursor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keys: tuple[str, ...], name: str
) -> None:
    asked: list[Chosen] = []
    monkeypatch.setattr(Desk, name, lambda self, chosen, *rest: asked.append(chosen))
    path = database(tmp_path)
    fill(path, 20)
    async with opened(path) as pilot:
        for key in keys:
            await press(pilot, key)
        current = table(pilot).current
        assert current is not None
        one = asked[-1]
        if name == "export":
            assert (one.selection.query, one.count) == ("", 20)
        else:
            assert (one.selection.ids, one.count) == ({current.id}, 1)
            assert "c20@example.com" in one.who
        assert len(asked) == len(keys)
        await press(pilot, "space", "space", keys[0])
        assert (asked[-1].selection.ids, asked[-1].count) == ({20, 19}, 2)
        await press(pilot, "a", "a", "a", "space", keys[0])
        last = asked[-1]
        assert (last.selection.query, last.selection.without, last.count) == ("", {18}, 19)


async def test_without_customers_nothing_of_that_is_offered(tmp_path: Path) -> None:
    async with opened(database(tmp_path)) as pilot:
        for key in ("t", "c", "x", "D", "e", "y", "Y", "enter"):
            await press(pilot, key)
            assert pilot.app.screen is not None
            assert "Welcome" in drawn(pilot)


# -- copying ------------------------------------------------------------------------------------------------------


async def test_y_copies_the_cell_under_the_column_cursor(tmp_path: Path) -> None:
    async with opened(database(tmp_path, [MINSU])) as pilot:
        for keys, text in (
            ("y", "김민수"),
            ("right ㅛ", "minsu@example.com"),
            ("right ctrl+c", "+821011112222"),
            ("left ctrl+k", "minsu@example.com"),
        ):
            await press(pilot, *keys.split())
            assert pilot.app.clipboard == text
            assert status(pilot) == f"Copied: {text}"
        await press(pilot, "right", "right", "y")
        assert status(pilot) == "There is nothing to copy."
        assert pilot.app.clipboard == "minsu@example.com"


async def test_the_marked_rows_are_copied_as_a_spreadsheet_takes_them(tmp_path: Path) -> None:
    path = database(tmp_path, [MINSU, ANN, {"email": "zoe@example.com"}])
    change(path, "UPDATE customer SET name = ? WHERE name = 'Ann'", "=1+1\tAnn\nx")
    async with opened(path) as pilot:
        await press(pilot, "o", "home", "Y")
        assert len(pilot.app.clipboard.splitlines()) == 1
        await press(pilot, "space", "space", "ctrl+y")
        rows = [row.split("\t") for row in pilot.app.clipboard.split("\n")]
        assert [row[:3] for row in rows] == [
            ["'=1+1 Ann x", "ann@example.com", ""],
            ["김민수", "minsu@example.com", "+821011112222"],
        ]
        assert status(pilot) == "Copied rows: 2. Paste them into a spreadsheet."


async def test_more_rows_than_a_clipboard_takes_are_not_copied(tmp_path: Path) -> None:
    path = database(tmp_path)
    fill(path, 1001)
    async with opened(path) as pilot:
        await press(pilot, "a", "ctrl+y")
        assert status(pilot) == "At most 1,000 rows go to the clipboard. Export them to a file instead: s"
        assert pilot.app.clipboard == ""
        await press(pilot, "space", "ctrl+y")
        assert len(pilot.app.clipboard.splitlines()) == 1000


async def test_rows_of_more_bytes_than_a_clipboard_takes_are_not_copied_and_the_reason_is_their_length(
    tmp_path: Path,
) -> None:
    path = database(tmp_path)
    fill(path, 51)
    change(path, "UPDATE customer SET name = printf('%.*c', 500, 'x')")
    change(path, "UPDATE customer SET name = replace(name, 'x', '가')")
    async with opened(path) as pilot:
        await press(pilot, "a", "space", "ctrl+y")
        assert status(pilot) == "Too much for the clipboard (about 75 kB). Export it to a file instead: s"
        assert pilot.app.clipboard == ""
        await press(pilot, "space", "space", "ctrl+y")
        assert status(pilot) == "Copied rows: 48. Paste them into a spreadsheet."
        assert 70_000 < len(pilot.app.clipboard.encode()) <= 75_000


async def test_what_is_copied_are_the_rows_marked_and_the_columns_shown_when_the_key_was_pressed(
    tmp_path: Path,
) -> None:
    path = database(tmp_path, [MINSU, ANN])
    async with opened(path) as pilot:
        await press(pilot, "a")
        app_of(pilot).screen.action_copy_rows()  # type: ignore[attr-defined]
        table(pilot).unmark()
        table(pilot).set_columns((Column("profile.email", 20),), BUILT_IN_FIELDS)
        await settle(pilot)
        assert sorted(row.split("\t")[0] for row in pilot.app.clipboard.split("\n")) == ["Ann", "김민수"]


async def test_hostile_labels_and_values_reach_no_terminal(tmp_path: Path) -> None:
    path = database(tmp_path, [MINSU])
    workspace = open_workspace(path)
    fields.add_field(workspace, "note", FieldType.STRING, "x")
    change(path, "UPDATE field SET label = ?", "\x1b]0;own\x07[/b]\u202e")
    change(path, "UPDATE customer SET custom = json_object('note', ?)", "\x1b[31m\u200b[VIP]")
    kept = {"columns": [["profile.note", 30]], "sort": "profile.note", "descending": False}
    preferences.write_preference(workspace, PREFERENCE, kept)
    workspace.close()
    for size in (SMALL, WIDEST):
        async with opened(path, size) as pilot:
            seen = drawn(pilot)
            await press(pilot, "w")
            seen += drawn(pilot)
            await press(pilot, "escape", "f")
            await type_text(pilot, "own")
            seen += drawn(pilot)
            await press(pilot, "escape", "escape", "y")
            seen += drawn(pilot)
            assert not FORBIDDEN & set(seen)
            assert "[VIP]" in seen


# -- the rest of the screen ---------------------------------------------------------------------------------------


async def test_v_opens_the_dashboard(tmp_path: Path) -> None:
    async with opened(database(tmp_path, [MINSU])) as pilot:
        for key in ("v", "f12", "ㅍ"):
            await press(pilot, key)
            assert type(pilot.app.screen).__name__ == "DashboardScreen"
            await press(pilot, "escape")


async def test_a_search_that_is_overtaken_is_stopped(tmp_path: Path) -> None:
    path = database(tmp_path)
    fill(path, 50)
    async with opened(path) as pilot:
        first = table(pilot)._asked
        search(pilot).show("c1@")
        await settle(pilot)
        assert first.stop.is_set()
        assert not table(pilot)._asked.stop.is_set()
        assert table(pilot).total == 1
        assert side(pilot).total
        assert app_of(pilot).workspace is not None
