"""What the model is measured against: dates by a rule, and Kaplan-Meier by the client's own interval.

A date is no chance. It becomes one as the business itself would learn to read it: by how late clients are on a day and
how many who were so late came within the horizon, counted as long before the day as the horizon is.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from vernis.engine.returns.fitting import Sequences
from vernis.engine.returns.spells import Spells, kaplan_meier

Numbers = npt.NDArray[Any]

LATE_EDGES = np.array([-90.0, -30.0, -14.0, -3.0, 0.0, 7.0, 30.0, 90.0, 180.0])
"""Borders, in days late, between those whose chances are counted together."""

VISIT_EDGES = np.array([1.0, 2.0, 3.0, 5.0])
LEAST_GAPS = 20
LEAST_CHANCE = 0.002


def learned_interval(spells: Spells, begun_on: Numbers, is_of: Numbers, as_of: int, windows: tuple[int, ...]) -> int:
    """Return the interval that rules.md (section 2, source 4) learns from the spells of a cycle, 0 if it does not."""
    for window in windows:
        counts = is_of & spells.ended & (spells.days <= window) & (begun_on <= as_of - window)
        if counts.sum() >= LEAST_GAPS:
            return int(np.floor(np.median(spells.days[counts]) + 0.5))
    return 0


def last_gaps(of: Sequences) -> tuple[Numbers, Numbers]:
    """Return the mean of the last two gaps in the group of the last visit (three visits), and the median of all gaps.

    Nan where there is no gap.
    """
    of_three, median = np.full(of.size, np.nan), np.full(of.size, np.nan)
    for s in np.flatnonzero(np.diff(of.starts) > 1):
        days = of.days[of.starts[s] : of.starts[s + 1]]
        groups = of.groups[of.starts[s] : of.starts[s + 1]]
        same = days[groups == groups[-1]][-3:]
        if len(same) > 1:
            of_three[s] = (same[-1] - same[0]) / (len(same) - 1)
        median[s] = np.median(np.diff(days))
    return of_three, median


def shares_by_lateness(late: Numbers, came: Numbers) -> Numbers:
    """Return the share that came, per class of lateness, with two clients of the average added."""
    place = np.searchsorted(LATE_EDGES, late)
    size = len(LATE_EDGES) + 1
    average = (came.sum() + 1) / (len(came) + 2)
    shares = (np.bincount(place, came, size) + 2 * average) / (np.bincount(place, minlength=size) + 2)
    return np.clip(shares, LEAST_CHANCE, 1 - LEAST_CHANCE)


def chances_by_lateness(late: Numbers, shares: Numbers) -> Numbers:
    """Return the chance of each client by her class."""
    chances: Numbers = shares[np.searchsorted(LATE_EDGES, late)]
    return chances


class RatioCurves(NamedTuple):
    """Kaplan-Meier of the gap against the client's own interval, per class of number of gaps."""

    times: list[Numbers]
    lasting: list[Numbers]


def own_intervals(of: Sequences, mean_log: float, prior_gaps: float) -> tuple[Numbers, Numbers]:
    """Return per visit the client's interval as far as it was known then, in days, and the gaps it rests on."""
    place = np.arange(len(of.days)) - np.repeat(of.starts[:-1], np.diff(of.starts))
    gaps = np.diff(of.days, prepend=of.days[:1]).astype(float)
    logs = np.where(place > 0, np.log(np.maximum(gaps, 1)), 0.0)
    sums = np.cumsum(logs)
    sums -= np.repeat(sums[of.starts[:-1]] - logs[of.starts[:-1]], np.diff(of.starts))
    return np.exp((prior_gaps * mean_log + sums) / (prior_gaps + place)), place


def ratio_curves(spells: Spells, interval: Numbers, gaps: Numbers) -> RatioCurves:
    """Return the curves of all classes."""
    kind = np.searchsorted(VISIT_EDGES, gaps, side="right")
    curves = [
        kaplan_meier(spells.days[kind == c] / interval[kind == c], spells.ended[kind == c])
        for c in range(len(VISIT_EDGES) + 1)
    ]
    return RatioCurves([times for times, _ in curves], [lasting for _, lasting in curves])


def lasting_at(curves: RatioCurves, gaps: Numbers, ratio: Numbers) -> Numbers:
    """Return the share of gaps that last longer than a ratio."""
    kind = np.searchsorted(VISIT_EDGES, gaps, side="right")
    found = np.ones(np.shape(ratio))
    for c, (times, lasting) in enumerate(zip(*curves, strict=True)):
        of_kind = kind == c
        if of_kind.any():
            found[of_kind] = np.append(1.0, lasting)[np.searchsorted(times, ratio[of_kind], side="right")]
    return found
