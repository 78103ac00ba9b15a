"""Whom something is done with: ids, or all that a search line finds but some (R46)."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from crm_tui.services.blocking import block, unblock
from crm_tui.services.deleting import delete
from crm_tui.services.errors import UsageError
from crm_tui.services.selection import Expected, Selection, look_at, missing_ids
from crm_tui.services.tagging import change_tags, set_consent
from crm_tui.services.workspace import Workspace
from storage import selection as stored
from tests.services.kit import content, members, sql


@pytest.fixture
def people(workspace: Workspace, database: Path, tmp_path: Path) -> None:
    """Members M1 to M7 with ids 1 to 7; M5 and M6 are blocked, M7 is hidden, M2, M4 and M6 carry a tag."""
    rows = [(f"M{number}", "[]" if number % 2 else '["even"]') for number in range(1, 8)]
    members(workspace, tmp_path, ("memberId", "tags"), *rows)
    sql(database, "UPDATE customer SET id = CAST(substr(member_id, 2) AS INTEGER)")
    sql(database, "UPDATE customer_tag SET customer_id = customer_id - 1")
    sql(database, "UPDATE customer SET blocked_at = 1 WHERE id IN (5, 6)")
    sql(database, "UPDATE customer SET is_hidden = 1 WHERE id = 7")


@pytest.mark.parametrize(
    ("selection", "size"),
    [
        (Selection(), 0),
        (Selection(ids=frozenset({1, 3})), 2),
        (Selection(ids=frozenset({1, 6, 99, -1, 0, 2**70})), 2),
        (Selection(query=""), 4),
        (Selection(query="tag:even"), 2),
        (Selection(query="", without=frozenset({1, 2, 6, 99, 2**70})), 2),
        (Selection(query="", blocked=True), 2),
        (Selection(query="tag:even", blocked=True), 1),
        (Selection(query="", without=frozenset({5}), blocked=True), 1),
        (Selection(ids=frozenset({1, 2, 3}), query="tag:even"), 2),
        (Selection(query="", hidden=True), 1),
        (Selection(query="tag:even", hidden=True), 0),
        (Selection(query="", without=frozenset({7}), hidden=True), 0),
    ],
)
def test_r46_a_selection_is_ids_or_what_a_line_finds_among_visible_or_blocked_customers(
    workspace: Workspace, people: None, selection: Selection, size: int
) -> None:
    assert look_at(workspace, selection).count == size


def test_ids_that_nobody_has_are_told(workspace: Workspace, people: None) -> None:
    assert missing_ids(workspace, Selection(ids=frozenset({6, 99, 8, 1, 2**70}))) == (8, 99, 2**70)
    assert missing_ids(workspace, Selection(ids=frozenset({1, 6}))) == ()


def test_a_line_that_cannot_be_understood_chooses_nobody(workspace: Workspace, people: None) -> None:
    with pytest.raises(UsageError, match="query_wrong"):
        look_at(workspace, Selection(query='"open'))


def test_choosing_needs_no_list_in_the_program_and_changes_nothing(workspace: Workspace, people: None) -> None:
    with workspace.reading(None) as connection:
        before = connection.exec_driver_sql("SELECT number FROM revision").scalar_one()
    look_at(workspace, Selection(query=""))
    with workspace.reading(None) as connection:
        assert connection.exec_driver_sql("SELECT number FROM revision").scalar_one() == before
        assert connection.exec_driver_sql("SELECT count(*) FROM sqlite_temp_master").scalar_one() == 0


BULK: dict[str, Callable[[Workspace, Selection, Expected], object]] = {
    "delete": lambda workspace, selection, expect: delete(workspace, selection, expect=expect),
    "block": lambda workspace, selection, expect: block(workspace, selection, expect=expect),
    "unblock": lambda workspace, selection, expect: unblock(workspace, selection, expect=expect),
    "tags": lambda workspace, selection, expect: change_tags(workspace, selection, add=["new"], expect=expect),
    "consent": lambda workspace, selection, expect: set_consent(workspace, selection, email=True, expect=expect),
}
"""All that is done to many at once."""


@pytest.mark.parametrize("deed", BULK)
def test_nothing_is_done_to_others_than_were_seen_though_they_are_as_many(
    workspace: Workspace, database: Path, people: None, deed: str
) -> None:
    selection = Selection(query="name:target", blocked=deed == "unblock")
    target, innocent = (5, 6) if deed == "unblock" else (1, 2)
    sql(database, "UPDATE customer SET name = 'target' WHERE id = ?", target)
    seen = look_at(workspace, selection)
    assert seen.count == 1
    sql(database, "UPDATE customer SET name = CASE id WHEN ? THEN 'target' END", innocent)
    before = content(database)
    with pytest.raises(UsageError, match="others_found") as raised:
        BULK[deed](workspace, selection, seen)
    assert raised.value.params == {"found": 1}
    assert content(database) == before
    BULK[deed](workspace, selection, look_at(workspace, selection))
    assert content(database) != before


@pytest.mark.parametrize("deed", BULK)
@pytest.mark.parametrize("is_seen", [True, False])
def test_nothing_is_done_to_more_or_fewer_than_were_seen(
    workspace: Workspace, database: Path, people: None, deed: str, is_seen: bool
) -> None:
    selection = Selection(query="", blocked=deed == "unblock")
    seen = look_at(workspace, selection)
    sql(database, "UPDATE customer SET blocked_at = CASE WHEN id < 4 THEN 1 END")
    before = content(database)
    with pytest.raises(UsageError, match="count_changed") as raised:
        BULK[deed](workspace, selection, seen if is_seen else seen.count)
    assert raised.value.params == {"expected": seen.count, "found": 3}
    assert content(database) == before


def test_who_is_seen_without_some_and_by_ids_is_who_is_chosen(workspace: Workspace, people: None) -> None:
    by_ids = look_at(workspace, Selection(ids=frozenset({1, 3})))
    assert by_ids == look_at(workspace, Selection(query="", without=frozenset({2, 4})))
    assert by_ids == look_at(workspace, Selection(query="NOT tag:even"))
    assert by_ids != look_at(workspace, Selection(query="tag:even"))


SETS = st.frozensets(st.integers(1, 40) | st.integers(1, 2**63 - 1), max_size=12)


@given(SETS, SETS)
def test_any_two_sets_of_customers_have_other_marks(one: frozenset[int], other: frozenset[int]) -> None:
    assert (mark_of(one) == mark_of(other)) is (one == other)


def test_sets_that_sums_and_squares_do_not_tell_apart_have_other_marks() -> None:
    assert mark_of({1, 4}) != mark_of({2, 3})
    assert mark_of({1, 5, 6}) != mark_of({2, 3, 7})
    assert mark_of(range(1, 100_001)) != mark_of(range(2, 100_002))


def mark_of(ids: Iterable[int]) -> tuple[int, int]:
    with create_engine("sqlite://").connect() as connection:
        connection.execute(text(f"CREATE TABLE {stored.Chosen.ALL} (id INTEGER PRIMARY KEY)"))
        rows = [{"id": one} for one in ids]
        if rows:
            connection.execute(text(f"INSERT INTO {stored.Chosen.ALL} VALUES (:id)"), rows)
        return stored.count_and_mark(connection)
