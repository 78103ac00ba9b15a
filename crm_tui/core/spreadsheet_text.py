"""Cells of a CSV file that a spreadsheet would run as a formula, or turn into something else when it saves the file."""

import re

from crm_tui.core.fields import FieldType

GUARD = "\t"
"""Makes a text of what a spreadsheet would take for something else; the import trims it away (R8)."""

_FORMULA = "=+-@\t\r＝＋－＠"
"""What a formula may begin with; spreadsheets of East Asia take the wide forms too."""
_NUMBERLIKE = rf"[{re.escape(_FORMULA)}]|[(.$%₩￦\\]*\d"
_WORDS = r"(?:true|false)\Z|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[\W_]*\d|오[전후]\s*\d"
"""What a spreadsheet takes for a truth value, a day or a time of day, and writes in its own way."""
_CHANGED = re.compile(f"{_NUMBERLIKE}|{_WORDS}", re.IGNORECASE)
_PLAIN_NUMBER = re.compile(r"(?:0|-?[1-9][0-9]{0,10}|-?(?=[0-9.]{3,8}\Z)(?:0|[1-9][0-9]*)\.[0-9]*[1-9])", re.ASCII)
"""A number that is shown, and so saved, with all its digits, and written as a spreadsheet writes it. Longer ones are
shortened: eleven digits fit in a cell, and eight characters of a fraction in a column that nobody made wider."""

GUARDED_TYPES = frozenset({FieldType.STRING, FieldType.PHONE, FieldType.EMAIL, FieldType.NUMBER})
"""Lists begin with a bracket; days, moments and truth values a spreadsheet may know for what they are."""


def guarded(cell: str) -> str:
    """Return a cell so that a spreadsheet shows and saves it as it is: `=1+1`, `00123`, `+8210…`, `3-4`, `1e5`."""
    return GUARD + cell if _CHANGED.match(cell) and not _PLAIN_NUMBER.fullmatch(cell) else cell
