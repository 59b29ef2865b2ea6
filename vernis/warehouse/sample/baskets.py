"""What is done in one appointment, and by whom."""

import numpy as np

from vernis.warehouse.sample.appointments import SLOTS
from vernis.warehouse.sample.catalogue import CYCLE, EXTRA, MINUTES, OTHER, SKILL, SUMMER, TRUE_DAYS
from vernis.warehouse.sample.days import Flags, Floats, Ints
from vernis.warehouse.sample.network import Network
from vernis.warehouse.sample.people import People

NEVER = -(10**5)  # a day before any habit


class Habits:
    """When each client of a chunk last had the second and the third habit done (day numbers)."""

    def __init__(self, people: People) -> None:
        self._services = np.stack([people.second, people.third])
        self.last = np.full(self._services.shape, NEVER)

    def due(self, which: int, clients: Ints, days: Ints, is_summer: Flags, chance: Floats) -> Ints:
        """Return the service of that habit where it is due on the day and wanted, else -1."""
        service = self._services[which, clients]
        wait = TRUE_DAYS[service] * np.where(SUMMER[service] & ~is_summer, 1.45, 1.0)
        since = days - self.last[which, clients]
        wanted = (service >= 0) & (since >= 0.8 * wait) & (chance < np.where(since > 5000, 0.45, 0.8))
        return np.where(wanted, service, -1)

    def done(self, clients: Ints, days: Ints, services: Ints) -> None:
        """Note what was really done."""
        for which in range(2):
            own = CYCLE[self._services[which, clients]]
            hit = (CYCLE[services] == own[:, None]) & (services >= 0)
            was_done = hit.any(axis=1) & (self._services[which, clients] >= 0)
            self.last[which, clients[was_done]] = days[was_done]


def choose(
    people: People, habits: Habits, *, clients: Ints, days: Ints, is_summer: Flags, rng: np.random.Generator
) -> Ints:
    """Return the services of one appointment of each client: client x slot, -1 for none."""
    draws = rng.random((5, len(clients)), dtype=np.float32)
    services = np.full((len(clients), SLOTS), -1)
    main = people.favourite[clients]
    main = np.where(draws[0] < 0.07, OTHER[main], main)
    services[:, 1] = habits.due(0, clients, days, is_summer, draws[1])
    services[:, 2] = habits.due(1, clients, days, is_summer, draws[2])
    extra = EXTRA[main]
    has_extra = (draws[3] < 0.13) & (CYCLE[extra] != CYCLE[services[:, 1]]) & (CYCLE[extra] != CYCLE[services[:, 2]])
    services[:, 3] = np.where(has_extra, extra, -1)
    only_second = (draws[4] < 0.3) & (services[:, 1] >= 0)
    services[:, 0] = np.where(only_second, -1, main)
    services[only_second, 3] = -1
    return services


def minutes_of(services: Ints) -> Ints:
    """Return the minutes each service takes, 0 for an empty slot."""
    return np.where(services >= 0, MINUTES[services], 0)


def seat(network: Network, branches: Ints, services: Ints, masters: Ints, moods: Ints) -> Ints:
    """Return who does each service, as a place in the branch: the favourite master unless the mood is another."""
    skill = SKILL[services]
    own = (masters[:, None] >> (5 * skill)) + moods[:, None]
    branch = branches[:, None]
    return np.asarray(network.chairs_first[branch, skill] + own % network.chairs_count[branch, skill])
