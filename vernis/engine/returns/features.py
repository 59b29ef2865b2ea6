"""What the weekly hazard looks at: columns for one sequence and one week (docs/returns.md has them in words).

`write_features` fills a row; its columns are numbered in the order in which they are written. The last ones, per group
of the latest visit (service or cycle), stand in a block of their own at the end of the row.
"""

import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from vernis.engine.compiled import compilable
from vernis.engine.returns.cnbd import Cnbd, stays_away
from vernis.engine.returns.states import FADING, RECENT_GAPS, Scale, own_mean, own_sd

Numbers = npt.NDArray[Any]

COLUMNS = 70
PER_GROUP = 2
BANDWIDTH = 0.28  # of the client's own curve, in logarithms
LEAST = 1e-5
BLUR = 0.05
YEAR = 365.25


class Lens(NamedTuple):
    """Everything that turns a state and a week into columns."""

    scale: Scale
    anchor: Cnbd  # in weeks
    knots: Numbers  # of the logarithm of the gap, ascending, 5
    sees_season: float  # 1: there are two years of history
    groups: int  # blocks of columns per group
    group_block: Numbers  # per group: its block, -1 for none
    curve_step: float  # of the groups' curves, in days
    curves: Numbers  # per group: log-odds of a visit in a week, by the time since the last


@compilable
def logit(p: float) -> float:
    """Return the log-odds of a chance, kept away from certainty."""
    p = min(max(p, LEAST), 1.0 - LEAST)
    return np.log(p / (1.0 - p))


@compilable
def upper_tail(z: float) -> float:
    """Return the chance that a standard normal value exceeds z."""
    return 0.5 * math.erfc(z * 0.7071067811865476)


@compilable
def hinge(value: float, knot: float) -> float:
    """Return what of a value lies above a knot."""
    return max(value - knot, 0.0)


@compilable
def own_curve(state: Any, days: Numbers, log_gap: float, mean: float, spread: float) -> float:
    """Return the client's own chance that a gap is longer: a smoothed count of the last gaps, with the mean as one."""
    weight, total, above = 1.0, 0.7, 0.7 * upper_tail((log_gap - mean) / spread)
    for back in range(RECENT_GAPS):
        place = state.place - back
        if place <= state.begin:
            break
        log = np.log(float(days[place] - days[place - 1]))
        above += weight * upper_tail((log_gap - log) / BANDWIDTH)
        total += weight
        weight *= FADING
    return above / total


@compilable
def write_features(  # noqa: PLR0915 (one column after the other)
    state: Any, days: Numbers, group: int, on: float, lens: Lens, row: Numbers
) -> None:
    """Fill a row for the week after day `on`, as if no visit came before it; `look_back` has been there."""
    scale = lens.scale
    since = on - state.last_on
    gap = since + 4.0
    log_gap = np.log(gap)
    group_mean = scale.group_means[group]
    mean = own_mean(state, group_mean, scale)
    spread = own_sd(state, mean, scale)
    trust = state.gaps / (state.gaps + scale.prior_gaps)
    late, z = log_gap - mean, (log_gap - mean) / spread
    tenure = on - state.first_on
    c = 0
    weeks, x, t_last = since / 7.0, state.gaps, (state.last_on - state.first_on) / 7.0
    row[c] = logit(1.0 - stays_away(1.0, weeks, x, t_last, lens.anchor))
    row[c + 1] = 1.0
    row[c + 2] = log_gap
    c += 3
    for knot in range(len(lens.knots)):
        row[c] = hinge(log_gap, lens.knots[knot])
        c += 1
    row[c] = late
    row[c + 1] = hinge(late, -1.5)
    row[c + 2] = hinge(late, -1.0)
    row[c + 3] = hinge(late, -0.6)
    row[c + 4] = hinge(late, -0.3)
    row[c + 5] = hinge(late, -0.1)
    row[c + 6] = hinge(late, 0.1)
    row[c + 7] = hinge(late, 0.3)
    row[c + 8] = hinge(late, 0.6)
    row[c + 9] = hinge(late, 1.0)
    row[c + 10] = hinge(late, 1.6)
    c += 11
    row[c] = z
    row[c + 1] = hinge(z, -2.0)
    row[c + 2] = hinge(z, -1.0)
    row[c + 3] = hinge(z, 0.0)
    row[c + 4] = hinge(z, 0.7)
    row[c + 5] = hinge(z, 1.5)
    row[c + 6] = hinge(z, 3.0)
    c += 7
    row[c] = trust * late
    row[c + 1] = trust * hinge(late, -0.5)
    row[c + 2] = trust * hinge(late, 0.0)
    row[c + 3] = trust * hinge(late, 0.5)
    row[c + 4] = trust * hinge(late, 1.0)
    row[c + 5] = trust
    row[c + 6] = trust * z
    c += 7
    row[c] = mean
    row[c + 1] = mean * mean
    row[c + 2] = np.log(spread)
    row[c + 3] = np.log(spread) * late
    row[c + 4] = mean * late
    row[c + 5] = spread * hinge(late, 0.0)
    c += 6
    has_gaps = min(state.gaps, 1.0)
    row[c] = has_gaps * (state.last_log - mean)
    row[c + 1] = has_gaps * (state.running_log - mean)
    row[c + 2] = has_gaps * abs(state.last_log - mean)
    row[c + 3] = has_gaps * min(log_gap - state.longest_log, 0.0)
    row[c + 4] = has_gaps * hinge(log_gap, state.longest_log)
    row[c + 5] = has_gaps * min(hinge(log_gap, state.longest_log), 0.3)
    c += 6
    visits = np.log(1.0 + state.gaps)
    row[c] = 1.0 - has_gaps
    row[c + 1] = 1.0 if state.gaps == 1 else 0.0
    row[c + 2] = visits
    row[c + 3] = visits * visits
    row[c + 4] = visits * late
    row[c + 5] = visits * hinge(late, 0.3)
    c += 6
    age = np.log(tenure + 30.0)
    row[c] = age
    row[c + 1] = visits - age
    row[c + 2] = (1.0 - has_gaps) * log_gap
    row[c + 3] = (1.0 - has_gaps) * hinge(log_gap, 4.5)
    c += 4
    within_90 = state.place + 1.0 - state.within_90
    within_365 = state.place + 1.0 - state.within_365
    row[c] = np.log(1.0 + within_90)
    row[c + 1] = np.log(1.0 + within_365)
    row[c + 2] = np.log((within_90 + 0.5) / (within_365 * 0.25 + 0.5))
    row[c + 3] = np.log(1.0 + within_365) * late
    c += 4
    before = own_curve(state, days, np.log(since + 0.5), mean, spread)
    after = own_curve(state, days, np.log(since + 7.5), mean, spread)
    own = np.log(before - after + 0.02)
    row[c] = own
    row[c + 1] = trust * own
    row[c + 2] = np.log(before + BLUR)
    row[c + 3] = trust * np.log(before + BLUR)
    c += 4
    angle = 2.0 * math.pi * (on + 4.0) / YEAR
    row[c] = lens.sees_season * math.sin(angle)
    row[c + 1] = lens.sees_season * math.cos(angle)
    row[c + 2] = lens.sees_season * math.sin(2.0 * angle)
    row[c + 3] = lens.sees_season * math.cos(2.0 * angle)
    c += 4
    cell = min(int(since / lens.curve_step), lens.curves.shape[1] - 1)
    curve = lens.curves[group, cell]  # against everybody's
    row[c] = curve
    row[c + 1] = (1.0 - trust) * curve
    row[c + 2] = group_mean - scale.mean_log
    c += 3
    for block in range(lens.groups):
        is_own = 1.0 if lens.group_block[group] == block else 0.0
        row[c] = is_own
        row[c + 1] = is_own * late
        c += 2
