"""A field, an operator and a value as a node, by the field's type."""

from crm_tui.core.fields import EMAIL, IMPORT_TAGS, MEMBER_ID, NAME, TAGS, TYPE, Field, FieldType
from crm_tui.core.identity import email_key
from crm_tui.core.numbers import parse_boolean, parse_number
from crm_tui.core.problems import Problem
from crm_tui.core.query import days
from crm_tui.core.query.nodes import (
    Alike,
    Contains,
    InAnyYear,
    Initials,
    InRange,
    InSpans,
    IsMember,
    Node,
    OneOf,
    Or,
    Plain,
    either,
    opposite,
)
from crm_tui.core.query.texts import has_initials, phone_number, phone_parts, simple_fold, spelled_out
from crm_tui.core.query.vocabulary import Vocabulary
from crm_tui.core.text import fold, trim
from crm_tui.core.vocabulary import CustomerType

Wrong = tuple[str, ...]
"""What is expected instead."""
_EQUALITY = (":", "=", "!=")
_FIRST_YEAR = 1900
"""Of a day in any year, where moments are compared and not dates."""


def compare(field: Field, operator: str, text: str, vocabulary: Vocabulary) -> Node | Wrong:
    """Return what `field operator text` means, or what the line could say instead of the value (or the operator)."""
    if operator == "!=":
        equal = compare(field, "=", text, vocabulary)
        return equal if isinstance(equal, tuple) else opposite(equal)
    if not trim(text):
        return expected_of(field)
    if operator not in operators_of(field):
        return operators_of(field)
    match field.type:
        case FieldType.DATE | FieldType.DATETIME:
            return _in_time(field, operator, text, vocabulary)
        case FieldType.BOOLEAN:
            wanted = parse_boolean(text, field)
            return expected_of(field) if isinstance(wanted, Problem) else OneOf(field, (wanted,))
        case FieldType.NUMBER | FieldType.LIST_OF_NUMBER:
            number = parse_number(text, field)
            return expected_of(field) if isinstance(number, Problem) else _ordered(field, operator, number)
        case _ if field.key == TYPE:
            return _of_type(field, text)
        case _ if operator == ":" and field.key == NAME and has_initials(text):
            return Initials(simple_fold(spelled_out(trim(text))))
        case _ if operator == ":":
            return Contains(field, _parts(field, text))
        case _:
            return _ordered(field, operator, _whole(field, text))


def compare_any(
    field: Field, operator: str, texts: tuple[str, ...], vocabulary: Vocabulary
) -> Node | tuple[str, Wrong]:
    """Return the node for a value that equals one of `texts`, or the text that cannot be one and what is expected.

    Behind a colon a text is the same whatever the case, as it is for a single one. Ids are always exact.
    """
    texts = tuple(text for text in texts if trim(text))
    if operator == ":" and _is_free_text(field):
        return Alike(field, tuple(dict.fromkeys(simple_fold(trim(text)) for text in texts)))
    parts: list[Node] = []
    values: list[Plain] = []
    for text in texts:
        node = compare(field, "=", text, vocabulary)
        if isinstance(node, tuple):
            return text, node
        if isinstance(node, OneOf):
            values.extend(node.values)
        else:
            parts.append(node)
    if values:
        parts.append(OneOf(field, tuple(dict.fromkeys(values))))
    return either(parts) if parts else Or(())


def _is_free_text(field: Field) -> bool:
    return field.type in (FieldType.STRING, FieldType.LIST) and field.key not in (MEMBER_ID, TYPE, IMPORT_TAGS)


def operators_of(field: Field) -> tuple[str, ...]:
    """Return the operators that make sense for a field."""
    if field.type in (FieldType.BOOLEAN, FieldType.LIST, FieldType.TAG) or field.key == TYPE:
        return _EQUALITY
    return (*_EQUALITY, "<", "<=", ">", ">=")


def expected_of(field: Field) -> Wrong:
    """Return what a field's value may look like."""
    match field.type:
        case FieldType.BOOLEAN:
            return ("yes", "no")
        case FieldType.NUMBER | FieldType.LIST_OF_NUMBER:
            return ("<number>",)
        case FieldType.DATE:
            return ("2026-11-01", "2026-11", "11-01", "30d")
        case FieldType.DATETIME:
            return ("2026-11-01", "2026-11", "2026-11-01T09:00", "30d")
        case _ if field.key == TYPE:
            return tuple(one.value for one in CustomerType)
        case _:
            return ("<text>",)


def _of_type(field: Field, text: str) -> Node | Wrong:
    kinds = {one.value: IsMember(one is CustomerType.MEMBER) for one in CustomerType}
    return kinds.get(text.lower(), expected_of(field))


def _parts(field: Field, text: str) -> tuple[str, ...]:
    if field.type is FieldType.PHONE:
        return tuple(filter(None, phone_parts(text))) or (text,)
    return (fold(text) if field.key == EMAIL else simple_fold(trim(text)),)


def _whole(field: Field, text: str) -> str:
    if field.type is FieldType.PHONE:
        return phone_number(text)
    if field.key == EMAIL:
        return email_key(text)
    return fold(text) if field.key == TAGS or (not field.is_custom and field.type is FieldType.LIST) else trim(text)


def _ordered(field: Field, operator: str, value: Plain) -> Node:
    match operator:
        case "<" | "<=":
            return InRange(field, high=value, with_high=operator == "<=")
        case ">" | ">=":
            return InRange(field, low=value, with_low=operator == ">=")
        case _:
            return OneOf(field, (value,))


def _in_time(field: Field, operator: str, text: str, vocabulary: Vocabulary) -> Node | Wrong:
    is_date = field.type is FieldType.DATE
    ago = None if is_date and days.is_hours(text) else days.read_ago(text, vocabulary.now_ms, vocabulary.zone)
    if ago is not None:
        return _since(field, operator, ago, vocabulary)
    month_day = days.read_month_day(text)
    if month_day is not None:
        if operator not in _EQUALITY:
            return _EQUALITY
        return InAnyYear(field, month_day) if is_date else _moments_of(field, month_day, vocabulary)
    span = _span(text, vocabulary, is_date=is_date)
    if span is None:
        return expected_of(field)
    match operator:
        case "<":
            return InRange(field, high=span.first)
        case "<=":
            return InRange(field, high=span.end)
        case ">":
            return InRange(field, low=span.end)
        case ">=":
            return InRange(field, low=span.first)
        case _:
            return InRange(field, span.first, span.end)


def _span(text: str, vocabulary: Vocabulary, *, is_date: bool) -> days.Span | None:
    period = days.read_days(text)
    if period is not None:
        if is_date:
            return days.Span(*(day.isoformat() for day in period))
        return days.Span(*(days.moment_of(day, vocabulary.zone) for day in period))
    return None if is_date else days.read_moment(text, vocabulary.zone)


def _since(field: Field, operator: str, ago: int, vocabulary: Vocabulary) -> Node | Wrong:
    """Return the node for "less than 30 days ago" (`<30d`, also `:30d`) or "more than" (`>30d`)."""
    if operator == "=":
        return (":", "<", "<=", ">", ">=")
    then: str | int = ago
    now: str | int = vocabulary.now_ms
    if field.type is FieldType.DATE:
        then, now = (days.day_of(moment, vocabulary.zone).isoformat() for moment in (ago, vocabulary.now_ms))
    if operator in (">", ">="):
        return InRange(field, high=then, with_high=operator == ">=")
    return InRange(field, then, now, with_low=operator != "<", with_high=True)


def _moments_of(field: Field, month_day: str, vocabulary: Vocabulary) -> Node:
    last_year = days.day_of(vocabulary.now_ms, vocabulary.zone).year + 1
    periods = (days.read_days(f"{year}-{month_day}") for year in range(_FIRST_YEAR, last_year + 1))
    zone = vocabulary.zone
    spans = ((days.moment_of(first, zone), days.moment_of(end, zone)) for first, end in filter(None, periods))
    return InSpans(field, tuple(sorted(spans)))
