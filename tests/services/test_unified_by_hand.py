"""Leads and members that an edit or a verified contact links: the manager is asked, and what they say is done (R45)."""

from pathlib import Path

import pytest

from crm_tui.core.fields import EMAIL, MOBILE_NUMBER
from crm_tui.core.problems import Code
from crm_tui.services import customers, verifying
from crm_tui.services.blocking import block
from crm_tui.services.customers import Edited
from crm_tui.services.deleting import delete
from crm_tui.services.selection import Selection
from crm_tui.services.workspace import Workspace
from tests.services.conftest import Clock
from tests.services.kit import content, one, sql
from tests.services.lives import answer, asked, boot, lines, member, twin
from tests.services.people import add, codes

MOBILE = "+821020203030"


def log_length(database: Path) -> int:
    return int(one(database, "SELECT count(*) FROM activity"))


def test_r45_an_edit_that_links_a_lead_to_a_member_asks_and_writes_nothing(
    workspace: Workspace, database: Path
) -> None:
    whose = member(workspace, "M1", email="kim@example.com", name="김")
    lead = add(workspace, mobileNumber=MOBILE)
    before, revision, log = content(database), customers.revision(workspace), log_length(database)
    would = asked(customers.edit(workspace, lead.id, {"email": "KIM@example.com", "name": "이"}))
    (link,) = would.links
    assert (would.customer, would.others) == (lead, (whose,))
    assert (link.lead_id, link.member_id, link.contact, link.is_pending) == (lead.id, whose.id, EMAIL, False)
    assert (content(database), customers.revision(workspace), log_length(database)) == (before, revision, log)


def test_r41_r45_on_yes_a_lead_who_never_booted_goes_at_once(workspace: Workspace, database: Path) -> None:
    whose = member(workspace, "M1", email="kim@example.com")
    lead = add(workspace, mobileNumber=MOBILE)
    edited = customers.edit(workspace, lead.id, {"email": "kim@example.com", "name": "이"}, unify=True)
    assert isinstance(edited, Edited)
    assert (edited.customer.id, edited.unified, edited.pending) == (whose.id, 1, 0)
    assert (edited.customer.get("profile.name"), edited.customer.get(MOBILE_NUMBER)) == ("이", MOBILE)
    assert one(database, "SELECT count(*) FROM customer") == 1
    assert lines(database, "unified") == [('{"occasion":"edit","count":1}', [whose.id, lead.id])]


def test_r42_r45_on_yes_a_lead_who_booted_waits_and_is_not_asked_about_again(workspace: Workspace) -> None:
    whose = member(workspace, "M1", email="kim@example.com")
    lead = boot(workspace, add(workspace, mobileNumber=MOBILE).id).customer
    assert asked(customers.edit(workspace, lead.id, {"email": "kim@example.com"})).links[0].is_pending
    edited = customers.edit(workspace, lead.id, {"email": "kim@example.com"}, unify=True)
    assert isinstance(edited, Edited)
    assert (edited.customer.id, edited.unified, edited.pending) == (lead.id, 0, 1)
    for customer in (edited.customer, customers.get(workspace, whose.id)):
        assert [(one.lead_id, one.member_id) for one in customer.pending] == [(lead.id, whose.id)]
    again = customers.edit(workspace, lead.id, {"mobileNumber": "+82 10-9999-8888"})
    assert isinstance(again, Edited)
    assert len(again.customer.pending) == 1


def test_r45_on_no_only_the_edit_is_done_and_the_log_says_so(workspace: Workspace, database: Path) -> None:
    whose = member(workspace, "M1", email="kim@example.com")
    lead = add(workspace, mobileNumber=MOBILE)
    edited = customers.edit(workspace, lead.id, {"email": "kim@example.com"}, unify=False)
    assert isinstance(edited, Edited)
    assert (edited.customer.id, edited.customer.pending, edited.unified) == (lead.id, (), 0)
    assert lines(database, "unify_declined") == [('{"contact":"profile.email"}', [whose.id, lead.id])]


def test_r45_what_was_declined_is_not_asked_again_by_an_edit_of_something_else(workspace: Workspace) -> None:
    member(workspace, "M1", email="kim@example.com")
    lead = add(workspace, mobileNumber=MOBILE)
    customers.edit(workspace, lead.id, {"email": "kim@example.com"}, unify=False)
    edited = customers.edit(workspace, lead.id, {"name": "이", "email": "KIM@example.com"})
    assert isinstance(edited, Edited)


def test_r45_an_edit_of_a_member_asks_about_all_leads_with_that_contact(workspace: Workspace, database: Path) -> None:
    lead = add(workspace, email="kim@example.com")
    booted = twin(workspace, database, lead, sessions=1)
    whose = member(workspace, "M1", mobileNumber=MOBILE)
    would = asked(customers.edit(workspace, whose.id, {"email": "kim@example.com"}))
    assert {(one.lead_id, one.is_pending) for one in would.links} == {(lead.id, False), (booted.id, True)}
    assert {one.id for one in would.others} == {lead.id, booted.id}
    edited = customers.edit(workspace, whose.id, {"email": "kim@example.com"}, unify=True)
    assert isinstance(edited, Edited)
    assert (edited.customer.id, edited.unified, edited.pending) == (whose.id, 1, 1)


def test_r41_r45_a_lead_who_is_given_a_member_id_by_hand_takes_leads_too(workspace: Workspace, database: Path) -> None:
    lead = add(workspace, email="kim@example.com")
    other = twin(workspace, database, lead)
    would = asked(customers.edit(workspace, lead.id, {"memberId": "M1"}))
    assert [(one.lead_id, one.member_id) for one in would.links] == [(other.id, lead.id)]


def test_r41_of_several_members_the_one_updated_last_is_named(
    workspace: Workspace, database: Path, clock: Clock
) -> None:
    first = member(workspace, "M1", email="kim@example.com")
    second = member(workspace, "M2", mobileNumber=MOBILE)
    clock.move(days=1)
    customers.edit(workspace, first.id, {"name": "김"})
    lead = add(workspace, email="lee@example.com")
    sql(database, "UPDATE customer SET mobile_number = ?, mobile_number_verified = 1 WHERE id = ?", MOBILE, lead.id)
    (link,) = asked(customers.edit(workspace, lead.id, {"email": "kim@example.com"})).links
    assert (link.member_id, link.candidates, link.contact) == (first.id, (second.id,), EMAIL)


@pytest.mark.parametrize("who_is_blocked", ["lead", "member"])
def test_r40_r47_blocked_customers_are_never_linked(workspace: Workspace, who_is_blocked: str) -> None:
    whose = member(workspace, "M1", email="kim@example.com")
    lead = add(workspace, mobileNumber=MOBILE)
    block(workspace, Selection(frozenset({lead.id if who_is_blocked == "lead" else whose.id})))
    edited = customers.edit(workspace, lead.id, {"email": "kim@example.com"})
    assert isinstance(edited, Edited)
    assert edited.customer.pending == ()


def test_r42_who_no_longer_shares_the_contact_waits_no_longer(workspace: Workspace, database: Path) -> None:
    whose = member(workspace, "M1", email="kim@example.com")
    lead = boot(workspace, add(workspace, mobileNumber=MOBILE).id).customer
    customers.edit(workspace, lead.id, {"email": "kim@example.com"}, unify=True)
    edited = customers.edit(workspace, whose.id, {"email": "new@example.com"})
    assert isinstance(edited, Edited)
    assert edited.customer.pending == ()
    assert one(database, "SELECT count(*) FROM pending_unification") == 0


def test_r2_verifying_makes_a_typed_contact_as_good_as_any(workspace: Workspace, database: Path, clock: Clock) -> None:
    lead = answer(workspace, email="kim@example.com").customer
    clock.move(days=1)
    verified = verifying.verify(workspace, lead.id, EMAIL)
    assert isinstance(verified, Edited)
    assert (verified.customer.email_verified, verified.customer.updated_at) == (True, clock.now)
    assert lines(database, "contact_verified") == [('{"field":"profile.email"}', [lead.id])]
    revision = customers.revision(workspace)
    assert verifying.verify(workspace, lead.id, EMAIL) == verified
    assert customers.revision(workspace) == revision


def test_r2_there_must_be_something_to_verify(workspace: Workspace, database: Path) -> None:
    lead = answer(workspace, email="kim@example.com").customer
    before = content(database)
    assert codes(verifying.verify(workspace, lead.id, MOBILE_NUMBER)) == [(MOBILE_NUMBER, Code.NOTHING_TO_VERIFY)]
    assert content(database) == before


def test_r45_verifying_asks_too_where_it_links(workspace: Workspace, database: Path) -> None:
    whose = member(workspace, "M1", email="kim@example.com")
    lead = answer(workspace, email="kim@example.com").customer
    before = content(database)
    assert asked(verifying.verify(workspace, lead.id, EMAIL)).others == (whose,)
    assert content(database) == before
    verified = verifying.verify(workspace, lead.id, EMAIL, unify=True)
    assert isinstance(verified, Edited)
    assert (verified.customer.id, verified.unified) == (whose.id, 1)
    assert lines(database, "unified")[0][0] == '{"occasion":"verify","count":1}'


def test_r3_who_exists_already_may_be_hidden_and_is_told_so(workspace: Workspace, database: Path) -> None:
    lead = add(workspace, email="kim@example.com")
    sql(database, "UPDATE customer SET is_hidden = 1 WHERE id = ?", lead.id)
    existing = customers.add_lead(workspace, {"email": "kim@example.com"})
    assert isinstance(existing, customers.AlreadyExists)
    assert existing.customer.hidden


def test_r45_a_yes_is_to_those_who_were_asked_about_and_where_others_are_linked_by_now_it_is_asked_again(
    workspace: Workspace, database: Path, clock: Clock
) -> None:
    member(workspace, "M1", email="kim@example.com")
    lead = add(workspace, mobileNumber=MOBILE)
    shown = asked(customers.edit(workspace, lead.id, {"email": "kim@example.com"})).links
    clock.move(days=1)
    customers.edit(workspace, member(workspace, "M2").id, {"email": "kim@example.com"})
    before = content(database)
    again = asked(customers.edit(workspace, lead.id, {"email": "kim@example.com"}, unify=shown)).links
    assert again != shown
    assert content(database) == before
    edited = customers.edit(workspace, lead.id, {"email": "kim@example.com"}, unify=again)
    assert isinstance(edited, Edited)
    assert (edited.customer.id, edited.unified) == (again[0].member_id, 1)


@pytest.mark.parametrize("by", ["edit", "verify"])
def test_r45_a_yes_after_a_no_unifies_though_nothing_else_changes(workspace: Workspace, by: str) -> None:
    whose = member(workspace, "M1", email="kim@example.com")
    lead = add(workspace, mobileNumber=MOBILE)
    customers.edit(workspace, lead.id, {"email": "kim@example.com"}, unify=False)
    if by == "edit":
        edited = customers.edit(workspace, lead.id, {"email": "kim@example.com"}, unify=True)
    else:
        edited = verifying.verify(workspace, lead.id, EMAIL, unify=True)
    assert isinstance(edited, Edited)
    assert (edited.customer.id, edited.unified) == (whose.id, 1)


def test_r42_a_lead_whose_member_is_deleted_waits_for_another_who_has_that_contact(workspace: Workspace) -> None:
    first, second = member(workspace, "M1", email="kim@example.com"), member(workspace, "M2")
    customers.edit(workspace, second.id, {"email": "kim@example.com"})
    lead = boot(workspace, add(workspace, mobileNumber=MOBILE).id).customer
    customers.edit(workspace, lead.id, {"email": "kim@example.com"}, unify=True)
    (link,) = customers.get(workspace, lead.id).pending
    delete(workspace, Selection(ids=frozenset({link.member_id})))
    (link_now,) = customers.get(workspace, lead.id).pending
    assert {link.member_id, link_now.member_id} == {first.id, second.id}
