"""Leads that go into members, and whose values win (R40-R43): the readable rule.

Unification is settled once for whatever changes customers (an import as a whole, one edit, one visit), on the customers
as the change left them: each lead that was touched, or that shares a verified contact with a member who was touched,
is linked. A member who takes a lead may gain a contact that links another lead; they are linked until there is none.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from crm_tui.core.fields import EMAIL, MAX_LIST_ITEMS, MOBILE_NUMBER, OPT_OUTS, TAGS, Value
from crm_tui.core.identity import email_key
from crm_tui.core.merging import CONTACTS, Profile, join_tags
from crm_tui.core.validation import profile_problems

CONTACT_ORDER = (EMAIL, MOBILE_NUMBER)
"""Where a lead and its member share both, the link is told by the first."""


MAX_CANDIDATES = 20
"""Other members that are told with a link: there are numbers that half of all customers share."""


class Occasion(StrEnum):
    """What customers were unified at."""

    IMPORT = "import"
    EDIT = "edit"
    VERIFY = "verify"
    VISIT = "visit"
    DELETE = "delete"
    """Of the member whom a lead waited for: there may be another."""


class Choice(StrEnum):
    """What became of a lead's value, and by which rule (R43)."""

    VERIFIED = "verified"
    """Taken: the lead's contact is verified and the member's is not."""
    ONLY = "only"
    """Taken: the member had none."""
    MEMBER = "member"
    """Left: the member's own value stays."""
    MEMBER_VERIFIED = "member_verified"
    """Left: the member's contact is verified and the lead's is not."""
    JOINED = "joined"
    """A list or tags: the lead's are added behind the member's."""
    OPT_OUT = "opt_out"
    """Taken: a refusal on either side stays a refusal."""
    NO_ROOM = "no_room"
    """Left: it would pass a limit of R15 or R17."""


@dataclass(frozen=True, slots=True)
class Unified:
    """A member after a lead went into them."""

    profile: Profile
    choices: Mapping[str, Choice]
    """By field key, for every value that the lead had."""


def unify(member: Profile, lead: Profile) -> Unified:
    """Return the member after the lead went into them, value by value (R43).

    Fields are looked at in the order of their keys; a value that would pass a limit is left out alone.
    """
    values: dict[str, Value] = dict(member.values)
    verified = set(member.verified)
    choices: dict[str, Choice] = {}
    for key in sorted(lead.values):
        taken, choices[key] = _choose(key, values.get(key), lead.values[key], member, lead)
        if taken is None:
            continue
        if profile_problems({**values, key: taken}):
            choices[key] = Choice.NO_ROOM
            continue
        values[key] = taken
        if key in CONTACTS and key in lead.verified:
            verified.add(key)
    return Unified(Profile(values, frozenset(verified)), choices)


def _choose(key: str, own: Value | None, given: Value, member: Profile, lead: Profile) -> tuple[Value | None, Choice]:
    """Return the value that the member gets, None where theirs stays, and by which rule."""
    if key in OPT_OUTS:
        return (True, Choice.OPT_OUT) if given and not own else (None, Choice.MEMBER)
    if own is None:
        return given, Choice.ONLY
    if isinstance(given, tuple) and isinstance(own, tuple):
        return _join(key, own, given)
    if key in CONTACTS and (key in member.verified) != (key in lead.verified):
        return (given, Choice.VERIFIED) if key in lead.verified else (None, Choice.MEMBER_VERIFIED)
    return None, Choice.MEMBER


def _join(key: str, own: tuple[Any, ...], given: tuple[Any, ...]) -> tuple[Value | None, Choice]:
    if key == TAGS:
        joined, left_out = join_tags(own, given)
        return (joined, Choice.JOINED) if not left_out or len(joined) > len(own) else (None, Choice.NO_ROOM)
    both: tuple[Any, ...] = tuple(dict.fromkeys((*own, *given)))
    return (None, Choice.NO_ROOM) if len(both) > MAX_LIST_ITEMS else (both, Choice.JOINED)


@dataclass(frozen=True, slots=True)
class Person:
    """A customer as far as unification looks at them. Instants are UTC epoch milliseconds."""

    id: int
    is_member: bool
    profile: Profile
    created_at: int
    updated_at: int | None
    last_seen_at: int
    sessions_count: int
    is_blocked: bool

    def contacts(self) -> frozenset[tuple[str, str]]:
        """Return the verified contacts as they are compared, by field key (R11)."""
        found = ((key, self.profile.values.get(key)) for key in CONTACT_ORDER if key in self.profile.verified)
        return frozenset(
            (key, email_key(str(value)) if key == EMAIL else str(value)) for key, value in found if value is not None
        )


@dataclass(frozen=True, slots=True)
class Link:
    """A lead and the member that it belongs to (R40, R41)."""

    lead_id: int
    member_id: int
    contact: str
    """The key of the field by which they are linked."""
    candidates: tuple[int, ...]
    """The other members it could have been, by id, the first `MAX_CANDIDATES`."""
    is_pending: bool
    """The lead has booted: it waits for the member's next login (R42)."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What unification makes of customers."""

    people: Mapping[int, Person]
    """All who are left."""
    unified: tuple[tuple[Link, Mapping[str, Choice]], ...]
    """In the order in which they were."""
    pending: tuple[Link, ...]
    """Links that are new; those that waited before are not among them."""


def link(lead: Person, people: Iterable[Person]) -> Link | None:
    """Return the link of a lead (R40, R41), or None; blocked customers are never linked.

    Of several members it is the one with the newest `updatedAt`; who was never updated counts from `createdAt`, and of
    equals the lowest id is taken.
    """
    if lead.is_member or lead.is_blocked:
        return None
    shared = {
        one.id: (one, both)
        for one in people
        if one.is_member and not one.is_blocked and (both := one.contacts() & lead.contacts())
    }
    if not shared:
        return None
    member, both = min(
        shared.values(),
        key=lambda pair: (-(pair[0].created_at if pair[0].updated_at is None else pair[0].updated_at), pair[0].id),
    )
    contact = next(key for key in CONTACT_ORDER if any(kind == key for kind, _ in both))
    others = tuple(sorted(shared.keys() - {member.id}))[:MAX_CANDIDATES]
    return Link(lead.id, member.id, contact, others, is_pending=lead.sessions_count > 0)


def merge(member: Person, lead: Person, now: int) -> tuple[Person, Mapping[str, Choice]]:
    """Return the member after the lead went into them, and why they have which value.

    Sessions are added up; who booted last says when the member was last seen.
    """
    unified = unify(member.profile, lead.profile)
    seen = max(member.last_seen_at, lead.last_seen_at) if lead.sessions_count else member.last_seen_at
    after = replace(
        member,
        profile=unified.profile,
        updated_at=now,
        last_seen_at=seen,
        sessions_count=member.sessions_count + lead.sessions_count,
    )
    return after, unified.choices


def settle(people: Iterable[Person], touched: Collection[int], waiting: Mapping[int, int], now: int) -> Settled:
    """Unify all customers that a change touched.

    Args:
        people: All customers there are, as the change left them.
        touched: The ids of those that it created or changed.
        waiting: The member that each lead waits for already, by the lead's id.
        now: The moment, UTC epoch milliseconds.
    """
    left = {one.id: one for one in people}
    unified: list[tuple[Link, Mapping[str, Choice]]] = []
    pending: dict[int, Link] = {}
    looked_at = set(touched)
    while looked_at:
        found = list(_links(left, looked_at))
        looked_at = set()
        for one in found:
            if one.is_pending:
                if waiting.get(one.lead_id) is None:
                    pending.setdefault(one.lead_id, one)
                continue
            before = left[one.member_id]
            left[one.member_id], choices = merge(before, left.pop(one.lead_id), now)
            unified.append((one, choices))
            if left[one.member_id].contacts() != before.contacts():
                looked_at.add(one.member_id)
    return Settled(left, tuple(unified), tuple(pending.values()))


def _links(people: Mapping[int, Person], touched: Collection[int]) -> Iterator[Link]:
    """Yield the links of touched leads and of those that share a contact with a touched member.

    Leads are in the order in which they go in: seen last first, then updated last, then the lowest id.
    """
    members = [one for one in people.values() if one.is_member and not one.is_blocked]
    drawn = frozenset[tuple[str, str]]().union(*(one.contacts() for one in members if one.id in touched))
    leads = sorted(
        (one for one in people.values() if not one.is_member and not one.is_blocked),
        key=lambda one: (-one.last_seen_at, -(one.updated_at if one.updated_at is not None else -1), one.id),
    )
    for lead in leads:
        found = link(lead, members)
        if found is not None and (lead.id in touched or drawn & lead.contacts()):
            yield found
