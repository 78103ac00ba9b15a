"""Whom something is done with: ids, or all that a search line finds but some (R46)."""

from pathlib import Path

import pytest

from crm_tui.services.errors import UsageError
from crm_tui.services.selection import Selection, missing_ids, selection_size
from crm_tui.services.workspace import Workspace
from tests.services.kit import members, sql


@pytest.fixture
def people(workspace: Workspace, database: Path, tmp_path: Path) -> None:
    """Members M1 to M6 with ids 1 to 6; M5 and M6 are blocked, M2, M4 and M6 carry a tag."""
    rows = [(f"M{number}", "[]" if number % 2 else '["even"]') for number in range(1, 7)]
    members(workspace, tmp_path, ("memberId", "tags"), *rows)
    sql(database, "UPDATE customer SET id = CAST(substr(member_id, 2) AS INTEGER)")
    sql(database, "UPDATE customer_tag SET customer_id = customer_id - 1")
    sql(database, "UPDATE customer SET blocked_at = 1 WHERE id > 4")


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
    ],
)
def test_r46_a_selection_is_ids_or_what_a_line_finds_among_visible_or_blocked_customers(
    workspace: Workspace, people: None, selection: Selection, size: int
) -> None:
    assert selection_size(workspace, selection) == size


def test_ids_that_nobody_has_are_told(workspace: Workspace, people: None) -> None:
    assert missing_ids(workspace, Selection(ids=frozenset({6, 99, 7, 1, 2**70}))) == (7, 99, 2**70)
    assert missing_ids(workspace, Selection(ids=frozenset({1, 6}))) == ()


def test_a_line_that_cannot_be_understood_chooses_nobody(workspace: Workspace, people: None) -> None:
    with pytest.raises(UsageError, match="query_wrong"):
        selection_size(workspace, Selection(query='"open'))


def test_choosing_needs_no_list_in_the_program_and_changes_nothing(workspace: Workspace, people: None) -> None:
    with workspace.reading() as connection:
        before = connection.exec_driver_sql("SELECT number FROM revision").scalar_one()
    selection_size(workspace, Selection(query=""))
    with workspace.reading() as connection:
        assert connection.exec_driver_sql("SELECT number FROM revision").scalar_one() == before
        assert connection.exec_driver_sql("SELECT count(*) FROM sqlite_temp_master").scalar_one() == 0
