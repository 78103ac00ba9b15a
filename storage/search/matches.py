"""A query, or a part of it, as the text index is asked for it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from crm_tui.core.fields import EMAIL, MAX_STRING_LENGTH, MOBILE_NUMBER, NAME
from crm_tui.core.query.nodes import And, Contains, Initials, Node, Or, Word
from storage.grams import initials_phrase, word_phrase

_SYLLABLES = re.compile("[가-힣]+")


@dataclass(frozen=True, slots=True)
class Match:
    """What stands behind MATCH."""

    phrases: str
    is_exact: bool = True
    """Whether all whom it finds are meant; all who are meant are found in any case."""
    is_whole: bool = True
    """Whether it speaks of every part of what is asked."""


def match_of(node: Node) -> Match | None:
    """Return how the text index is asked for customers, among whom are all that a node asks for."""
    match node:
        case Word(texts):
            return _any([word_phrase(text) for text in texts])
        case Initials(text) if len(text) <= MAX_STRING_LENGTH:
            return _initials(text)
        case Contains(field, texts) if field.key in (EMAIL, MOBILE_NUMBER) or (
            # Any other letters of a name may be written in another way in what is indexed.
            field.key == NAME and all(map(_SYLLABLES.fullmatch, texts))
        ):
            return _any([word_phrase(text) for text in texts], is_exact=False)
        case And(parts):
            found = [match for match in map(match_of, parts) if match is not None]
            return _joined(" AND ", found, is_whole=len(found) == len(parts)) if found else None
        case Or(parts):
            matches = list(map(match_of, parts))
            found = [match for match in matches if match is not None]
            return _joined(" OR ", found, is_whole=True) if found and len(found) == len(parts) else None
        case _:
            return None


def _initials(text: str) -> Match | None:
    match = _any([initials_phrase(text)])
    syllables = _any([word_phrase(run) for run in _SYLLABLES.findall(text)], word=" AND ")
    if match is None or syllables is None:
        return match
    return Match(f"({match.phrases} AND {syllables.phrases})", is_exact=False)


def _any(phrases: Sequence[str | None], *, is_exact: bool = True, word: str = " OR ") -> Match | None:
    known = [phrase for phrase in phrases if phrase is not None]
    if not known or len(known) < len(phrases):
        return None
    return Match(known[0] if len(known) == 1 else f"({word.join(known)})", is_exact)


def _joined(word: str, matches: Sequence[Match], *, is_whole: bool) -> Match:
    whole = is_whole and all(match.is_whole for match in matches)
    phrases = word.join(match.phrases for match in matches)
    return Match(f"({phrases})", whole and all(match.is_exact for match in matches), whole)
