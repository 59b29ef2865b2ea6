"""How the clients of one chunk come, cancel, come back and leave: one round per appointment of every active client.

Shape of the behaviour: own interval around the service's (log-normal between and within people), a hazard of leaving
after each visit, and a first visit that for about a third is the only one (docs: model notes, sections 1 to 5).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from vernis.warehouse.sample import baskets
from vernis.warehouse.sample.appointments import BOOKED, CANCELLED, COMPLETED, NO_SHOW, SLOTS, Appointments, joined
from vernis.warehouse.sample.days import CLOSES, DAY, OPENS, Calendar, Flags, Ints
from vernis.warehouse.sample.network import Network
from vernis.warehouse.sample.people import People
from vernis.warehouse.sample.requests import Kind, Requests, next_requests

_ONE_VISIT: Final = 0.38  # of the new; who came before the records began rarely leaves so soon
_UNCLOSED: Final = 0.01
_LATE_ENTRY: Final = 0.003
_NO_CANCEL_TIME: Final = 0.06


@dataclass(frozen=True)
class Outcome:
    status: Ints
    cancelled: Ints  # minute, -1: not cancelled
    is_kept: Flags  # the client came, whatever the record says


def simulate(
    people: People, network: Network, calendar: Calendar, loyalty: float, rng: np.random.Generator
) -> Appointments:
    """Return every appointment of these people made before now.

    `loyalty` 1 is a usual salon; above it fewer clients leave, below it more. `client` is the number in the sample.
    """
    state = Requests.first(people, calendar)
    habits = baskets.Habits(people)
    branch = people.branch.copy()
    visits = np.zeros(len(people), dtype=np.int64)
    active = np.flatnonzero(~people.is_silent)
    parts = [_nothing()]
    while active.size:
        days, asked = next_requests(people, state, active, calendar, rng)
        is_summer = np.isin(calendar.months[calendar.at(days)], (3, 4, 5, 6, 7, 8))
        services = baskets.choose(people, habits, clients=active, days=days, is_summer=is_summer, rng=rng)
        minutes = baskets.minutes_of(services).sum(axis=1)
        starts, created = asked.settle(people, active, days, minutes, rng)

        known = created <= calendar.now
        active, starts, created, minutes = active[known], starts[known], created[known], minutes[known]
        services, is_rebooked = services[known], asked.is_rebooked[known]
        if not active.size:
            break
        outcome = _outcome(
            people,
            active,
            visits=visits[active],
            created=created,
            starts=starts,
            minutes=minutes,
            calendar=calendar,
            rng=rng,
        )
        place = _branches(network, branch, active, rng)
        moods = np.where(rng.random(len(active)) < 0.08, 1, 0) + visits[active] // 24
        entered, late = _late_entries(created, starts, outcome, calendar, rng)
        unknown = (rng.random(len(active)) < _NO_CANCEL_TIME) & (starts < calendar.now)
        parts.append(
            Appointments(
                client=people.start + active,
                created=entered,
                starts=starts,
                cancelled=np.where(unknown, -1, outcome.cancelled),
                status=outcome.status,
                branch=place,
                is_rebooked=is_rebooked & ~late,
                services=services,
                chairs=baskets.seat(network, place, services, people.master[active], moods),
            )
        )

        kept = outcome.is_kept
        visits[active[kept]] += 1
        habits.done(active[kept], (starts // DAY)[kept], services[kept])
        stays = _stays(people, active, visits[active], outcome=outcome, loyalty=loyalty, rng=rng)
        kind = state.follow(
            active,
            starts=starts,
            created=created,
            ends=starts + minutes,
            status=outcome.status,
            cancelled=outcome.cancelled,
            kept=kept,
            rng=rng,
        )
        active = active[stays & (kind != Kind.OVER)]
    return joined(parts)


def _nothing() -> Appointments:
    none = np.zeros(0, dtype=np.int64)
    table = np.zeros((0, SLOTS), dtype=np.int64)
    return Appointments(none, none, none, none, none, none, none.astype(np.bool_), table, table)


def _outcome(
    people: People,
    active: Ints,
    *,
    visits: Ints,
    created: Ints,
    starts: Ints,
    minutes: Ints,
    calendar: Calendar,
    rng: np.random.Generator,
) -> Outcome:
    draws = rng.random((2, len(active)), dtype=np.float32)
    nervous = np.where(visits == 0, 1.25, 1.0)
    before = np.exp(rng.normal(np.log(20 * 60), 1.2, len(active)))
    cancel_at = np.maximum(created + 1, starts - np.minimum(before, 0.97 * (starts - created))).astype(np.int64)
    cancel_at = np.where(cancel_at % DAY < 8 * 60, np.maximum(created + 1, cancel_at - 11 * 60), cancel_at)
    cancels = (draws[0] < people.cancels[active] * nervous) & (cancel_at <= calendar.now)
    no_show = ~cancels & (draws[0] > 1 - 0.035 * nervous) & (starts + 30 <= calendar.now)
    is_over = starts + minutes <= calendar.now
    is_kept = is_over & ~cancels & ~no_show
    unclosed = (draws[1] < _UNCLOSED) & (starts // DAY < calendar.today) & is_kept
    status = np.where(is_kept & ~unclosed, COMPLETED, BOOKED)
    status = np.where(no_show, NO_SHOW, np.where(cancels, CANCELLED, status))
    return Outcome(status, np.where(cancels, cancel_at, -1), is_kept)


def _branches(network: Network, branch: Ints, active: Ints, rng: np.random.Generator) -> Ints:
    home = branch[active]
    draws = rng.random(len(active), dtype=np.float32)
    steps = rng.integers(1, 200, len(active))
    first, count = network.city_first[home], network.city_count[home]
    in_city = first + (home - first + 1 + steps % np.maximum(count - 1, 1)) % count
    on_a_trip = (home + steps) % len(network.names)
    other = np.where(count > 1, in_city, on_a_trip)
    chance = np.where(count > 1, 0.04, 0.004)
    moves = (draws < 0.004) & (count > 1)
    branch[active[moves]] = other[moves]
    return np.where(draws < chance, other, home)


def _late_entries(
    created: Ints, starts: Ints, outcome: Outcome, calendar: Calendar, rng: np.random.Generator
) -> tuple[Ints, Flags]:
    entered = starts // DAY * DAY + rng.integers(1, 5, len(starts)) * DAY + rng.integers(OPENS, CLOSES, len(starts))
    late = (rng.random(len(starts)) < _LATE_ENTRY) & (outcome.status == COMPLETED) & (entered <= calendar.now)
    return np.where(late, entered, created), late


def _stays(
    people: People, active: Ints, visits: Ints, *, outcome: Outcome, loyalty: float, rng: np.random.Generator
) -> Flags:
    odds = _ONE_VISIT / (1 - _ONE_VISIT) * loyalty**-0.8 * np.where(people.is_old[active], 0.3, 1.0)
    leaves_first = people.leaves_first[active] < odds / (1 + odds)
    draws = rng.random(len(active))
    leaves = np.where(visits == 1, leaves_first, draws < people.leaves[active] / loyalty)
    missed = np.where(outcome.cancelled >= 0, 0.15, 0.25) * np.where(visits == 0, 1.5, 1.0)
    is_miss = (outcome.cancelled >= 0) | (outcome.status == NO_SHOW)
    return np.asarray(~np.where(is_miss, draws < missed, outcome.is_kept & leaves))
