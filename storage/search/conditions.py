"""A query as SQL: one translation for lists, counts, and whatever is done to all that a search finds.

A condition is written in one of two forms. As a *test* it looks at the row of one customer. As *sets* each part of it
that an index holds is a set of ids read off that index alone. A unary plus before `id` keeps the database from looking
up and sorting all customers of a set.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

from crm_tui.core.fields import EMAIL, IMPORT_TAGS, MAX_STRING_LENGTH, TAGS, Field, FieldType
from crm_tui.core.query import (
    Alike,
    And,
    Contains,
    HasValue,
    Initials,
    InRange,
    IsMember,
    Node,
    Not,
    OneOf,
    Or,
    Query,
    Word,
)
from crm_tui.core.query.nodes import InAnyYear, InSpans, Leaf
from crm_tui.core.query.texts import spellings_of, syllables_of
from storage.columns import AWAY, LISTED
from storage.search.values import COLUMN_OF, value_sql

VISIBLE = LISTED
VISIBLE_IN_TABLE = "+blocked_at IS NULL AND NOT +is_hidden"
"""The same where rows are looked at: with the plus, in the order of the table and not at random in that of an index."""
BLOCKED = "blocked_at IS NOT NULL"
HIDDEN = "is_hidden"
"""Over the limit of managed users; nobody blocked is."""
NOT_AWAY = f"id NOT IN ({AWAY})"
"""The same as `VISIBLE`, for the indexes that hold everybody: without a look at each row."""
SHARED_INDEXES = ("email_key", "mobile_number", "member_id")
SEARCHED = "search_text"
INDEXES = {
    SEARCHED: "ix_customer_search",
    "last_seen_at": "ix_customer_seen",
    "created_at": "ix_customer_created",
    **{column: f"ix_customer_{column}" for column in ("name", *SHARED_INDEXES)},
}
"""By the column that an index begins with. Left to itself the database may read one that holds nothing of use, and look
at every row."""
_LINKS = {TAGS: "tag", IMPORT_TAGS: "import_tag"}
_LINKED = frozenset(_LINKS.values())
_LISTS = (FieldType.LIST, FieldType.LIST_OF_NUMBER)
_GLOB_SIGNS = "*?["
_MOST_REPLACED = 50
"""Calls in calls: two hundred conditions of them are still a statement that the database takes."""
NOBODY, ALL = "0", "1"


def condition(
    query: Query, *, blocked: bool = False, hidden: bool = False, looks_at_rows: bool = False
) -> tuple[str, dict[str, Any]]:
    """Return what is to stand behind `FROM customer WHERE`, and its parameters (`:q0`, `:q1`, …).

    The table must be called `customer` there, without another name.

    Args:
        query: Whom to find.
        blocked: Among blocked customers, instead of among all others (R46).
        hidden: Among those over the limit of managed users, instead.
        looks_at_rows: The statement asks for more of the customers than their ids.
    """
    writer = Writer()
    away = BLOCKED if blocked else HIDDEN if hidden else None
    if query.root is None:
        return away or (VISIBLE_IN_TABLE if looks_at_rows else VISIBLE), {}
    if away is not None:
        return f"{away} AND {writer.test(query.root)}", writer.params
    if looks_at_rows or needs_rows(query.root):
        return f"{VISIBLE_IN_TABLE} AND {writer.sets(query.root, plus='')}", writer.params
    return f"{VISIBLE} AND {writer.sets(query.root)}", writer.params


def visible_in(column: str | None) -> str:
    """Return the condition for customers who are in the contact list, for the index that begins with a column."""
    return NOT_AWAY if column in SHARED_INDEXES else VISIBLE


def home_of(node: Node) -> str | None:
    """Return the column whose index holds all that a node asks for, or the table of links; None where there is none."""
    match node:
        case Word():
            return SEARCHED
        case Initials():
            return "name"
        case IsMember():
            return "member_id"
        case And(parts):
            # Links are looked up by the id, which every index holds.
            homes = {home_of(part) for part in parts if not _is_link(part)}
            return homes.pop() if len(homes) == 1 else None
        case Or(parts):
            homes = {home_of(part) for part in parts}
            return homes.pop() if len(homes) == 1 and not homes & _LINKED else None
        case Not():
            return None
        case _:
            column = COLUMN_OF.get(node.field.key)
            return _LINKS.get(node.field.key) or (column if column in INDEXES else None)


def read_off(column: str) -> str:
    """Return the table, to be read off the index of a column."""
    return f"customer INDEXED BY {INDEXES[column]}"


def carried_alone(node: Node | None) -> tuple[str, Any] | None:
    """Return which kind of tag, and which one, is all that a node asks for."""
    if isinstance(node, OneOf) and node.field.key in _LINKS and len(node.values) == 1:
        return _LINKS[node.field.key], node.values[0]
    return None


def _is_link(node: Node) -> bool:
    return home_of(node.part if isinstance(node, Not) else node) in _LINKED


def needs_rows(node: Node) -> bool:
    """Say whether a node asks for something that no index holds."""
    match node:
        case And(parts) | Or(parts):
            return any(needs_rows(part) for part in parts)
        case Not(part):
            return needs_rows(part)
        case _:
            return home_of(node) is None


class Writer:
    """Writes conditions and keeps their parameters: values are never part of the text."""

    def __init__(self) -> None:
        self.params: dict[str, Any] = {}

    def bind(self, value: Any) -> str:
        """Return the place of a value."""
        name = f"q{len(self.params)}"
        self.params[name] = value
        return f":{name}"

    def test(self, node: Node) -> str:
        """Return a condition on the row of `customer`."""
        match node:
            case And(parts):
                return _joined(" AND ", [self.test(part) for part in parts], ALL)
            case Or(parts):
                return _joined(" OR ", [self.test(part) for part in parts], NOBODY)
            case Not(part):
                return f"(({self.test(part)}) IS NOT TRUE)"
            case _:
                return self._leaf(node)

    def sets(self, node: Node, *, along: str | None = None, plus: str = "+") -> str:
        """Return a condition on `id`; what the index of `along` holds is asked as it is read."""
        home = home_of(node)
        if home is not None and (home == along or home in _LINKED):
            return self._leaf(node, plus) if isinstance(node, Leaf) else self.test(node)
        if home is not None:
            return f"{plus}id IN (SELECT id FROM {read_off(home)} WHERE {_inside(home)}{self.test(node)})"
        match node:
            case And(parts):
                return _joined(" AND ", self._grouped(parts, And, along, plus), ALL)
            case Or(parts):
                return _joined(" OR ", self._grouped(parts, Or, along, plus), NOBODY)
            case Not(part):
                return f"(({self.sets(part, along=along, plus=plus)}) IS NOT TRUE)"
            case _:
                return self._leaf(node, plus)

    def _grouped(self, parts: Sequence[Node], kind: type[And | Or], along: str | None, plus: str) -> list[str]:
        """Return the conditions of parts; those that one index holds are read off it together."""
        if kind is And and home_of(And(tuple(parts))) is not None:
            return [self.sets(And(tuple(parts)), along=along, plus=plus)]
        groups: dict[object, list[Node]] = {}
        for place, part in enumerate(parts):
            home = home_of(part)
            groups.setdefault(place if home is None or home in _LINKED else home, []).append(part)
        together = (group[0] if len(group) == 1 else kind(tuple(group)) for group in groups.values())
        return [self.sets(node, along=along, plus=plus) for node in together]

    def _leaf(self, node: Leaf, plus: str | None = None) -> str:
        match node:
            case Word(texts):
                return _joined(" OR ", [self._word(text) for text in texts], NOBODY)
            case Initials(text) if len(text) > MAX_STRING_LENGTH:
                return "name < ''"  # nobody; a condition that looks at no column cannot be read off an index
            case Initials(text):
                return f"name GLOB {self.bind(f'*{_glob(text, _alike)}*')}"
            case IsMember(wanted):
                return f"member_id IS {'NOT ' if wanted else ''}NULL"
        if node.field.key in _LINKS:
            return self._carried(node, _LINKS[node.field.key], plus)
        if node.field.type in _LISTS:
            path = self.bind(f"$.{node.field.key.removeprefix('profile.')}")
            inner = self._value(node, "e.value")
            return f"EXISTS (SELECT 1 FROM json_each(customer.custom, {path}) e WHERE {inner})"
        return self._value(node, value_sql(node.field, compared=not isinstance(node, HasValue)))

    def _carried(self, node: Leaf, kind: str, plus: str | None) -> str:
        """Return the condition for customers with a tag: of one row, or, with a `plus`, as a set."""
        name = self._value(node, "t.key")
        links = f"customer_{kind} l JOIN {kind} t ON t.id = l.{kind}_id"
        if plus is None:
            return f"EXISTS (SELECT 1 FROM {links} WHERE l.customer_id = customer.id AND {name})"
        return f"{plus}id IN (SELECT l.customer_id FROM {links} WHERE {name})"

    def _word(self, text: str) -> str:
        # instr finds the very characters; LIKE would read % and _ and ignore case by its own rules
        return f"instr({SEARCHED}, {self.bind(text)}) > 0"

    def _value(self, node: Leaf, value: str) -> str:
        match node:
            case HasValue():
                return f"{value} IS NOT NULL"
            case Contains(field, texts):
                return _joined(" OR ", [self._contains(field, value, text) for text in texts], NOBODY)
            case OneOf(_, values):
                if len(values) == 1:
                    return f"{value} = {self.bind(_plain(values[0]))}"
                listed = self.bind(json.dumps([_plain(one) for one in values], ensure_ascii=False))
                return f"{value} IN (SELECT value FROM json_each({listed}))"
            case Alike(_, texts):
                return self._alike(texts, value)
            case InAnyYear(_, month_day):
                return f"{value} GLOB {self.bind(f'????-{month_day}')}"
            case InSpans(_, spans):
                return self._in_spans(spans, value)
            case InRange():
                return self._between(node, value)
            case _:
                raise AssertionError(node)

    def _contains(self, field: Field, value: str, text: str) -> str:
        glob = text if field.key == EMAIL else _glob(text, spellings_of)
        if glob == text or len(text) > MAX_STRING_LENGTH:
            return f"instr({value}, {self.bind(text)}) > 0"
        return f"{value} GLOB {self.bind(f'*{glob}*')}"

    def _alike(self, texts: Sequence[str], value: str) -> str:
        """Return the condition for a value that is one of many folded texts.

        What the database folds itself is ASCII. Of all other signs only those matter that the texts hold.
        """
        listed = [text for text in texts if len(text) <= MAX_STRING_LENGTH]
        signs = {sign: one for one in sorted(set().union(*listed)) for sign in spellings_of(one) if not sign.isascii()}
        pairs = [(sign, one) for sign, one in signs.items() if sign != one]
        if len(pairs) > _MOST_REPLACED:  # several alphabets at once
            globs = self.bind(json.dumps([_glob(text, spellings_of) for text in listed], ensure_ascii=False))
            return f"EXISTS (SELECT 1 FROM json_each({globs}) g WHERE {value} GLOB g.value)"
        folded = f"lower({value})"
        for sign, one in pairs:
            folded = f"replace({folded}, char({ord(sign)}), char({ord(one)}))"
        return f"{folded} IN (SELECT value FROM json_each({self.bind(json.dumps(listed, ensure_ascii=False))}))"

    def _in_spans(self, spans: Sequence[tuple[int, int]], value: str) -> str:
        """Return the condition as a tree: a value is compared with a few spans, not with all."""
        if len(spans) == 1:
            return f"({value} >= {self.bind(spans[0][0])} AND {value} < {self.bind(spans[0][1])})"
        half = len(spans) // 2
        is_earlier = f"{value} < {self.bind(spans[half][0])}"
        earlier, later = (self._in_spans(some, value) for some in (spans[:half], spans[half:]))
        return f"(CASE WHEN {is_earlier} THEN {earlier} ELSE {later} END)"

    def _between(self, node: InRange, value: str) -> str:
        bounds = []
        if node.low is not None:
            bounds.append(f"{value} {'>=' if node.with_low else '>'} {self.bind(_plain(node.low))}")
        if node.high is not None:
            bounds.append(f"{value} {'<=' if node.with_high else '<'} {self.bind(_plain(node.high))}")
        return f"({' AND '.join(bounds)})" if bounds else ALL


def _inside(home: str) -> str:
    # The indexes of some columns hold blocked customers as well, and whether they are is not in them.
    return "" if home in SHARED_INDEXES else f"{VISIBLE} AND "


def _joined(word: str, parts: Sequence[str], empty: str) -> str:
    """Return parts joined as a tree that is not deep: a database takes a thousand levels at most."""
    if not parts:
        return empty
    if len(parts) == 1:
        return parts[0]
    if len(parts) <= 8:
        return f"({word.join(parts)})"
    half = len(parts) // 2
    return f"({_joined(word, parts[:half], empty)}{word}{_joined(word, parts[half:], empty)})"


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, bool) else value


def _alike(one: str) -> str:
    syllables = syllables_of(one)
    return spellings_of(one) if syllables is None else f"{one}{syllables[0]}-{syllables[1]}"


def _glob(text: str, choices: Callable[[str], str]) -> str:
    """Return `text` for GLOB: every character as it is, or as one of its `choices`."""
    parts = []
    for one in text:
        alike = choices(one)
        parts.append(f"[{alike}]" if len(alike) > 1 or one in _GLOB_SIGNS else one)
    return "".join(parts)
