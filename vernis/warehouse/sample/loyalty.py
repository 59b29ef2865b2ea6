"""How loyal the salon's clients must be for a wanted number of lines per client."""

from collections.abc import Callable
from math import log
from typing import Final

_CLOSE_ENOUGH: Final = 0.004
_TRIES: Final = 14


def history_days_at(loyalty: float, usual: int) -> int:
    """Return how long the records of the salon reach back, in days: longer where clients stay longer."""
    return round(usual * min(8.0, max(1.0, float(loyalty**0.8))))


def find_loyalty(wanted: float, lines_per_client: Callable[[float], float]) -> float:
    """Return the loyalty at which a pilot has `wanted` lines per client.

    `lines_per_client` is the pilot's mean at a given loyalty, growing but for some noise; about linear in the
    logarithms, so that a few steps of regula falsi are enough. Raises ValueError where no loyalty comes near.
    """

    def miss(power: float) -> float:
        return log(max(lines_per_client(2.0**power), 1e-9) / wanted)

    tried = {power: miss(power) for power in (0.0,)}
    low, high = -4.0, 4.0
    for _ in range(_TRIES):
        best = min(tried, key=lambda power: abs(tried[power]))
        if abs(tried[best]) < _CLOSE_ENOUGH:
            break
        low = max([low, *(power for power, value in tried.items() if value < 0)])
        high = min([high, *(power for power, value in tried.items() if value > 0)])
        middle = _between(low, high, tried) if low < high else low
        if middle in tried:
            break
        tried[middle] = miss(middle)
    if abs(tried[best]) > 0.25:
        raise ValueError(f"No salon of ours has {wanted:g} lines per client; try a number between 3 and 50.")
    return float(2.0**best)


def _between(low: float, high: float, tried: dict[float, float]) -> float:
    if low in tried and high in tried:
        share = tried[low] / (tried[low] - tried[high])
        return low + (high - low) * min(0.9, max(0.1, share))
    known = low if low in tried else high
    step = -tried[known] / 0.75  # lines grow about with the loyalty to the power 0.5, in steps of doubling
    return min(high, max(low, known + step))
