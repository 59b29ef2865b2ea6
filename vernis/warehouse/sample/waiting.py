"""The waiting list of the sample."""

from dataclasses import dataclass

import numpy as np

from vernis.warehouse.sample.days import DAY, Calendar, Ints
from vernis.warehouse.sample.episodes import NOBODY
from vernis.warehouse.sample.people import People


@dataclass(frozen=True)
class Entries:
    """One entry per wish; days are NOBODY where none was given."""

    client: Ints
    branch: Ints
    service: Ints
    created: Ints
    wanted_from: Ints
    wanted_until: Ints
    closed_on: Ints


def draw_entries(people: People, calendar: Calendar, rng: np.random.Generator) -> Entries:
    """Return the wishes of these people: about one in a hundred, nearly half of them closed or out of date."""
    wish = rng.random(len(people)) < np.where(people.is_silent, 0.1, 0.006)
    wish |= np.arange(len(people)) % 2000 == 0  # however small, the sample has one
    clients = np.flatnonzero(wish)
    count = len(clients)
    created = calendar.now - 1 - (rng.random(count) * np.where(rng.random(count) < 0.6, 15, 75) * DAY).astype(np.int64)
    created = np.where(created % DAY < 9 * 60, created - 12 * 60, created)
    wanted_from = created // DAY + rng.integers(0, 9, count)
    wanted_until = wanted_from + rng.integers(5, 40, count)
    closed_on = created // DAY + rng.integers(0, 20, count)
    is_closed = (rng.random(count) < 0.45) & (closed_on <= calendar.today)
    return Entries(
        client=people.start + clients,
        branch=people.branch[clients],
        service=people.favourite[clients],
        created=created,
        wanted_from=np.where(rng.random(count) < 0.85, wanted_from, NOBODY),
        wanted_until=np.where(rng.random(count) < 0.6, wanted_until, NOBODY),
        closed_on=np.where(is_closed, closed_on, NOBODY),
    )


def joined(parts: list[Entries]) -> Entries:
    """Return all the parts one after another."""
    return Entries(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in vars(parts[0])})
