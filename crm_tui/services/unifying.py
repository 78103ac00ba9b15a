"""Unification (R40-R45): leads that go into members, at once or at the next login, and why."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from crm_tui.core.fields import EMAIL, MOBILE_NUMBER, TAGS, Value
from crm_tui.core.merging import Profile
from crm_tui.core.permissions import Permission
from crm_tui.core.unification import MAX_CANDIDATES, Choice, Link, Occasion, Person, merge
from crm_tui.services.activity import ActivityKind, Actor, record
from crm_tui.services.errors import known
from crm_tui.services.profiles import Customer, columns_of, customer_of, values_of
from crm_tui.services.workspace import Workspace
from storage import customers as stored_customers
from storage import unifying as stored
from storage.columns import COLUMNS_BY_KEY, dump
from storage.dialects.sqlite import MAX_INTEGER
from storage.selection import Chosen
from storage.sql import Connection, driver_connection

_CHUNK = 1000
_VALUES = len(stored.VALUE_COLUMNS)
_PERSON = 1 + len(stored.PERSON_COLUMNS)


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a change of customers led to."""

    unified: int
    """Leads that went into a member."""
    pending: int
    """Leads that wait for one from now on (R42)."""
    member_ids: tuple[int, ...]
    """The members whom leads went into."""


@dataclass(frozen=True, slots=True)
class Unification:
    """A lead that went into a member, and why. Never a value."""

    lead_id: int
    """That customer is gone."""
    member_id: int
    at: int
    """UTC epoch milliseconds."""
    manager: str
    occasion: Occasion
    import_id: int | None
    contact: str
    """The key of the field by which they were linked."""
    candidates: tuple[int, ...]
    """The first of the other members it could have been."""
    choices: Mapping[str, Choice]
    """By field key: by which rule a value of the lead was taken or left (R43)."""


@dataclass(frozen=True, slots=True)
class PendingLink:
    """A lead that goes into a member when that member next logs in (R42)."""

    lead: Customer
    member: Customer
    contact: str
    """The key of the field by which they are linked."""
    since: int
    """UTC epoch milliseconds."""
    manager: str
    """Whose change linked them."""
    candidates: tuple[int, ...]
    """The first of the other members it could have been."""


def links_of(connection: Connection, customer_ids: Iterable[int]) -> tuple[Link, ...]:
    """Return the links that settling a change of these customers would make first; who waits already is left out."""
    raw = driver_connection(connection)
    _begin(raw, customer_ids)
    stored.find_broken(raw, stored.TEMP)
    return tuple(_find_links(raw, stored.TEMP))


def settle(
    connection: Connection,
    workspace: Workspace,
    customer_ids: Iterable[int],
    occasion: Occasion,
    import_id: int | None = None,
) -> Settlement:
    """Unify whatever a change of customers links, in its transaction (R40-R44).

    A lead who waited for a member with whom it no longer shares a contact is looked at again: there may be another.

    Args:
        connection: The one that changed them.
        workspace: Whose change it was.
        customer_ids: Those who were created or changed, as they are now.
        occasion: What was done.
        import_id: The import, where it was one.
    """
    raw = driver_connection(connection)
    touched = tuple(customer_ids)
    _begin(raw, (*touched, *stored.drop_broken(raw, touched)))
    now = workspace.now_ms()
    for _ in find_all(raw, stored.TEMP, (stored.LIVE_PEOPLE,), now):
        pass
    return _written_now(raw, workspace, now, occasion, import_id)


def run_pending(connection: Connection, workspace: Workspace, member_id: int, occasion: Occasion) -> int:
    """Unify the leads that wait for a member, and those that this links at once; return how many (R42).

    Leads that only this links, and that have booted, wait for the login after.
    """
    raw = driver_connection(connection)
    _begin(raw, ())
    stored.add_waiting_links(raw, stored.TEMP, member_id)
    now = workspace.now_ms()
    for _ in merge_links(raw, stored.TEMP, (stored.LIVE_PEOPLE,), 0, now):
        pass
    stored.end_round(raw, stored.TEMP, 0, now)
    for _ in find_all(raw, stored.TEMP, (stored.LIVE_PEOPLE,), now):
        pass
    return _written_now(raw, workspace, now, occasion, None).unified


def why(workspace: Workspace, customer_id: int) -> tuple[Unification, ...]:
    """Return which leads went into a customer, newest first, and why; of a lead who went, where to."""
    with workspace.reading(Permission.SEE) as connection:
        raw = driver_connection(connection)
        rows = stored.of_customer(raw, min(customer_id, MAX_INTEGER))
    return tuple(
        Unification(
            lead_id,
            member_id,
            at,
            manager,
            known(Occasion, occasion),
            import_id,
            contact,
            tuple(json.loads(candidates)),
            {key: known(Choice, choice) for key, choice in json.loads(choices).items()},
        )
        for lead_id, member_id, at, manager, occasion, import_id, contact, candidates, choices in rows
    )


def list_pending(workspace: Workspace, limit: int = 1000) -> tuple[PendingLink, ...]:
    """Return the links that wait for a login, newest first; blocked customers' links are among them."""
    with workspace.reading(Permission.SEE) as connection:
        rows = stored.waiting(driver_connection(connection), min(limit, MAX_INTEGER))
        people = {
            number: customer_of(row)
            for start in range(0, len(rows), _CHUNK)
            for number, row in stored_customers.by_ids(
                connection, {one for row in rows[start : start + _CHUNK] for one in row[:2]}
            ).items()
        }
    return tuple(
        PendingLink(people[lead], people[member], contact, since, manager, tuple(json.loads(candidates)))
        for lead, member, contact, since, manager, candidates in rows
    )


def _begin(connection: Any, touched: Iterable[int]) -> None:
    stored.begin(connection, stored.TEMP)
    stored.touch(connection, stored.TEMP, touched)
    stored.index_reach(connection, stored.TEMP)


def find_all(connection: Any, schema: str, people: Sequence[str], now: int) -> Iterator[None]:
    """Find all links of those who were touched, and what they make of the members, round by round.

    Args:
        connection: A DBAPI one.
        schema: Where the work tables are, those who were touched in them.
        people: SELECTs by which all values of customers are read.
        now: The moment, UTC epoch milliseconds.

    Yields:
        None, now and then: whoever waits may look whether to go on.
    """
    stored.find_broken(connection, schema)
    number = 1
    has_touched = True
    while has_touched:
        place = 0
        found: list[tuple[Any, ...]] = []
        for place, link in enumerate(_find_links(connection, schema)):
            found.append((*_columns(link), number, place))
            if len(found) == _CHUNK:
                stored.add_links(connection, schema, found)
                found.clear()
                yield
        stored.add_links(connection, schema, found)
        for _ in merge_links(connection, schema, people, number, now):
            yield
        has_touched = stored.end_round(connection, schema, number, now)
        number += 1


def _columns(link: Link) -> tuple[Any, ...]:
    return link.lead_id, link.member_id, link.contact, dump(link.candidates), link.is_pending


def _find_links(connection: Any, schema: str) -> Iterator[Link]:
    """Yield the links of one round in the order in which leads go in (R41): the twin of `core.unification.link`."""
    stored.find_leads(connection, schema)
    for lead_id, sessions, waits, *shared in stored.leads_with_members(connection, schema):
        is_pending = sessions > 0
        if is_pending and waits:
            continue
        by_email, by_mobile = shared[:3], shared[3:]
        chosen = min((-at, member_id) for member_id, at, _ in (by_email, by_mobile) if member_id is not None)[1]
        others = {one for _, _, ids in (by_email, by_mobile) if ids is not None for one in json.loads(ids)} - {chosen}
        contact = EMAIL if by_email[0] == chosen else MOBILE_NUMBER
        yield Link(lead_id, chosen, contact, tuple(sorted(others))[:MAX_CANDIDATES], is_pending)


def merge_links(connection: Any, schema: str, people: Sequence[str], first_round: int, now: int) -> Iterator[int]:
    """Let the leads of all links from a round on go into their members, in the work tables.

    Yields:
        Now and then how many leads did.
    """
    stored.load_people(connection, schema, people, first_round)
    merged = 0
    members: list[tuple[Any, ...]] = []
    choices: list[tuple[str, int]] = []
    rows = stored.people_to_merge(connection, schema, first_round)
    for _, links in groupby(rows, key=lambda row: row[0]):
        member: Person | None = None
        before: Person | None = None
        for row in links:
            if member is None:
                member = before = _person(row[:_PERSON])
            lead = _person(row[_PERSON:])
            member, chosen = merge(member, lead, now)
            choices.append((dump(chosen), lead.id))
            merged += 1
        assert member is not None
        assert before is not None
        members.append(_merged(before, member))
        if len(members) >= _CHUNK or len(choices) >= _CHUNK:
            stored.write_merged(connection, schema, members, choices)
            members, choices = [], []
            yield merged
    stored.write_merged(connection, schema, members, choices)


def merge_planned(connection: Any, people: Sequence[str], now: int) -> Iterator[int]:
    """Put together, value by value, whom an import's plan links: all but writing it, so that no lock is needed.

    What they have is personal: it stands in temporary tables, which are gone with the connection.

    Args:
        connection: A DBAPI one, with the plan.
        people: SELECTs of all customers as the import leaves them.
        now: The moment that counts as that of the import.

    Yields:
        Now and then how many leads went in.
    """
    stored.begin(connection, stored.TEMP)
    stored.copy_links(connection, stored.SCRATCH, stored.TEMP)
    if stored.count_found(connection, stored.TEMP)[0]:
        yield from merge_links(connection, stored.TEMP, people, 0, now)


def write_planned(connection: Any, actor: Actor, now: int, import_id: int) -> None:
    """Write what `merge_planned` put together, in the import's transaction, once all its customers are written."""
    stored.drop_broken(connection, None)
    write(connection, actor, stored.TEMP, now, Occasion.IMPORT, import_id)


def _person(row: Sequence[Any]) -> Person:
    number, *columns, custom, tags, email_verified, mobile_verified, created, updated, seen, sessions = row
    values: dict[str, Value] = values_of(columns, custom)
    if tags not in (None, "[]"):
        values[TAGS] = tuple(json.loads(tags))
    verified = frozenset(key for key, flag in ((EMAIL, email_verified), (MOBILE_NUMBER, mobile_verified)) if flag)
    return Person(
        number,
        is_member="memberId" in values,
        profile=Profile(values, verified),
        created_at=created,
        updated_at=updated,
        last_seen_at=seen,
        sessions_count=sessions,
        is_blocked=False,
    )


def _merged(before: Person, after: Person) -> tuple[Any, ...]:
    """Return what `write_merged` takes of a member."""
    columns = columns_of(after.profile)
    tags = after.profile.values.get(TAGS, ())
    return (
        *(columns[name] for name in COLUMNS_BY_KEY.values()),
        columns["custom"],
        dump(tags),
        columns["email_verified"],
        columns["mobile_number_verified"],
        after.created_at,
        after.updated_at,
        after.last_seen_at,
        after.sessions_count,
        columns["email_key"],
        columns["search_text"],
        tags != before.profile.values.get(TAGS, ()),
        after.contacts() != before.contacts(),
        after.id,
    )


def _written_now(connection: Any, actor: Actor, now: int, occasion: Occasion, import_id: int | None) -> Settlement:
    settlement = write(connection, actor, stored.TEMP, now, occasion, import_id)
    if not settlement.unified:
        return settlement
    return replace(settlement, member_ids=tuple(stored.members_found(connection, stored.TEMP)))


def write(
    connection: Any, actor: Actor, schema: str, now: int, occasion: Occasion, import_id: int | None
) -> Settlement:
    """Write what was found in the work tables to the live ones, with its lines in the log; members are not listed."""
    unified, pending = stored.count_found(connection, schema)
    if not unified and not pending:
        return Settlement(0, 0, ())
    for is_pending, kind, count in (
        (False, ActivityKind.UNIFIED, unified),
        (True, ActivityKind.UNIFY_PENDING, pending),
    ):
        if count:
            stored.note_linked(connection, schema, is_pending=is_pending)
            details = {"occasion": occasion.value, "count": count}
            record(
                connection, actor, kind, Chosen.LOGGED, **details | ({} if import_id is None else {"import": import_id})
            )
    stored.write(connection, schema, now, actor.manager, occasion.value, import_id)
    return Settlement(unified, pending, ())
