"""Days, months, years and moments of a search line as ranges of a field's values."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

_PERIOD = re.compile(r"([0-9]{4})(?:[-./]([0-9]{1,2})(?:[-./]([0-9]{1,2}))?)?[-./]?", re.ASCII)
_MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2})(:[0-9]{2})?(\.[0-9]{1,3})?(Z|[+-][0-9]{2}:[0-9]{2})?",
    re.ASCII,
)
_AGO = re.compile(r"([0-9]{1,6})([hdwmy])", re.ASCII | re.IGNORECASE)
_ANY_YEAR = re.compile(r"([0-9]{1,2})[-./]([0-9]{1,2})", re.ASCII)
_START = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_DAYS = {"d": 1, "w": 7}
_MONTHS = {"m": 1, "y": 12}
_LEAP_YEAR = 2000


@dataclass(frozen=True, slots=True)
class Span:
    """From `first` on and before `end`: dates, or UTC epoch milliseconds."""

    first: str | int
    end: str | int


def read_days(text: str) -> tuple[date, date] | None:
    """Return the first day of a year, month or day such as 2026, 2026-11, 2026-11-01, and the first one behind it."""
    match = _PERIOD.fullmatch(text)
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    assert year is not None
    try:
        first = date(year, month or 1, day or 1)
        if day:
            return first, first + timedelta(days=1)
        if month:
            return first, date(year + month // 12, month % 12 + 1, 1)
        return first, date(year + 1, 1, 1)
    except (ValueError, OverflowError):
        return None


def read_month_day(text: str) -> str | None:
    """Return "05-04" for a day of any year."""
    match = _ANY_YEAR.fullmatch(text)
    if match is None:
        return None
    try:
        return date(_LEAP_YEAR, int(match[1]), int(match[2])).strftime("%m-%d")
    except ValueError:
        return None


def moment_of(day: date, zone: tzinfo) -> int:
    """Return when a day begins in a zone, as UTC epoch milliseconds."""
    return milliseconds(datetime(day.year, day.month, day.day, tzinfo=zone))


def milliseconds(moment: datetime) -> int:
    """Return a moment as UTC epoch milliseconds."""
    try:
        return (moment - _START) // _MILLISECOND
    except OverflowError:  # a zone has no room at the ends of the calendar
        return (moment.replace(tzinfo=UTC) - _START) // _MILLISECOND


def read_moment(text: str, zone: tzinfo) -> Span | None:
    """Return the minute, second or millisecond that is written; without a zone that of `zone`."""
    match = _MOMENT.fullmatch(text)
    if match is None:
        return None
    day, minute, second, fraction, offset = match.groups()
    if fraction and not second:
        return None
    written = f"{day}T{minute}{second or ''}{(fraction or '').ljust(4, '0') if fraction else ''}{offset or ''}"
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    first = milliseconds(moment if offset else moment.replace(tzinfo=zone))
    return Span(first, first + (1 if fraction else 1000 if second else 60_000))


def read_ago(text: str, now_ms: int, zone: tzinfo) -> int | None:
    """Return the moment that lies 30d, 2w, 6m, 1y or 12h back.

    Hours are exact. Days, weeks, months and years are those of the zone's calendar: the same time on its clocks.
    """
    match = _AGO.fullmatch(text)
    if match is None:
        return None
    number, unit = int(match[1]), match[2].lower()
    if unit == "h":
        return now_ms - number * 3_600_000
    try:
        now = (_START + now_ms * _MILLISECOND).astimezone(zone)
        then = (
            now - timedelta(days=number * _DAYS[unit]) if unit in _DAYS else _months_before(now, number * _MONTHS[unit])
        )
        return milliseconds(then.replace(fold=now.fold))
    except (OverflowError, ValueError):  # before the first year
        return milliseconds(datetime.min.replace(tzinfo=UTC))


def _months_before(now: datetime, number: int) -> datetime:
    """Return the same day of an earlier month, or its last one."""
    months = now.year * 12 + now.month - 1 - number
    year, month = months // 12, months % 12 + 1
    return now.replace(year=year, month=month, day=min(now.day, monthrange(year, month)[1]))


def day_of(moment_ms: int, zone: tzinfo) -> date:
    """Return the day of a moment in a zone."""
    try:
        return (_START + moment_ms * _MILLISECOND).astimezone(zone).date()
    except OverflowError:
        return date.min


def is_hours(text: str) -> bool:
    """Say whether a time ago is written in hours, of which a date knows nothing."""
    return text[-1:].lower() == "h"
