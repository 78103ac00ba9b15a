"""Single customers: shown, added by hand and edited (R1-R5)."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from crm_tui.core.fields import (
    EMAIL,
    MEMBER_ID,
    MOBILE_NUMBER,
    OPT_OUTS,
    TAGS,
    Field,
    Value,
    find_field,
)
from crm_tui.core.identity import Candidate, choose, email_key
from crm_tui.core.merging import Profile, join_tags
from crm_tui.core.permissions import Permission
from crm_tui.core.problems import Code, Problem
from crm_tui.core.text import fold, trim
from crm_tui.core.validation import parse_cell, profile_problems
from crm_tui.services.activity import ActivityKind, record
from crm_tui.services.errors import NotFound
from crm_tui.services.fields import read_fields
from crm_tui.services.profiles import Customer, columns_of, customer_of
from crm_tui.services.workspace import Workspace
from storage import customers as stored
from storage import revision as stored_revision


@dataclass(frozen=True, slots=True)
class ManagedUsers:
    """MU (R5) and what it is made of."""

    total: int
    members: int
    leads: int
    blocked: int
    """Not in `total`."""


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
    tags_left_out: int = 0
    """Those above the limit of R16."""


@dataclass(frozen=True, slots=True)
class Stale:
    """Nothing was edited: somebody else changed these fields since the manager saw them."""

    customer: Customer
    """As they are now."""
    keys: tuple[str, ...]
    """The fields given that hold something else than was seen."""


@dataclass(frozen=True, slots=True)
class AlreadyExists:
    """Nothing was added: this customer has that verified contact (R3)."""

    customer: Customer


def get(workspace: Workspace, customer_id: int) -> Customer:
    """Return one customer, a blocked one too.

    Raises:
        NotFound: There is no customer with that id.
    """
    with workspace.reading(Permission.SEE) as connection:
        return _get(connection, customer_id)


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
            value = _parsed(given, key, connection)
            if not isinstance(value, str):
                return ()
            wanted = email_key(value) if key == EMAIL else value
            return tuple(_get(connection, one) for one in stored.ids_where(connection, column, wanted))
    return ()


def managed_users(workspace: Workspace) -> ManagedUsers:
    """Return MU (R5)."""
    with workspace.reading(Permission.SEE) as connection:
        numbers = stored.totals(connection)
    total = numbers["everyone"] - numbers["blocked"]
    members = numbers["members"] - numbers["blocked_members"]
    return ManagedUsers(total, members, total - members, numbers["blocked"])


def revision(workspace: Workspace) -> int:
    """Return a number that grows whenever customers change."""
    with workspace.reading(None) as connection:
        return stored_revision.read(connection.connection.driver_connection)


def add_lead(workspace: Workspace, values: Mapping[str, str]) -> Added | AlreadyExists | tuple[Problem, ...]:
    """Add one lead (R3): `values` are cells by field key, in any spelling of the key."""
    with workspace.transaction(Permission.EDIT, changes_customers=True) as connection:
        parsed, problems = _parse_values(connection, values)
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
            return AlreadyExists(_get(connection, existing))
        now = workspace.now_ms()
        verified = frozenset({EMAIL, MOBILE_NUMBER} & parsed.keys())
        columns = columns_of(Profile(parsed, verified))
        columns |= {"created_at": now, "last_seen_at": now, "sessions_count": 0}
        new_id = stored.insert(connection, columns)
        tags, left_out = join_tags((), _tags(parsed))
        stored.set_tags(connection, new_id, tags)
        record(connection, workspace, ActivityKind.CUSTOMER_ADDED, [new_id])
        return Added(_get(connection, new_id), left_out)


def edit(
    workspace: Workspace,
    customer_id: int,
    values: Mapping[str, str],
    clear: Sequence[str] = (),
    *,
    seen: Mapping[str, Value | None] | None = None,
) -> Edited | Stale | tuple[Problem, ...]:
    """Overwrite fields of one customer and empty those of `clear`; return the customer, or what is wrong.

    A blank value empties its field. Lists and tags are replaced, not appended to: the manager sees all of them.

    Args:
        workspace: The database.
        customer_id: Whom.
        values: Cells by field key, in any spelling of the key.
        clear: Fields to empty.
        seen: What the manager saw in those fields. Where another value stands there now nothing is written.

    Raises:
        NotFound: The customer is gone.
    """
    with workspace.transaction(Permission.EDIT, changes_customers=True) as connection:
        current = _get(connection, customer_id)
        fields = read_fields(connection)
        if changed := _changed_since(current, seen or {}, {*values, *clear}, fields):
            return Stale(current, changed)
        edited = _edited(connection, current, values, clear, fields)
        return _write(connection, workspace, current, edited) if isinstance(edited, Profile) else edited


def _edited(
    connection: Connection,
    current: Customer,
    values: Mapping[str, str],
    clear: Sequence[str],
    fields: tuple[Field, ...],
) -> Profile | tuple[Problem, ...]:
    """Return all values as the edit leaves them, or what is wrong with it."""
    given = {name: text for name, text in values.items() if trim(text)}
    parsed, problems = _parse_values(connection, given)
    removed, more = _removed((*clear, *(name for name in values if name not in given)), fields)
    after = {key: value for key, value in _values(current).items() if key not in removed} | parsed
    problems = [*problems, *more] or _edit_problems(connection, current.id, after)
    if problems:
        return tuple(problems)
    # What a manager types is trusted (R2).
    verified = (_verified(current) | parsed.keys()) & {EMAIL, MOBILE_NUMBER} & after.keys()
    return Profile(after, frozenset(verified))


def _write(connection: Connection, workspace: Workspace, current: Customer, edited: Profile) -> Edited:
    """Write what differs, with a line in the history."""
    tags, left_out = join_tags((), _tags(edited.values))
    differing = _differing(_values(current), {**edited.values, TAGS: tags})
    written = sorted({*differing, *(edited.verified ^ _verified(current))})
    if not written:
        return Edited(current, left_out)
    stored.update(connection, current.id, columns_of(edited) | {"updated_at": workspace.now_ms()})
    if TAGS in written:
        stored.set_tags(connection, current.id, tags)
    record(connection, workspace, ActivityKind.CUSTOMER_EDITED, [current.id], fields=written)
    return Edited(_get(connection, current.id), left_out)


def _verified(customer: Customer) -> set[str]:
    flags = ((EMAIL, customer.email_verified), (MOBILE_NUMBER, customer.mobile_number_verified))
    return {key for key, is_verified in flags if is_verified}


def _differing(before: Mapping[str, Value], after: Mapping[str, Value]) -> Iterator[str]:
    """Yield the fields whose values differ; a tag in another spelling is the same tag (R16)."""
    for key in before.keys() | after.keys():
        if key == TAGS:
            if [fold(str(tag)) for tag in _tags(before)] != [fold(str(tag)) for tag in _tags(after)]:
                yield key
        elif before.get(key) != after.get(key):
            yield key


def _changed_since(
    current: Customer, seen: Mapping[str, Value | None], given: Collection[str], fields: tuple[Field, ...]
) -> tuple[str, ...]:
    """Return the fields among those given that hold something else than the manager saw; no tags are an empty list."""
    keys = {field.key for name in given if (field := find_field(name, fields)) is not None}
    saw = {field.key: value for name, value in seen.items() if (field := find_field(name, fields)) is not None}
    return tuple(
        key for key, value in saw.items() if key in keys and (None if value == () else value) != current.get(key)
    )


def _removed(names: Sequence[str], fields: tuple[Field, ...]) -> tuple[set[str], list[Problem]]:
    """Return the keys of the fields that are to be emptied, and what is wrong with others."""
    removed: set[str] = set()
    problems: list[Problem] = []
    for name in dict.fromkeys(names):
        field = find_field(name, fields)
        if field is None:
            problems.append(Problem(Code.FIELD_UNKNOWN, name, {"name": name}))
        elif field.key in OPT_OUTS:
            problems.append(Problem(Code.BOOLEAN_INVALID, field.key))
        else:
            removed.add(field.key)
    return removed, problems


def _edit_problems(connection: Connection, customer_id: int, after: Mapping[str, Value]) -> list[Problem]:
    problems = []
    member_id = after.get(MEMBER_ID)
    if member_id is None and EMAIL not in after and MOBILE_NUMBER not in after:
        problems.append(Problem(Code.CONTACT_MISSING, EMAIL))
    if member_id is not None and set(stored.ids_where(connection, "member_id", str(member_id))) - {customer_id}:
        problems.append(Problem(Code.MEMBER_ID_TAKEN, MEMBER_ID))
    return [*problems, *profile_problems(after)]


def _values(customer: Customer) -> dict[str, Value]:
    values = dict(customer.profile)
    if customer.member_id is not None:
        values[MEMBER_ID] = customer.member_id
    if customer.tags:
        values[TAGS] = customer.tags
    return values | {OPT_OUTS[0]: customer.unsubscribe_email, OPT_OUTS[1]: customer.unsubscribe_texting}


def _tags(values: Mapping[str, Value]) -> tuple[Value, ...]:
    tags = values.get(TAGS, ())
    return tags if isinstance(tags, tuple) else ()


def _get(connection: Connection, customer_id: int) -> Customer:
    row = stored.by_ids(connection, [customer_id]).get(customer_id)
    if row is None:
        raise NotFound("customer_not_found", id=customer_id)
    return customer_of(row)


def _parsed(text: str, key: str, connection: Connection) -> Value | Problem | None:
    field = find_field(key, read_fields(connection))
    assert field is not None
    return parse_cell(text, field)


def _parse_values(connection: Connection, values: Mapping[str, str]) -> tuple[dict[str, Value], list[Problem]]:
    """Return the valid values by field key and what is wrong with the others; blank ones are left out."""
    fields: tuple[Field, ...] = read_fields(connection)
    parsed: dict[str, Value] = {}
    problems: list[Problem] = []
    for name, text in values.items():
        field = find_field(name, fields)
        if field is None:
            problems.append(Problem(Code.FIELD_UNKNOWN, name, {"name": name}))
            continue
        value = parse_cell(text, field)
        if isinstance(value, Problem):
            problems.append(value)
        elif value is not None:
            parsed[field.key] = value
    return parsed, problems


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
