"""Numbers and booleans (R12, R13)."""

import re
from collections.abc import Sequence
from typing import Any

from crm_tui.core.columns import PlainLook, odd_cells
from crm_tui.core.fields import MAX_SIGNIFICANT_DIGITS, Field
from crm_tui.core.problems import Code, Problem

_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?", re.ASCII)
_SHORTENED = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?[eE][+-]?[0-9]+", re.ASCII)
_PLAIN = r"-?[1-9](?:[0-9]{0,14}|[0-9]{0,8}\.[0-9]{1,6})|0(?:\.[0-9]{1,4})?"
"""At most 15 digits, and those numbers only that Python, too, prints without an exponent."""
_TRUE = frozenset({"true", "yes", "y", "1"})
_FALSE = frozenset({"false", "no", "n", "0"})
_MAX_DECIMALS = 300
"""Further ones would leave the range that a float keeps 15 digits in."""


def parse_number(text: str, field: Field) -> int | float | Problem:
    """Return a trimmed cell as a number, or what is wrong with it (R12).

    A number of more than 15 significant digits is refused: it could not be kept exactly.
    """
    if len(text) <= MAX_SIGNIFICANT_DIGITS and text.isdecimal() and text.isascii():
        return int(text)
    if not _NUMBER.fullmatch(text):
        if _THOUSANDS.fullmatch(text):
            plain = text.replace(",", "")
            number = parse_number(plain, field)
            return (
                number
                if isinstance(number, Problem)
                else Problem(Code.NUMBER_THOUSANDS, field.key, {"suggestion": plain})
            )
        return Problem(Code.NUMBER_SHORTENED if is_shortened(text) else Code.NUMBER_INVALID, field.key)
    whole, _, fraction = text.lstrip("+-").partition(".")
    fraction = fraction.rstrip("0")
    digits = (whole + fraction).lstrip("0")
    if len(digits) > MAX_SIGNIFICANT_DIGITS or len(fraction) > _MAX_DECIMALS:
        return Problem(Code.NUMBER_TOO_LONG, field.key, {"limit": MAX_SIGNIFICANT_DIGITS})
    if fraction:
        return float(text)
    # From the digits without zeros in front: int() refuses very long texts
    number = int(digits or "0")
    return -number if text[0] == "-" else number


def print_number(value: int | float) -> str:
    """Return a number so that `parse_number` reads the same value: never with an exponent."""
    text = repr(value)
    if "e" not in text:
        return text
    from decimal import Decimal

    return format(Decimal(text), "f")


def _print_plain(texts: Sequence[str]) -> list[Any]:
    if "." not in "".join(texts):
        return list(texts)
    return [text.rstrip("0").rstrip(".") if "." in text else text for text in texts]


PRINTED_NUMBERS = PlainLook(lambda texts: odd_cells(_PLAIN, texts), _print_plain, "0")
"""Plain numbers; what is read of them is what `print_number` writes of their values."""


def is_shortened(text: str) -> bool:
    """Return whether a spreadsheet wrote a long number with an exponent, e.g. 8.21E+11 for a phone number."""
    return _SHORTENED.fullmatch(text) is not None


def parse_boolean(text: str, field: Field) -> bool | Problem:
    """Return a trimmed cell as true or false, or what is wrong with it (R13)."""
    lowered = text.lower()
    if lowered in _TRUE:
        return True
    return False if lowered in _FALSE else Problem(Code.BOOLEAN_INVALID, field.key)
