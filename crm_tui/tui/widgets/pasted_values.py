"""What a paste of many lines means in the search line: a column of a spreadsheet, so a list of values."""

import re

from crm_tui.core.fields import EMAIL, MEMBER_ID, MOBILE_NUMBER, NAME
from crm_tui.core.query import quoted

_PLAIN = re.compile(r"[\w@.+/*#%&\-]+")
_PHONE = re.compile(r"\+?[0-9][0-9 ().-]{6,}", re.ASCII)
_NAME = re.compile(r"[^\d@]+")
_OPENED = re.compile(r":\s*(\(?)\s*$")
_OPERATORS = ("AND", "OR", "NOT")


def pasted_values(text: str) -> tuple[str, ...]:
    """Return the values of a pasted column, each once: of a pasted table, its first column."""
    cells = (row.split("\t", 1)[0].strip() for row in text.splitlines())
    return tuple(dict.fromkeys(cell for cell in cells if cell))


def pasted_term(text: str, before: str) -> str:
    """Return what a paste puts into a search line behind `before`.

    One line is itself. More of them are a list in brackets; of the field that stands before it, else of the one that
    such values belong to.
    """
    values = pasted_values(text)
    if len(values) < 2 or len(text.strip().splitlines()) < 2:
        return " ".join(text.split())
    listed = ", ".join(_written(value) for value in values)
    opened = _OPENED.search(before)
    if opened is not None:
        return f"{listed})" if opened[1] else f"({listed})"
    gap = "" if not before or before[-1].isspace() or before[-1] == "(" else " "
    return f"{gap}{_field_of(values)}:({listed})"


def _written(value: str) -> str:
    return value if _PLAIN.fullmatch(value) and value.upper() not in _OPERATORS else quoted(value)


def _field_of(values: tuple[str, ...]) -> str:
    """Return the field that most of the values look like values of."""
    emails = sum("@" in value for value in values)
    phones = sum(_PHONE.fullmatch(value) is not None for value in values)
    names = sum(_NAME.fullmatch(value) is not None for value in values)
    half = len(values) / 2
    key = EMAIL if emails > half else MOBILE_NUMBER if phones > half else NAME if names > half else MEMBER_ID
    return key.removeprefix("profile.")
