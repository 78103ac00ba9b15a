"""Completion while typing: what could stand where the cursor is."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from crm_tui.core.fields import TYPE, FieldType
from crm_tui.core.query.comparing import expected_of, operators_of
from crm_tui.core.query.lines import quoted, value_text
from crm_tui.core.query.scanning import IN_LIST, NAME
from crm_tui.core.query.texts import begins_with_word, holds_word
from crm_tui.core.query.vocabulary import HAS, IMPORT, MEMBER, NO, PREFIXES, SEGMENT, TAG, Vocabulary
from crm_tui.core.text import fold

MAX_CANDIDATES = 50
_KEYWORDS = ("AND", "OR", "NOT")
_OPERATOR = r"(:|!=|<=|>=|=|<|>)"
_NAME_BEFORE = re.compile(rf"({NAME}){_OPERATOR}\Z")
_NAMED = re.compile(rf'({NAME}){_OPERATOR}([^\s"()<>=!]*+)\Z')
_BARE = re.compile(r'[^\s"():=<>!]++\Z')
_IN_LIST = re.compile(rf"(tag|import)(?::|=|!=)\({IN_LIST}\Z", re.IGNORECASE)
_ITEM = re.compile(r'[^\s",;()]*+\Z')
_REST_OF_ITEM = re.compile(r'[^\s",;()]*')
_REST_OF_VALUE = re.compile(r'[^\s"()]*')
_REST_OF_NAME = re.compile(r"[^\W_.]*+(?:\.[^\W_]*+)*+:?")
_REST_OF_QUOTE = re.compile(r'(?:[^"]|"")*+"')
_LOOKED_AT = 1000
"""Characters before the cursor: more than any name and value, and few enough for lines of any length."""


@dataclass(frozen=True, slots=True)
class Completion:
    """What may stand instead of `line[start:end]`, the likeliest first."""

    start: int
    end: int
    candidates: tuple[str, ...]


def complete(line: str, cursor: int, vocabulary: Vocabulary) -> Completion | None:
    """Return what could stand at the cursor; None where nothing is known that could."""
    quote = _open_quote(line[:cursor])
    looks = (_in_list, _behind_operator, _at_name)
    if quote is not None:
        found = _in_quotes(line, cursor, quote, vocabulary)
    else:
        found = next((one for look in looks if (one := look(line, cursor, vocabulary)) is not None), None)
    return found if found is not None and found.candidates else None


def _from(cursor: int) -> int:
    return max(cursor - _LOOKED_AT, 0)


def _end(pattern: re.Pattern[str], line: str, cursor: int) -> int:
    """Return where what stands behind the cursor, and is replaced with it, ends."""
    match = pattern.match(line, cursor)
    return cursor if match is None else match.end()


def _in_quotes(line: str, cursor: int, quote: int, vocabulary: Vocabulary) -> Completion | None:
    named = _NAME_BEFORE.search(line[:quote], _from(quote))
    listed = None if named else _IN_LIST.search(line[:quote], _from(quote))
    if named is None and listed is None:
        return None  # a word in quotes: nothing is known of it
    name, operator = (named[1], named[2]) if named else (listed[1] if listed else "", ":")
    typed = line[quote + 1 : cursor].replace('""', '"')
    values = _plain_values(name, operator, typed, vocabulary)
    return Completion(quote, _end(_REST_OF_QUOTE, line, cursor), tuple(map(quoted, values)))


def _open_quote(before: str) -> int | None:
    """Return where the quote begins in which a text ends."""
    opened = None
    at = before.find('"')
    while at >= 0:
        if opened is None:
            opened = at
        elif before.startswith('"', at + 1):
            at += 1
        else:
            opened = None
        at = before.find('"', at + 1)
    return opened


def _in_list(line: str, cursor: int, vocabulary: Vocabulary) -> Completion | None:
    listed = _IN_LIST.search(line[:cursor], _from(cursor))
    item = _ITEM.search(line[:cursor], _from(cursor))
    if listed is None or item is None:
        return None
    values = _plain_values(listed[1], ":", item[0], vocabulary)
    return Completion(item.start(), _end(_REST_OF_ITEM, line, cursor), tuple(map(value_text, values)))


def _behind_operator(line: str, cursor: int, vocabulary: Vocabulary) -> Completion | None:
    named = _NAMED.search(line[:cursor], _from(cursor))
    if named is None:
        return None
    values = _plain_values(named[1], named[2], named[3], vocabulary)
    return Completion(named.start(3), _end(_REST_OF_VALUE, line, cursor), tuple(map(value_text, values)))


def _at_name(line: str, cursor: int, vocabulary: Vocabulary) -> Completion | None:
    bare = _BARE.search(line[:cursor], _from(cursor))
    if bare is None:
        return None
    typed = bare[0]
    candidates = [word for word in _KEYWORDS if word.startswith(typed)]
    field = None if typed.lower() in PREFIXES else vocabulary.field(typed)
    if field is not None and not field.is_archived:
        candidates += [f"{typed}{operator}" for operator in operators_of(field)]
    names = (*PREFIXES, *vocabulary.names) if typed.isascii() else vocabulary.labels
    candidates += [f"{name}:" for name in _ranked(typed.removeprefix("profile."), names, by_contents=len(typed) > 1)]
    end = _end(_REST_OF_NAME, line, cursor)
    if line[end : end + 1] in tuple("=!<>"):  # the operator is there already
        candidates = [name.rstrip(":") for name in candidates if name.endswith(":")]
    return Completion(bare.start(), end, tuple(dict.fromkeys(candidates))[:MAX_CANDIDATES])


def _plain_values(name: str, operator: str, typed: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the values that a name and an operator take and that go on from what is typed."""
    lists: dict[str, Callable[[], Iterable[str]]] = {
        TAG: lambda: vocabulary.tags,
        IMPORT: lambda: vocabulary.import_tags,
        SEGMENT: lambda: vocabulary.segments,
        MEMBER: lambda: ("yes", "no"),
        HAS: lambda: vocabulary.names,
        NO: lambda: vocabulary.names,
    }
    if name.lower() in lists:
        return _ranked(typed, lists[name.lower()]())
    field = vocabulary.field(name)
    if field is None or field.is_archived or operator not in operators_of(field):
        return ()
    if field.type is FieldType.BOOLEAN or field.key == TYPE:
        return _ranked(typed, expected_of(field))
    if field.key == "tags":
        return _ranked(typed, vocabulary.tags)
    return _ranked(typed, vocabulary.import_tags) if field.key == "userImportTag" else ()


def _ranked(typed: str, names: Iterable[str], *, by_contents: bool = True) -> tuple[str, ...]:
    """Return the names that begin with what is typed, then those that hold it, whatever the case or the syllables."""
    wanted = fold(typed)
    first: list[str] = []
    others: list[str] = []
    for name in names:
        folded = fold(name)
        if begins_with_word(folded, wanted):
            first.append(name)
        elif by_contents and holds_word(folded, wanted):
            others.append(name)
        if len(first) >= MAX_CANDIDATES:
            break
    return tuple(first + others)[:MAX_CANDIDATES]
