"""Sequences for tests: invented clients with a rhythm who leave some day."""

from typing import Any

import numpy as np

from vernis.engine.returns.fitting import Sequences

AS_OF = 20_000


def sequences(*clients: list[int], groups: int = 1) -> Sequences:
    """Return sequences of the given days, all of group 0."""
    days = np.array([day for client in clients for day in client], np.int64)
    starts = np.cumsum([0, *map(len, clients)]).astype(np.int64)
    return Sequences(starts, days, np.zeros(len(days), np.int64), groups)


def invented(clients: int, seed: int = 1, days: int = 1000, interval: float = 30, leaves: float = 0.1) -> Sequences:
    """Return clients who come at their own interval, more or less, and leave after a visit with a chance."""
    generator: Any = np.random.default_rng(seed)
    found = []
    for _client in range(clients):
        day = AS_OF - generator.integers(30, days)
        own = interval * np.exp(generator.normal(0, 0.4))
        visits = [int(day)]
        while generator.random() > leaves:
            day += max(1.0, own * generator.gamma(6, 1 / 6))
            if day > AS_OF:
                break
            visits.append(int(day))
        found.append(sorted(set(visits)))
    return sequences(*found)
