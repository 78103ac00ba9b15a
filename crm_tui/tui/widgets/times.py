"""Instants as a manager reads them: in the zone of this computer."""

from datetime import UTC, date, datetime


def local_time(instant_ms: int, *, with_time: bool = True) -> str:
    """Return an instant in the zone of this computer."""
    moment = datetime.fromtimestamp(instant_ms / 1000, UTC).astimezone()
    return moment.strftime("%Y-%m-%d %H:%M" if with_time else "%Y-%m-%d")


def zone_name() -> str:
    """Return the name of this computer's time zone."""
    return datetime.now().astimezone().tzname() or "UTC"


def start_of_day(day: date) -> int:
    """Return the moment at which a day begins in the zone of this computer, as UTC epoch milliseconds."""
    return int(datetime(day.year, day.month, day.day).astimezone().timestamp() * 1000)
