"""Dates in other shapes than R14's: refused, but with the right form of that very value.

Only what can be read in one way: the year has four digits and stands first, or the month is a word. `26.11.23` and
`04/05/2025` are no such dates.
"""

import re
from collections.abc import Callable
from datetime import date, datetime

from dateutil import parser

_MAX_LENGTH = 64
_MONTHS = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?[,.]?\s+)?"
_DAY = r"[0-9]{1,2}(?:st|nd|rd|th)?"
_SHAPE = re.compile(
    r"(?:(?P<year>[1-9][0-9]{3})\s*[./-]\s*(?P<month>[0-9]{1,2})\s*[./-]\s*(?P<day>[0-9]{1,2})\.?"
    rf"|{_WEEKDAY}(?P<words>{_MONTHS}\s+{_DAY},?\s+[1-9][0-9]{{3}}|{_DAY}(?:\s+|-){_MONTHS},?(?:\s+|-)[1-9][0-9]{{3}}))"
    r"(?:(?:\s*T|,?\s+)(?P<time>[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?:\s*[AP]M)?)"
    r"(?:\s*(?P<zone>Z|UTC|GMT|KST|[+-][0-9]{2}:?[0-9]{2}))?)?",
    re.ASCII | re.IGNORECASE,
)
_ZONES = {"KST": 9 * 60 * 60}
_KOREAN: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"([0-9]{4})년\s*([0-9]{1,2})월\s*([0-9]{1,2})일"), r"\1-\2-\3 "),
    (re.compile(r"\s*\([월화수목금토일](?:요일)?\)|\s+[월화수목금토일]요일"), ""),
    (
        re.compile(r"([0-9]{1,2})시(?:\s*([0-9]{1,2})분)?(?:\s*([0-9]{1,2})초)?"),
        lambda clock: ":".join(f"{part:0>2}" for part in clock.groups(default="00")),
    ),
    (re.compile(r"오전\s*([0-9:]+)"), r"\1 AM"),
    (re.compile(r"오후\s*([0-9:]+)"), r"\1 PM"),
)
"""Korean words of a date and what the shape above has instead."""


def right_form(text: str, *, with_time: bool) -> str | None:
    """Return a date in another shape as R14 wants it; "" for one that does not exist, None for what is no such date.

    Args:
        text: One cell, trimmed, e.g. "2025.05.04 13:20" or "4 May 2025".
        with_time: Whether the time is kept. A time without a zone is UTC (R14), which is then written out.
    """
    if len(text) > _MAX_LENGTH:
        return None
    for pattern, replacement in _KOREAN:
        text = pattern.sub(replacement, text)
    shape = _SHAPE.fullmatch(text.strip())
    if shape is None:
        return None
    try:
        day = shape["words"] or date(*(int(shape[part]) for part in ("year", "month", "day"))).isoformat()
        written = " ".join(filter(None, (day, shape["time"], shape["zone"])))
        moment: datetime = parser.parse(written.upper(), default=datetime(1, 1, 1), tzinfos=_ZONES)
        if not with_time or shape["time"] is None:
            return moment.date().isoformat()
        form = moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds")
        return form if moment.utcoffset() else f"{form.removesuffix('+00:00')}Z"
    except (ValueError, OverflowError):  # a zone of 24 hours fails only when it is written
        return ""
