"""The values of one customer as somebody typed them: parsed, checked and compared with what is stored."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from crm_tui.core.fields import EMAIL, MEMBER_ID, MOBILE_NUMBER, OPT_OUTS, TAGS, Field, Value, find_field
from crm_tui.core.identity import email_key
from crm_tui.core.problems import Code, Problem
from crm_tui.core.text import fold
from crm_tui.core.validation import parse_cell
from crm_tui.services.fields import read_fields
from crm_tui.services.profiles import Customer
from storage.sql import Connection


def parse_value(text: str, key: str, connection: Connection) -> Value | Problem | None:
    """Return one cell of a field that there is as it is stored, None for a blank one, or what is wrong with it."""
    field = find_field(key, read_fields(connection))
    assert field is not None
    return parse_cell(text, field)


def parse_values(connection: Connection, values: Mapping[str, str]) -> tuple[dict[str, Value], list[Problem]]:
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


def values_of(customer: Customer) -> dict[str, Value]:
    """Return all values of a customer that can be changed, by field key."""
    values = dict(customer.profile)
    if customer.member_id is not None:
        values[MEMBER_ID] = customer.member_id
    if customer.tags:
        values[TAGS] = customer.tags
    return values | {OPT_OUTS[0]: customer.unsubscribe_email, OPT_OUTS[1]: customer.unsubscribe_texting}


def tags_of(values: Mapping[str, Value]) -> tuple[Value, ...]:
    """Return the tags among values."""
    tags = values.get(TAGS, ())
    return tags if isinstance(tags, tuple) else ()


def verified_of(customer: Customer) -> set[str]:
    """Return which contacts of a customer are verified (R2)."""
    flags = ((EMAIL, customer.email_verified), (MOBILE_NUMBER, customer.mobile_number_verified))
    return {key for key, is_verified in flags if is_verified}


def contacts_of(customer: Customer) -> dict[str, str]:
    """Return the verified contacts of a customer as they are compared (R11), by field key."""
    found = ((key, customer.profile.get(key)) for key in verified_of(customer))
    return {key: email_key(str(value)) if key == EMAIL else str(value) for key, value in found if value is not None}


def differing(before: Mapping[str, Value], after: Mapping[str, Value]) -> Iterator[str]:
    """Yield the fields whose values differ; a tag in another spelling is the same tag (R16)."""
    for key in before.keys() | after.keys():
        if key == TAGS:
            if [fold(str(tag)) for tag in tags_of(before)] != [fold(str(tag)) for tag in tags_of(after)]:
                yield key
        elif before.get(key) != after.get(key):
            yield key


def changed_since(
    current: Customer, seen: Mapping[str, Value | None], given: Collection[str], fields: tuple[Field, ...]
) -> tuple[str, ...]:
    """Return the fields among those given that hold something else than the manager saw; no tags are an empty list."""
    keys = {field.key for name in given if (field := find_field(name, fields)) is not None}
    saw = {field.key: value for name, value in seen.items() if (field := find_field(name, fields)) is not None}
    return tuple(
        key for key, value in saw.items() if key in keys and (None if value == () else value) != current.get(key)
    )


def emptied(names: Sequence[str], fields: tuple[Field, ...]) -> tuple[set[str], list[Problem]]:
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
