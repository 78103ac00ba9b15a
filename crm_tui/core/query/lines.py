"""Writing lines: quotes, lines made from the parts of a form, and the terms that can be taken out of a line."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from crm_tui.core.query.nodes import QueryMistake
from crm_tui.core.query.parsing import parse_query
from crm_tui.core.query.scanning import Kind, Token, readable, tokens_of
from crm_tui.core.query.vocabulary import PREFIXES, Vocabulary, short_name

_PLAIN_VALUE = re.compile(r'[^\s"(),;@<>=!][^\s"(),;]*')
_PLAIN_WORD = re.compile(r"[^\W\d_][\w.@-]*")
_KEYWORDS = ("AND", "OR", "NOT")


@dataclass(frozen=True, slots=True)
class LinePart:
    """One condition of a form."""

    key: str
    """Of a field, or tag, import, member, segment, has, no; "" for a word."""
    operator: str
    """":" for all but fields."""
    text: str


@dataclass(frozen=True, slots=True)
class TermSpan:
    """A term of a line, from `start` to `end`."""

    start: int
    end: int
    text: str


def quoted(text: str) -> str:
    """Return `text` as the search line takes it whole."""
    return '"' + text.replace('"', '""') + '"'


def value_text(text: str) -> str:
    """Return a value as it stands behind an operator: in quotes where it must."""
    return text if _PLAIN_VALUE.fullmatch(text) else quoted(text)


def build_line(parts: Iterable[LinePart]) -> str:
    """Return the line that asks for all of `parts`."""
    return " ".join(_term(part) for part in parts)


def _term(part: LinePart) -> str:
    if not part.key:
        is_plain = _PLAIN_WORD.fullmatch(part.text) and part.text not in _KEYWORDS
        return part.text if is_plain else quoted(part.text)
    name = part.key if part.key in PREFIXES else short_name(part.key)
    return f"{name}{part.operator}{value_text(part.text)}"


def top_terms(line: str, vocabulary: Vocabulary | None = None) -> tuple[TermSpan, ...]:
    """Return the terms that a line joins by AND, groups and NOT with what they hold; () if it joins others.

    The texts of some of them with spaces between are a line that asks for just these.
    """
    known = vocabulary or Vocabulary()
    tokens = tokens_of(readable(line), known)
    if isinstance(tokens, QueryMistake) or isinstance(parse_query(line, known), QueryMistake):
        return ()
    spans: list[TermSpan] = []
    depth, start = 0, -1
    for token in tokens:
        if depth == 0 and token.kind is Kind.OR:
            return ()
        depth += _step(token)
        if token.kind is Kind.AND and depth == 0:
            continue
        if start < 0:
            start = token.start
        if depth == 0 and token.kind is not Kind.NOT:
            spans.append(TermSpan(start, token.end, line[start : token.end]))
            start = -1
    return tuple(spans)


def _step(token: Token) -> int:
    return (token.kind is Kind.OPEN) - (token.kind is Kind.CLOSE)
