"""Single customers: shown, added by hand and edited (R1-R5)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from crm_tui.core.fields import EMAIL, MEMBER_ID, MOBILE_NUMBER, Field, Value
from crm_tui.core.identity import Candidate, choose, email_key
from crm_tui.core.merging import Profile
from crm_tui.core.permissions import Permission
from crm_tui.core.problems import Code, Problem
from crm_tui.core.text import trim
from crm_tui.core.unification import Link, Occasion
from crm_tui.core.validation import profile_problems
from crm_tui.services import one_customer, unifying
from crm_tui.services.activity import ActivityKind, record
from crm_tui.services.fields import read_fields
from crm_tui.services.profiles import Customer, customer_of
from crm_tui.services.values import (
    changed_since,
    contacts_of,
    emptied,
    parse_value,
    parse_values,
    values_of,
    verified_of,
)
from crm_tui.services.workspace import Workspace
from storage import customers as stored
from storage import revision as stored_revision
from storage import unifying as stored_unifying
from storage.sql import Connection, driver_connection


@dataclass(frozen=True, slots=True)
class Added:
    """A lead that was added."""

    customer: Customer
    tags_left_out: int = 0
    """Those above the limit of R16."""


@dataclass(frozen=True, slots=True)
class Edited:
    """A customer as an edit left them."""

    customer: Customer
    """Where a lead went into a member, that member."""
    tags_left_out: int = 0
    """Those above the limit of R16."""
    unified: int = 0
    """Leads that went into members (R45)."""
    pending: int = 0
    """Leads that wait for a member's login from now on (R42)."""


@dataclass(frozen=True, slots=True)
class WouldUnify:
    """Nothing was written: it would link leads and members, and the manager is to say whether it shall (R45)."""

    customer: Customer
    """As they are now."""
    links: tuple[Link, ...]
    """Each lead with the member that it would go into, at once or (`is_pending`) when they next log in."""
    others: tuple[Customer, ...]
    """All other leads and members of the links, as they are now."""


Unify = bool | tuple[Link, ...] | None
"""Whether leads and members go together (R45). None: ask where there are any; links: those that were asked about, and
where there are others now, ask again; True: whoever they are."""


class Asked(Exception):
    """Ends a transaction that would link customers, so that nothing of it is written; never leaves the services."""

    def __init__(self, would: WouldUnify) -> None:
        super().__init__()
        self.would = would


@dataclass(frozen=True, slots=True)
class Stale:
    """Nothing was edited: somebody else changed these fields since the manager saw them."""

    customer: Customer
    """As they are now."""
    keys: tuple[str, ...]
    """The fields given that hold something else than was seen."""


@dataclass(frozen=True, slots=True)
class AlreadyExists:
    """Nothing was added: this customer, who may be blocked or hidden, has that verified contact (R3)."""

    customer: Customer


def get(workspace: Workspace, customer_id: int) -> Customer:
    """Return one customer, a blocked one too.

    Raises:
        NotFound: There is no customer with that id.
    """
    with workspace.reading(Permission.SEE) as connection:
        return one_customer.read(connection, customer_id)


def by_ids(workspace: Workspace, ids: Collection[int]) -> tuple[Customer, ...]:
    """Return those of these ids who are there, blocked ones too, in one read."""
    with workspace.reading(Permission.SEE) as connection:
        rows = stored.by_ids(connection, ids)
        return tuple(customer_of(rows[one]) for one in sorted(rows))


def find(
    workspace: Workspace, *, member_id: str | None = None, email: str | None = None, mobile: str | None = None
) -> tuple[Customer, ...]:
    """Return the customers with exactly this member id, e-mail or mobile number, verified or not."""
    for column, key, given in (
        ("member_id", MEMBER_ID, member_id),
        ("email_key", EMAIL, email),
        ("mobile_number", MOBILE_NUMBER, mobile),
    ):
        if given is None:
            continue
        with workspace.reading(Permission.SEE) as connection:
            value = parse_value(given, key, connection)
            if not isinstance(value, str):
                return ()
            wanted = email_key(value) if key == EMAIL else value
            return tuple(one_customer.read(connection, one) for one in stored.ids_where(connection, column, wanted))
    return ()


def revision(workspace: Workspace) -> int:
    """Return a number that grows whenever customers change."""
    with workspace.reading(None) as connection:
        return stored_revision.read(driver_connection(connection))


def add_lead(workspace: Workspace, values: Mapping[str, str]) -> Added | AlreadyExists | tuple[Problem, ...]:
    """Add one lead (R3): `values` are cells by field key, in any spelling of the key."""
    with workspace.transaction(Permission.EDIT, changes_customers=True) as connection:
        parsed, problems = parse_values(connection, values)
        if MEMBER_ID in parsed:
            problems.append(Problem(Code.FIELD_READ_ONLY, MEMBER_ID))
        if not problems and EMAIL not in parsed and MOBILE_NUMBER not in parsed:
            problems.append(Problem(Code.CONTACT_MISSING, EMAIL))
        if not problems:
            problems.extend(profile_problems(parsed))
        if problems:
            return tuple(problems)
        existing = _who_has(connection, parsed)
        if existing is not None:
            return AlreadyExists(one_customer.read(connection, existing))
        verified = frozenset({EMAIL, MOBILE_NUMBER} & parsed.keys())
        new_id, left_out = one_customer.insert(connection, Profile(parsed, verified), workspace.now_ms())
        record(connection, workspace, ActivityKind.CUSTOMER_ADDED, [new_id])
        return Added(one_customer.read(connection, new_id), left_out)


def edit(
    workspace: Workspace,
    customer_id: int,
    values: Mapping[str, str],
    clear: Sequence[str] = (),
    *,
    seen: Mapping[str, Value | None] | None = None,
    unify: Unify = None,
) -> Edited | Stale | WouldUnify | tuple[Problem, ...]:
    """Overwrite fields of one customer and empty those of `clear`; return the customer, or what is wrong.

    A blank value empties its field. Lists and tags are replaced, not appended to: the manager sees all of them.

    Args:
        workspace: The database.
        customer_id: Whom.
        values: Cells by field key, in any spelling of the key.
        clear: Fields to empty.
        seen: What the manager saw in those fields. Where another value stands there now nothing is written.
        unify: Whether leads and members that the edit links are unified (R45). True: also where it links them by a
            contact that was theirs before.

    Raises:
        NotFound: The customer is gone.
    """
    try:
        with workspace.transaction(Permission.EDIT, changes_customers=True) as connection:
            current = one_customer.read(connection, customer_id)
            fields = read_fields(connection)
            if changed := changed_since(current, seen or {}, {*values, *clear}, fields):
                return Stale(current, changed)
            edited = _edited(connection, current, values, clear, fields)
            return _write(connection, workspace, current, edited, unify) if isinstance(edited, Profile) else edited
    except Asked as asked:
        return asked.would


def _edited(
    connection: Connection,
    current: Customer,
    values: Mapping[str, str],
    clear: Sequence[str],
    fields: tuple[Field, ...],
) -> Profile | tuple[Problem, ...]:
    """Return all values as the edit leaves them, or what is wrong with it."""
    given = {name: text for name, text in values.items() if trim(text)}
    parsed, problems = parse_values(connection, given)
    removed, more = emptied((*clear, *(name for name in values if name not in given)), fields)
    after = {key: value for key, value in values_of(current).items() if key not in removed} | parsed
    problems = [*problems, *more] or _edit_problems(connection, current.id, after)
    if problems:
        return tuple(problems)
    # What a manager types is trusted (R2).
    verified = (verified_of(current) | parsed.keys()) & {EMAIL, MOBILE_NUMBER} & after.keys()
    return Profile(after, frozenset(verified))


def _write(connection: Connection, workspace: Workspace, current: Customer, edited: Profile, unify: Unify) -> Edited:
    """Write what differs, with a line in the history."""
    written, left_out = one_customer.update(connection, current, edited, workspace.now_ms())
    if written:
        record(connection, workspace, ActivityKind.CUSTOMER_EDITED, [current.id], fields=written)
    settled = settle_as_told(connection, workspace, current, Occasion.EDIT, unify)
    return replace(settled, tags_left_out=left_out)


def settle_as_told(
    connection: Connection, workspace: Workspace, before: Customer, occasion: Occasion, unify: Unify
) -> Edited:
    """Unify what the change of one customer links, as the manager says, in the transaction of that change (R45).

    Where no verified contact changed nothing is asked: who was not to be unified is not asked about again. A yes counts
    all the same, so that it can follow a no.

    Args:
        connection: The one that changed them.
        workspace: Whose change it was.
        before: The customer as they were.
        occasion: What was done.
        unify: Whether leads and members go together.

    Raises:
        Asked: They are to be asked; whoever catches it has written nothing.
    """
    after = one_customer.read(connection, before.id)
    is_same = contacts_of(after) == contacts_of(before) and (after.member_id is None) == (before.member_id is None)
    if is_same and not unify:
        return Edited(after)
    # Leads who waited for them, and no longer share a contact, may belong to somebody else.
    touched = [after.id, *stored_unifying.drop_broken(driver_connection(connection), [after.id])]
    links = unifying.links_of(connection, touched)
    if not links:
        return Edited(one_customer.read(connection, after.id))
    if unify is None or (isinstance(unify, tuple) and _pairs(links) != _pairs(unify)):
        others = {one for link in links for one in (link.lead_id, link.member_id)} - {after.id}
        found = tuple(one_customer.read(connection, one) for one in sorted(others))
        raise Asked(WouldUnify(before, links, found))
    if not unify:
        for link in links:
            both = [link.lead_id, link.member_id]
            record(connection, workspace, ActivityKind.UNIFY_DECLINED, both, contact=link.contact)
        return Edited(one_customer.read(connection, after.id))
    settled = unifying.settle(connection, workspace, touched, occasion)
    left = stored.unified_into(connection, after.id) or after.id
    return Edited(one_customer.read(connection, left), unified=settled.unified, pending=settled.pending)


def _pairs(links: Iterable[Link]) -> set[tuple[int, int, bool]]:
    return {(one.lead_id, one.member_id, one.is_pending) for one in links}


def _edit_problems(connection: Connection, customer_id: int, after: Mapping[str, Value]) -> list[Problem]:
    problems = []
    member_id = after.get(MEMBER_ID)
    if member_id is None and EMAIL not in after and MOBILE_NUMBER not in after:
        problems.append(Problem(Code.CONTACT_MISSING, EMAIL))
    if member_id is not None and set(stored.ids_where(connection, "member_id", str(member_id))) - {customer_id}:
        problems.append(Problem(Code.MEMBER_ID_TAKEN, MEMBER_ID))
    return [*problems, *profile_problems(after)]


def _who_has(connection: Connection, values: Mapping[str, Value]) -> int | None:
    """Return the customer, a blocked one too, who has one of these contacts verified."""
    for key, column in ((EMAIL, "email_key"), (MOBILE_NUMBER, "mobile_number")):
        value = values.get(key)
        if value is None:
            continue
        wanted = email_key(str(value)) if key == EMAIL else str(value)
        rows = stored.verified_with(connection, column, wanted)
        chosen = choose(
            Candidate(row["id"], row["last_seen_at"], row["updated_at"], row["blocked_at"] is not None) for row in rows
        )
        if chosen is not None:
            return chosen.id
    return None
