"""Blocking and unblocking, one or many (R46, R47)."""

from pathlib import Path

import pytest

from crm_tui.core.problems import Code, Problem
from crm_tui.services import contact_list, customers, managed, tags
from crm_tui.services.activity import ActivityKind, history
from crm_tui.services.blocking import block, unblock
from crm_tui.services.profiles import Blocking
from crm_tui.services.selection import Selection
from crm_tui.services.workspace import Workspace
from tests.services.conftest import Clock
from tests.services.kit import as_manager, content, one
from tests.services.people import add


@pytest.fixture
def people(workspace: Workspace, clock: Clock) -> None:
    """Customers 1 to 4; 2 and 4 carry a tag."""
    for number in range(1, 5):
        add(workspace, email=f"{number}@example.com", tags="[]" if number % 2 else '["even"]')
    clock.move(days=1)


def ids(*some: int) -> Selection:
    return Selection(ids=frozenset(some))


def test_r46_a_blocked_customer_shows_who_when_and_why_and_is_otherwise_unchanged(
    workspace: Workspace, clock: Clock, people: None
) -> None:
    before = customers.get(workspace, 2)
    assert block(workspace, ids(2), "  스팸을 보냄\r\n두 번 ") == 1
    after = customers.get(workspace, 2)
    assert after.blocking == Blocking(clock.now, "kim", "스팸을 보냄\n두 번")
    assert unblock(workspace, ids(2)) == 1
    assert customers.get(workspace, 2) == before
    assert after.updated_at is None


def test_r46_r5_blocked_customers_are_in_no_list_count_or_tag(workspace: Workspace, people: None) -> None:
    assert block(workspace, Selection(query="tag:even")) == 2
    assert [customer.id for customer in contact_list.every(workspace, sort="createdAt")] == [3, 1]
    assert contact_list.count(workspace, "tag:even") == contact_list.Found(0, 2)
    assert tags.customer_tags(workspace) == ()
    numbers = managed.managed(workspace)
    assert (numbers.total, numbers.blocked) == (2, 2)
    assert unblock(workspace, Selection(query="tag:even", without=frozenset({4}))) == 1
    assert contact_list.count(workspace, "tag:even").total == 1


def test_who_is_blocked_already_stays_as_they_are(workspace: Workspace, clock: Clock, people: None) -> None:
    block(workspace, ids(1), "first")
    first = customers.get(workspace, 1).blocking
    clock.move(days=1)
    assert block(as_manager(workspace, "lee"), ids(1, 3), "second") == 1
    assert customers.get(workspace, 1).blocking == first
    assert customers.get(workspace, 3).blocking == Blocking(clock.now, "lee", "second")
    assert block(workspace, ids(1, 3)) == 0


@pytest.mark.parametrize("reason", [None, "", " \u3164\u200b "])
def test_a_reason_may_be_missing(workspace: Workspace, people: None, reason: str | None) -> None:
    assert block(workspace, ids(1), reason) == 1
    blocking = customers.get(workspace, 1).blocking
    assert blocking is not None
    assert blocking.reason is None


@pytest.mark.parametrize(("reason", "code"), [("x" * 513, Code.STRING_TOO_LONG), ("a\x1b[31m", Code.CONTROL_CHARACTER)])
def test_r9_a_reason_that_is_no_text_is_refused(
    workspace: Workspace, database: Path, people: None, reason: str, code: Code
) -> None:
    before = content(database)
    answer = block(workspace, ids(1), reason)
    assert isinstance(answer, Problem)
    assert answer.code is code
    assert content(database) == before
    assert block(workspace, ids(1), "가" * 512) == 1


def test_r52_it_is_logged_on_whom_it_was_done_without_the_reason(
    workspace: Workspace, database: Path, people: None
) -> None:
    block(workspace, ids(1, 2), "비밀")
    block(workspace, ids(1, 2), "비밀")
    unblock(as_manager(workspace, "lee"), ids(1, 2, 3))
    lines = [(line.manager, line.kind, line.details) for line in history(workspace, 1)]
    assert lines[:2] == [
        ("lee", ActivityKind.UNBLOCKED, {"count": 2}),
        ("kim", ActivityKind.BLOCKED, {"count": 2}),
    ]
    assert len(lines) == 3
    assert all(line.kind is ActivityKind.CUSTOMER_ADDED for line in history(workspace, 3))
    assert one(database, "SELECT count(*) FROM activity WHERE details LIKE '%비밀%'") == 0


def test_customers_are_told_to_have_moved_only_where_somebody_was_blocked(workspace: Workspace, people: None) -> None:
    before = customers.revision(workspace)
    assert (unblock(workspace, Selection(query="")), block(workspace, ids(99))) == (0, 0)
    assert customers.revision(workspace) == before
    block(workspace, ids(1))
    assert customers.revision(workspace) > before
