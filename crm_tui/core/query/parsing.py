"""From a line to its meaning. AND binds tighter than OR; what stands side by side is joined by AND."""

from crm_tui.core.fields import BUILT_IN, IMPORT_TAGS, MEMBER_ID, SYSTEM_FIELDS, TAGS
from crm_tui.core.query.comparing import compare, compare_any, operators_of
from crm_tui.core.query.nodes import (
    And,
    HasValue,
    Initials,
    IsMember,
    Node,
    OneOf,
    Query,
    QueryMistake,
    Word,
    both,
    either,
    opposite,
)
from crm_tui.core.query.scanning import MAX_TERMS, Form, Kind, Token, readable, tokens_of
from crm_tui.core.query.texts import has_initials, simple_fold, spelled_out, word_texts
from crm_tui.core.query.vocabulary import HAS, IMPORT, MEMBER, PREFIXES, SEGMENT, TAG, ListProblem, Vocabulary
from crm_tui.core.text import fold, trim

MAX_DEPTH = 20
"""Brackets in brackets, and segments in segments: what a database's own parser takes on every machine."""
_FEW = 5
_YES_NO = {"yes": True, "no": False, "true": True, "false": False}
_IMPORT_TAG_FIELD = next(field for field in SYSTEM_FIELDS if field.key == IMPORT_TAGS)
_CARRIED = {TAG: BUILT_IN[TAGS], IMPORT: _IMPORT_TAG_FIELD}
_OTHER_NAMES = {TAG: TAGS, IMPORT: IMPORT_TAGS, MEMBER: MEMBER_ID}
"""What has:tag, has:import, has:member speak of."""


class _Wrong(Exception):
    """Carries a mistake out of the depth of a line."""

    def __init__(self, mistake: QueryMistake) -> None:
        super().__init__()
        self.mistake = mistake


def parse_query(line: str, vocabulary: Vocabulary | None = None) -> Query | QueryMistake:
    """Return what the search line asks for, or where it is wrong; never raises.

    A word may hold colons (`http://x`, `12:30`, `김:영업`). A name that was surely meant for a field is a mistake: as a
    word it would find nothing, and nobody would know why.
    """
    try:
        return Query(_read(readable(line), _Budget(vocabulary or Vocabulary()), ()))
    except _Wrong as wrong:
        return wrong.mistake


class _Budget:
    """What a line and the lines of its segments share: the vocabulary, and how many terms there may still be."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._terms = MAX_TERMS

    def take(self, token: Token) -> None:
        """Count a term."""
        self._terms -= 1
        if self._terms < 0:
            raise _wrong(token.start, token.end - token.start, "<fewer_terms>")


def _word(text: str) -> Node:
    if has_initials(text):
        return Initials(simple_fold(spelled_out(trim(text))))
    texts = tuple(filter(None, word_texts(text)))
    return Word(texts) if texts else And(())


def _wrong(at: int, length: int, *expected: str) -> _Wrong:
    return _Wrong(QueryMistake(at, length, expected))


def _read(line: str, budget: _Budget, inside: tuple[str, ...]) -> Node | None:
    tokens = tokens_of(line, budget.vocabulary)
    if isinstance(tokens, QueryMistake):
        raise _Wrong(tokens)
    node = _Line(tokens, len(line), budget, inside).read() if tokens else And(())
    return None if node == And(()) else node


class _Line:
    """Reads the tokens of one line."""

    def __init__(self, tokens: list[Token], end: int, budget: _Budget, inside: tuple[str, ...]) -> None:
        self._tokens = tokens
        self._end = end
        self._budget = budget
        self._inside = inside
        """Names of the segments, the line itself the last of them, that are being read."""
        self._at = 0
        self._depth = len(inside)

    def read(self) -> Node:
        node = self._any_of()
        if self._at < len(self._tokens):
            raise _wrong(self._tokens[self._at].start, 1, "<opening_bracket>", "<quotes>")
        return node

    def _next_is(self, *kinds: Kind) -> bool:
        return self._at < len(self._tokens) and self._tokens[self._at].kind in kinds

    def _any_of(self) -> Node:
        parts = [self._all_of()]
        while self._next_is(Kind.OR):
            self._at += 1
            parts.append(self._all_of())
        return either(parts)

    def _all_of(self) -> Node:
        parts = [self._one()]
        while self._next_is(Kind.AND, Kind.NOT, Kind.OPEN, Kind.TERM):
            self._at += self._next_is(Kind.AND)
            parts.append(self._one())
        return both(parts)

    def _one(self) -> Node:
        is_turned = False
        while self._next_is(Kind.NOT):
            self._at += 1
            is_turned = not is_turned
        if not self._next_is(Kind.OPEN, Kind.TERM):
            at = self._tokens[self._at] if self._at < len(self._tokens) else None
            raise _wrong(at.start if at else self._end, at.end - at.start if at else 0, "<term>", "(")
        token = self._tokens[self._at]
        self._at += 1
        node = self._group(token) if token.kind is Kind.OPEN else self._term(token)
        return opposite(node) if is_turned else node

    def _group(self, opening: Token) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _wrong(opening.start, 1, "<fewer_brackets>")
        node = self._any_of()
        if not self._next_is(Kind.CLOSE):
            raise _wrong(opening.start, self._end - opening.start, ")")
        self._at += 1
        self._depth -= 1
        return node

    def _term(self, token: Token) -> Node:
        self._budget.take(token)
        match token.name:
            case "":
                return _word(token.text)
            case name if name not in PREFIXES:
                return self._comparison(token)
        if token.form is Form.NOTHING or (token.form is not Form.LIST and not token.text):
            raise _wrong(token.value_at, 0, *self._expected(token.name))
        node = self._prefixed(token)
        return opposite(node) if token.operator == "!=" else node

    def _expected(self, name: str) -> tuple[str, ...]:
        match name:
            case "member":
                return ("yes", "no")
            case "has" | "no":
                return ("<field>",)
            case "segment":
                return (*tuple(self._budget.vocabulary.segments)[:_FEW], "<segment_name>")
            case _:
                return (f"<{name}_name>",)

    def _prefixed(self, token: Token) -> Node:
        name = token.name
        if name in _CARRIED:
            return OneOf(_CARRIED[name], tuple(dict.fromkeys(map(fold, self._texts(token)))))
        if token.form not in (Form.PLAIN, Form.QUOTED):
            raise self._refused(token, *self._expected(name))
        if name == MEMBER:
            if token.text.lower() not in _YES_NO:
                raise self._refused(token, "yes", "no")
            return IsMember(_YES_NO[token.text.lower()])
        if name == SEGMENT:
            return self._segment(token)
        field = self._budget.vocabulary.field(_OTHER_NAMES.get(token.text.lower(), token.text))
        if field is None or field.is_archived:
            raise self._refused(token, "<field>")
        return HasValue(field) if name == HAS else opposite(HasValue(field))

    def _refused(self, token: Token, *expected: str) -> _Wrong:
        return _wrong(token.value_at, token.end - token.value_at, *expected)

    def _segment(self, token: Token) -> Node:
        found = self._budget.vocabulary.segment(token.text)
        if found is None:
            raise self._refused(token, *self._expected(SEGMENT))
        name, line = found
        if name in self._inside or len(self._inside) >= MAX_DEPTH:
            raise self._refused(token, "<other_segment>")
        try:
            return _read(readable(line), self._budget, (*self._inside, name)) or And(())
        except _Wrong as wrong:
            keeps = wrong.mistake.expected in (("<other_segment>",), ("<fewer_terms>",))
            raise self._refused(token, *(wrong.mistake.expected if keeps else ("<whole_segment>",))) from None

    def _comparison(self, token: Token) -> Node:
        vocabulary = self._budget.vocabulary
        field = vocabulary.field(token.name)
        assert field is not None  # the scanner asked
        operators = operators_of(field)
        if token.operator not in operators:
            raise _wrong(token.value_at - len(token.operator), len(token.operator), *operators)
        if token.form in (Form.LIST, Form.FILE):
            if token.operator not in (":", "=", "!="):
                raise self._refused(token, "<one_value>")
            found = compare_any(field, token.operator, self._texts(token), vocabulary)
            if isinstance(found, tuple):
                raise self._refused(token, *found[1])
            return opposite(found) if token.operator == "!=" else found
        node = compare(field, token.operator, token.text, vocabulary)
        if isinstance(node, tuple):
            raise self._refused(token, *node)
        return node

    def _texts(self, token: Token) -> tuple[str, ...]:
        if token.form is Form.LIST:
            if not token.items:
                raise self._refused(token, "<values>")
            return token.items
        if token.form is not Form.FILE:
            return (token.text,)
        read = self._budget.vocabulary.read_list
        found = read(token.text) if read is not None else ()
        if isinstance(found, ListProblem):
            raise self._refused(token, found.value)
        return found
