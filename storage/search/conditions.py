"""A query as SQL: one translation for lists, counts, and whatever is done to all that a search finds.

A condition is written in one of two forms. As a *test* it looks at the row of one customer. As *sets* each part of it
that an index holds is a set of ids read off that index alone. A unary plus before `id` keeps the database from looking
up and sorting all customers of a set.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

from crm_tui.core.fields import EMAIL, LIST_TYPES, MAX_STRING_LENGTH, Field
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
from storage import search_parts
from storage.columns import AWAY, LISTED
from storage.search.distinct import with_values
from storage.search.indexes import (
    SEARCHED,
    SHARED_INDEXES,
    Indexes,
    is_read_off_at_once,
    read_indexes,
    read_off,
)
from storage.search.matches import match_of
from storage.sql import Connection
from storage.values import IS_LINKED_TO, value_sql

VISIBLE = LISTED
VISIBLE_IN_TABLE = "+blocked_at IS NULL AND NOT +is_hidden"
"""The same where rows are looked at: with the plus, in the order of the table and not at random in that of an index."""
BLOCKED = "blocked_at IS NOT NULL"
HIDDEN = "is_hidden"
"""Over the limit of managed users; nobody blocked is."""
NOT_AWAY = f"id NOT IN ({AWAY})"
"""The same as `VISIBLE`, for the indexes that hold everybody: without a look at each row."""
_LINKED = frozenset(IS_LINKED_TO.values())
TEXT = "text"
"""In place of a column: what the text index holds."""
_STALE = "SELECT customer_id FROM search_stale"
_GLOB_SIGNS = "*?["
_MOST_REPLACED = 50
"""Calls in calls: two hundred conditions of them are still a statement that the database takes."""
_MOST_SOURCES = 50
"""Read one after the other; a statement takes some hundreds."""
NOBODY, ALL = "0", "1"


def condition(
    connection: Connection,
    query: Query,
    *,
    blocked: bool = False,
    hidden: bool = False,
    looks_at_rows: bool = False,
) -> tuple[str, dict[str, Any]]:
    """Return what is to stand behind `FROM customer WHERE`, and its parameters (`:q0`, `:q1`, …).

    The table must be called `customer` there, without another name. The condition is good for this connection only, and
    until it writes.

    Args:
        connection: Where.
        query: Whom to find.
        blocked: Among blocked customers, instead of among all others (R46).
        hidden: Among those over the limit of managed users, instead.
        looks_at_rows: The statement asks for more of the customers than their ids.
    """
    indexes = read_indexes(connection)
    writer = Writer(indexes)
    away = BLOCKED if blocked else HIDDEN if hidden else None
    root = with_values(connection, query.root, indexes)
    if root is None:
        return away or (VISIBLE_IN_TABLE if looks_at_rows else VISIBLE), {}
    if away is not None:
        return f"{away} AND {writer.test(root)}", writer.params
    if looks_at_rows or indexes.needs_rows(root) or (indexes.parts and match_of(root)):
        return f"{VISIBLE_IN_TABLE} AND {writer.sets(root, plus='')}", writer.params
    return f"{VISIBLE} AND {writer.sets(root)}", writer.params


def visible_in(home: str | None) -> str:
    """Return the condition for customers who are in the contact list, for an index (see `Indexes.of_field`)."""
    return NOT_AWAY if home in SHARED_INDEXES else VISIBLE


def carried_alone(node: Node | None) -> tuple[str, Any] | None:
    """Return which kind of tag, and which one, is all that a node asks for."""
    if isinstance(node, OneOf) and node.field.key in IS_LINKED_TO and len(node.values) == 1:
        return IS_LINKED_TO[node.field.key], node.values[0]
    return None


class Writer:
    """Writes conditions and keeps their parameters: values are never part of the text."""

    def __init__(self, indexes: Indexes) -> None:
        self.params: dict[str, Any] = {}
        self._indexes = indexes

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
        if self.is_text(node):
            return f"{plus}id IN ({self._hits(node)})"
        has_text = isinstance(node, And) and any(map(self.is_text, node.parts))
        home = None if has_text else self._indexes.home_of(node)
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
        return [self.sets(node, along=along, plus=plus) for node in self.grouped(parts, kind)]

    def grouped(self, parts: Sequence[Node], kind: type[And | Or]) -> list[Node]:
        """Return parts, those that one index holds as one."""
        groups: dict[object, list[Node]] = {}
        for place, part in enumerate(parts):
            home = TEXT if self.is_text(part) else self._indexes.home_of(part)
            groups.setdefault(place if home is None or home in _LINKED else home, []).append(part)
        return [group[0] if len(group) == 1 else kind(tuple(group)) for group in groups.values()]

    def source(self, node: Node, *, scans: bool = False) -> str | None:
        """Return a SELECT of the ids of all whom a node asks for, and perhaps of blocked or hidden ones.

        None where no index gives them without a look at all others, unless it `scans` the search texts for words.
        """
        if self.is_text(node):
            return self._hits(node)
        home = self._indexes.home_of(node)
        if scans and home == SEARCHED:
            return f"SELECT id FROM {read_off(home)} WHERE {VISIBLE} AND {self.test(node)}"
        if isinstance(node, Or):
            sources = [self.source(part) for part in node.parts[:_MOST_SOURCES]]
            is_whole = 0 < len(node.parts) <= _MOST_SOURCES and all(sources)
            return " UNION ".join(f"SELECT id FROM ({one})" for one in sources) if is_whole else None
        if home is None or not is_read_off_at_once(node):
            return None
        if home in _LINKED and isinstance(node, Leaf):
            each = "" if carried_alone(node) else "DISTINCT "
            return f"SELECT {each}l.customer_id AS id FROM {_links(home)} WHERE {self._value(node, 't.key')}"
        return f"SELECT id FROM {read_off(home)} WHERE {_inside(home)}{self.test(node)}"

    def source_without(self, node: InRange) -> str:
        """Return a SELECT of the ids of all whose value lies elsewhere, or who have none; an index holds them."""
        home = self._indexes.of_field(node.field)
        assert home is not None
        tests = [f"{value_sql(node.field)} IS NULL"]
        if node.low is not None:
            tests.append(self.test(InRange(node.field, high=node.low, with_high=not node.with_low)))
        if node.high is not None:
            tests.append(self.test(InRange(node.field, low=node.high, with_low=not node.with_high)))
        return " UNION ALL ".join(f"SELECT id FROM {read_off(home)} WHERE {_inside(home)}{test}" for test in tests)

    def is_text(self, node: Node) -> bool:
        """Say whether the text index gives those whom a node asks for."""
        match = match_of(node) if self._indexes.parts else None
        return match is not None and match.is_whole

    def _hits(self, node: Node) -> str:
        """Return a SELECT of the ids of those whom the text index gives for a node."""
        match = match_of(node)
        assert match is not None
        phrases = self.bind(match.phrases)
        fresh = f" AND rowid NOT IN ({_STALE})" if self._indexes.stale else ""
        tables = map(search_parts.table_of, self._indexes.parts)
        found = " UNION ALL ".join(
            f"SELECT rowid AS id FROM {one} WHERE {one} MATCH {phrases}{fresh}" for one in tables
        )
        test = self.test(node)
        if not match.is_exact:
            found = f"SELECT customer.id FROM ({found}) h CROSS JOIN customer ON customer.id = h.id WHERE {test}"
        where = f"{read_off(SEARCHED)} WHERE {VISIBLE}"
        if self._indexes.home_of(node) != SEARCHED:
            where = f"customer NOT INDEXED WHERE {VISIBLE_IN_TABLE}"
        others = [
            f"SELECT id FROM {where} AND id BETWEEN {low} AND {high} AND {test}" for low, high in self._indexes.tails
        ]
        if self._indexes.stale:
            stale = search_parts.stale_of(self._indexes.stale)
            others.append(f"SELECT id FROM customer NOT INDEXED WHERE id IN ({stale}) AND {test}")
        return " UNION ALL ".join([found, *others])

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
        if node.field.key in IS_LINKED_TO:
            return self._carried(node, IS_LINKED_TO[node.field.key], plus)
        if node.field.type in LIST_TYPES:
            path = self.bind(f"$.{node.field.key.removeprefix('profile.')}")
            inner = self._value(node, "e.value")
            return f"EXISTS (SELECT 1 FROM json_each(customer.custom, {path}) e WHERE {inner})"
        return self._value(node, value_sql(node.field, compared=not isinstance(node, HasValue)))

    def _carried(self, node: Leaf, kind: str, plus: str | None) -> str:
        """Return the condition for customers with a tag: of one row, or, with a `plus`, as a set."""
        name = self._value(node, "t.key")
        if plus is None:
            those = f"l.{kind}_id IN (SELECT id FROM {kind} t WHERE {name})"  # a join may look at all who have the tag
            return f"EXISTS (SELECT 1 FROM customer_{kind} l WHERE l.customer_id = customer.id AND {those})"
        return f"{plus}id IN (SELECT l.customer_id FROM {_links(kind)} WHERE {name})"

    def _word(self, text: str) -> str:
        # GLOB looks for the very characters a third faster than instr; LIKE would ignore their case by its own rules
        if len(text) > MAX_STRING_LENGTH or "\0" in text:
            return f"instr({SEARCHED}, {self.bind(text)}) > 0"
        return f"{SEARCHED} GLOB {self.bind(f'*{_glob(text, str)}*')}"

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


def _links(kind: str) -> str:
    return f"customer_{kind} l JOIN {kind} t ON t.id = l.{kind}_id"


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
