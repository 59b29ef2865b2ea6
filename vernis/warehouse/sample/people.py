"""Who the clients of the sample are and how each of them behaves."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from vernis.warehouse.sample.catalogue import CYCLE, LONG_HAIR, TRUE_DAYS, weights
from vernis.warehouse.sample.days import DAY, OPENS, Calendar, Flags, Floats, Ints
from vernis.warehouse.sample.network import Network

_WEEKDAYS: Final = (0.10, 0.13, 0.14, 0.16, 0.19, 0.20, 0.08)
_HAIR_FACTOR: Final = np.array([1.0, 0.66, 0.95, 1.4])  # by HAIR_LENGTHS: short hair shows sooner


@dataclass(frozen=True)
class People:
    """One entry per client of a chunk; `start` is the number of the first."""

    start: int
    is_man: Flags
    hair: Ints  # place in HAIR_LENGTHS
    skin: Ints
    branch: Ints
    favourite: Ints  # service
    second: Ints  # service of a second habit, -1: none
    third: Ints
    log_days: Floats  # mean log of the own interval
    log_spread: Floats
    weekday: Ints
    minute: Ints  # usual start
    faithful: Floats  # chance to keep to weekday and hour
    master: Ints  # decides the favourite master of every skill
    rebooks: Floats
    cancels: Floats
    leaves: Floats  # chance to leave for good after a visit, at loyalty 1
    leaves_first: Floats  # uniform draw against the chance to come only once
    is_silent: Flags  # in the card file, never booked
    is_old: Flags  # was a client before the records began
    arrival: Floats  # 0..1 of the records: the first booking
    birthday: Ints  # day number, or a very small number: not known
    has_birth_year: Flags

    def __len__(self) -> int:
        return len(self.branch)

    def first_booking(self, calendar: Calendar) -> Ints:
        """Return the minute each client's first booking was made."""
        span = calendar.now - calendar.first_day * DAY
        own = np.exp(self.log_days) * DAY
        old = calendar.first_day * DAY - 5 * DAY + self.arrival * np.minimum(own * 1.5, span)
        made = np.where(self.is_old, old, calendar.first_day * DAY + self.arrival * (span - 60)).astype(np.int64)
        night = made % DAY < OPENS
        return np.minimum(made + np.where(night, OPENS, 0), calendar.now - 1)


UNKNOWN_BIRTHDAY: Final = -(10**6)


def draw_people(start: int, count: int, network: Network, today: int, rng: np.random.Generator) -> People:
    """Return `count` clients from number `start` on; the draws do not depend on how loyal the salon's clients are."""
    is_man = rng.random(count) < 0.12
    favourite = _pick(rng, count, weights("women"))
    favourite[is_man] = _pick(rng, count, weights("men"))[is_man]
    second, third = _habits(rng, favourite, is_man)
    hair = np.where(rng.random(count) < 0.85, rng.choice(4, count, p=[0, 0.27, 0.4, 0.33]), 0)
    hair[is_man] = np.where(rng.random(count) < 0.3, 1, 0)[is_man]
    true = TRUE_DAYS[favourite] * np.where(favourite == LONG_HAIR, _HAIR_FACTOR[hair], 1.0)
    is_regular = rng.random(count) < 0.55
    birthday, has_year = _birthdays(rng, count, today)
    return People(
        start=start,
        is_man=is_man,
        hair=hair,
        skin=np.where(rng.random(count) < 0.16, rng.integers(1, 4, count), 0),
        branch=_pick(rng, count, network.share),
        favourite=favourite,
        second=second,
        third=third,
        log_days=np.log(true) + rng.normal(0.05, 0.28, count),
        log_spread=np.where(is_regular, rng.uniform(0.08, 0.26, count), rng.uniform(0.42, 0.8, count)),
        weekday=_pick(rng, count, np.array(_WEEKDAYS)),
        minute=_usual_minutes(rng, count),
        faithful=np.where(is_regular, 0.72, 0.45),
        master=rng.integers(0, 2**30, count),
        rebooks=rng.beta(1.3, 2.1, count),
        cancels=rng.beta(2, 22, count),
        leaves=np.clip(rng.gamma(1.1, 0.06, count), 0.004, 0.5),
        leaves_first=rng.random(count),
        is_silent=rng.random(count) < 0.01,
        is_old=rng.random(count) < 0.27,
        arrival=rng.random(count),
        birthday=birthday,
        has_birth_year=has_year,
    )


def _pick(rng: np.random.Generator, count: int, shares: Floats) -> Ints:
    picked = np.searchsorted(np.cumsum(shares), rng.random(count), side="right")
    return np.minimum(picked, len(shares) - 1)


def _habits(rng: np.random.Generator, favourite: Ints, is_man: Flags) -> tuple[Ints, Ints]:
    count = len(favourite)
    second = _pick(rng, count, weights("beside"))
    third = _pick(rng, count, weights("beside"))
    habits = rng.random(count)
    has_second = (habits < 0.55) & ~is_man & (CYCLE[second] != CYCLE[favourite])
    has_third = (habits < 0.2) & has_second & (CYCLE[third] != CYCLE[favourite]) & (CYCLE[third] != CYCLE[second])
    return np.where(has_second, second, -1), np.where(has_third, third, -1)


def _usual_minutes(rng: np.random.Generator, count: int) -> Ints:
    before_work = rng.random(count) < 0.45
    minutes = np.where(before_work, rng.normal(11.7 * 60, 75, count), rng.normal(17.3 * 60, 100, count))
    return np.clip(minutes, OPENS, 19 * 60 + 30).astype(np.int64) // 30 * 30


def _birthdays(rng: np.random.Generator, count: int, today: int) -> tuple[Ints, Flags]:
    age_days = np.clip(rng.normal(37, 12, count), 15, 80) * 365.25 + rng.random(count) * 366
    days = today - age_days.astype(np.int64)
    leap = rng.random(count) < 0.004
    leap_days = np.array([np.datetime64(f"{year}-02-29", "D").astype(np.int64) for year in range(1956, 2005, 4)])
    days = np.where(leap, rng.choice(leap_days, count), days)
    known = rng.random(count) < 0.75
    return np.where(known, days, UNKNOWN_BIRTHDAY), rng.random(count) >= 0.03
