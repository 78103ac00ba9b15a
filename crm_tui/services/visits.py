"""Visits as the site reports them, called boots: who it was, sessions, logins and who comes back (R4, R42, R49)."""

from dataclasses import dataclass

from crm_tui.core.fields import MEMBER_ID
from crm_tui.core.merging import Profile
from crm_tui.core.permissions import Permission
from crm_tui.core.problems import Code, Problem
from crm_tui.core.talk import EntryKind, moment_problem
from crm_tui.core.unification import Occasion
from crm_tui.services import one_customer, unifying
from crm_tui.services.activity import ActivityKind, record
from crm_tui.services.conversations import note_event
from crm_tui.services.errors import NotFound
from crm_tui.services.profiles import Customer
from crm_tui.services.values import parse_value, values_of, verified_of
from crm_tui.services.workspace import Workspace
from storage import customers as stored
from storage.sql import Connection

SESSION_MS = 30 * 60 * 1000
"""A visit later than this after the one before begins a session (R4)."""


@dataclass(frozen=True, slots=True)
class Boot:
    """A visit as the site tells it: by whom, as far as it is known. At least one of the first two is given."""

    customer_id: int | None = None
    """The visitor whom the browser remembers."""
    member_id: str | None = None
    """With whose `memberId` they are logged in."""
    at: int | None = None
    """When, as UTC epoch milliseconds; None: now."""


@dataclass(frozen=True, slots=True)
class Visited:
    """What a visit led to."""

    customer: Customer
    """For whom it counts, as they are now."""
    is_new: bool
    """They are a new customer."""
    is_new_session: bool
    became_member: bool
    """A lead got the `memberId`, which nobody had."""
    unified: int
    """Leads that went into the member (R42)."""
    returned: bool
    """The visitor was deleted once, and is new again (R49)."""

    @property
    def is_button_hidden(self) -> bool:
        """Whether the site is to show no chat button (R47)."""
        return self.customer.blocked


def visit(workspace: Workspace, boot: Boot) -> Visited | tuple[Problem, ...]:
    """Note a visit; return what it led to, or what is wrong with it.

    A `memberId` that somebody has says who it is, whoever the browser remembers. One that nobody has makes a member of
    the visitor, if they are a lead; of another member's browser, and without a visitor, it makes a new member.

    Raises:
        NotFound: There never was a customer with that id.
    """
    with workspace.transaction(Permission.EDIT, changes_customers=True) as connection:
        at = workspace.now_ms() if boot.at is None else boot.at
        member_id = None if boot.member_id is None else parse_value(boot.member_id, MEMBER_ID, connection)
        problems = [member_id] if isinstance(member_id, Problem) else []
        if boot.member_id is not None and member_id is None:
            problems.append(Problem(Code.MEMBER_ID_MISSING, MEMBER_ID))
        if wrong := moment_problem(at, workspace.now_ms()):
            problems.append(wrong)
        if problems:
            return tuple(problems)
        login = None if member_id is None else str(member_id)
        visitor = None if boot.customer_id is None else _remembered(connection, boot.customer_id)
        return _count(connection, workspace, _Arrival(visitor, login, boot.customer_id is not None and not visitor, at))


@dataclass(frozen=True, slots=True)
class _Arrival:
    """A visit whose words are checked."""

    visitor: Customer | None
    login: str | None
    was_deleted: bool
    """The browser remembers somebody who is gone."""
    at: int


def _remembered(connection: Connection, customer_id: int) -> Customer | None:
    """Return the visitor; of a lead who went into a member, that member; None for somebody who was deleted."""
    if not stored.existed(connection, customer_id):
        raise NotFound("customer_not_found", id=customer_id)
    return one_customer.find(connection, stored.unified_into(connection, customer_id) or customer_id)


def _count(connection: Connection, workspace: Workspace, arrival: _Arrival) -> Visited:
    before = _who(connection, arrival)
    became_member = False
    if before is None:
        values = {} if arrival.login is None else {MEMBER_ID: arrival.login}
        new_id, _ = one_customer.insert(connection, Profile(values, frozenset()), arrival.at, sessions=1)
        is_new_session, visited = True, new_id
    else:
        visited = before.id
        is_new_session = not before.sessions_count or arrival.at - before.last_seen_at > SESSION_MS
        _see(connection, before, arrival.at, is_new_session)
        became_member = arrival.login is not None and before.member_id is None
    unified = _log_in(connection, workspace, visited, arrival.login, became_member) if arrival.login else 0
    result = Visited(
        one_customer.read(connection, visited),
        is_new=before is None,
        is_new_session=is_new_session,
        became_member=became_member,
        unified=unified,
        returned=before is None and arrival.was_deleted,
    )
    _note(connection, workspace, arrival, result)
    return result


def _who(connection: Connection, arrival: _Arrival) -> Customer | None:
    """Return for whom a visit counts; None: for somebody new."""
    if arrival.login is None:
        return arrival.visitor
    if ids := stored.ids_where(connection, "member_id", arrival.login):
        return one_customer.read(connection, ids[0])
    is_lead = arrival.visitor is not None and arrival.visitor.member_id is None
    return arrival.visitor if is_lead else None


def _see(connection: Connection, customer: Customer, at: int, is_new_session: bool) -> None:
    """Count a visit; one that is told late was no later than what is known."""
    stored.update(
        connection,
        customer.id,
        {
            "last_seen_at": max(at, customer.last_seen_at),
            "sessions_count": customer.sessions_count + is_new_session,
            "is_hidden": False,
        },
    )


def _log_in(connection: Connection, workspace: Workspace, customer_id: int, member_id: str, became_member: bool) -> int:
    """Do what a `memberId` brings about; return how many leads went into the member (R42)."""
    if not became_member:
        return unifying.run_pending(connection, workspace, customer_id, Occasion.VISIT)
    lead = one_customer.read(connection, customer_id)
    member = Profile({**values_of(lead), MEMBER_ID: member_id}, frozenset(verified_of(lead)))
    one_customer.update(connection, lead, member, workspace.now_ms())
    return unifying.settle(connection, workspace, [customer_id], Occasion.VISIT).unified


def _note(connection: Connection, workspace: Workspace, arrival: _Arrival, result: Visited) -> None:
    """Write down what is news: a page that is opened within a session is none."""
    is_other = arrival.visitor is not None and arrival.visitor.id != result.customer.id
    is_late = not result.is_new and arrival.at < result.customer.last_seen_at
    if not (result.is_new_session or result.became_member or result.unified or is_other or is_late):
        return
    kind = EntryKind.VISIT if arrival.login is None else EntryKind.LOGIN
    note_event(connection, workspace, result.customer.id, kind, at=arrival.at)
    record(
        connection,
        workspace,
        ActivityKind.VISITED,
        [result.customer.id],
        login=arrival.login is not None,
        became_member=result.became_member,
        returned=result.returned,
    )
