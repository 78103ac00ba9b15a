"""What customers typed themselves (R2): it fills, it never overwrites what is verified, and nobody is unified by it."""

from pathlib import Path

import pytest

from crm_tui.core.fields import EMAIL, LANDLINE_NUMBER, MEMBER_ID, MOBILE_NUMBER, NAME, TAGS, UNSUBSCRIBE_EMAIL
from crm_tui.core.problems import Code
from crm_tui.core.talk import MAX_TALK_LENGTH, EntryKind
from crm_tui.services import collecting, customers
from crm_tui.services.conversations import timeline
from crm_tui.services.errors import NotFound
from crm_tui.services.workspace import Workspace
from tests.services.conftest import Clock
from tests.services.kit import content, sql
from tests.services.lives import answer, lines, member, twin
from tests.services.people import add, codes


def test_r2_answers_of_an_unknown_visitor_make_a_lead_with_unverified_contacts(
    workspace: Workspace, database: Path, clock: Clock
) -> None:
    collected = answer(workspace, email="Kim@Example.com", mobileNumber="+82 010-2020-3030", name="김")
    customer = collected.customer
    assert (collected.is_new, collected.kept) == (True, ())
    assert set(collected.filled) == {EMAIL, MOBILE_NUMBER, NAME}
    assert (customer.get(EMAIL), customer.email_verified, customer.mobile_number_verified) == (
        "Kim@example.com",
        False,
        False,
    )
    assert (customer.created_at, customer.last_seen_at, customer.sessions_count) == (clock.now, clock.now, 0)
    assert lines(database, "collected") == [
        ('{"fields":["profile.email","profile.mobileNumber","profile.name"]}', [customer.id])
    ]


def test_r2_r25_somebody_elses_contact_makes_a_lead_too_and_nobody_is_unified(
    workspace: Workspace, database: Path
) -> None:
    whose = member(workspace, "M1")
    collected = answer(workspace, email="M1@example.com")
    assert collected.is_new
    assert collected.customer.id != whose.id
    assert collected.customer.pending == ()
    assert customers.get(workspace, whose.id) == whose


def test_r2_a_verified_contact_stays_and_an_unverified_one_is_replaced(workspace: Workspace, clock: Clock) -> None:
    lead = add(workspace, email="kim@example.com")
    clock.move(days=1)
    first = answer(workspace, lead.id, email="new@example.com", mobileNumber="+82 10-1111-2222")
    assert (first.filled, first.kept, first.is_new) == ((MOBILE_NUMBER,), (EMAIL,), False)
    second = answer(workspace, lead.id, mobileNumber="+82 10-3333-4444")
    assert (second.filled, second.kept) == ((MOBILE_NUMBER,), ())
    customer = second.customer
    assert (customer.get(EMAIL), customer.email_verified) == ("kim@example.com", True)
    assert (customer.get(MOBILE_NUMBER), customer.mobile_number_verified) == ("+821033334444", False)
    assert (customer.updated_at, customer.last_seen_at) == (clock.now, lead.last_seen_at)


def test_r2_other_fields_are_only_filled_where_they_are_empty(workspace: Workspace) -> None:
    lead = add(workspace, email="kim@example.com", name="김", tags='["VIP"]')
    collected = answer(workspace, lead.id, name="이", landlineNumber="+82 2-123-4567", tags='["신규"]')
    assert (collected.filled, set(collected.kept)) == ((LANDLINE_NUMBER,), {NAME, TAGS})
    assert (collected.customer.get(NAME), collected.customer.tags) == ("김", ("VIP",))


@pytest.mark.parametrize(
    ("before", "typed", "after"), [("false", "true", True), ("true", "false", True), ("false", "false", False)]
)
def test_r43_a_refusal_is_never_lost_by_a_form(workspace: Workspace, before: str, typed: str, after: bool) -> None:
    lead = add(workspace, email="kim@example.com", unsubscribeEmail=before)
    collected = answer(workspace, lead.id, unsubscribeEmail=typed)
    assert collected.customer.unsubscribe_email is after
    assert collected.filled == ((UNSUBSCRIBE_EMAIL,) if str(after).lower() != before else ())
    assert collected.kept == ((UNSUBSCRIBE_EMAIL,) if str(after).lower() != typed else ())


def test_r2_the_same_answer_again_changes_nothing_and_is_not_told_as_kept(workspace: Workspace, clock: Clock) -> None:
    lead = add(workspace, email="kim@example.com", name="김", tags='["VIP"]')
    collected = answer(workspace, lead.id, email="KIM@example.com", name=" 김 ", tags='["vip"]')
    assert (collected.filled, collected.kept) == ((), ())
    assert collected.customer == lead


def test_r2_whatever_was_answered_stands_on_the_timeline(workspace: Workspace) -> None:
    lead = add(workspace, email="kim@example.com")
    answer(workspace, lead.id, email="new@example.com", name="김")
    (entry,) = timeline(workspace, lead.id)
    assert (entry.kind, entry.text, entry.manager) == (EntryKind.FORM, "email: new@example.com\nname: 김", None)
    answer(workspace, lead.id, tags="[" + ",".join(f'"{"x" * 120}{number}"' for number in range(60)) + "]")
    assert len(timeline(workspace, lead.id)[0].text or "") == MAX_TALK_LENGTH


@pytest.mark.parametrize(
    ("cells", "problems"),
    [
        ({}, [(EMAIL, Code.CONTACT_MISSING)]),
        ({"name": "김"}, [(EMAIL, Code.CONTACT_MISSING)]),
        ({"email": "kim"}, [(EMAIL, Code.EMAIL_INVALID)]),
        ({"email": "kim@example.com", "memberId": "M1"}, [(MEMBER_ID, Code.FIELD_READ_ONLY)]),
        ({"email": "kim@example.com", "nickname": "x"}, [("nickname", Code.FIELD_UNKNOWN)]),
    ],
)
def test_r18_answers_that_cannot_be_change_nothing(
    workspace: Workspace, database: Path, cells: dict[str, str], problems: list[tuple[str, Code]]
) -> None:
    before = content(database)
    assert codes(collecting.collect(workspace, cells)) == problems
    assert content(database) == before


def test_r17_answers_that_would_not_fit_in_the_profile_are_refused(workspace: Workspace, database: Path) -> None:
    lead = add(workspace, email="kim@example.com")
    sql(database, "UPDATE customer SET custom = ? WHERE id = ?", '{"long":"' + "x" * 15_000 + '"}', lead.id)
    before = content(database)
    answered = collecting.collect(workspace, {"description": "가" * 300}, customer_id=lead.id)
    assert codes(answered) == [("", Code.PROFILE_TOO_LARGE)]
    assert content(database) == before


def test_a_member_answers_by_their_id_and_who_is_not_there_is_not_made(workspace: Workspace, database: Path) -> None:
    whose = member(workspace, "M1")
    collected = collecting.collect(workspace, {"name": "김"}, member_id=" M1 ")
    assert isinstance(collected, collecting.Collected)
    assert (collected.customer.id, collected.customer.get(NAME)) == (whose.id, "김")
    for call in ({"member_id": "m1"}, {"member_id": " "}, {"customer_id": 99}):
        with pytest.raises(NotFound):
            collecting.collect(workspace, {"name": "김"}, **call)


def test_r44_a_browser_that_remembers_a_lead_answers_for_the_member_they_went_into(
    workspace: Workspace, database: Path
) -> None:
    whose = member(workspace, "M1")
    lead = twin(workspace, database, whose)
    customers.edit(
        workspace, lead.id, {"landlineNumber": "+82 2-123-4567", "mobileNumber": "+821020203030"}, unify=True
    )
    assert answer(workspace, lead.id, name="김").customer.id == whose.id
