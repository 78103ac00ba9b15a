"""Customers' text, made harmless for a terminal."""

import re
import unicodedata

_UNSEEN_PRINTABLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0]")
"""What `str.isprintable` lets pass and no terminal shows: joiners, inherent vowels and the fillers of Hangul."""
_UNSEEN_UNASSIGNED = re.compile("[\u2065\ufff0-\ufff8\U000e0000-\U000e0fff]")
"""Code points that Unicode keeps free for characters that are not shown (Default_Ignorable_Code_Point)."""
_UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def make_visible(text: str) -> str:
    """Return `text` with escapes, control, bidi and zero-width characters as visible stand-ins, never as bytes.

    Letters with their marks, variation selectors and private characters stay as they are.
    """
    if text.isprintable() and _UNSEEN_PRINTABLE.search(text) is None:
        return text
    return "".join(_stand_in(char) if _is_unseen(char) else char for char in text)


def _is_unseen(char: str) -> bool:
    category = unicodedata.category(char)
    if category in _UNSEEN_CATEGORIES:
        return True
    return bool(_UNSEEN_UNASSIGNED.match(char) if category == "Cn" else _UNSEEN_PRINTABLE.match(char))


def _stand_in(char: str) -> str:
    code = ord(char)
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else f"<{code:04X}>"
