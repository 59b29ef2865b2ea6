"""Gaps and what has not become one yet: their curves by Kaplan-Meier, their scale with censoring.

A spell begins with a visit. It ends with the next visit (a gap) or has not ended by the day we look (censored).
Finished gaps alone make a young base look hasty: long gaps have had no time to end (docs/returns.md).
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from vernis.engine.returns.states import Scale

Numbers = npt.NDArray[Any]

CURVE_STEP_DAYS = 7.0
CURVE_CELLS = 54
RULE_SPREAD = 0.6
"""Spread of the logarithm of gaps that the interval of a rule stands for."""

RULE_RETURNS = 0.7
"""Share that comes back at all, before a business has shown its own."""

RULE_WEIGHT = 10.0
NETWORK_WEIGHT = 30.0
"""Clients at risk for which the next wider group counts, in every week of a group's curve."""


class Spells(NamedTuple):
    """Grain: one visit. `days` to the next visit, or to the day we look where `ended` is false."""

    sequence: Numbers
    place: Numbers  # of the visit in its sequence, from 0
    group: Numbers
    days: Numbers
    ended: Numbers


def spells_of(starts: Numbers, days: Numbers, groups: Numbers, as_of: int) -> Spells:
    """Return the spells of sequences as of a day."""
    counts = np.diff(starts)
    sequence = np.repeat(np.arange(len(counts)), counts)
    ended = np.ones(len(days), bool)
    ended[starts[1:][counts > 0] - 1] = False
    until = np.append(days[1:], as_of)
    until[~ended] = as_of
    return Spells(sequence, np.arange(len(days)) - starts[:-1][sequence], groups, until - days, ended)


def kaplan_meier(days: Numbers, ended: Numbers, weight: Numbers | None = None) -> tuple[Numbers, Numbers]:
    """Return the days at which spells end, and the share that lasts longer (Kaplan and Meier 1958, eq. 2b)."""
    order = np.argsort(days, kind="stable")
    days, ended = days[order], ended[order]
    weight = np.ones(len(days)) if weight is None else weight[order]
    times, first = np.unique(days, return_index=True)
    if not len(times):
        return np.zeros(0), np.zeros(0)
    at_risk = np.cumsum(weight[::-1])[::-1][first]
    ends = np.add.reduceat(weight * ended, first)
    has_ends = ends > 0
    return times[has_ends], np.cumprod(1 - ends / at_risk)[has_ends]


def median_days(days: Numbers, ended: Numbers) -> float | None:
    """Return the day by which half have come again, None where half never has: a service's true periodicity."""
    times, lasting = kaplan_meier(days, ended)
    below = np.flatnonzero(lasting <= 0.5)
    return float(times[below[0]]) if len(below) else None


def scale_of(spells: Spells, groups: int, prior_mean: float) -> Scale:
    """Return how gaps spread, each gap weighted by how rarely one of its length could have been seen whole.

    Inverse probability of censoring weights (Robins and Rotnitzky 1992); the spread within and between clients by the
    analysis of variance. `prior_mean`, a logarithm of days, counts as five gaps.
    """
    ended = spells.ended
    logs, group, sequence = np.log(np.maximum(spells.days[ended], 1)), spells.group[ended], spells.sequence[ended]
    times, uncensored = kaplan_meier(spells.days, ~ended)
    seen = np.append(1.0, uncensored)[np.searchsorted(times, spells.days[ended], side="left")]
    weight = 1 / np.maximum(seen, 0.1)
    mean = (weight @ logs + 5 * prior_mean) / (weight.sum() + 5)
    counts = np.bincount(sequence) if len(sequence) else np.zeros(1, int)
    sums = np.bincount(sequence, logs) if len(sequence) else np.zeros(1)
    own = sums / np.maximum(counts, 1)
    within = float(np.sum((logs - own[sequence]) ** 2)) if len(logs) else 0.0
    freedom = float(np.maximum(counts - 1, 0).sum())
    variance = (within + 20 * 0.3) / (freedom + 20)
    several = counts >= 2
    spread = own[several]
    noise = float(np.mean(variance / counts[several])) if several.any() else 0.0
    seen_between = float(spread.var()) - noise if len(spread) else 0.0
    between = (max(seen_between, 0.02) * len(spread) + 20 * 0.15) / (len(spread) + 20)
    sizes = np.bincount(group, weight, groups)
    means = (np.bincount(group, weight * logs, groups) + 10 * mean) / (sizes + 10)
    return Scale(float(mean), float(np.sqrt(variance)), float(np.clip(variance / between, 0.5, 10)), means)


def rule_curve(interval_days: float) -> Numbers:
    """Return the chance of a visit week by week after a visit, where only a rule's interval is known."""
    from scipy.special import ndtr  # noqa: PLC0415

    edges = np.arange(CURVE_CELLS + 1) * CURVE_STEP_DAYS
    z = (np.log(np.maximum(edges, 0.5)) - np.log(interval_days)) / RULE_SPREAD
    lasting = 1 - RULE_RETURNS * ndtr(z)
    return 1 - lasting[1:] / lasting[:-1]


def weekly_curves(spells: Spells, groups: int, interval_days: float) -> tuple[Numbers, Numbers]:
    """Return the chance of a visit week by week after the last: of everybody, and per group; smoothed life tables.

    A group's weeks are drawn towards everybody's, everybody's towards the rule's. The last cell is all later weeks.
    """
    cell = np.minimum(spells.days // int(CURVE_STEP_DAYS), CURVE_CELLS - 1).astype(np.int64)
    place = spells.group.astype(np.int64) * CURVE_CELLS + cell
    size = groups * CURVE_CELLS
    ends = np.bincount(place[spells.ended], minlength=size).reshape(groups, CURVE_CELLS).astype(float)
    cut = np.bincount(place[~spells.ended], minlength=size).reshape(groups, CURVE_CELLS).astype(float)
    leaving = ends + cut
    at_risk = np.cumsum(leaving[:, ::-1], axis=1)[:, ::-1] - cut / 2
    later = np.maximum(spells.days - (CURVE_CELLS - 1) * CURVE_STEP_DAYS, 0) / CURVE_STEP_DAYS
    at_risk[:, -1] = np.bincount(spells.group, later, groups)
    whole = (ends.sum(axis=0) + RULE_WEIGHT * rule_curve(interval_days)) / (at_risk.sum(axis=0) + RULE_WEIGHT)
    each = (ends + NETWORK_WEIGHT * whole) / (at_risk + NETWORK_WEIGHT)
    return np.clip(whole, 1e-4, 0.95), np.clip(each, 1e-4, 0.95)
