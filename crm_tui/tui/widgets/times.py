"""Instants as a manager reads them: in the zone of this computer."""

from datetime import UTC, datetime


def local_time(instant_ms: int, *, with_time: bool = True) -> str:
    """Return an instant in the zone of this computer."""
    moment = datetime.fromtimestamp(instant_ms / 1000, UTC).astimezone()
    return moment.strftime("%Y-%m-%d %H:%M" if with_time else "%Y-%m-%d")


def zone_name() -> str:
    """Return the name of this computer's time zone."""
    return datetime.now().astimezone().tzname() or "UTC"
