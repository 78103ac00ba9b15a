"""R40-R43: who is linked, and whose value wins."""

import dataclasses
from typing import Any

import pytest

from crm_tui.core.fields import EMAIL, MEMBER_ID, MOBILE_NUMBER, NAME, OPT_OUTS, TAGS, Value
from crm_tui.core.merging import Profile
from crm_tui.core.unification import MAX_CANDIDATES, Choice, Person, link, settle, unify

LIKES = "profile.likes"
PHONE, OTHER_PHONE = "+821020000001", "+821020000002"
NOW = 10_000


def person(number: int, values: dict[str, Value], **other: Any) -> Person:
    """Return a customer; their contacts are verified unless it is said otherwise."""
    verified = other.pop("verified", {EMAIL, MOBILE_NUMBER} & values.keys())
    known = {"created_at": 1000, "updated_at": None, "last_seen_at": 1000, "sessions_count": 0, "is_blocked": False}
    return Person(number, MEMBER_ID in values, Profile(values, frozenset(verified)), **{**known, **other})


def member(number: int, values: dict[str, Value], **other: Any) -> Person:
    """Return a member."""
    return person(number, {MEMBER_ID: f"m{number}", **values}, **other)


# -- R43: value by value


@pytest.mark.parametrize(
    ("own", "given", "verified", "result", "choice"),
    [
        # field, the member's and the lead's value, whose contact is verified
        ((NAME, None), "Ann", "", "Ann", Choice.ONLY),
        ((NAME, "Bo"), "Ann", "", "Bo", Choice.MEMBER),
        ((EMAIL, "m@x.kr"), "l@x.kr", "lead", "l@x.kr", Choice.VERIFIED),
        ((EMAIL, "m@x.kr"), "l@x.kr", "member", "m@x.kr", Choice.MEMBER_VERIFIED),
        ((EMAIL, "m@x.kr"), "l@x.kr", "member lead", "m@x.kr", Choice.MEMBER),
        ((EMAIL, "m@x.kr"), "l@x.kr", "", "m@x.kr", Choice.MEMBER),
        ((EMAIL, None), "l@x.kr", "", "l@x.kr", Choice.ONLY),
        ((LIKES, ("a", "b")), ("b", "c"), "", ("a", "b", "c"), Choice.JOINED),
        ((LIKES, tuple(map(str, range(200)))), ("x",), "", tuple(map(str, range(200))), Choice.NO_ROOM),
        ((TAGS, ("VIP",)), ("vip", "new"), "", ("VIP", "new"), Choice.JOINED),
        ((TAGS, tuple(f"t{one}" for one in range(20))), ("x",), "", tuple(f"t{one}" for one in range(20)), "no_room"),
        ((OPT_OUTS[0], False), True, "", True, Choice.OPT_OUT),
        ((OPT_OUTS[0], True), False, "", True, Choice.MEMBER),
        ((OPT_OUTS[1], False), False, "", False, Choice.MEMBER),
        (("profile.text", None), "가" * 5200, "", None, Choice.NO_ROOM),
    ],
)
def test_r43_whose_value_wins(own: tuple[str, Any], given: Any, verified: str, result: Any, choice: Choice) -> None:
    key, value = own
    values = {MEMBER_ID: "m1"} if value is None else {MEMBER_ID: "m1", key: value}
    mine = Profile(values, frozenset({key} if "member" in verified else ()))
    unified = unify(mine, Profile({key: given}, frozenset({key} if "lead" in verified else ())))
    assert unified.profile.values.get(key) == result
    assert unified.choices == {key: choice}
    assert unified.profile.values[MEMBER_ID] == "m1"
    assert (key in unified.profile.verified) == bool(verified)


def test_r43_a_value_without_room_is_left_out_alone() -> None:
    mine = Profile({MEMBER_ID: "m1", "profile.text": "가" * 4900}, frozenset())
    unified = unify(mine, Profile({"profile.aa": "가" * 500, NAME: "Ann"}, frozenset()))
    assert unified.choices == {"profile.aa": Choice.NO_ROOM, NAME: Choice.ONLY}
    assert unified.profile.values[NAME] == "Ann"


# -- R40, R41: who is linked


LEAD = person(9, {EMAIL: "A@x.kr", MOBILE_NUMBER: PHONE})


@pytest.mark.parametrize(
    ("lead", "people"),
    [
        (LEAD, [person(1, {EMAIL: "a@x.kr"})]),
        (LEAD, [member(1, {EMAIL: "a@x.kr"}, verified=())]),
        (LEAD, [member(1, {EMAIL: "a@x.kr"}, is_blocked=True)]),
        (LEAD, [member(1, {EMAIL: "b@x.kr", MOBILE_NUMBER: OTHER_PHONE})]),
        (person(9, {EMAIL: "a@x.kr"}, verified=()), [member(1, {EMAIL: "a@x.kr"})]),
        (dataclasses.replace(LEAD, is_blocked=True), [member(1, {EMAIL: "a@x.kr"})]),
        (member(9, {EMAIL: "a@x.kr"}), [member(1, {EMAIL: "a@x.kr"})]),
        (LEAD, []),
    ],
    ids=["a lead", "unverified", "blocked", "others", "lead unverified", "lead blocked", "two members", "nobody"],
)
def test_r40_only_a_lead_and_a_member_with_an_equal_verified_contact_are_linked(
    lead: Person, people: list[Person]
) -> None:
    assert link(lead, people) is None


def test_r41_of_several_members_the_one_updated_last_and_who_never_was_counts_from_the_creation() -> None:
    people = [
        member(1, {EMAIL: "a@x.kr"}, updated_at=1500),
        member(2, {MOBILE_NUMBER: PHONE}, created_at=1600),
        member(3, {EMAIL: "a@x.kr", MOBILE_NUMBER: PHONE}, updated_at=1600),
    ]
    found = link(LEAD, people)
    assert found is not None
    assert (found.member_id, found.contact, found.candidates) == (2, MOBILE_NUMBER, (1, 3))
    found = link(LEAD, [people[0], people[2]])
    assert found is not None
    assert (found.member_id, found.contact) == (3, EMAIL)


def test_r41_of_very_many_members_only_the_first_are_told() -> None:
    found = link(LEAD, [member(number, {EMAIL: "a@x.kr"}) for number in range(50, 150)])
    assert found is not None
    assert (found.member_id, found.candidates) == (50, tuple(range(51, 51 + MAX_CANDIDATES)))


# -- R42: when


def test_r42_who_never_booted_goes_at_once_and_who_has_waits_once() -> None:
    people = [member(1, {EMAIL: "a@x.kr"}), LEAD, dataclasses.replace(LEAD, id=10, sessions_count=1)]
    done = settle(people, [1], {}, NOW)
    assert sorted(done.people) == [1, 10]
    assert [one.lead_id for one, _ in done.unified] == [9]
    assert [(one.lead_id, one.is_pending) for one in done.pending] == [(10, True)]
    assert done.people[1].updated_at == NOW
    assert settle(people, [1], {10: 1}, NOW).pending == ()


def test_r41_a_contact_that_a_member_gains_links_further_leads() -> None:
    people = [
        member(1, {EMAIL: "a@x.kr"}),
        LEAD,
        person(10, {MOBILE_NUMBER: PHONE}),
        person(11, {MOBILE_NUMBER: OTHER_PHONE}),
    ]
    done = settle(people, [9], {}, NOW)
    assert [(one.lead_id, one.contact) for one, _ in done.unified] == [(9, EMAIL), (10, MOBILE_NUMBER)]
    assert sorted(done.people) == [1, 11]


def test_r41_nobody_is_linked_whom_the_change_did_not_touch() -> None:
    people = [member(1, {EMAIL: "a@x.kr"}), LEAD, member(2, {EMAIL: "b@x.kr"})]
    assert settle(people, [2], {}, NOW).unified == ()
