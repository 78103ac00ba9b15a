"""What a search line means: a tree of conditions on one customer."""

from dataclasses import dataclass

from crm_tui.core.fields import Field

Plain = str | int | float | bool
"""A value that a field's value, or an element of it, is compared with."""


@dataclass(frozen=True, slots=True)
class Word:
    """One of `texts` stands somewhere in the name, e-mail or mobile number."""

    texts: tuple[str, ...]
    """Folded."""


@dataclass(frozen=True, slots=True)
class Initials:
    """`text` stands somewhere in the name; a consonant such as ㄱ for every syllable that begins with it, too."""

    text: str
    """As `simple_fold` writes it."""


@dataclass(frozen=True, slots=True)
class Contains:
    """One of `texts` stands somewhere in the field's text, or in an element of its list, whatever the case."""

    field: Field
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OneOf:
    """The field's value, or an element of its list, is one of `values`."""

    field: Field
    values: tuple[Plain, ...]


@dataclass(frozen=True, slots=True)
class Alike:
    """The field's text, or an element of its list, is one of `texts`, whatever the case."""

    field: Field
    texts: tuple[str, ...]
    """As `simple_fold` writes them."""


@dataclass(frozen=True, slots=True)
class InRange:
    """The field's value, or an element of its list, lies between two values; None is no bound."""

    field: Field
    low: Plain | None = None
    high: Plain | None = None
    with_low: bool = True
    with_high: bool = False


@dataclass(frozen=True, slots=True)
class InAnyYear:
    """The field's date is this month and day, whatever the year."""

    field: Field
    month_day: str
    """E.g. "05-04"."""


@dataclass(frozen=True, slots=True)
class InSpans:
    """The field's moment lies in one of many spans of time, such as the same day of every year."""

    field: Field
    spans: tuple[tuple[int, int], ...]
    """First moment, and the first one that is too late; sorted, without overlaps."""


@dataclass(frozen=True, slots=True)
class HasValue:
    """The field has a value."""

    field: Field


@dataclass(frozen=True, slots=True)
class IsMember:
    """The customer is a member, or a lead (R1)."""

    wanted: bool


@dataclass(frozen=True, slots=True)
class And:
    """All of `parts`; nobody is left out by none."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of `parts`; nobody is found by none."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """All others, those without a value too."""

    part: "Node"


Leaf = Word | Initials | Contains | OneOf | Alike | InRange | InAnyYear | InSpans | HasValue | IsMember
Node = Leaf | And | Or | Not


@dataclass(frozen=True, slots=True)
class Query:
    """What the customers of a list have in common."""

    root: Node | None = None
    """None for everybody."""


@dataclass(frozen=True, slots=True)
class QueryMistake:
    """Where a line cannot be understood, and what would be right there."""

    at: int
    """Index of the character, from 0."""
    length: int
    """Of what is wrong; 0 where something is missing."""
    expected: tuple[str, ...]
    """What the line could say there, word by word; `<code>` is put in words by `crm_tui.i18n`."""


def both(parts: list[Node]) -> Node:
    """Return the node for all of `parts`, without a node in a node of the same kind."""
    flat = tuple(dict.fromkeys(inner for part in parts for inner in (part.parts if isinstance(part, And) else (part,))))
    return flat[0] if len(flat) == 1 else And(flat)


def either(parts: list[Node]) -> Node:
    """Return the node for at least one of `parts`."""
    flat = tuple(dict.fromkeys(inner for part in parts for inner in (part.parts if isinstance(part, Or) else (part,))))
    return flat[0] if len(flat) == 1 else Or(flat)


def opposite(part: Node) -> Node:
    """Return the node for everybody whom `part` leaves out."""
    return part.part if isinstance(part, Not) else Not(part)
