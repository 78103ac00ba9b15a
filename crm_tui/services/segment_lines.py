"""Lines of segments: the names of other segments and the paths of files in them."""

import dataclasses
from collections.abc import Callable, Iterable, Iterator

from crm_tui.core.fields import Field
from crm_tui.core.query import QueryMistake, Vocabulary
from crm_tui.core.query.lines import value_text
from crm_tui.core.query.scanning import Form, Kind, Token, readable, tokens_of
from crm_tui.core.query.vocabulary import SEGMENT
from crm_tui.core.text import fold
from crm_tui.services.value_list import whole_path


def with_segment(vocabulary: Vocabulary, name: str, line: str) -> Vocabulary:
    """Return a vocabulary in which a segment has this line."""
    others = {one: kept for one, kept in vocabulary.segments.items() if fold(one) != fold(name)}
    return dataclasses.replace(vocabulary, segments={**others, name: line})


def with_whole_paths(line: str, fields: Iterable[Field]) -> str:
    """Return a line in which the path of every file is whole."""

    def whole(token: Token) -> str:
        path = str(whole_path(token.text))
        # What no database keeps stays as it was written: it is found from the same folder at least.
        return f"@{value_text(path if path == readable(path) else token.text)}"

    return _replaced(line, fields, lambda token: whole(token) if token.form is Form.FILE else None)


def with_renamed(line: str, name: str, new: str, fields: Iterable[Field]) -> str:
    """Return a line that speaks of the segment `name` as `new`."""
    return _replaced(line, fields, lambda token: value_text(new) if _means(token, name) else None)


def speaks_of(line: str, name: str, fields: Iterable[Field]) -> bool:
    """Say whether a line speaks of the segment `name`."""
    return any(_means(token, name) for token in _terms(line, fields))


def _means(token: Token, name: str) -> bool:
    return token.name == SEGMENT and fold(token.text) == fold(name)


def _replaced(line: str, fields: Iterable[Field], value_of: Callable[[Token], str | None]) -> str:
    parts: list[str] = []
    done = 0
    for token in _terms(line, fields):
        if (value := value_of(token)) is not None:
            parts += (line[done : token.value_at], value)
            done = token.end
    return "".join((*parts, line[done:]))


def _terms(line: str, fields: Iterable[Field]) -> Iterator[Token]:
    # A field that is archived now may be restored: what the line says behind it is to be right then.
    known = Vocabulary(fields=tuple(dataclasses.replace(field, is_archived=False) for field in fields))
    tokens = tokens_of(readable(line), known)
    if not isinstance(tokens, QueryMistake):
        yield from (token for token in tokens if token.kind is Kind.TERM)
