"""The limit of managed users (R5): who is hidden above it, and that hidden customers are nowhere but still there."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm_tui.core.vocabulary import LeadKey
from crm_tui.services import contact_list, customers, managed, segments, tags
from crm_tui.services.blocking import block, unblock
from crm_tui.services.deleting import delete
from crm_tui.services.errors import Forbidden, UsageError
from crm_tui.services.exporting import export
from crm_tui.services.managed import ManagedUsers
from crm_tui.services.selection import Selection, look_at
from crm_tui.services.workspace import Workspace, open_workspace
from storage import hiding
from tests.services import kit
from tests.services.conftest import Clock
from tests.services.kit import one, sql
from tests.services.people import add, edit


@pytest.fixture
def five(workspace: Workspace, clock: Clock) -> list[int]:
    """Leads a to e, a day between each; a was seen longest ago."""
    ids = []
    for name in "abcde":
        ids.append(add(workspace, email=f"{name}@example.com", name=name).id)
        clock.move(days=1)
    return ids


def names(workspace: Workspace, line: str = "") -> str:
    """Return the names that the contact list shows, in their own order."""
    return "".join(sorted(str(one.get("profile.name")) for one in contact_list.every(workspace, line)))


def hidden_names(workspace: Workspace) -> str:
    return "".join(str(one.get("profile.name")) for one in managed.hidden(workspace).customers)


def test_r5_without_a_limit_nobody_is_hidden(workspace: Workspace, five: list[int]) -> None:
    assert managed.managed(workspace) == ManagedUsers(5, 0, 5, 0, hidden=0, limit=None)
    assert managed.hidden(workspace).count == 0


def test_r5_over_the_limit_those_seen_longest_ago_are_hidden_and_come_back(
    workspace: Workspace, five: list[int]
) -> None:
    assert managed.set_limit(workspace, 3) == ManagedUsers(3, 0, 3, 0, hidden=2, limit=3)
    assert (names(workspace), hidden_names(workspace)) == ("cde", "ba")
    managed.set_limit(workspace, 4)
    assert (names(workspace), hidden_names(workspace)) == ("bcde", "a")
    assert managed.set_limit(workspace, None) == ManagedUsers(5, 0, 5, 0)
    assert names(workspace) == "abcde"


def test_r5_hidden_customers_are_in_no_list_search_count_segment_or_export_but_their_profile_opens(
    workspace: Workspace, five: list[int], tmp_path: Path
) -> None:
    edit(workspace, five[0], tags='["vip"]')
    segments.save_segment(workspace, "S", "tag:vip")
    managed.set_limit(workspace, 3)
    assert contact_list.count(workspace).total == 3
    for line in ("a@example.com", "tag:vip", "segment:S", "name:a", "member:no name:a", "NOT name:c name:a"):
        found = contact_list.count(workspace, line)
        assert (found.total, found.blocked, found.hidden) == (0, 0, 1)
        assert contact_list.first_page(workspace, line)[1] == ()
        assert contact_list.page(workspace, line) == ()
        assert contact_list.position(workspace, line, customer_id=five[0]) is None
        assert look_at(workspace, Selection(query=line)).count == 0
    assert [one.count for one in segments.list_segments(workspace)] == [0]
    assert sum(one.count for one in tags.customer_tags(workspace)) == 0
    exported = export(workspace, tmp_path / "out.csv", Selection(query=""), ("profile.name",))
    assert exported.customers == 3
    exported = export(workspace, tmp_path / "ids.csv", Selection(ids=frozenset(five)), ("profile.name",))
    assert exported.customers == 3
    profile = customers.get(workspace, five[0])
    assert (profile.hidden, profile.tags) == (True, ("vip",))


def test_r5_an_import_still_matches_hidden_customers_and_does_not_show_them(
    workspace: Workspace, five: list[int], tmp_path: Path
) -> None:
    managed.set_limit(workspace, 3)
    applied = kit.leads(
        workspace,
        tmp_path,
        LeadKey.EMAIL,
        ("profile.email", "profile.name"),
        ("a@example.com", "A"),
        ("f@example.com", "f"),
    )
    assert (applied.numbers.updated, applied.numbers.created) == (1, 1)
    assert (names(workspace), hidden_names(workspace)) == ("def", "cbA")  # the new one was seen now


def test_r5_whoever_is_blocked_or_deleted_makes_room(workspace: Workspace, five: list[int]) -> None:
    managed.set_limit(workspace, 3)
    block(workspace, Selection(ids=frozenset({five[4]})))
    assert (names(workspace), hidden_names(workspace)) == ("bcd", "a")
    delete(workspace, Selection(ids=frozenset({five[3]})))
    assert (names(workspace), hidden_names(workspace)) == ("abc", "")
    unblock(workspace, Selection(ids=frozenset({five[4]}), blocked=True))
    assert (names(workspace), hidden_names(workspace)) == ("bce", "a")


def test_r46_a_hidden_customer_who_is_blocked_is_not_hidden_any_more(workspace: Workspace, five: list[int]) -> None:
    managed.set_limit(workspace, 3)
    block(workspace, Selection(ids=frozenset({five[0]})))
    assert managed.managed(workspace) == ManagedUsers(3, 0, 3, 1, hidden=1, limit=3)
    assert contact_list.count(workspace, "name:a", blocked=True).total == 1
    unblock(workspace, Selection(ids=frozenset({five[0]}), blocked=True))
    assert managed.managed(workspace) == ManagedUsers(3, 0, 3, 0, hidden=2, limit=3)
    assert hidden_names(workspace) == "ba"


def test_r3_adding_somebody_who_is_hidden_says_so(workspace: Workspace, five: list[int]) -> None:
    managed.set_limit(workspace, 3)
    answer = customers.add_lead(workspace, {"email": "a@example.com"})
    assert isinstance(answer, customers.AlreadyExists)
    assert answer.customer.hidden


def test_r49_all_who_are_hidden_are_deleted_at_once_and_nobody_else(workspace: Workspace, five: list[int]) -> None:
    managed.set_limit(workspace, 3)
    seen = look_at(workspace, managed.HIDDEN)
    assert delete(workspace, managed.HIDDEN, expect=seen).customers == 2
    assert (names(workspace), managed.hidden(workspace).count) == ("cde", 0)
    assert delete(workspace, managed.HIDDEN).customers == 0


def test_r49_nobody_is_deleted_who_came_back_before_the_yes(workspace: Workspace, five: list[int]) -> None:
    managed.set_limit(workspace, 3)
    seen = look_at(workspace, managed.HIDDEN)
    managed.set_limit(workspace, 4)
    with pytest.raises(UsageError, match="count_changed"):
        delete(workspace, managed.HIDDEN, expect=seen)
    assert names(workspace) == "bcde"


def test_hidden_customers_are_found_by_a_text(workspace: Workspace, five: list[int]) -> None:
    managed.set_limit(workspace, 2)
    assert hidden_names(workspace) == "cba"
    found = managed.hidden(workspace, " B@EXAMPLE ")
    assert (found.count, [one.id for one in found.customers]) == (1, [five[1]])
    assert managed.hidden(workspace, "%").count == 0
    assert (managed.hidden(workspace, "", 1).count, len(managed.hidden(workspace, "", 1).customers)) == (3, 1)


def test_r52_a_limit_is_logged_with_how_many_it_hides_and_the_same_again_is_not(
    workspace: Workspace, database: Path, five: list[int]
) -> None:
    for limit in (3, 3, None, None):
        managed.set_limit(workspace, limit)
    lines = sql(database, "SELECT details FROM activity WHERE kind = 'limit_set' ORDER BY id")
    assert lines == [('{"limit":3,"hidden":2}',), ('{"limit":null,"hidden":0}',)]


def test_r51_a_limit_needs_the_permission_for_settings(workspace: Workspace, database: Path, five: list[int]) -> None:
    sql(database, "UPDATE manager SET role_id = (SELECT id FROM role WHERE code = 'basic') WHERE name = 'kim'")
    with pytest.raises(Forbidden):
        managed.set_limit(workspace, 3)
    assert names(workspace) == "abcde"
    assert managed.managed(workspace).total == 5


@pytest.mark.parametrize(
    ("typed", "limit"), [("1", 1), (" 12,000 ", 12_000), ("none", None), ("NONE", None), ("1000000000", 10**9)]
)
def test_a_limit_is_typed_as_a_number_or_none(typed: str, limit: int | None) -> None:
    assert managed.parse_limit(typed) == limit


@pytest.mark.parametrize("typed", ["", "0", "-1", "1.5", "１２", "1e3", "many", "1000000001", "9" * 10_000, "²"])
def test_what_is_no_limit_is_refused(typed: str) -> None:
    with pytest.raises(UsageError, match="limit_invalid"):
        managed.parse_limit(typed)


@pytest.mark.parametrize(
    ("limit", "hidden", "change", "expected"),
    [
        (None, 0, 3, (8, 0)),
        (None, 0, -2, (3, 0)),
        (10, 0, 3, (8, 0)),
        (6, 0, 3, (6, 2)),
        (5, 4, 3, (5, 7)),
        (5, 4, -6, (3, 0)),
        (5, 4, -2, (5, 2)),
    ],
)
def test_r5_a_forecast_tells_managed_users_and_who_is_hidden_then(
    limit: int | None, hidden: int, change: int, expected: tuple[int, int]
) -> None:
    assert managed.forecast(ManagedUsers(5, 2, 3, 1, hidden, limit), change) == expected


# -- any sequence of changes ------------------------------------------------------------------------------------

steps = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(0, 30)),
        st.tuples(st.just("block"), st.integers(0, 9)),
        st.tuples(st.just("unblock"), st.integers(0, 9)),
        st.tuples(st.just("delete"), st.integers(0, 9)),
        st.tuples(st.just("visit"), st.integers(0, 9)),
        st.tuples(st.just("swap"), st.integers(0, 9)),
        st.tuples(st.just("limit"), st.none() | st.integers(1, 6)),
    ),
    max_size=14,
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, empty_database: Path) -> Iterator[Workspace]:
    path = shutil.copy2(empty_database, tmp_path_factory.mktemp("managed") / "crm.db")
    workspace = open_workspace(str(path), manager="kim")
    yield workspace
    workspace.close()


def act(workspace: Workspace, deed: str, value: int | None, moment: int) -> None:
    """Do one thing, to the customer at a place among all."""
    if deed == "limit":
        managed.set_limit(workspace, value)
        return
    with workspace.transaction(None, changes_customers=True) as connection:
        ids = list(connection.exec_driver_sql("SELECT id FROM customer ORDER BY id").scalars())
        chosen = ids[(value or 0) % len(ids)] if ids else None
        statements = {
            "add": "INSERT INTO customer (created_at, last_seen_at, custom, email_verified, mobile_number_verified,"
            f" unsubscribe_email, unsubscribe_texting, sessions_count, search_text) VALUES (1, {value}, '{{}}',"
            " 0, 0, 0, 0, 0, '')",
            "block": f"UPDATE customer SET blocked_at = 1, is_hidden = 0 WHERE id = {chosen}",
            "unblock": f"UPDATE customer SET blocked_at = NULL WHERE id = {chosen}",
            "delete": f"DELETE FROM customer WHERE id = {chosen}",
            "visit": f"UPDATE customer SET last_seen_at = {moment}, is_hidden = 0 WHERE id = {chosen}",
            # Who is blocked and who is not change places in one transaction.
            "swap": "UPDATE customer SET blocked_at = CASE WHEN blocked_at IS NULL THEN 1 END, is_hidden = 0",
        }
        if chosen is not None or deed == "add":
            connection.exec_driver_sql(statements[deed])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_r5_after_any_changes_the_hidden_are_exactly_those_seen_longest_ago(
    shared: Workspace, deeds: list[tuple[str, int | None]]
) -> None:
    with shared.transaction(None) as connection:
        connection.exec_driver_sql("DELETE FROM customer")
        connection.exec_driver_sql("DELETE FROM setting")
    for moment, (deed, value) in enumerate(deeds, 31):
        act(shared, deed, value, moment)
        with shared.reading(None) as connection:
            rows = connection.exec_driver_sql("SELECT last_seen_at, id, blocked_at, is_hidden FROM customer").all()
            limit = hiding.limit(connection.connection.driver_connection)
        newest_first = sorted(((row[0], row[1]) for row in rows if row[2] is None), reverse=True)
        over = set() if limit is None else {id for _, id in newest_first[limit:]}
        assert {row[1] for row in rows if row[3]} == over
        now = managed.managed(shared)
        assert (now.total, now.hidden, now.limit) == (len(newest_first) - len(over), len(over), limit)


def test_keeping_the_limit_walks_indexes_and_sorts_nobody(workspace: Workspace, database: Path) -> None:
    asked: list[str] = []
    with workspace.reading(None) as connection:
        raw = connection.connection.driver_connection
        raw.set_trace_callback(asked.append)
        try:
            hiding.hidden_with(connection, "", 5)
        finally:
            raw.set_trace_callback(None)
        for statement in asked:
            plan = [row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {statement}")]
            assert any("ix_customer_hidden" in step for step in plan)
            assert not any("TEMP B-TREE" in step for step in plan)
    assert len(asked) == 2
    asked.clear()
    with workspace.transaction(None) as connection:
        raw = connection.connection.driver_connection
        hiding.set_limit(raw, 3)
        raw.set_trace_callback(asked.append)
        try:
            hiding.keep_limit(raw)
        finally:
            raw.set_trace_callback(None)
        scans = [row[3] for one in asked for row in raw.execute(f"EXPLAIN QUERY PLAN {one}")]
    assert not any("TEMP B-TREE" in step for step in scans)
    assert not any(step.startswith("SCAN customer") and "INDEX" not in step for step in scans)
    assert one(database, "SELECT count(*) FROM setting") == 1
