"""Choosing a word by the letters that it begins with, on a Korean keyboard too."""

from collections.abc import Sequence

from crm_tui.tui.key_names import TWINS, strokes

_LATIN = {jamo: letter for letter, jamo in TWINS.items()}


def begins(word: str, typed: str) -> bool:
    """Return whether a word begins with what is typed: a letter, a syllable or a jamo, or the key that sends it."""
    return any(_jamo(word).startswith(_jamo(one)) for one in (typed, _LATIN.get(typed, typed)))


def next_beginning(words: Sequence[str], typed: str, after: int) -> int | None:
    """Return which word behind the one of number `after` begins so, that one itself last; None where none does."""
    numbers = [*range(after + 1, len(words)), *range(after + 1)]
    return next((number for number in numbers if begins(words[number], typed)), None)


def _jamo(text: str) -> str:
    return "".join(strokes(one) or one.casefold() for one in text)
