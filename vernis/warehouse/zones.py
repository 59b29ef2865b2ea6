"""Offsets of time zones, as tables that need no time zone library to use."""

import datetime
import functools
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from vernis.lib.days import EARLIEST, LATEST

_STEP = datetime.timedelta(days=5)
"""How densely a zone is probed: two changes closer together than this have never been in force."""

_MICROSECOND = datetime.timedelta(microseconds=1)


class Offsets(NamedTuple):
    """Offsets of one zone in microseconds, each valid from its moment of UTC on; the first since ever."""

    since: npt.NDArray[np.int64]
    offset: npt.NDArray[np.int64]


@functools.cache
def offsets_of(zone: ZoneInfo) -> Offsets:
    """Return the offsets of a zone from 1900 to 2200 (the tz database)."""
    start = datetime.datetime.combine(EARLIEST, datetime.time(), datetime.UTC)
    end = datetime.datetime.combine(LATEST, datetime.time(), datetime.UTC) + _STEP
    epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
    since, found = [-(2**62)], [_offset_at(start, zone)]
    moment = start
    while moment < end:
        following = moment + _STEP
        if _offset_at(following, zone) != found[-1]:
            changed_at = _change_between(moment, following, zone)
            since.append((changed_at - epoch) // _MICROSECOND)
            found.append(_offset_at(changed_at, zone))
            moment = changed_at
        else:
            moment = following
    return Offsets(np.array(since, np.int64), np.array(found, np.int64))


def wall_clocks(utc: npt.NDArray[Any], offsets: Offsets) -> npt.NDArray[np.int64]:
    """Return moments of UTC as wall clock of the zone."""
    return utc + offsets.offset[np.searchsorted(offsets.since, utc, side="right") - 1]


def _offset_at(utc: datetime.datetime, zone: ZoneInfo) -> int:
    return (utc.astimezone(zone).utcoffset() or datetime.timedelta()) // _MICROSECOND


def _change_between(before: datetime.datetime, after: datetime.datetime, zone: ZoneInfo) -> datetime.datetime:
    """Return the first second after `before` with another offset."""
    offset = _offset_at(before, zone)
    low, high = 0, int((after - before).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        if _offset_at(before + datetime.timedelta(seconds=middle), zone) == offset:
            low = middle
        else:
            high = middle
    return before + datetime.timedelta(seconds=high)
