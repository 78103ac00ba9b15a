"""Text cells: trimmed, NFC, without control characters (R8, R9); and how texts are compared."""

import re
import unicodedata
from collections.abc import Sequence

from crm_tui.core.columns import PlainLook, as_they_are
from crm_tui.core.fields import MAX_STRING_LENGTH, Field
from crm_tui.core.problems import Code, Problem

_INVISIBLE = "\ufeff\u200b\u3164"
_OUTER = "".join(chr(code) for code in range(0x3001) if chr(code).isspace()) + _INVISIBLE
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters except tab and newline; lone surrogates, which cannot be stored as UTF-8."""


def trim(text: str) -> str:
    """Return `text` without outer white space of any kind (R8), in NFC."""
    trimmed = text.strip(_OUTER)
    return trimmed if trimmed.isascii() else unicodedata.normalize("NFC", trimmed)


def fold(text: str) -> str:
    """Return `text` as names, tags and e-mails are compared: NFC, without regard to case."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def fold_column(texts: Sequence[str]) -> list[str]:
    """Return `fold` of each of many texts; none of them holds NUL."""
    joined = "\0".join(texts)
    folded = fold(joined)
    return list(texts) if folded == joined else folded.split("\0")


def unify_line_ends(text: str) -> str:
    """Return `text` with the line ends of Windows and of old Macs as one newline each: no control characters to R9."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def control_problem(text: str, field: Field) -> Problem | None:
    """Return what is wrong when `text` holds a control character (R9)."""
    if text.isprintable():
        return None
    found = _CONTROL.search(text)
    return found and Problem(Code.CONTROL_CHARACTER, field.key, {"codepoint": f"U+{ord(found[0]):04X}"})


def parse_string(text: str, field: Field) -> str | Problem:
    """Return a trimmed cell as it is stored, or what is wrong with it (R9)."""
    text = unify_line_ends(text)
    if len(text) > MAX_STRING_LENGTH:
        return Problem(Code.STRING_TOO_LONG, field.key, {"length": len(text), "limit": MAX_STRING_LENGTH})
    return control_problem(text, field) or text


def _odd_strings(texts: Sequence[str]) -> list[int]:
    """Return the indexes of the texts that are not in NFC, are too long or hold anything that is no plain character."""
    # Each part of a text in NFC is in NFC.
    if _is_plain("".join(texts)) and max(map(len, texts), default=0) <= MAX_STRING_LENGTH:
        return []
    return [index for index, text in enumerate(texts) if len(text) > MAX_STRING_LENGTH or not _is_plain(text)]


def _is_plain(text: str) -> bool:
    # U+3164 is trimmed although Unicode calls it a letter.
    return text.isprintable() and (text.isascii() or ("\u3164" not in text and unicodedata.is_normalized("NFC", text)))


PLAIN_STRINGS = PlainLook(_odd_strings, as_they_are, "")
"""Texts of one line, which are stored as they stand."""
