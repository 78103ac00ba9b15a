"""Segments: search lines with names; and what one manager likes to see."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from crm_tui.core.fields import FieldType
from crm_tui.core.problems import Code, Problem
from crm_tui.services import contact_list, fields, segments, value_list
from crm_tui.services.errors import CrmError, NotFound, UsageError
from crm_tui.services.preferences import read_preference, write_preference
from crm_tui.services.segments import Segment
from crm_tui.services.workspace import Workspace
from storage import search
from storage.dialects import sqlite
from tests.services.kit import as_manager, sql
from tests.services.people import add


@pytest.fixture(autouse=True)
def people(workspace: Workspace) -> None:
    add(workspace, email="kim@example.com", name="Kim", tags='["VIP"]')
    add(workspace, email="lee@example.com", name="Lee")


def save(workspace: Workspace, name: str, line: str, **options: bool) -> Segment:
    saved = segments.save_segment(workspace, name, line, **options)
    assert isinstance(saved, Segment), saved
    return saved


def test_a_segment_keeps_conditions_and_not_people(workspace: Workspace) -> None:
    assert save(workspace, "  Good   people ", " tag:vip ") == Segment("Good people", "tag:vip", 1)
    add(workspace, email="park@example.com", tags='["vip"]')
    assert segments.list_segments(workspace) == (Segment("Good people", "tag:vip", 2),)
    assert segments.list_segments(workspace, with_counts=False) == (Segment("Good people", "tag:vip", None),)


def test_segments_stand_in_the_order_of_their_names_and_are_found_whatever_the_case(workspace: Workspace) -> None:
    for name in ("b", "A", "다", "가"):
        save(workspace, name, "kim")
    assert [one.name for one in segments.list_segments(workspace)] == ["A", "b", "가", "다"]
    assert contact_list.count(workspace, "segment:B segment:a").total == 1


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", Code.SEGMENT_NAME_MISSING),
        (" \u3164 ", Code.SEGMENT_NAME_MISSING),
        ("x" * 65, Code.SEGMENT_NAME_TOO_LONG),
        ("a\x1bb", Code.CONTROL_CHARACTER),
        ("GOOD", Code.SEGMENT_TAKEN),
    ],
)
def test_a_name_that_cannot_be_is_a_problem(workspace: Workspace, name: str, code: Code) -> None:
    save(workspace, "Good", "kim")
    save(workspace, "Other", "lee")
    for answer in (
        segments.save_segment(workspace, name, "kim"),
        segments.rename_segment(workspace, "other", name),
    ):
        assert isinstance(answer, Problem)
        assert answer.code is code
    assert [one.line for one in segments.list_segments(workspace)] == ["kim", "lee"]


def test_a_name_of_64_characters_is_kept(workspace: Workspace) -> None:
    assert save(workspace, "가" * 64, "kim").name == "가" * 64


@pytest.mark.parametrize("line", ["(kim", "nothing>=5", "segment:nobody", "segment:Self", "x OR segment:self"])
def test_a_line_that_cannot_be_understood_is_not_kept(workspace: Workspace, line: str) -> None:
    with pytest.raises(UsageError) as refused:
        segments.save_segment(workspace, "Self", line)
    assert refused.value.code == "query_wrong"
    assert segments.list_segments(workspace) == ()


def test_segments_in_segments_may_not_come_back_to_themselves(workspace: Workspace) -> None:
    save(workspace, "a", "kim")
    save(workspace, "b", "segment:a OR lee")
    assert contact_list.count(workspace, "segment:b").total == 2
    with pytest.raises(UsageError):
        segments.save_segment(workspace, "a", "segment:b", replace=True)
    assert contact_list.count(workspace, "segment:b").total == 2


def test_a_line_is_replaced_only_where_that_is_asked(workspace: Workspace) -> None:
    save(workspace, "Good", "kim")
    assert save(workspace, "GOOD", "lee", replace=True) == Segment("GOOD", "lee", 1)
    assert [one.line for one in segments.list_segments(workspace)] == ["lee"]


def test_a_segment_is_renamed_and_deleted_and_its_customers_stay(workspace: Workspace) -> None:
    save(workspace, "Good", "kim")
    assert segments.rename_segment(workspace, "good", "GOOD") == Segment("GOOD", "kim", 1)
    assert segments.rename_segment(workspace, "Good", 'say "hi"') == Segment('say "hi"', "kim", 1)
    assert contact_list.count(workspace, 'segment:"say ""hi"""').total == 1
    segments.delete_segment(workspace, 'SAY "hi"')
    assert segments.list_segments(workspace) == ()
    assert contact_list.count(workspace).total == 2


@pytest.mark.parametrize(
    ("new", "line"),
    [
        ("Plain", "(segment:Plain OR lee) NOT segment:Plain segment:other"),
        ('say "hi"', '(segment:"say ""hi""" OR lee) NOT segment:"say ""hi""" segment:other'),
        ("GOOD one", '(segment:"good one" OR lee) NOT segment:"Good One" segment:other'),
    ],
)
def test_a_renamed_segment_has_its_new_name_in_the_lines_of_others_too(
    workspace: Workspace, new: str, line: str
) -> None:
    save(workspace, "Good one", "kim")
    save(workspace, "other", "lee")
    save(workspace, "Users", '(segment:"good one" OR lee) NOT segment:"Good One" segment:other')
    segments.rename_segment(workspace, "good one", new)
    users = segments.list_segments(workspace)[-1]
    assert (users.line, users.count) == (line, 1)


def test_r6_a_renamed_segment_has_its_new_name_also_behind_a_field_that_is_archived(workspace: Workspace) -> None:
    fields.add_field(workspace, "points", FieldType.NUMBER, "Points")
    save(workspace, "Good", "kim")
    save(workspace, "Users", "NOT points>=5 segment:Good")
    fields.archive_field(workspace, "points")
    segments.rename_segment(workspace, "Good", "Best")
    with pytest.raises(CrmError):
        segments.delete_segment(workspace, "Best")
    fields.restore_field(workspace, "points")
    assert segments.list_segments(workspace)[-1] == Segment("Users", "NOT points>=5 segment:Best", 1)


def test_a_segment_of_which_others_speak_is_not_deleted(workspace: Workspace) -> None:
    save(workspace, "Good", "kim")
    for name in "dcba":
        save(workspace, name, f"segment:good {name}")
    with pytest.raises(CrmError) as refused:
        segments.delete_segment(workspace, "GOOD")
    assert (refused.value.code, refused.value.params) == ("segment_used", {"name": "Good", "others": "a, b, c, …"})
    assert len(segments.list_segments(workspace)) == 5
    for name in "abc":
        segments.delete_segment(workspace, name)
    with pytest.raises(CrmError) as refused:
        segments.delete_segment(workspace, "good")
    assert refused.value.params["others"] == "d"
    segments.delete_segment(workspace, "d")
    segments.delete_segment(workspace, "good")
    assert segments.list_segments(workspace) == ()


def test_a_list_in_a_file_is_found_from_any_folder(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, private_home: Path
) -> None:
    folder = tmp_path / "a (b)"
    folder.mkdir()
    (folder / "list.txt").write_text("kim@example.com")
    (private_home / "own.txt").write_text("lee@example.com")
    monkeypatch.chdir(folder)
    saved = save(workspace, "Listed", 'email:@list.txt OR NOT email!=@"~/own.txt" OR "@list.txt"')
    assert saved.line == f'email:@"{folder}/list.txt" OR NOT email!=@{private_home}/own.txt OR "@list.txt"'
    monkeypatch.chdir(tmp_path)
    assert segments.list_segments(workspace) == (Segment("Listed", saved.line, 2),)


def test_others_may_write_while_a_line_is_checked_and_counted(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "list.txt").write_text("kim@example.com")
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_S", 0)
    read_list, count = value_list.read_list, search.count

    def write(*arguments: object, ask: Callable[..., object], **options: object) -> object:
        sql(workspace.path, "UPDATE customer SET description = 'x'")
        return ask(*arguments, **options)

    monkeypatch.setattr(contact_list, "read_list", partial(write, ask=read_list))
    monkeypatch.setattr(search, "count", partial(write, ask=count))
    save(workspace, "Listed", f"email:@{tmp_path}/list.txt")
    assert segments.rename_segment(workspace, "Listed", "Found") == Segment("Found", f"email:@{tmp_path}/list.txt", 1)


def test_a_line_is_checked_again_where_another_manager_changed_segments_meanwhile(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(workspace, "Good", "kim")
    read = contact_list.read_vocabulary
    looks = 0

    def read_and_delete(*arguments: Any) -> Any:
        nonlocal looks
        known = read(*arguments)
        sql(workspace.path, "DELETE FROM segment")
        looks += 1
        return known

    monkeypatch.setattr(segments, "read_vocabulary", read_and_delete)
    with pytest.raises(UsageError):
        segments.save_segment(workspace, "Users", "segment:good")
    assert looks == 2
    assert segments.list_segments(workspace) == ()


def test_the_names_of_a_line_are_read_once_for_all_segments(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "abcd":
        save(workspace, name, name)
    read = contact_list.read_vocabulary
    times: list[int] = []

    def counted(*arguments: Any) -> Any:
        times.append(1)
        return read(*arguments)

    monkeypatch.setattr(segments, "read_vocabulary", counted)
    assert len(segments.list_segments(workspace)) == 4
    assert len(times) == 1


def test_what_no_database_keeps_is_replaced_in_a_line(workspace: Workspace) -> None:
    assert save(workspace, "Broken", "kim OR \udc80").line == "kim OR \ufffd"


def test_a_segment_that_is_not_there_is_told(workspace: Workspace) -> None:
    for use in (
        lambda: segments.rename_segment(workspace, "nobody", "x"),
        lambda: segments.delete_segment(workspace, "nobody"),
    ):
        with pytest.raises(NotFound) as missing:
            use()
        assert (missing.value.code, missing.value.params) == ("segment_not_found", {"name": "nobody"})


def test_r6_a_segment_whose_field_was_archived_is_listed_with_what_is_wrong(workspace: Workspace) -> None:
    fields.add_field(workspace, "points", FieldType.NUMBER, "Points")
    save(workspace, "Good", "points>=5")
    save(workspace, "Both", "segment:good kim")
    fields.archive_field(workspace, "points")
    both, good = segments.list_segments(workspace)
    assert (good.name, good.count) == ("Good", None)
    assert good.mistake is not None
    assert good.mistake.expected == ("<field_not_archived>",)
    assert both.count is None
    assert both.mistake is not None
    assert (both.mistake.at, both.mistake.expected) == (8, ("<whole_segment>",))
    fields.restore_field(workspace, "points")
    assert [one.count for one in segments.list_segments(workspace)] == [0, 0]


def test_what_a_manager_likes_is_kept_for_that_manager(workspace: Workspace, database: Path) -> None:
    other = as_manager(workspace, "lee")
    assert read_preference(workspace, "columns") is None
    write_preference(workspace, "columns", [["profile.name", 20], ["이름", None]])
    write_preference(other, "columns", {"a": 1.5})
    write_preference(workspace, "columns", [["profile.name", 30]])
    write_preference(workspace, "sort", None)
    assert read_preference(workspace, "columns") == [["profile.name", 30]]
    assert read_preference(other, "columns") == {"a": 1.5}
    assert read_preference(workspace, "sort") is None
    sql(database, "UPDATE preference SET value = '{broken'")
    assert read_preference(workspace, "columns") is None


def test_r52_what_is_done_with_segments_stands_in_the_log_without_their_lines(workspace: Workspace) -> None:
    segments.save_segment(workspace, "부자", "email:kim@x.kr")
    segments.rename_segment(workspace, "부자", "단골")
    segments.delete_segment(workspace, "단골")
    with pytest.raises(NotFound):
        segments.delete_segment(workspace, "단골")
    lines = sql(workspace.path, "SELECT kind, details FROM activity WHERE kind LIKE 'segment%' ORDER BY id")
    assert lines == [("segment_saved", "{}"), ("segment_renamed", "{}"), ("segment_deleted", "{}")]
