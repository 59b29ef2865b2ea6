"""The weekly hazard: the chance of a visit in the next seven days, by ridge logistic regression.

A discrete-time hazard model (Cox 1972, section 5; Allison 1982): one row per sequence and week, the label says whether
a visit came. The first column is the log-odds of the same week by the (M)BG/CNBD-k model and enters with coefficient 1,
from which, as from 0 everywhere else, the ridge holds the coefficients: where there is little to learn from, what is
left is that model.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from vernis.engine.compiled import compilable
from vernis.engine.returns.features import COLUMNS, PER_GROUP, Lens, hinge, write_features
from vernis.engine.returns.states import look_back, start_walk, walk_on

Numbers = npt.NDArray[Any]

THIN_AFTER = 182
"""Weeks that lie so many days after the last visit are taken one in four, with four times the weight."""

MOST_STEPS = 30


class Rows(NamedTuple):
    """Room for rows; `counts[0]` is how many there are."""

    counts: Numbers
    columns: Numbers
    came: Numbers
    weight: Numbers


@compilable
def write_rows(
    sequence: int, first: int, last: int, days: Numbers, groups: Numbers, until: int, weeks: int, state: Any,
    lens: Lens, rows: Rows,
) -> None:  # fmt: skip
    """Append the rows of one sequence, whose visits stand from `first` to before `last`; weeks end at day `until`.

    With no room left rows are only counted.
    """
    start_walk(state, days, first)
    ago = min((until - days[first]) // 7, weeks)
    while ago > 0:
        on = until - 7 * ago
        while state.place + 1 < last and days[state.place + 1] <= on:
            walk_on(state, days)
        is_late = on - state.last_on > THIN_AFTER
        came = state.place + 1 < last and days[state.place + 1] <= on + 7
        if came or not is_late or (ago + sequence) % 4 == 0:
            n = rows.counts[0]
            if n < len(rows.came):
                look_back(state, days, on)
                write_features(state, days, groups[state.place], float(on), lens, rows.columns[n])
                rows.came[n] = 1.0 if came else 0.0
                rows.weight[n] = 4.0 if is_late and not came else 1.0
            rows.counts[0] = n + 1
        ago -= 1


@compilable
def write_rows_of_all(
    chosen: Numbers, starts: Numbers, days: Numbers, groups: Numbers, until: int, weeks: int, states: Any, lens: Lens,
    rows: Rows,
) -> None:  # fmt: skip
    """Append the rows of the chosen sequences."""
    for n in range(len(chosen)):
        s = chosen[n]
        write_rows(s, starts[s], starts[s + 1], days, groups, until, weeks, states[0], lens, rows)


def fit(columns: Numbers, came: Numbers, weight: Numbers, ridge: float, start: Numbers | None = None) -> Numbers:
    """Return the coefficients (of columns as they are), by Newton's method with halved steps."""
    mean = np.average(columns, axis=0, weights=weight)
    sd = np.sqrt(np.maximum(np.average((columns - mean) ** 2, axis=0, weights=weight), 1e-12))
    is_used = sd > 1e-5
    offset = columns[:, 0].astype(np.float64)
    place = np.flatnonzero(is_used)
    scaled = ((columns[:, place] - mean[place]) / sd[place]).astype(np.float64)
    whole = np.column_stack([np.ones(len(scaled)), scaled])
    penalty = np.full(whole.shape[1], ridge)
    penalty[0] = 1e-3
    beta = np.zeros(whole.shape[1])
    if start is not None:
        beta[1:] = start[place] * sd[place]
        beta[1:][place == 0] -= sd[0]
        beta[0] = start[1] + np.sum(start[place] * mean[place]) - mean[0]

    def loss(of: Numbers) -> float:
        eta = offset + whole @ of
        return float(weight @ (np.logaddexp(0, eta) - came * eta) + 0.5 * penalty @ (of * of))

    value = loss(beta)
    for _turn in range(MOST_STEPS):
        p = 1 / (1 + np.exp(-(offset + whole @ beta)))
        gradient = whole.T @ (weight * (p - came)) + penalty * beta
        curvature = weight * p * (1 - p)
        hessian = (whole * curvature[:, None]).T @ whole + np.diag(penalty)
        move = np.linalg.solve(hessian, gradient)
        size = 1.0
        while size > 1e-4 and loss(beta - size * move) > value:
            size /= 2
        beta = beta - size * move
        before, value = value, loss(beta)
        if before - value < 1e-6 * abs(before):
            break
    plain = np.zeros(columns.shape[1])
    plain[place] = beta[1:] / sd[place]
    plain[0] += 1.0
    plain[1] = beta[0] - np.sum(beta[1:] / sd[place] * mean[place])
    return plain


@compilable
def log_stays_away(eta: float) -> float:
    """Return the log-chance of no visit in a week, from the log-odds of one."""
    return -(hinge(eta, 0.0) + np.log1p(np.exp(-abs(eta))))


@compilable
def write_curve(
    state: Any, days: Numbers, group: int, as_of: int, steps: Numbers, lens: Lens, beta: Numbers, row: Numbers,
    curve: Numbers,
) -> None:  # fmt: skip
    """Fill the curve of one sequence as of a day, by the hazard."""
    total, before = 0.0, 0.0
    for n in range(len(steps)):
        width = steps[n] - before
        on = as_of + before + (width - 7.0) / 2.0
        look_back(state, days, int(on))
        write_features(state, days, group, on, lens, row)
        eta = 0.0
        for c in range(len(beta)):
            eta += row[c] * beta[c]
        total += width / 7.0 * log_stays_away(eta)
        curve[n] = total
        before = steps[n]


def room(count: int, groups: int) -> Rows:
    """Return room for so many rows."""
    width = COLUMNS + PER_GROUP * groups
    return Rows(np.zeros(1, np.int64), np.zeros((count, width), np.float32), np.zeros(count), np.zeros(count))
