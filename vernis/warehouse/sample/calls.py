"""The calls of the last two months: who was called, about what, and what came of it."""

from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from vernis.warehouse.sample.appointments import Appointments
from vernis.warehouse.sample.days import DAY, Calendar, Flags, Floats, Ints
from vernis.warehouse.sample.episodes import NOBODY, Episodes, episodes
from vernis.warehouse.sample.people import UNKNOWN_BIRTHDAY, People

BLOCKS: Final = ("missed", "follow_up", "due", "overdue", "lapsed", "rebooked", "birthday")
MISSED, FOLLOW_UP, DUE, OVERDUE, LAPSED, REBOOKED, BIRTHDAY = range(7)
OUTCOMES: Final = (
    "no_answer",
    "promised",
    "callback",
    "declined",
    "reached",
    "wrong_number",
    "do_not_call",
    "booked",
)
NO_ANSWER, PROMISED, CALLBACK, DECLINED, REACHED, WRONG, NEVER, MADE = range(8)
_DAYS_BACK: Final = 60
_ASKED: Final = 0.5  # of the clients, looked at on one of these days
# How often the salon gets round to a row, by block.
_EFFORT: Final = np.array([0.7, 0.45, 0.35, 0.4, 0.05, 0.4, 0.3])
# No answer, promised, callback, declined, reached, wrong number, do not call: calls that invite, calls that ask.
_INVITES: Final = np.array([0.41, 0.24, 0.1, 0.15, 0.04, 0.035, 0.025])
_ASKS: Final = np.array([0.3, 0.0, 0.06, 0.02, 0.61, 0.005, 0.005])


@dataclass(frozen=True)
class Calls:
    """One entry per call. The anchor is an appointment, or a cycle and its last day, or (birthday) a year."""

    client: Ints  # number in the whole sample
    block: Ints
    appointment: Ints  # place among the appointments of the chunk, else -1
    cycle: Ints  # place in CYCLES, else -1
    anchor_on: Ints  # day of the last visit of the cycle; birthday: the day itself
    made: Ints  # minute
    outcome: Ints
    next_on: Ints  # day, NOBODY: none agreed
    branch: Ints

    def take(self, places: Ints | Flags) -> "Calls":
        """Return the calls at those places, in that order."""
        return Calls(**{field.name: getattr(self, field.name)[places] for field in fields(self)})


def joined(parts: list[Calls]) -> Calls:
    """Return all the parts one after another."""
    return Calls(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in vars(parts[0])})


def draw_calls(people: People, chunk: Appointments, calendar: Calendar, rng: np.random.Generator) -> Calls:
    """Return the calls to these people; `chunk` holds all their appointments."""
    days = calendar.today - (_DAYS_BACK * rng.random(len(people)) ** 1.6).astype(np.int64)
    local = chunk.client - people.start
    fresh = ~chunk.is_rebooked & (chunk.created > calendar.now - _DAYS_BACK * DAY) & (rng.random(len(chunk)) < 0.35)
    days[local[fresh]] = chunk.created[fresh] // DAY  # somebody has called before they booked
    asked = np.flatnonzero((rng.random(len(people)) < _ASKED) & ~people.is_silent)
    parts = []
    for attempt in range(3):
        calls = _one_round(people, chunk, asked=asked, days=days[asked], calendar=calendar, attempt=attempt, rng=rng)
        parts.append(calls)
        again = (calls.outcome == NO_ANSWER) | (calls.outcome == CALLBACK) | (calls.outcome == PROMISED)
        wait = np.where(calls.next_on > NOBODY, calls.next_on, calls.made // DAY + 1 + rng.integers(0, 2, len(again)))
        again &= (wait <= calendar.today) & (rng.random(len(again)) < 0.7)
        asked, first = np.unique(calls.client[again] - people.start, return_index=True)
        days[asked] = wait[again][first]
        stopped = np.isin(asked, calls.client[calls.outcome == NEVER] - people.start)
        asked = asked[~stopped]
    return joined(parts)


def _one_round(
    people: People,
    chunk: Appointments,
    *,
    asked: Ints,
    days: Ints,
    calendar: Calendar,
    attempt: int,
    rng: np.random.Generator,
) -> Calls:
    place = np.full(len(people), -1)
    place[asked] = np.arange(len(asked))
    mine = np.flatnonzero(place[chunk.client - people.start] >= 0)
    known = chunk.take(mine)
    local = place[known.client - people.start]
    found = episodes(local, days, hair=people.hair[asked], skin=people.skin[asked], known=known, calendar=calendar)
    party = _birthday_ahead(people.birthday[asked], days)
    booked_at = _next_booking(local, days, known, len(asked))

    rows = []
    for block, inside in enumerate(_inside(found, party)):
        effort = _EFFORT[block] if attempt == 0 else 0.9
        chosen = np.flatnonzero(inside & (rng.random(len(asked)) < effort))
        made, outcome = _spoken(block, days[chosen], booked_at[chosen], calendar, rng)
        appointment = _appointment_of(block, found)[chosen]
        in_cycle = DUE <= block <= LAPSED
        rows.append(
            Calls(
                client=people.start + asked[chosen],
                block=np.full(len(chosen), block),
                appointment=np.where(appointment >= 0, mine[appointment] if len(mine) else -1, -1),
                cycle=found.cycle[chosen] if in_cycle else np.full(len(chosen), -1),
                anchor_on=found.last_on[chosen] if in_cycle else party[chosen],
                made=made,
                outcome=outcome,
                next_on=_agreed(outcome, made // DAY, rng),
                branch=people.branch[asked[chosen]],
            )
        )
    return joined(rows)


def _inside(found: Episodes, party: Ints) -> list[Flags]:
    late = found.late
    return [
        found.missed >= 0,
        found.follow_up >= 0,
        (late >= -3) & (late <= 0),
        (late >= 1) & (late <= 30),
        late > 30,
        found.rebooked >= 0,
        (party > NOBODY) & found.has_visit,
    ]


def _appointment_of(block: int, found: Episodes) -> Ints:
    places = {MISSED: found.missed, FOLLOW_UP: found.follow_up, REBOOKED: found.rebooked}
    return places.get(block, np.full(len(found.missed), -1))


def _birthday_ahead(birthday: Ints, days: Ints) -> Ints:
    """Return the birthday within the week from each day on, NOBODY where there is none (29 February is left out)."""
    dates = np.where(birthday == UNKNOWN_BIRTHDAY, 0, birthday).astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    in_year = months.astype(np.int64) % 12
    in_month = (dates - months).astype(np.int64)
    found = np.full(len(days), NOBODY)
    for ahead in range(8):
        other = (days + ahead).astype("datetime64[D]")
        other_months = other.astype("datetime64[M]")
        same = (other_months.astype(np.int64) % 12 == in_year) & ((other - other_months).astype(np.int64) == in_month)
        found = np.where(same & (birthday != UNKNOWN_BIRTHDAY) & (found == NOBODY), days + ahead, found)
    return found


def _next_booking(client: Ints, days: Ints, known: Appointments, count: int) -> Ints:
    """Return the minute each client's first booking on or after the day was made; very large: none."""
    found = np.full(count, 2**40)
    later = known.created // DAY >= days[client]
    np.minimum.at(found, client[later], known.created[later].astype(np.int64))
    return found


def _spoken(block: int, days: Ints, booked_at: Ints, calendar: Calendar, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Return when the calls were made and their outcomes, agreeing with what the client did afterwards."""
    count = len(days)
    shares: Floats = _ASKS if block in (FOLLOW_UP, REBOOKED, BIRTHDAY) else _INVITES
    outcome = np.searchsorted(np.cumsum(shares), rng.random(count), side="right")
    outcome = np.minimum(outcome, NEVER)
    made = days * DAY + rng.integers(10 * 60, 19 * 60, count)
    today = days == calendar.today
    made = np.where(today, calendar.now - rng.integers(1, 110, count), made)
    if block in (MISSED, DUE, OVERDUE, LAPSED):
        hour = booked_at % DAY
        booked = (booked_at // DAY == days) & (hour >= 9 * 60) & (hour <= 20 * 60) & (booked_at < calendar.now)
        made = np.where(booked, booked_at - 2, made)
        outcome = np.where(booked, MADE, outcome)
        soon = ~booked & (booked_at // DAY - days <= 6) & (outcome >= DECLINED)
        outcome = np.where(soon, PROMISED, outcome)
    return made, outcome


def _agreed(outcome: Ints, days: Ints, rng: np.random.Generator) -> Ints:
    agreed = days + np.where(outcome == PROMISED, rng.integers(2, 9, len(days)), rng.integers(1, 4, len(days)))
    has_day = ((outcome == PROMISED) | (outcome == CALLBACK)) & (rng.random(len(days)) < 0.8)
    return np.where(has_day, agreed, NOBODY)
