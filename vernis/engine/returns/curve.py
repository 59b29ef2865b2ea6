"""The distribution of the next visit as a curve: the chance that nobody has come, at days that lie ahead.

A curve holds log-chances at the days of STEPS; between two of them visits come at an even rate.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from vernis.engine.compiled import compilable

Numbers = npt.NDArray[Any]

WEEKS, MONTHS = 13, 10
STEPS = np.array([7.0 * (week + 1) for week in range(WEEKS)] + [91.0 + 28.0 * (month + 1) for month in range(MONTHS)])
"""The days ahead at which a curve is known: by weeks for three months, then by four weeks to a year."""

LEAST_CHANCE = 0.0005
"""Nothing is surer than this, nor its opposite."""


@compilable
def away_at(curve: Numbers, steps: Numbers, ahead: float) -> float:
    """Return the log-chance that nobody has come `ahead` days from now."""
    before_on, before = 0.0, 0.0
    for step in range(len(steps)):
        if ahead <= steps[step]:
            share = (ahead - before_on) / (steps[step] - before_on)
            return before + share * (curve[step] - before)
        before_on, before = steps[step], curve[step]
    return before


@compilable
def chance_by(curve: Numbers, steps: Numbers, ahead: float) -> float:
    """Return the chance of a visit within `ahead` days."""
    return min(max(1.0 - np.exp(away_at(curve, steps, ahead)), LEAST_CHANCE), 1.0 - LEAST_CHANCE)


@compilable
def day_of(curve: Numbers, steps: Numbers, share: float, horizon: float) -> float:
    """Return in how many days a share of those who come within the horizon have come."""
    wanted = np.log1p(-share * (1.0 - np.exp(away_at(curve, steps, horizon))))
    before_on, before = 0.0, 0.0
    for step in range(len(steps)):
        if curve[step] <= wanted:
            fall = curve[step] - before
            part = (wanted - before) / fall if fall < 0.0 else 1.0
            return before_on + part * (steps[step] - before_on)
        before_on, before = steps[step], curve[step]
    return horizon
