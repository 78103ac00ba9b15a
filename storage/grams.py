"""What the text index holds of a customer, and how it is asked.

The index (FTS5, tokenizer `trigram`) finds any three characters in a row. A Korean name has only three, and one of them
may be looked for: around every character beyond ASCII there stands a mark, so that it is three characters itself, and
two of them are three as well, with the one mark between them.

- The search text: with a mark around every character that is not ASCII.
- Behind it, of a name that is not ASCII: the consonant of each character, with another mark around each.

Whatever is asked is written in the same way. A phrase stands in what is indexed exactly where the text stands in what
was: it holds a mark only where two characters are parted by one.
"""

import re
from collections.abc import Callable

from crm_tui.core.query.texts import initial_of

_MARK, _INITIAL_MARK = "\ue000", "\ue001"
_UNASKED = re.compile(f"[\x00-\x1f{_MARK}{_INITIAL_MARK}]")
"""Control characters part what is indexed, and no value has one but tab and newline. Nobody looks for the marks."""
_FEWEST = 3
_MOST = 1024
"""Characters of a phrase: each of them is looked up."""


class _Written(dict[int, str]):
    """For `str.translate`: how each character is written, found when it is met first."""

    def __init__(self, write: Callable[[str], str]) -> None:
        super().__init__()
        self._write = write

    def __missing__(self, code: int) -> str:
        self[code] = written = self._write(chr(code))
        return written


_AS_IT_IS = _Written(lambda one: one if one.isascii() else f"{_MARK}{one}{_MARK}")
_BY_INITIAL = _Written(lambda one: f"{_INITIAL_MARK}{initial_of(one)}{_INITIAL_MARK}")


def indexed_text(name: str | None, search_text: str) -> str:
    """Return what is indexed of a customer.

    Args:
        name: As it is stored.
        search_text: As `crm_tui.core.query.texts.search_text` makes it.
    """
    if "\0" in search_text or (name and "\0" in name):
        # Behind one FTS5 sees nothing.
        search_text, name = search_text.replace("\0", "\x01"), (name or "").replace("\0", "\x01")
    if not search_text.isascii():
        # Mostly the name alone: a character that stays as it is costs as much as another.
        first, end, others = search_text.partition("\n")
        search_text = _marked(first) + end + (others if others.isascii() else _marked(others))
    if not name or name.isascii():
        return search_text
    return f"{search_text}\n{_marked_initials(name)}"


def _marked(text: str) -> str:
    return text.translate(_AS_IT_IS).replace(_MARK * 2, _MARK)


def _marked_initials(text: str) -> str:
    return text.translate(_BY_INITIAL).replace(_INITIAL_MARK * 2, _INITIAL_MARK)


def word_phrase(text: str) -> str | None:
    """Return how the index is asked for a part of the search text; None where it cannot answer."""
    return _phrase(text, _marked(text))


def initials_phrase(text: str) -> str | None:
    """Return how the index is asked for a part of the name, consonants for syllables; None where it cannot answer.

    Where the text holds a whole syllable, those are found too who have another one with the same consonant.
    """
    return None if text.isascii() else _phrase(text, _marked_initials(text))


def _phrase(text: str, marked: str) -> str | None:
    if len(text) > _MOST or _UNASKED.search(text):
        return None
    phrase = marked.strip(_MARK + _INITIAL_MARK) if len(text) > 1 else marked
    return f'"{phrase.replace(chr(34), chr(34) * 2)}"' if len(phrase) >= _FEWEST else None
