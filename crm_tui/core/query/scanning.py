"""A line cut into terms, brackets and AND, OR, NOT."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum, auto

from crm_tui.core.fields import FieldType
from crm_tui.core.query.nodes import QueryMistake
from crm_tui.core.query.texts import ascii_number, digits_in, is_phone_like
from crm_tui.core.query.vocabulary import HAS, NO, PREFIXES, Vocabulary

OPERATORS = (":", "=", "!=", "<", "<=", ">", ">=")
# The possessive quantifiers keep what they took: no line, however odd, is read in many ways one after the other.
_A_QUOTE = r'"(?:[^"]|"")*+"'
IN_LIST = rf'(?:[^")]|{_A_QUOTE})*+'
"""What stands between the brackets of a list."""
_UNREADABLE = re.compile("[\x00\ud800-\udfff]")
_SPACE = re.compile(r"\s+")
_KEYWORD = re.compile(r'(AND|OR|NOT)(?=[\s()"]|\Z)')
NAME = r"(?:[A-Za-z][A-Za-z0-9]*+(?:\.[A-Za-z0-9]++)*+|(?=[^\W\d_])[^\W_]++)"
"""A key, or a label: a word of letters and digits of any script."""
_NAMED = re.compile(rf"({NAME})(?:(:)|(\s*+)(!=|<=|>=|=|<|>)\s*+)")
_QUOTED = re.compile(r'"((?:[^"]|"")*+)"')
_PLAIN = re.compile(r'(?:[^\s"()]|\([^\s"()]*+\))++')
_LIST = re.compile(rf"\(({IN_LIST})\)")
_ITEM = re.compile(r'"((?:[^"]|"")*+)"|([^\s",;]++)')
_DIGIT = "[0-9\uff10-\uff19]"
_DIGIT_OR_SIGN = "[0-9\uff10-\uff19.\uff0d-]"
_AREA_CODE = f"[0\uff10]{_DIGIT}{{1,3}}"
_DIALLED = re.compile(rf"{_AREA_CODE}\)(?: ?{_DIGIT}{_DIGIT_OR_SIGN}*+)?+(?![^\s])")
"""02)312-1234, also while it is being typed."""
_DIALLED_IN_BRACKETS = re.compile(
    rf"\({_AREA_CODE}\)(?:{_DIGIT}{_DIGIT_OR_SIGN}*+| {_DIGIT}{{3,4}}[ .\uff0d-]?{_DIGIT}{{4}})(?![^\s)])"
)
"""(02)312-1234; with a space behind the bracket whole numbers only, as `(a OR b) 5` is something else."""
_LIST_OF_NUMBERS = re.compile(rf"\(((?:(?<!{_DIGIT_OR_SIGN})\(?{_AREA_CODE}\)(?={_DIGIT})|[^\")]|{_A_QUOTE})*+)\)")
_WHOLE_NUMBER = range(9, 16)
"""Digits of a telephone number that can be written with spaces."""
_LIKE_FIELDS = frozenset({"mobile", "phone", "landline", "members", "imports", "segments"})
_ALIKE = 0.8
MAX_TERMS = 200
"""More conditions than this no database takes at once; a list of values is one."""

_MAX_TOKENS = 10 * MAX_TERMS


class Kind(Enum):
    """What a token is."""

    OPEN = auto()
    CLOSE = auto()
    AND = auto()
    OR = auto()
    NOT = auto()
    TERM = auto()


class Form(Enum):
    """How a term's value is written."""

    NOTHING = auto()
    PLAIN = auto()
    QUOTED = auto()
    LIST = auto()
    FILE = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """A part of a line; `start` and `end` say where."""

    kind: Kind
    start: int
    end: int
    name: str = ""
    """Of a field, or of a prefix in lower case; "" for a word."""
    operator: str = ""
    value_at: int = 0
    text: str = ""
    """The value, or the path of a list's file."""
    form: Form = Form.PLAIN
    items: tuple[str, ...] = ()
    """Of a list."""


def readable(line: str) -> str:
    """Return `line` without what no stored text holds and no database takes."""
    return _UNREADABLE.sub("\ufffd", line)


def tokens_of(line: str, vocabulary: Vocabulary) -> list[Token] | QueryMistake:
    """Return the parts of a readable line, or where it cannot be cut."""
    tokens: list[Token] = []
    terms = 0
    for token in _cut(line, vocabulary):
        if isinstance(token, QueryMistake):
            return token
        terms += token.kind is Kind.TERM
        if terms > MAX_TERMS or len(tokens) > _MAX_TOKENS:
            return QueryMistake(token.start, len(line) - token.start, ("<fewer_terms>",))
        tokens.append(token)
    return list(_with_whole_numbers(tokens))


def _cut(line: str, vocabulary: Vocabulary) -> Iterator[Token | QueryMistake]:
    position = depth = 0
    while position < len(line):
        if space := _SPACE.match(line, position):
            position = space.end()
            continue
        token: Token | QueryMistake
        if number := _dialled(line, position, depth):
            token = Token(Kind.TERM, position, number.end(), text=number[0])
        elif line[position] in "()":
            kind = Kind.OPEN if line[position] == "(" else Kind.CLOSE
            depth += 1 if kind is Kind.OPEN else -1
            token = Token(kind, position, position + 1)
        elif keyword := _KEYWORD.match(line, position):
            token = Token(Kind[keyword[1]], position, keyword.end())
        else:
            token = _term(line, position, depth, vocabulary)
        yield token
        if isinstance(token, QueryMistake):
            return
        position = token.end


def _dialled(line: str, at: int, depth: int) -> re.Match[str] | None:
    """Return a telephone number with its area code before a bracket, or in brackets."""
    # Inside a group the bracket closes the group.
    return _DIALLED_IN_BRACKETS.match(line, at) or (_DIALLED.match(line, at) if depth == 0 else None)


def _term(line: str, at: int, depth: int, vocabulary: Vocabulary) -> Token | QueryMistake:
    named = _NAMED.match(line, at)
    if named is None:
        return _word(line, at)
    name, operator = named[1], named[2] or named[4]
    is_prefix = name.lower() in PREFIXES
    number, list_ = None, _LIST
    if named[3] and (is_prefix or vocabulary.field(name) is None):
        return _word(line, at)  # spaces before an operator only behind what is a field for certain
    if is_prefix:
        known = (":",) if name.lower() in (HAS, NO) else OPERATORS[:3]
        if operator not in known:
            return QueryMistake(named.start(4), len(operator), known)
        name = name.lower()
    elif (field := vocabulary.field(name)) is not None:
        if field.is_archived:
            return QueryMistake(at, len(name), ("<field_not_archived>",))
        if field.type is FieldType.PHONE:
            number, list_ = _dialled(line, named.end(), depth), _LIST_OF_NUMBERS
    elif name.isascii() and _looks_like_field(name, operator, vocabulary):
        return QueryMistake(at, len(name), (*_near(name, vocabulary), "<field>"))
    else:
        return _word(line, at)
    if number is not None:
        return Token(Kind.TERM, at, number.end(), name, operator, named.end(), number[0])
    return _value(line, at, name, operator, named.end(), list_)


def _near(name: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    known = {one.lower(): one for one in (*PREFIXES, *vocabulary.names)}
    wanted = name.lower().removeprefix("profile.")
    return tuple(f"{known[one]}:" for one in get_close_matches(wanted, known, 3, _ALIKE))


def _looks_like_field(name: str, operator: str, vocabulary: Vocabulary) -> bool:
    """Say whether an unknown name was surely meant for a field: taken for a word it would find nothing, and nobody
    would know why. `http://x`, `12:30`, `Re:Zero` are words."""
    if operator != ":" or "." in name or name.lower() in _LIKE_FIELDS:
        return operator != ":" or name.lower().startswith("profile.") or name.lower() in _LIKE_FIELDS
    return name[0].islower() and (not name.islower() or bool(_near(name, vocabulary)))


def _value(line: str, at: int, name: str, operator: str, value_at: int, list_: re.Pattern[str]) -> Token | QueryMistake:
    def token(form: Form, end: int, text: str = "", items: tuple[str, ...] = ()) -> Token:
        return Token(Kind.TERM, at, end, name, operator, value_at, text, form, items)

    if value_at >= len(line) or line[value_at].isspace() or line[value_at] == ")":
        return token(Form.NOTHING, value_at)
    if line[value_at] == "(":
        listed = list_.match(line, value_at)
        if listed is None:
            return QueryMistake(value_at, len(line) - value_at, (")",))
        return token(Form.LIST, listed.end(), items=items_of(listed[1]))
    is_file = line[value_at] == "@"
    text_at = value_at + is_file
    if line[text_at : text_at + 1] == '"':
        quoted = _QUOTED.match(line, text_at)
        if quoted is None:
            return QueryMistake(text_at, len(line) - text_at, ('"',))
        return token(Form.FILE if is_file else Form.QUOTED, quoted.end(), _unquoted(quoted))
    plain = _PLAIN.match(line, text_at)
    if plain is None:
        return token(Form.NOTHING, text_at)
    return token(Form.FILE if is_file else Form.PLAIN, plain.end(), plain[0])


def items_of(text: str) -> tuple[str, ...]:
    """Return the values of a list: between spaces, commas, semicolons or line ends, or in quotes."""
    found = ((plain or quoted.replace('""', '"')).strip() for quoted, plain in _ITEM.findall(text))
    return tuple(dict.fromkeys(filter(None, found)))


def _word(line: str, at: int) -> Token | QueryMistake:
    if line[at] != '"':
        plain = _PLAIN.match(line, at)
        assert plain is not None  # neither space, bracket nor quote
        is_named = re.fullmatch(r"[A-Za-z]+:", plain[0]) is not None
        quoted = _QUOTED.match(line, plain.end()) if is_named else None
        if quoted is None:
            return Token(Kind.TERM, at, plain.end(), text=plain[0])
        text = plain[0] + _unquoted(quoted)  # Dr:"Kim Lee" is one word
        return Token(Kind.TERM, at, quoted.end(), text=text, form=Form.QUOTED)
    quoted = _QUOTED.match(line, at)
    if quoted is None:
        return QueryMistake(at, len(line) - at, ('"',))
    return Token(Kind.TERM, at, quoted.end(), text=_unquoted(quoted), form=Form.QUOTED)


def _unquoted(quoted: re.Match[str]) -> str:
    return quoted[1].replace('""', '"').strip()


def _with_whole_numbers(tokens: list[Token]) -> Iterator[Token]:
    """Yield the tokens; a telephone number written with spaces is one word: `+82 10 2020 3030`."""
    at = 0
    while at < len(tokens):
        run = at
        while run < len(tokens) and _is_number(tokens[run]):
            run += 1
        whole = " ".join(ascii_number(token.text) for token in tokens[at:run])
        if run - at > 1 and whole[0] in "+0" and "+" not in whole[1:] and digits_in(whole) in _WHOLE_NUMBER:
            yield Token(Kind.TERM, tokens[at].start, tokens[run - 1].end, text=whole)
            at = run
        elif run > at:
            yield from tokens[at:run]
            at = run
        else:
            yield tokens[at]
            at += 1


def _is_number(token: Token) -> bool:
    return token.kind is Kind.TERM and not token.name and token.form is Form.PLAIN and is_phone_like(token.text)
