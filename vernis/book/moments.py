"""From a wall clock to a moment."""

import datetime
from zoneinfo import ZoneInfo


class TimeDoesNotExist(Exception):
    """Clocks are put forward over this time on that day."""


def moment_of(wall_clock: datetime.datetime, zone: ZoneInfo) -> datetime.datetime:
    """Return the moment of a naive wall-clock time, the first of two where clocks are put back. In UTC.

    Raises TimeDoesNotExist.
    """
    local = wall_clock.replace(tzinfo=zone, fold=0)
    at = local.astimezone(datetime.UTC)
    if at.astimezone(zone).replace(tzinfo=None) != wall_clock:
        raise TimeDoesNotExist(wall_clock)
    return at


def day_in(day: datetime.date, zone: ZoneInfo) -> tuple[datetime.datetime, datetime.datetime]:
    """Return the moments at which a day begins and ends in a zone."""
    midnight = datetime.time()
    return (
        datetime.datetime.combine(day, midnight, zone).astimezone(datetime.UTC),
        datetime.datetime.combine(day + datetime.timedelta(days=1), midnight, zone).astimezone(datetime.UTC),
    )
