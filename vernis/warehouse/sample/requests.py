"""When a client asks for the next appointment, for which day, and what the last one led to."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np

from vernis.warehouse.sample.appointments import BOOKED, CANCELLED, NO_SHOW
from vernis.warehouse.sample.catalogue import SUMMER
from vernis.warehouse.sample.days import CLOSES, DAY, OPENS, Calendar, Flags, Floats, Ints, weekday
from vernis.warehouse.sample.people import People

_LONGEST_GAP: Final = 400.0


class Kind(IntEnum):
    FIRST = 0
    VISIT = 1  # after a visit
    SOON = 2  # after a miss, wants another day at once
    LATER = 3  # after a miss, comes back when the need returns
    SERIES = 4  # made together with the one before
    OVER = 5


@dataclass
class Requests:
    """What the next request of each client of a chunk starts from."""

    kind: Ints
    day: Ints  # of the last visit, or of the appointment missed
    after: Ints  # minute before which nothing can be asked for

    @classmethod
    def first(cls, people: People, calendar: Calendar) -> "Requests":
        """Return the state of people who have not been here yet."""
        made = people.first_booking(calendar)
        return cls(np.full(len(people), Kind.FIRST), made // DAY, made)

    def follow(
        self,
        active: Ints,
        *,
        starts: Ints,
        created: Ints,
        ends: Ints,
        status: Ints,
        cancelled: Ints,
        kept: Flags,
        rng: np.random.Generator,
    ) -> Ints:
        """Note what came of these appointments and return the kind of the next request."""
        draws = rng.random(len(active), dtype=np.float32)
        missed = np.where(draws < np.where(status == CANCELLED, 0.75, 0.6), Kind.SOON, Kind.LATER)
        waiting = np.where(draws < 0.05, Kind.SERIES, Kind.OVER)  # the appointment is still to come
        is_miss = (status == CANCELLED) | (status == NO_SHOW)
        kind = np.where(is_miss, missed, np.where(kept, Kind.VISIT, np.where(status == BOOKED, waiting, Kind.VISIT)))
        self.kind[active] = kind
        self.day[active] = starts // DAY
        after = np.where(cancelled >= 0, cancelled, ends)
        self.after[active] = np.where(kind == Kind.SERIES, created, after)
        return kind


@dataclass(frozen=True)
class Asked:
    """Requests of the active clients, before the hour is settled; `created` -1: some days ahead of the start."""

    created: Ints
    earliest: Ints
    is_rebooked: Flags

    def settle(
        self, people: People, active: Ints, days: Ints, minutes: Ints, rng: np.random.Generator
    ) -> tuple[Ints, Ints]:
        """Return the minutes of the start and of the booking, for appointments that take so many minutes."""
        count = len(active)
        draws = rng.random((2, count), dtype=np.float32)
        own = people.minute[active] + rng.normal(0, 1, count) * np.where(draws[0] < 0.8, 35, 190)
        slot = np.where(draws[1] < 0.15, 15, 30)
        begin = np.clip(own, OPENS, np.maximum(CLOSES - minutes, OPENS)).astype(np.int64) // slot * slot
        starts = days * DAY + begin
        ahead = np.exp(rng.normal(np.log(3.2 * DAY), 1.0, count))
        created = starts - np.clip(ahead, 60, 45 * DAY).astype(np.int64)
        night = created % DAY < 8 * 60
        created = np.maximum(np.where(night, created - 10 * 60, created), self.earliest)
        created = np.where(self.created >= 0, self.created, np.minimum(created, starts - 20))
        return starts, created


def next_requests(
    people: People, state: Requests, active: Ints, calendar: Calendar, rng: np.random.Generator
) -> tuple[Ints, Asked]:
    """Return the day each active client wants to come on, and how the request is made."""
    count = len(active)
    kind, last, after = state.kind[active], state.day[active], state.after[active]
    draws = rng.random((4, count), dtype=np.float32)
    few_days = rng.standard_exponential((2, count))

    at_visit = (kind == Kind.VISIT) & (draws[0] < people.rebooks[active])
    at_desk = np.minimum(after + (draws[1] * 12).astype(np.int64), after // DAY * DAY + CLOSES + 50)
    at_desk = np.maximum(at_desk, after)
    delay = np.where(draws[1] < 0.2, 1, 30 + few_days[0] * 4 * DAY).astype(np.int64)
    created = np.where(at_visit, at_desk, -1)
    created = np.where(kind == Kind.SOON, _daytime(after + delay), created)
    created = np.where((kind == Kind.FIRST) | (kind == Kind.SERIES), after, created)

    gap = _gaps(people, active, last, calendar, rng)
    gap = np.where(kind == Kind.LATER, 0.7 * gap, gap)
    wanted = np.where(
        (kind == Kind.FIRST) | (kind == Kind.SOON),
        np.maximum(created // DAY, last - 2) + 1 + few_days[1] * 4.5,
        last + gap,
    ).astype(np.int64)
    not_before = np.maximum(last + np.where(kind == Kind.SOON, -2, 2), np.maximum(after, created) // DAY + 1)
    days = _open_day(
        people,
        active,
        np.maximum(wanted, not_before),
        not_before=not_before,
        calendar=calendar,
        faith=draws[2],
        luck=draws[3],
    )
    next_morning = (last + 1) * DAY + OPENS + (draws[1] * 9 * 60).astype(np.int64)
    earliest = np.where(kind == Kind.VISIT, np.maximum(next_morning, after), after + 1)
    return days, Asked(created, earliest, at_visit)


def _daytime(minutes: Ints) -> Ints:
    return np.where(minutes % DAY < 8 * 60, minutes + 9 * 60, minutes)


def _gaps(people: People, active: Ints, last: Ints, calendar: Calendar, rng: np.random.Generator) -> Floats:
    logs = people.log_days[active] + people.log_spread[active] * rng.standard_normal(len(active))
    gap = np.minimum(np.exp(logs), _LONGEST_GAP)
    month = calendar.months[calendar.at(last)]
    in_winter = SUMMER[people.favourite[active]] & ((month < 3) | (month > 8))
    gap = gap * np.where(in_winter, 1.4, 1.0)
    return np.asarray(gap * calendar.wait[calendar.at(last)])


def _open_day(
    people: People, active: Ints, wanted: Ints, *, not_before: Ints, calendar: Calendar, faith: Floats, luck: Floats
) -> Ints:
    """Move New Year's week to before or after it, and keep to the usual weekday where the client is faithful."""
    holiday = calendar.holiday[calendar.at(wanted)]
    before = wanted - holiday - (luck * 32).astype(np.int64)
    after = np.where(holiday <= 8, wanted + 9 - holiday // 2, wanted)
    days = np.maximum(np.where(holiday > 0, np.where(luck < 0.5, before, after), wanted), not_before)
    shift = (people.weekday[active] - weekday(days) + 3) % 7 - 3
    days = np.where(faith < people.faithful[active], days + shift, days)
    days = np.where((weekday(days) == 6) & (faith > 0.85), days - 1, days)
    days = np.where(days < not_before, days + 7, days)
    return np.where(np.isin(calendar.holiday[calendar.at(days)], (1, 2)), days + 7, days)
