"""Visits: sessions, logins, who waits and who comes back (R4, R42, R47, R49)."""

from pathlib import Path

import pytest

from crm_tui.core.fields import EMAIL, MEMBER_ID
from crm_tui.core.problems import Code
from crm_tui.core.talk import EntryKind
from crm_tui.core.vocabulary import CustomerType
from crm_tui.services import customers, visits
from crm_tui.services.blocking import block
from crm_tui.services.conversations import timeline
from crm_tui.services.deleting import delete
from crm_tui.services.errors import NotFound
from crm_tui.services.selection import Selection
from crm_tui.services.visits import Boot
from crm_tui.services.workspace import Workspace
from tests.services.conftest import Clock
from tests.services.kit import content, one, sql
from tests.services.lives import boot, lines, member, twin
from tests.services.people import add, codes


def chosen(*ids: int) -> Selection:
    return Selection(frozenset(ids))


@pytest.mark.parametrize(
    ("minutes", "sessions"),
    [((0,), 1), ((0, 10), 1), ((0, 30), 1), ((0, 30.001), 2), ((0, 20, 40, 60), 1), ((0, 31, 62, 200), 4)],
)
def test_r4_a_session_ends_after_thirty_minutes_without_a_visit(
    workspace: Workspace, clock: Clock, minutes: tuple[float, ...], sessions: int
) -> None:
    lead = add(workspace, email="kim@example.com")
    start = clock.now
    for minute in minutes:
        clock.now = start + int(minute * 60_000)
        visited = boot(workspace, lead.id)
    assert visited.customer.sessions_count == sessions
    assert visited.customer.last_seen_at == clock.now
    assert visited.is_new_session is (len(minutes) == sessions)


def test_r4_the_first_visit_is_a_session_though_the_customer_was_added_a_moment_ago(workspace: Workspace) -> None:
    lead = add(workspace, email="kim@example.com")
    visited = boot(workspace, lead.id)
    assert (visited.is_new_session, visited.customer.sessions_count, visited.is_new) == (True, 1, False)
    assert visited.customer.updated_at is None


def test_r4_a_visit_that_is_told_late_makes_nobody_seen_earlier(workspace: Workspace, clock: Clock) -> None:
    lead = add(workspace, email="kim@example.com")
    clock.move(days=2)
    boot(workspace, lead.id)
    late = boot(workspace, lead.id, at=clock.now - 3_600_000)
    assert (late.customer.last_seen_at, late.customer.sessions_count) == (clock.now, 1)
    assert [entry.at for entry in timeline(workspace, lead.id)] == [clock.now, clock.now - 3_600_000]


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        (Boot(member_id=" "), (MEMBER_ID, Code.MEMBER_ID_MISSING)),
        (Boot(member_id="a\0"), (MEMBER_ID, Code.CONTROL_CHARACTER)),
        (Boot(member_id="x" * 513), (MEMBER_ID, Code.STRING_TOO_LONG)),
        (Boot(member_id="M1", at=1_750_000_000_001), ("at", Code.MOMENT_TO_COME)),
        (Boot(member_id="M1", at=946_684_799_999), ("at", Code.MOMENT_TOO_EARLY)),
    ],
)
def test_r18_a_visit_that_cannot_be_changes_nothing(
    workspace: Workspace, clock: Clock, database: Path, told: Boot, problem: tuple[str, Code]
) -> None:
    before = content(database)
    assert codes(visits.visit(workspace, told)) == [problem]
    assert content(database) == before


def test_r24_a_member_id_that_nobody_has_makes_a_new_member(workspace: Workspace, clock: Clock) -> None:
    visited = boot(workspace, member_id=" M1 ")
    assert (visited.is_new, visited.returned, visited.became_member) == (True, False, False)
    customer = visited.customer
    assert (customer.member_id, customer.sessions_count, dict(customer.profile)) == ("M1", 1, {})
    assert (customer.created_at, customer.last_seen_at) == (clock.now, clock.now)
    again = boot(workspace, member_id="M1")
    assert (again.customer.id, again.is_new) == (customer.id, False)


def test_r42_a_lead_who_logs_in_with_a_member_id_that_nobody_has_becomes_that_member(
    workspace: Workspace, database: Path, clock: Clock
) -> None:
    lead = add(workspace, email="kim@example.com", name="김")
    visited = boot(workspace, lead.id, "M1")
    assert (visited.became_member, visited.is_new, visited.unified) == (True, False, 0)
    customer = visited.customer
    assert (customer.id, customer.type, customer.member_id) == (lead.id, CustomerType.MEMBER, "M1")
    assert (customer.get("profile.name"), customer.email_verified) == ("김", True)
    assert lines(database, "visited") == [('{"login":true,"became_member":true,"returned":false}', [lead.id])]


def test_r41_a_lead_who_becomes_a_member_takes_other_leads_with_the_same_contact(
    workspace: Workspace, database: Path
) -> None:
    lead = add(workspace, email="kim@example.com")
    never, booted = (twin(workspace, database, lead, sessions=sessions) for sessions in (0, 2))
    visited = boot(workspace, lead.id, "M1")
    assert (visited.unified, visited.became_member) == (1, True)
    assert [one.lead_id for one in visited.customer.pending] == [booted.id]
    assert one(database, "SELECT count(*) FROM customer WHERE id = ?", never.id) == 0


def test_r42_a_lead_who_waits_goes_when_the_member_logs_in_and_not_before(workspace: Workspace, database: Path) -> None:
    lead = add(workspace, email="kim@example.com", name="김")
    boot(workspace, lead.id)
    whose = member(workspace, "M1", mobileNumber="+82 10-2020-3030")
    customers.edit(workspace, whose.id, {"email": "kim@example.com"}, unify=True)
    assert [one.lead_id for one in customers.get(workspace, whose.id).pending] == [lead.id]
    for visited in (boot(workspace, lead.id), boot(workspace, whose.id)):
        assert visited.unified == 0
    visited = boot(workspace, member_id="M1")
    assert (visited.unified, visited.customer.id, visited.customer.get("profile.name")) == (1, whose.id, "김")
    assert visited.customer.pending == ()
    assert boot(workspace, member_id="M1").unified == 0


def test_r42_the_lead_who_waits_may_be_the_one_who_logs_in(workspace: Workspace, database: Path) -> None:
    whose = member(workspace, "M1")
    lead = twin(workspace, database, whose, sessions=1)
    customers.edit(workspace, lead.id, {"mobileNumber": "+82 10-2020-3030"}, unify=True)
    visited = boot(workspace, lead.id, "M1")
    assert (visited.customer.id, visited.unified, visited.became_member) == (whose.id, 1, False)
    assert visited.customer.mobile_number_verified


def test_r42_a_login_with_a_member_id_that_somebody_has_counts_for_them_and_leaves_a_stranger(
    workspace: Workspace,
) -> None:
    whose = member(workspace, "M1")
    lead = add(workspace, email="other@example.com")
    visited = boot(workspace, lead.id, "M1")
    assert (visited.customer.id, visited.customer.sessions_count, visited.unified) == (whose.id, 1, 0)
    assert customers.get(workspace, lead.id) == lead


def test_r40_a_member_never_goes_into_another_by_a_login_in_their_browser(workspace: Workspace) -> None:
    first = member(workspace, "M1")
    visited = boot(workspace, first.id, "M2")
    assert (visited.is_new, visited.customer.member_id, visited.became_member) == (True, "M2", False)
    assert customers.get(workspace, first.id) == first


def test_r44_the_browser_of_a_lead_who_went_into_a_member_counts_for_the_member(
    workspace: Workspace, database: Path
) -> None:
    whose = member(workspace, "M1")
    lead = twin(workspace, database, whose)
    customers.edit(workspace, lead.id, {"mobileNumber": "+82 10-2020-3030"}, unify=True)
    visited = boot(workspace, lead.id)
    assert (visited.customer.id, visited.returned) == (whose.id, False)


def test_r47_a_blocked_visitor_is_answered_with_hidden_and_stays_blocked(workspace: Workspace) -> None:
    lead = add(workspace, email="kim@example.com")
    assert not boot(workspace, lead.id).is_button_hidden
    block(workspace, chosen(lead.id))
    visited = boot(workspace, lead.id)
    assert (visited.is_button_hidden, visited.customer.blocked) == (True, True)


def test_r42_r47_a_blocked_lead_waits_on_when_the_member_logs_in(workspace: Workspace, database: Path) -> None:
    whose = member(workspace, "M1")
    lead = twin(workspace, database, whose, sessions=1)
    customers.edit(workspace, lead.id, {"mobileNumber": "+82 10-2020-3030"}, unify=True)
    block(workspace, chosen(lead.id))
    visited = boot(workspace, member_id="M1")
    assert (visited.unified, [one.lead_id for one in visited.customer.pending]) == (0, [lead.id])


def test_r49_somebody_who_was_deleted_comes_back_as_a_new_lead_without_anything(workspace: Workspace) -> None:
    lead = add(workspace, email="kim@example.com", name="김")
    delete(workspace, chosen(lead.id))
    visited = boot(workspace, lead.id)
    assert (visited.returned, visited.is_new) == (True, True)
    customer = visited.customer
    assert customer.id > lead.id
    assert (customer.type, dict(customer.profile), customer.sessions_count) == (CustomerType.LEAD, {}, 1)


def test_r49_a_deleted_member_who_logs_in_again_is_a_new_member(workspace: Workspace) -> None:
    whose = member(workspace, "M1")
    delete(workspace, chosen(whose.id))
    visited = boot(workspace, whose.id, "M1")
    assert (visited.returned, visited.customer.member_id, visited.customer.get(EMAIL)) == (True, "M1", None)
    assert visited.customer.id > whose.id


def test_r49_the_browser_of_a_lead_whose_member_was_deleted_is_somebody_new(
    workspace: Workspace, database: Path
) -> None:
    whose = member(workspace, "M1")
    lead = twin(workspace, database, whose)
    customers.edit(workspace, lead.id, {"mobileNumber": "+82 10-2020-3030"}, unify=True)
    delete(workspace, chosen(whose.id))
    assert boot(workspace, lead.id).returned


@pytest.mark.parametrize("never", [0, -1, 2, 10**30])
def test_r49_an_id_that_never_was_is_nobody(workspace: Workspace, database: Path, never: int) -> None:
    add(workspace, email="kim@example.com")
    before = content(database)
    with pytest.raises(NotFound) as error:
        visits.visit(workspace, Boot(never))
    assert error.value.code == "customer_not_found"
    assert content(database) == before


def test_r5_a_visit_brings_back_who_was_hidden_and_hides_who_was_seen_longest_ago(
    workspace: Workspace, database: Path, clock: Clock
) -> None:
    first, second = add(workspace, email="a@example.com"), add(workspace, email="b@example.com")
    sql(database, "INSERT INTO setting (name, value) VALUES ('managed_users_limit', '1')")
    clock.move(days=1)
    boot(workspace, second.id)
    assert customers.get(workspace, first.id).hidden
    clock.move(days=1)
    assert not boot(workspace, first.id).customer.hidden
    assert customers.get(workspace, second.id).hidden


def test_r52_only_what_is_news_is_written_down(workspace: Workspace, database: Path, clock: Clock) -> None:
    lead = add(workspace, email="kim@example.com")
    for _ in range(3):
        clock.move(seconds=60)
        boot(workspace, lead.id)
    boot(workspace, lead.id, "M1")
    boot(workspace, member_id="M1")
    entries = timeline(workspace, lead.id)
    assert [entry.kind for entry in entries] == [EntryKind.LOGIN, EntryKind.VISIT]
    assert len(lines(database, "visited")) == 2
    late = boot(workspace, member_id="M2", at=1_700_000_000_000)
    assert [entry.at for entry in timeline(workspace, late.customer.id)] == [1_700_000_000_000]
