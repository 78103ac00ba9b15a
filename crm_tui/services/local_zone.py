"""The manager's time zone: that of the computer, with what its clocks did and will do."""

from datetime import UTC, datetime, timedelta, tzinfo


class LocalZone(tzinfo):
    """The zone of this computer, for days in the past and in the future."""

    def utcoffset(self, moment: datetime | None) -> timedelta | None:
        """Return how far the clocks are ahead of UTC at a local time."""
        local = (moment or datetime.now()).replace(tzinfo=None)
        try:
            return local.astimezone().utcoffset()
        except (OverflowError, OSError, ValueError):  # the operating system knows no such year
            return datetime.now().astimezone().utcoffset()

    def dst(self, moment: datetime | None) -> timedelta | None:
        """Return nothing: the offset says all."""
        return None

    def tzname(self, moment: datetime | None) -> str | None:
        """Return the name of the zone."""
        return datetime.now().astimezone().tzname()

    def fromutc(self, moment: datetime) -> datetime:
        """Return the local time of a moment."""
        aware = moment.replace(tzinfo=UTC)
        try:
            local = aware.astimezone()
        except (OverflowError, OSError, ValueError):
            local = aware + (datetime.now().astimezone().utcoffset() or timedelta())
        return local.replace(tzinfo=self)
