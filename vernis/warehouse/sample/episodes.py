"""Whom the salon would have called on a given day, near enough to rules.md for a believable history of calls."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from vernis.warehouse.sample.appointments import CANCELLED, COMPLETED, NO_SHOW, Appointments
from vernis.warehouse.sample.catalogue import CYCLE, CYCLES, set_days
from vernis.warehouse.sample.days import DAY, Calendar, Flags, Ints

NOBODY: Final = -(10**6)
_SET_DAYS: Final = set_days()


@dataclass(frozen=True)
class Episodes:
    """One entry per client. Where the client is not in the block: -1 (places of appointments) or NOBODY (days)."""

    cycle: Ints  # place in CYCLES of the governing cycle
    last_on: Ints  # its last visit
    late: Ints  # days after the expected day
    missed: Ints  # appointment
    follow_up: Ints  # appointment
    rebooked: Ints  # appointment
    has_visit: Flags


def episodes(client: Ints, days: Ints, *, hair: Ints, skin: Ints, known: Appointments, calendar: Calendar) -> Episodes:
    """Return who is in which block on the morning of each client's own day.

    `client` has the place (0..) of every appointment of `known` in `days`, `hair` and `skin`; places of appointments
    in the answer are places in `known`.
    """
    count = len(days)
    day = days[client]
    start = known.starts // DAY
    is_made = known.created // DAY < day
    miss = np.where(known.cancelled >= 0, known.cancelled // DAY, start)
    is_miss = is_made & ((known.status == CANCELLED) | (known.status == NO_SHOW)) & (miss < day)
    is_visit = is_made & (known.status == COMPLETED) & (start < day)
    is_ahead = is_made & ~is_miss & ~is_visit & (start >= day)
    has_ahead = np.bincount(client[is_ahead], minlength=count) > 0

    last_visit = _latest(client, start, is_visit, count)
    visit = _latest_place(client, known.starts, is_visit, count)
    visits = np.bincount(client[is_visit], minlength=count)
    since = days - last_visit
    follows = (visit >= 0) & (since <= 7) & (since >= np.where(visits == 1, 2, 3))

    recent = is_miss & (day - miss <= 7)
    missed = _latest_place(client, miss * 4096 + start % 4096, recent, count)
    is_missed = (missed >= 0) & ~has_ahead & (last_visit < miss[missed])

    reminded = is_ahead & known.is_rebooked & (start - day <= 3)
    cycle, last_on, late = _governing(
        client, days, hair=hair, skin=skin, known=known, is_visit=is_visit, calendar=calendar
    )
    is_free = ~has_ahead & ~is_missed & (cycle >= 0)
    return Episodes(
        cycle=np.where(is_free, cycle, -1),
        last_on=last_on,
        late=np.where(is_free, late, NOBODY),
        missed=np.where(is_missed, missed, -1),
        follow_up=np.where(follows, visit, -1),
        rebooked=_latest_place(client, -known.starts, reminded, count),
        has_visit=visits > 0,
    )


def _latest(client: Ints, values: Ints, where: Flags, count: int) -> Ints:
    found = np.full(count, NOBODY, dtype=np.int64)
    np.maximum.at(found, client[where], values[where].astype(np.int64))
    return found


def _latest_place(client: Ints, values: Ints, where: Flags, count: int) -> Ints:
    """Return per client the place with the largest value (ties: the last one), -1 for none."""
    places = np.flatnonzero(where)
    ranked = places[np.lexsort((places, values[places]))]
    found = np.full(count, -1)
    order = np.full(count, -1)
    np.maximum.at(order, client[ranked], np.arange(len(ranked)))
    found[order >= 0] = ranked[order[order >= 0]]
    return found


def _governing(
    client: Ints, days: Ints, *, hair: Ints, skin: Ints, known: Appointments, is_visit: Flags, calendar: Calendar
) -> tuple[Ints, Ints, Ints]:
    """Return cycle, last visit and lateness by section 3.1; cycle -1 where nothing is due, overdue or lapsed."""
    count, cycles = len(days), len(CYCLES)
    visit = np.flatnonzero(is_visit)
    last = np.full(count * cycles, NOBODY * 64, dtype=np.int64)  # day and service in one number
    for slot in range(known.services.shape[1]):
        service = known.services[visit, slot].astype(np.int64)
        done = service >= 0
        place = client[visit][done] * cycles + CYCLE[service[done]]
        np.maximum.at(last, place, known.starts[visit][done].astype(np.int64) // DAY * 64 + service[done])
    last_on, service = (last // 64).reshape(count, cycles), (last % 64).reshape(count, cycles)
    is_known = last_on > NOBODY
    month = calendar.months[calendar.at(last_on)]
    interval = _SET_DAYS[service, month, hair[:, None], skin[:, None]]
    late = np.where(is_known, days[:, None] - last_on - interval, NOBODY)

    is_due, is_overdue = (late >= -3) & (late <= 0), (late >= 1) & (late <= 30)
    in_cycle = is_known & (late < -3)
    far = 10**7
    due = np.argmax(np.where(is_due, late, -far), axis=1)  # the earliest expected day
    overdue = np.argmin(np.where(is_overdue, late, far), axis=1)
    lapsed = np.argmin(np.where(is_known, late, far), axis=1)
    cycle = np.where(is_due.any(axis=1), due, np.where(is_overdue.any(axis=1), overdue, lapsed))
    nothing = ~is_due.any(axis=1) & ~is_overdue.any(axis=1) & (in_cycle.any(axis=1) | ~is_known.any(axis=1))
    row = np.arange(count)
    return np.where(nothing, -1, cycle), last_on[row, cycle], late[row, cycle]
