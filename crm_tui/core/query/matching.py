"""What a query means for one customer, to be read: `storage.search` asks the database the same, and must agree."""

from collections.abc import Callable, Iterable
from typing import Protocol

from crm_tui.core.fields import EMAIL, IMPORT_TAGS, MEMBER_ID, MOBILE_NUMBER, NAME, TAGS, Field, Value
from crm_tui.core.identity import email_key
from crm_tui.core.query.nodes import (
    Alike,
    And,
    Contains,
    HasValue,
    InAnyYear,
    Initials,
    InRange,
    InSpans,
    IsMember,
    Node,
    Not,
    OneOf,
    Or,
    Plain,
    Query,
    Word,
)
from crm_tui.core.query.texts import holds_word, search_text, simple_fold
from crm_tui.core.text import fold


class HasFields(Protocol):
    """A customer, as far as a search looks at one."""

    def get(self, key: str) -> Value | None:
        """Return the value of a field by its key; None where there is none."""


def matches(customer: HasFields, query: Query) -> bool:
    """Say whether the query finds a customer, blocked or not."""
    return query.root is None or _holds(customer, query.root)


def _holds(customer: HasFields, node: Node) -> bool:
    match node:
        case And(parts):
            return all(_holds(customer, part) for part in parts)
        case Or(parts):
            return any(_holds(customer, part) for part in parts)
        case Not(part):
            return not _holds(customer, part)
        case IsMember(wanted):
            return (customer.get(MEMBER_ID) is not None) is wanted
        case Word(texts):
            found = search_text(*(_text(customer.get(key)) for key in (NAME, EMAIL, MOBILE_NUMBER)))
            return any(word in found for word in texts)
        case Initials(text):
            return holds_word(simple_fold(str(customer.get(NAME) or "")), text)
        case HasValue(field):
            return bool(_elements(customer, field))
        case Contains(field, texts):
            shape: Callable[[str], str] = fold if field.key == EMAIL else simple_fold
            return any(text in shape(str(one)) for one in _elements(customer, field) for text in texts)
        case OneOf(field, values):
            return any(_compared(field, one) in values for one in _elements(customer, field))
        case Alike(field, texts):
            return any(simple_fold(str(one)) in texts for one in _elements(customer, field))
        case InAnyYear(field, month_day):
            return any(str(one)[4:] == f"-{month_day}" for one in _elements(customer, field))
        case InSpans(field, spans):
            moments = [int(one) for one in _elements(customer, field)]
            return any(first <= one < end for one in moments for first, end in spans)
        case InRange():
            return any(_lies_in(_compared(node.field, one), node) for one in _elements(customer, node.field))


def _text(value: Value | None) -> str | None:
    return None if value is None else str(value)


def _elements(customer: HasFields, field: Field) -> Iterable[Plain]:
    value = customer.get(field.key)
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def _compared(field: Field, value: Plain) -> Plain:
    if field.key == EMAIL:
        return email_key(str(value))
    return fold(str(value)) if field.key in (TAGS, IMPORT_TAGS) else value


def _lies_in(value: Plain, range_: InRange) -> bool:
    low, high = range_.low, range_.high
    if low is not None and not (_before(low, value) or (range_.with_low and low == value)):
        return False
    return high is None or _before(value, high) or (range_.with_high and value == high)


def _before(one: Plain, other: Plain) -> bool:
    if isinstance(one, str) or isinstance(other, str):
        return str(one) < str(other)
    return one < other
