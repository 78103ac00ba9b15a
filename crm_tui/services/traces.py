"""What names deleted customers where the program does not delete: segments are the managers' own."""

import re
from collections.abc import Iterable

from crm_tui.core.fields import MEMBER_ID
from crm_tui.core.text import fold
from storage import deleting as stored
from storage import segments
from storage.sql import Connection

_BETWEEN_DIGITS = re.compile(r"(?<=[0-9)])[ ().-]+(?=[0-9(])", re.ASCII)
_HOME = "+82"
_LEAST_NAME = 2
"""Letters of a name by which somebody is known."""


def segments_naming_chosen(connection: Connection) -> tuple[str, ...]:
    """Return the names of the segments that hold a memberId, an e-mail, a number or a name of one of those chosen."""
    listed = segments.listed(connection)
    if not listed:
        return ()
    people = stored.names_of_chosen(connection)
    member_ids = _any_of(one.member_id for one in people)
    words = _any_of(
        word for one in people for word in (one.email, one.name) if word is not None and len(word) >= _LEAST_NAME
    )
    numbers = re.compile("|".join({re.escape(_dialled(one.mobile_number)) for one in people if one.mobile_number}))

    def names_them(text: str) -> bool:
        # A memberId is often a bare number, like 5 in points>5.
        if fold(MEMBER_ID) in text and member_ids.search(text):
            return True
        has_number = numbers.pattern and numbers.search(_BETWEEN_DIGITS.sub("", text))
        return bool(has_number or words.search(text))

    return tuple(name for name, line in listed if names_them(fold(f"{name}\n{line}")))


def _any_of(words: Iterable[str | None]) -> re.Pattern[str]:
    """Return a pattern that finds any of these words, whole, in a folded text."""
    folded = {re.escape(fold(word)) for word in words if word}
    return re.compile(rf"(?<![\w.+@-])(?:{'|'.join(folded) or '(?!)'})(?![\w@-]|\.\w)")


def _dialled(number: str) -> str:
    """Return of a number in E.164 what every writing of it holds."""
    return number.removeprefix(_HOME) if number.startswith(_HOME) else number.removeprefix("+")
