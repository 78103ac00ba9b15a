"""Dates and moments (R14)."""

import re
from datetime import UTC, date, datetime, timedelta, timezone

from crm_tui.core.fields import Field, FieldType
from crm_tui.core.problems import Code, Problem

_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", re.ASCII)
_MOMENT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?(Z|[+-][0-9]{2}:[0-9]{2})?",
    re.ASCII,
)
_EPOCH = re.compile(r"-?[0-9]{1,18}", re.ASCII)
_OTHER_SHAPE = re.compile(
    r"([0-9]{4})\s*[./년-]\s*([0-9]{1,2})\s*[./월-]\s*([0-9]{1,2})\s*[.일]?"
    r"(?:[ T]+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?)?",
    re.ASCII,
)
_START = datetime(1970, 1, 1, tzinfo=UTC)


def parse_date(text: str, field: Field) -> str | Problem:
    """Return a trimmed cell as "YYYY-MM-DD", or what is wrong with it.

    An ISO moment keeps the day as it is written; epoch milliseconds give the UTC day.
    """
    if match := _DAY.fullmatch(text) or _MOMENT.fullmatch(text):
        if match.re is _MOMENT and _instant(match) is None:
            return Problem(Code.DATE_IMPOSSIBLE, field.key)
        day = _day(match)
        return Problem(Code.DATE_IMPOSSIBLE, field.key) if day is None else day.isoformat()
    if _EPOCH.fullmatch(text):
        moment = _from_epoch(int(text))
        return Problem(Code.DATE_INVALID, field.key) if moment is None else moment.date().isoformat()
    return _other_shape(text, field)


def parse_datetime(text: str, field: Field) -> int | Problem:
    """Return a trimmed cell as UTC epoch milliseconds, or what is wrong with it. No zone means UTC."""
    if match := _MOMENT.fullmatch(text):
        instant = _instant(match)
        return Problem(Code.DATETIME_IMPOSSIBLE, field.key) if instant is None else instant
    if match := _DAY.fullmatch(text):
        day = _day(match)
        if day is None:
            return Problem(Code.DATETIME_IMPOSSIBLE, field.key)
        return _to_epoch(datetime(day.year, day.month, day.day, tzinfo=UTC))
    if _EPOCH.fullmatch(text):
        value = int(text)
        return Problem(Code.DATETIME_INVALID, field.key) if _from_epoch(value) is None else value
    return _other_shape(text, field)


def print_datetime(value: int) -> str:
    """Return UTC epoch milliseconds as ISO 8601 with milliseconds and Z."""
    moment = _START + timedelta(milliseconds=value)
    return f"{moment:%H:%M:%S}".join((f"{moment.year:04}-{moment:%m-%d}T", f".{value % 1000:03}Z"))


def _day(match: re.Match[str]) -> date | None:
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def _instant(match: re.Match[str]) -> int | None:
    """Return the milliseconds of a matched moment; None for one that does not exist."""
    zone: timezone = UTC
    if match[8] and match[8] != "Z":
        hours, minutes = int(match[8][1:3]), int(match[8][4:6])
        if hours > 23 or minutes > 59:
            return None
        offset = timedelta(hours=hours, minutes=minutes)
        zone = timezone(-offset if match[8][0] == "-" else offset)
    milliseconds = int((match[7] or "0")[:3].ljust(3, "0"))
    try:
        numbers = [int(match[group] or 0) for group in range(1, 7)]
        moment = datetime(*numbers, milliseconds * 1000, tzinfo=zone)  # type: ignore[misc,arg-type]
    except ValueError:
        return None
    value = _to_epoch(moment)
    return value if _from_epoch(value) is not None else None


def _to_epoch(moment: datetime) -> int:
    return (moment - _START) // timedelta(milliseconds=1)


def _from_epoch(value: int) -> datetime | None:
    try:
        return _START + timedelta(milliseconds=value)
    except OverflowError:
        return None


def _other_shape(text: str, field: Field) -> Problem:
    """Return the problem of a cell that is no date as R14 wants it, with the right form of that very value."""
    is_date = field.type is FieldType.DATE
    match = _OTHER_SHAPE.fullmatch(text)
    if match is None:
        return Problem(Code.DATE_INVALID if is_date else Code.DATETIME_INVALID, field.key)
    day = _day(match)
    has_time = match[4] is not None
    if day is None or (has_time and (int(match[4]) > 23 or int(match[5]) > 59 or int(match[6] or 0) > 59)):
        return Problem(Code.DATE_IMPOSSIBLE if is_date else Code.DATETIME_IMPOSSIBLE, field.key)
    suggestion = day.isoformat()
    if has_time and not is_date:
        suggestion += f"T{int(match[4]):02}:{match[5]}:{match[6] or '00'}Z"
    return Problem(Code.DATE_SHAPE if is_date else Code.DATETIME_SHAPE, field.key, {"suggestion": suggestion})
