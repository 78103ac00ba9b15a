"""What customers typed into a form or to a bot (R2): unverified contacts, and whatever else was asked of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from crm_tui.core.fields import EMAIL, MEMBER_ID, OPT_OUTS, Value, find_field
from crm_tui.core.identity import email_key
from crm_tui.core.merging import CONTACTS, Profile
from crm_tui.core.permissions import Permission
from crm_tui.core.problems import Code, Problem
from crm_tui.core.talk import MAX_TALK_LENGTH, EntryKind
from crm_tui.core.validation import print_value, profile_problems
from crm_tui.services import one_customer
from crm_tui.services.activity import ActivityKind, record
from crm_tui.services.conversations import note_event
from crm_tui.services.errors import NotFound
from crm_tui.services.fields import read_fields
from crm_tui.services.profiles import Customer
from crm_tui.services.values import differing, parse_value, parse_values, values_of, verified_of
from crm_tui.services.workspace import Workspace
from storage import customers as stored
from storage.sql import Connection


@dataclass(frozen=True, slots=True)
class Collected:
    """What became of a customer's answers."""

    customer: Customer
    """As they are now."""
    is_new: bool
    """The answers made a lead."""
    filled: tuple[str, ...]
    """The fields that hold the answer now."""
    kept: tuple[str, ...]
    """The fields that hold another value, which stays: a verified contact, or whatever stood there."""
    tags_left_out: int = 0
    """Those above the limit of R16."""


def collect(
    workspace: Workspace, values: Mapping[str, str], *, customer_id: int | None = None, member_id: str | None = None
) -> Collected | tuple[Problem, ...]:
    """Take a customer's answers; return what became of them, or what is wrong with them.

    Contacts are unverified: they replace no verified one, and nobody is unified by them. Other values fill empty fields
    only; an opt-out always counts. Without a customer they make a lead, who needs a contact.

    Args:
        workspace: The database.
        values: Cells by field key, in any spelling of the key.
        customer_id: Who answered, if that is known.
        member_id: The same by `memberId`.

    Raises:
        NotFound: There is no such customer.
    """
    with workspace.transaction(Permission.EDIT, changes_customers=True) as connection:
        parsed, problems = parse_values(connection, values)
        if MEMBER_ID in parsed:
            problems.append(Problem(Code.FIELD_READ_ONLY, MEMBER_ID))
        before = _whom(connection, customer_id, member_id)
        if not problems and before is None and not CONTACTS & parsed.keys():
            problems.append(Problem(Code.CONTACT_MISSING, EMAIL))
        after = _filled({} if before is None else values_of(before), parsed, before)
        problems.extend(() if problems else profile_problems(after.values))
        if problems:
            return tuple(problems)
        return _write(connection, workspace, before, after, parsed)


def _whom(connection: Connection, customer_id: int | None, member_id: str | None) -> Customer | None:
    if member_id is not None:
        wanted = parse_value(member_id, MEMBER_ID, connection)
        ids = stored.ids_where(connection, "member_id", wanted) if isinstance(wanted, str) else []
        if not ids:
            raise NotFound("member_not_found", id=member_id)
        customer_id = ids[0]
    if customer_id is None:
        return None
    # A browser may remember a lead who has gone into a member since.
    return one_customer.read(connection, stored.unified_into(connection, customer_id) or customer_id)


def _filled(stored_values: Mapping[str, Value], answers: Mapping[str, Value], before: Customer | None) -> Profile:
    """Return all values as the answers leave them."""
    verified = set() if before is None else verified_of(before)
    after = dict(stored_values)
    for key, answer in answers.items():
        if key in OPT_OUTS:
            after[key] = bool(answer or after.get(key))
        elif (key in CONTACTS and key not in verified) or key not in after:
            after[key] = answer
    return Profile(after, frozenset(verified))


def _write(
    connection: Connection,
    workspace: Workspace,
    before: Customer | None,
    after: Profile,
    answers: Mapping[str, Value],
) -> Collected:
    now = workspace.now_ms()
    if before is None:
        whose, left_out = one_customer.insert(connection, after, now)
        filled = sorted(answers)
    else:
        whose = before.id
        written, left_out = one_customer.update(connection, before, after, now)
        filled = [key for key in written if key in answers]
    customer = one_customer.read(connection, whose)
    kept = sorted(key for key in answers.keys() - set(filled) if not _is_same(customer, key, answers[key]))
    note_event(connection, workspace, whose, EntryKind.FORM, _as_text(connection, answers))
    record(connection, workspace, ActivityKind.COLLECTED, [whose], fields=filled)
    return Collected(customer, before is None, tuple(filled), tuple(kept), left_out)


def _is_same(customer: Customer, key: str, answer: Value) -> bool:
    own = customer.get(key)
    if key == EMAIL and own is not None:
        return email_key(str(own)) == email_key(str(answer))
    return own is not None and not list(differing({key: own}, {key: answer}))


def _as_text(connection: Connection, answers: Mapping[str, Value]) -> str:
    """Return the answers as the timeline keeps them, one field a line: those too that the profile did not take."""
    fields = read_fields(connection)
    lines = []
    for key, answer in answers.items():
        field = find_field(key, fields)
        assert field is not None
        lines.append(f"{key.removeprefix('profile.')}: {print_value(answer, field.type)}")
    return "\n".join(lines)[:MAX_TALK_LENGTH]
