"""Retention: failed rows after 30 days (R38), customers of whom nothing is heard only when a manager asks."""

from pathlib import Path

import pytest

from crm_tui.services import contact_list, imports, managed, retention
from crm_tui.services.blocking import block
from crm_tui.services.errors import Forbidden, UsageError
from crm_tui.services.retention import Due
from crm_tui.services.selection import Selection
from crm_tui.services.workspace import Workspace
from tests.services import kit
from tests.services.conftest import Clock
from tests.services.kit import one, sql
from tests.services.people import add

YEAR = 365


@pytest.fixture
def three(workspace: Workspace, clock: Clock) -> list[int]:
    """Leads a, b and c, seen two years, one year and 0 days ago."""
    ids = []
    for name in "abc":
        ids.append(add(workspace, email=f"{name}@example.com", name=name).id)
        clock.move(days=YEAR if name != "c" else 0)
    return ids


def names(workspace: Workspace) -> str:
    return "".join(sorted(str(one.get("profile.name")) for one in contact_list.every(workspace)))


def talk(database: Path, customer_id: int, at: int) -> None:
    sql(
        database,
        "INSERT INTO timeline_entry (customer_id, thread, at, kind, text) VALUES (?, ?, ?, 'message', 'hello')",
        customer_id,
        customer_id,
        at,
    )


def test_customers_are_due_who_were_neither_seen_nor_heard_of(
    workspace: Workspace, database: Path, clock: Clock, three: list[int]
) -> None:
    assert retention.look(workspace, YEAR - 1).customers == 2
    assert retention.look(workspace, YEAR).customers == 1  # b was seen that very moment
    assert retention.look(workspace, 2 * YEAR).customers == 0
    talk(database, three[0], clock.now - 3 * YEAR * 86_400_000)
    assert retention.look(workspace, YEAR).customers == 1
    talk(database, three[0], clock.now - 86_400_000)
    assert retention.look(workspace, YEAR).customers == 0
    assert names(workspace) == "abc"


def test_without_a_time_customers_are_not_looked_at(workspace: Workspace, three: list[int]) -> None:
    assert retention.look(workspace) == Due(0, 0, None)
    assert retention.apply(workspace, retention.look(workspace)).deleted is None
    assert names(workspace) == "abc"


def test_r49_those_due_are_deleted_and_it_is_logged(workspace: Workspace, database: Path, three: list[int]) -> None:
    due = retention.look(workspace, YEAR - 1)
    retained = retention.apply(workspace, due, expect=due.customers)
    assert retained.deleted is not None
    assert (retained.failed_rows, retained.deleted.customers) == (0, 2)
    assert names(workspace) == "c"
    lines = sql(database, "SELECT kind, details FROM activity WHERE kind IN ('retention', 'deleted') ORDER BY id")
    assert [kind for kind, _ in lines] == ["retention", "deleted"]
    assert lines[0][1] == '{"failed_rows":0,"count":2}'


def test_whoever_was_seen_or_heard_of_after_the_look_stays(
    workspace: Workspace, database: Path, clock: Clock, three: list[int]
) -> None:
    due = retention.look(workspace, YEAR - 1)
    sql(database, "UPDATE customer SET last_seen_at = ? WHERE id = ?", clock.now, three[0])
    with pytest.raises(UsageError, match="count_changed"):
        retention.apply(workspace, due, expect=due.customers)
    assert names(workspace) == "abc"
    talk(database, three[1], clock.now)
    retained = retention.apply(workspace, due)
    assert retained.deleted is not None
    assert retained.deleted.customers == 0
    assert names(workspace) == "abc"


def test_r46_blocked_customers_stay_and_are_told_hidden_ones_go(workspace: Workspace, three: list[int]) -> None:
    managed.set_limit(workspace, 2)
    block(workspace, Selection(ids=frozenset({three[1]})))
    managed.set_limit(workspace, 1)
    assert managed.managed(workspace).hidden == 1
    due = retention.look(workspace, YEAR - 1)
    assert (due.customers, due.blocked) == (1, 1)
    retention.apply(workspace, due, expect=1)
    assert names(workspace) == "c"
    assert contact_list.count(workspace, blocked=True).total == 1
    assert managed.managed(workspace).hidden == 0


def with_failed_rows(workspace: Workspace, folder: Path) -> None:
    kit.members(workspace, folder, ("memberId", "profile.email"), ("m1", "m@example.com"), ("m2", "bad"), ("m3", "bad"))


def test_r38_failed_rows_go_after_thirty_days_and_before_that_it_is_told_when(
    workspace: Workspace, database: Path, clock: Clock, tmp_path: Path
) -> None:
    with_failed_rows(workspace, tmp_path)
    due = retention.look(workspace)
    assert (due.failed_rows, due.failed_rows_kept) == (0, 2)
    assert due.failed_rows_next_at == clock.now + 30 * 86_400_000
    assert retention.apply(workspace, due).failed_rows == 0
    clock.move(days=30)
    assert retention.look(workspace) == Due(2, 0, None)
    assert retention.apply(workspace, retention.look(workspace)).failed_rows == 2
    assert one(database, "SELECT count(*) FROM import_failure") == 0
    details = sql(database, "SELECT details FROM activity WHERE kind = 'retention'")
    assert details == [('{"failed_rows":2,"count":0}',)]


def test_r38_a_start_removes_failed_rows_and_never_customers(
    workspace: Workspace, database: Path, clock: Clock, three: list[int], tmp_path: Path
) -> None:
    with_failed_rows(workspace, tmp_path)
    clock.move(days=10 * YEAR)
    imports.tidy(workspace)
    assert one(database, "SELECT count(*) FROM import_failure") == 0
    assert one(database, "SELECT count(*) FROM customer") == 4


def test_failed_rows_and_customers_go_in_one_go(
    workspace: Workspace, database: Path, clock: Clock, three: list[int], tmp_path: Path
) -> None:
    with_failed_rows(workspace, tmp_path)
    clock.move(days=40)
    due = retention.look(workspace, YEAR)
    retained = retention.apply(workspace, due, expect=2)
    assert retained.failed_rows == 2
    details = sql(database, "SELECT details FROM activity WHERE kind = 'retention'")
    assert details == [('{"failed_rows":2,"count":2}',)]


def test_r51_looking_needs_to_see_and_removing_to_delete(
    workspace: Workspace, database: Path, three: list[int]
) -> None:
    sql(database, "UPDATE manager SET role_id = (SELECT id FROM role WHERE code = 'basic') WHERE name = 'kim'")
    due = retention.look(workspace, YEAR - 1)
    for one_due in (due, Due(0, 0, None)):
        with pytest.raises(Forbidden):
            retention.apply(workspace, one_due)
    assert names(workspace) == "abc"


@pytest.mark.parametrize(("typed", "days"), [("30d", 30), (" 90D ", 90), ("2y", 730), ("1Y", 365), ("100y", 36_500)])
def test_a_period_is_typed_in_days_or_years(typed: str, days: int) -> None:
    assert retention.parse_period(typed) == days


@pytest.mark.parametrize("typed", ["", "29d", "0d", "2", "2 y", "-1y", "1.5y", "２y", "101y", "999999d", "2m", "y"])
def test_a_period_that_is_none_or_too_short_is_refused(typed: str) -> None:
    with pytest.raises(UsageError, match="period_invalid"):
        retention.parse_period(typed)
