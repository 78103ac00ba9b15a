"""Dates and moments (R14)."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from crm_tui.core.columns import PlainLook, as_they_are, odd_cells
from crm_tui.core.fields import Field, FieldType
from crm_tui.core.numbers import is_shortened
from crm_tui.core.problems import Code, Problem

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,9})?)?"
    r"(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])?",
    re.ASCII,
)
_LIKE_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?", re.ASCII
)
"""A moment in form, whatever its numbers: 25:00, and 24:00 too, as it would be another day than the one written."""
_EPOCH = re.compile(r"-?[0-9]{1,18}", re.ASCII)
_START = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_DAY_MS = 86_400_000
_FIRST = (datetime.min.replace(tzinfo=UTC) - _START) // _MILLISECOND
_LAST = (datetime.max.replace(tzinfo=UTC) - _START) // _MILLISECOND
"""The epoch milliseconds of the years 1 to 9999."""


_PLAIN_DAY = (
    r"(?:19|20)[0-9]{2}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|"
    r"(?:0[13578]|1[02])-31)"
)
"""The days of every year."""
_PLAIN_MOMENT = _PLAIN_DAY + _MOMENT.pattern.removeprefix(_DAY.pattern)
_REMEMBERED = 100_000
"""More than there are days of two centuries, or seconds of a day."""


def parse_date(text: str, field: Field) -> str | Problem:
    """Return a trimmed cell as "YYYY-MM-DD", or what is wrong with it.

    An ISO moment keeps the day as it is written; epoch milliseconds give the UTC day.
    """
    if _DAY.fullmatch(text) or _MOMENT.fullmatch(text):
        try:
            date.fromisoformat(text[:10])
        except ValueError:
            return Problem(Code.DATE_IMPOSSIBLE, field.key)
        return text[:10]
    if _EPOCH.fullmatch(text):
        value = int(text)
        if not _FIRST <= value <= _LAST:
            return Problem(Code.DATE_INVALID, field.key)
        return (_START + value * _MILLISECOND).date().isoformat()
    return _refused(text, field)


def parse_datetime(text: str, field: Field) -> int | Problem:
    """Return a trimmed cell as UTC epoch milliseconds, or what is wrong with it. No zone means UTC."""
    if _MOMENT.fullmatch(text) or _DAY.fullmatch(text):
        moment = _read(text)
        if moment is None:
            return Problem(Code.DATETIME_IMPOSSIBLE, field.key)
        since = moment - _START
        value = since.days * _DAY_MS + since.seconds * 1000 + since.microseconds // 1000
        # A zone can put the first and the last day that there are beyond what can be shown in UTC.
        return value if _FIRST <= value <= _LAST else Problem(Code.DATETIME_IMPOSSIBLE, field.key)
    if _EPOCH.fullmatch(text):
        value = int(text)
        return value if _FIRST <= value <= _LAST else Problem(Code.DATETIME_INVALID, field.key)
    return _refused(text, field)


PLAIN_DATES = PlainLook(lambda texts: odd_cells(_PLAIN_DAY, texts), as_they_are, "2000-01-01")
"""Days in form, which are stored as they stand."""


def plain_datetimes(field: Field) -> PlainLook:
    """Return how plain moments are told and read a column at a time: days and times of day are each read once."""
    days = _Known(lambda day: parse_datetime(day, field))
    times = _Known(lambda time: parse_datetime(f"1970-01-02{time}", field))

    def read(texts: Sequence[str]) -> list[Any]:
        return [days[text[:10]] + times[text[10:]] - _DAY_MS for text in texts]

    return PlainLook(lambda texts: odd_cells(_PLAIN_MOMENT, texts), read, "2000-01-01T00:00Z")


class _Known(dict[str, Any]):
    """What a function makes of texts; they come again and again."""

    def __init__(self, make: Callable[[str], Any]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, text: str) -> Any:
        made = self._make(text)
        if len(self) < _REMEMBERED:
            self[text] = made
        return made


def print_datetime(value: int) -> str:
    """Return UTC epoch milliseconds as ISO 8601 with milliseconds and Z."""
    moment = _START + value * _MILLISECOND
    return f"{moment.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def _read(text: str) -> datetime | None:
    """Return the moment of a text in one of the ISO forms above; None for one that does not exist."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _refused(text: str, field: Field) -> Problem:
    """Return the problem of a cell that is not as R14 wants it; with its right form where there can be but one."""
    is_date = field.type is FieldType.DATE
    if _LIKE_MOMENT.fullmatch(text):
        return Problem(Code.DATE_IMPOSSIBLE if is_date else Code.DATETIME_IMPOSSIBLE, field.key)
    if is_shortened(text):
        return Problem(Code.NUMBER_SHORTENED, field.key)
    # Loaded for the first cell that needs it: a file that is right never does.
    from crm_tui.core.date_shapes import right_form

    suggestion = right_form(text, with_time=not is_date)
    if suggestion is None:
        return Problem(Code.DATE_INVALID if is_date else Code.DATETIME_INVALID, field.key)
    parse = parse_date if is_date else parse_datetime
    if not suggestion or isinstance(parse(suggestion, field), Problem):
        return Problem(Code.DATE_IMPOSSIBLE if is_date else Code.DATETIME_IMPOSSIBLE, field.key)
    return Problem(Code.DATE_SHAPE if is_date else Code.DATETIME_SHAPE, field.key, {"suggestion": suggestion})
