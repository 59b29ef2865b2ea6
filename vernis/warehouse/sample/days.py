"""Days and minutes of the sample: day numbers count from 1970-01-01, minutes are the wall clock of the branch."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[Any]  # of any width
Floats: TypeAlias = NDArray[Any]
Flags: TypeAlias = NDArray[np.bool_]

DAY: Final = 24 * 60
OPENS: Final = 9 * 60
CLOSES: Final = 21 * 60
HISTORY_DAYS: Final = 730
_AHEAD_DAYS: Final = 1000
_EPOCH: Final = date(1970, 1, 1)
# How much longer (or shorter) people wait after a visit in this month: before New Year everyone comes again.
_WAIT: Final = np.array([1.12, 1.0, 0.98, 1.0, 0.97, 1.0, 1.05, 1.04, 1.0, 1.0, 0.88, 0.92])


def day_number(day: date) -> int:
    """Return the days since 1970-01-01."""
    return (day - _EPOCH).days


def weekday(days: Ints) -> Ints:
    """Return 0 for Monday to 6 for Sunday."""
    return (days + 3) % 7


class Calendar(NamedTuple):
    """The days a sample knows about, as tables indexed by day number less `base`."""

    now: int  # minute: the morning of the as-of day; later facts are not known yet
    first_day: int  # the salon's records begin here
    base: int
    months: Ints  # 0..11
    wait: Floats
    holiday: Ints  # days of January, if within 1..14, else 0

    @classmethod
    def until(cls, as_of: date, history_days: int) -> "Calendar":
        """Return the calendar of a salon with that many days of records before the as-of day."""
        last = day_number(as_of)
        base = last - history_days - 200
        dates = np.arange(base, last + _AHEAD_DAYS).astype("datetime64[D]")
        months = dates.astype("datetime64[M]").astype(np.int64) % 12
        in_month = (dates - dates.astype("datetime64[M]")).astype(np.int64) + 1
        holiday = np.where((months == 0) & (in_month <= 14), in_month, 0)
        return cls(last * DAY + 11 * 60, last - history_days, base, months, _WAIT[months], holiday)

    @property
    def today(self) -> int:
        return self.now // DAY

    def at(self, days: Ints) -> Ints:
        """Return the places of the days in the tables."""
        places = days.astype(np.int64) - self.base
        return np.clip(places, 0, len(self.months) - 1)


def zone_offsets(zones: list[str], first: int, last: int) -> Ints:
    """Return minutes east of Greenwich: zone x day from `first` to `last`, at noon."""
    noons = [datetime.combine(_EPOCH + timedelta(day), time(12), UTC) for day in range(first, last + 1)]
    table = np.empty((len(zones), len(noons)), dtype=np.int32)
    for number, name in enumerate(zones):
        zone = ZoneInfo(name)
        offsets = (moment.astimezone(zone).utcoffset() for moment in noons)
        table[number] = [int((offset or timedelta()).total_seconds()) // 60 for offset in offsets]
    return table
