"""The columns step: mapping, suggestions, the picker, new fields, the preview and the counts (R22)."""

from pathlib import Path

import pytest
from textual.widgets import Input

from crm_tui.core.fields import Field, FieldType
from crm_tui.services.fields import add_field, list_fields
from crm_tui.tui.dialogs.ask import Ask
from crm_tui.tui.dialogs.new_field import NewField
from crm_tui.tui.screens.import_wizard import ImportWizard
from crm_tui.tui.screens.import_wizard.field_picker import FieldPicker, names_of
from crm_tui.tui.screens.import_wizard.new_field import proposed_key, proposed_type
from crm_tui.tui.widgets.column_mapper import ColumnMapper
from crm_tui.tui.widgets.grid import Grid
from tests.tui.pilots import drawn, press, settle, type_text, words
from tests.tui.wizard import (
    LARGE,
    SMALL,
    choose_file,
    draft_of,
    open_wizard,
    running,
    to_columns,
    to_file,
    workspace_of,
    write_csv,
)

ODD = "메모 1,가입일,고객명,전화번호,이메일"
"""Headers in no order: one that is only suggested, one that is not known."""
ODD_ROWS = ("첫째,2025-05-04,김민수,+82 010-2020-3030,kim@example.com", "둘째,2025/05/04,이영희,,lee@example.com")


async def test_r22_the_key_stands_first_and_a_suggestion_is_marked_and_accepted_with_one_key(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", ODD_ROWS, header=ODD)
    async with running(tmp_path, "ko") as pilot:
        await to_columns(pilot, path)
        lines = [line for line in drawn(pilot).splitlines() if " → " in line][1:]
        assert "이메일" in lines[0]
        assert "[기준]" in lines[0]
        assert "고객명" in lines[1]
        assert draft_of(pilot).columns == (None, None, "profile.name", None, "profile.email")
        row = next(place for place, line in enumerate(lines) if "전화번호" in line)
        assert "? " in lines[row]
        await press(pilot, *["down"] * row, "space")
        assert draft_of(pilot).columns[3] == "profile.mobileNumber"
        await press(pilot, "delete")
        assert draft_of(pilot).columns[3] is None


async def test_suggestions_left_open_are_named_and_may_be_accepted_on_the_way(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", ODD_ROWS, header=ODD)
    async with running(tmp_path, "ko") as pilot:
        await to_columns(pilot, path)
        await press(pilot, "ctrl+n")
        assert isinstance(pilot.app.screen, Ask)
        assert "휴대폰 번호" in drawn(pilot)
        await press(pilot, "enter")
        assert draft_of(pilot).step == "settings"
        assert draft_of(pilot).columns[3] == "profile.mobileNumber"
        await press(pilot, "escape", "ctrl+n")
        assert "제안" not in drawn(pilot)


async def test_the_picker_finds_a_field_by_key_label_or_usual_name_in_both_languages(tmp_path: Path) -> None:
    async with running(tmp_path, "en") as pilot:
        await to_columns(pilot, write_csv(tmp_path / "a.csv", ODD_ROWS, header=ODD))
        await press(pilot, "end")
        for typed in ("휴대폰", "mobile", "MOBILE number", "핸드폰", "profile.mobileNumber"):
            await press(pilot, "enter")
            assert isinstance(pilot.app.screen, FieldPicker)
            pilot.app.screen.query_one(Input).value = typed
            await press(pilot, "enter")
            assert "profile.mobileNumber" in draft_of(pilot).columns
            await press(pilot, "delete")
            assert "profile.mobileNumber" not in draft_of(pilot).columns


async def test_r22_a_field_is_used_once_and_taking_it_from_another_column_is_said(tmp_path: Path) -> None:
    async with running(tmp_path, "en") as pilot:
        await to_columns(pilot, write_csv(tmp_path / "a.csv", ODD_ROWS, header=ODD))
        await press(pilot, "end", "enter")
        await type_text(pilot, "name")
        assert "now: 고객명" in drawn(pilot)
        await press(pilot, "enter")
        columns = draft_of(pilot).columns
        assert [key for key in columns if key == "profile.name"] == ["profile.name"]
        assert columns[2] is None
        assert "from the column “고객명”" in drawn(pilot)
        await press(pilot, "enter", "escape")
        assert draft_of(pilot).columns == columns
        await press(pilot, "enter")
        await type_text(pilot, "name")
        await press(pilot, "down", "enter")
        assert "profile.name" not in draft_of(pilot).columns


async def test_r22_a_field_is_created_from_the_search_box_with_a_type_that_fits_the_samples(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", ODD_ROWS[:1], header=ODD)
    async with running(tmp_path, "ko") as pilot:
        await to_columns(pilot, path)
        mapper = pilot.app.screen.query_one(ColumnMapper)
        while mapper.column != 1:
            await press(pilot, "down")
        await press(pilot, "enter")
        await type_text(pilot, "joinedAt")
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, NewField)
        assert pilot.app.screen.query_one("#field-label", Input).value == "가입일"
        await press(pilot, "enter")
        assert draft_of(pilot).columns[1] == "profile.joinedAt"
        assert list_fields(workspace_of(pilot))[-1] == Field("profile.joinedAt", FieldType.DATE, "가입일")
        assert "가입일 (joinedAt)" in drawn(pilot)


async def test_r6_a_key_that_cannot_be_is_explained_and_nothing_is_lost(tmp_path: Path) -> None:
    async with running(tmp_path, "en") as pilot:
        await to_columns(pilot, write_csv(tmp_path / "a.csv", ODD_ROWS, header=ODD))
        add_field(workspace_of(pilot), "grade", FieldType.STRING, "등급")
        await press(pilot, "end", "enter")
        await type_text(pilot, "등급표")
        await press(pilot, "enter")
        key = pilot.app.screen.query_one("#field-key", Input)
        assert (key.value, pilot.app.focused) == ("", key)
        for wrong, words in (("1st", "1st"), ("grade", "already"), ("blocked", "already")):
            key.value = wrong
            await press(pilot, "enter")
            assert words in str(pilot.app.screen.query_one("#field-told").render())
        key.value = "gradeTable"
        await press(pilot, "enter")
        assert "profile.gradeTable" in draft_of(pilot).columns
        assert list_fields(workspace_of(pilot))[-1].label == "등급표"


async def test_the_picker_and_the_new_field_are_left_without_a_trace(tmp_path: Path) -> None:
    async with running(tmp_path, "en") as pilot:
        await to_columns(pilot, write_csv(tmp_path / "a.csv", ODD_ROWS, header=ODD))
        before = draft_of(pilot).mapping
        await press(pilot, "end", "enter", "pagedown", "pagedown", "up", "down", "enter")
        assert isinstance(pilot.app.screen, NewField)
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, FieldPicker)
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, ImportWizard)
        assert draft_of(pilot).mapping == before
        assert len(list_fields(workspace_of(pilot))) == 10


@pytest.mark.parametrize(
    ("header", "key"),
    [("Birth day", "birthDay"), ("생일", ""), ("2nd phone", ""), ("VIP", "vIP"), ("a" * 80, "a" * 64)],
)
def test_a_key_is_proposed_from_the_header(header: str, key: str) -> None:
    assert proposed_key(header) == key


@pytest.mark.parametrize(
    ("samples", "kind"),
    [
        ((), FieldType.STRING),
        (("서울", "부산"), FieldType.STRING),
        (("1", "2.5"), FieldType.NUMBER),
        (("2025-05-04", "2024-01-01"), FieldType.DATE),
        (("2025-05-04T09:00:00Z",), FieldType.DATETIME),
        (("yes", "no"), FieldType.BOOLEAN),
        (("[1,2]",), FieldType.LIST_OF_NUMBER),
        (('["a"]',), FieldType.LIST),
    ],
)
def test_a_type_is_proposed_from_the_samples(samples: tuple[str, ...], kind: FieldType) -> None:
    assert proposed_type(samples) is kind


def test_a_custom_field_is_found_by_its_label() -> None:
    assert "회원등급" in names_of(Field("profile.grade", FieldType.STRING, "회원 등급"))


async def test_r22_the_preview_shows_what_is_stored_and_marks_what_is_wrong_with_its_reason(tmp_path: Path) -> None:
    async with running(tmp_path, "ko", LARGE) as pilot:
        await to_columns(pilot, write_csv(tmp_path / "a.csv"))
        await press(pilot, "tab", "down")
        for size in (LARGE, SMALL):
            await pilot.resize_terminal(*size)
            await settle(pilot)
            assert "✗ broken" in drawn(pilot)
            assert "+821020203030" in drawn(pilot)
            assert "[VIP] 이영희" in drawn(pilot)
            assert "올바른 이메일이 아닙니다" in words(pilot)
        await press(pilot, "up", "right", "right")
        assert "+82 010-2020-3030 → +821020203030 로 저장됩니다" in words(pilot)
        await press(pilot, "down")
        assert "빈 칸입니다" in words(pilot)
        await press(pilot, "end")
        assert "[문자 수신 거부]" in drawn(pilot)


async def test_counts_of_the_whole_file_follow_the_mapping(tmp_path: Path) -> None:
    rows = [f"c{number}@example.com,김,{'x' if number % 10 == 0 else ''},n,n" for number in range(2000)]
    async with running(tmp_path, "en", LARGE) as pilot:
        await to_columns(pilot, write_csv(tmp_path / "a.csv", rows))
        assert "2,000 rows · good 1,800 · fail ✗ 200" in drawn(pilot)
        assert "✗ 200" in next(
            line for line in drawn(pilot).splitlines() if "Mobile number" in line and "휴대폰" in line
        )
        mapper = pilot.app.screen.query_one(ColumnMapper)
        while mapper.column != 2:
            await press(pilot, "down")
        await press(pilot, "delete")
        assert "2,000 rows · good 2,000 · fail 0" in drawn(pilot)


async def test_r22_without_the_key_the_manager_is_told_and_may_stay_or_pick_another_file(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", ["김,n"], header="이름,비고")
    async with running(tmp_path, "ko") as pilot:
        await to_columns(pilot, path)
        assert "기준 필드 이메일 (email)에 이어진 열이 없습니다" in drawn(pilot)
        await press(pilot, "ctrl+n")
        assert isinstance(pilot.app.screen, Ask)
        assert "이대로" not in drawn(pilot)
        await press(pilot, "enter")
        assert draft_of(pilot).step == "columns"
        await press(pilot, "ctrl+n", "down", "enter")
        assert draft_of(pilot).step == "file"
        await choose_file(pilot, write_csv(tmp_path / "b.csv"))
        await press(pilot, "enter")
        assert draft_of(pilot).columns[0] == "profile.email"


async def test_many_failing_rows_are_asked_about_and_the_manager_may_go_on(tmp_path: Path) -> None:
    async with running(tmp_path, "ko") as pilot:
        await to_columns(pilot, write_csv(tmp_path / "a.csv", ["broken,김,,n,n"] * 4))
        await press(pilot, "ctrl+n")
        assert "4행이 모두 실패합니다" in drawn(pilot)
        await press(pilot, "escape")
        assert draft_of(pilot).step == "columns"
        await press(pilot, "ctrl+n", "enter")
        assert draft_of(pilot).step == "settings"


async def test_going_to_another_target_or_file_and_returning_keeps_each_mapping(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", ODD_ROWS, header=ODD)
    async with running(tmp_path) as pilot:
        await to_columns(pilot, path)
        await press(pilot, "asterisk")
        mapped = draft_of(pilot).columns
        await press(pilot, "escape", "escape", "up", "enter", "enter")
        assert draft_of(pilot).key_field == "memberId"
        assert draft_of(pilot).columns[3] is None
        await press(pilot, "escape", "escape", "down", "enter", "enter")
        assert draft_of(pilot).columns == mapped


async def test_a_thousand_columns_and_a_cell_of_megabytes_are_shown_in_part(tmp_path: Path) -> None:
    header = ",".join(["email", "name", *(f"column {number}" for number in range(2, 1000))])
    rows = [",".join(["a@example.com", "가" * 3_000_000, *["x"] * 998]), "b@example.com"]
    path = write_csv(tmp_path / "wide.csv", rows, header=header, encoding="utf-8")
    async with running(tmp_path) as pilot:
        await to_columns(pilot, path)
        mapper, grid = pilot.app.screen.query_one(ColumnMapper), pilot.app.screen.query_one(Grid)
        assert mapper.total == 1000
        await press(pilot, "end")
        assert grid.column == 999
        assert "[(column 999)]" in drawn(pilot)
        await press(pilot, "tab", "home", "right", "down")
        text = drawn(pilot)
        assert "[Name]" in text
        assert all(len(line) <= 80 for line in text.splitlines())
        await press(pilot, "up")
        assert "512" in drawn(pilot)  # the limit that the cell passes, not the cell itself


async def test_members_may_map_the_member_id_and_leads_may_not(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", ["1,a@example.com"], header="회원번호,이메일")
    async with running(tmp_path) as pilot:
        await to_columns(pilot, path)
        assert draft_of(pilot).columns == (None, "profile.email")
        await press(pilot, "end", "enter")
        assert "memberId" not in drawn(pilot)
        await press(pilot, "escape", "escape", "escape", "up", "enter", "enter")
        assert draft_of(pilot).columns == ("memberId", "profile.email")


async def test_ragged_rows_and_a_header_without_names_are_shown(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", ["a@example.com,x,y,z", "b@example.com,x,y"], header="이메일,,")
    async with running(tmp_path, "ko") as pilot:
        await to_file(pilot)
        await choose_file(pilot, path)
        await press(pilot, "enter")
        assert "(이름 없음 2)" in drawn(pilot)
        await press(pilot, "tab")
        assert "칸이 4개입니다" in drawn(pilot)


async def test_an_empty_file_of_rows_can_be_mapped(tmp_path: Path) -> None:
    async with running(tmp_path, "en") as pilot:
        await open_wizard(pilot)
        await press(pilot, "enter")
        await choose_file(pilot, write_csv(tmp_path / "a.csv", []))
        await press(pilot, "enter", "tab", "down", "right", "pagedown", "end")
        assert "0 rows" in drawn(pilot)
