"""The model of return: the weekly hazard and MBG/NBD, mixed as far as the past asks for.

`fit` learns it from sequences as of a day, and judges it on days before; `predict` gives every sequence its chances and
dates. Few returns: no hazard is learned, clients follow the curve of their service, which leans on that of everybody,
which leans on the rule.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from vernis.engine.compiled import compilable, compiled, is_available
from vernis.engine.records import records
from vernis.engine.returns import hazard
from vernis.engine.returns.cnbd import Cnbd, stays_away
from vernis.engine.returns.curve import LEAST_CHANCE, STEPS, chance_by, day_of
from vernis.engine.returns.features import COLUMNS, PER_GROUP, Lens, logit
from vernis.engine.returns.fitting import Sequences, fit_anchor, known_on, lens_of, rows_of, sampled, some_of
from vernis.engine.returns.sources import (
    FEW_GAPS,
    NETWORK,
    NEW_SERVICE,
    ONE_VISIT,
    OWN,
    QUIET,
    RULE,
    SERVICE,
    SHORT_HISTORY,
    STOPPED_SERVICE,
    YOUNG_BASE,
)
from vernis.engine.returns.spells import spells_of, weekly_curves
from vernis.engine.returns.states import State, start_walk, walk_on

Numbers = npt.NDArray[Any]

LEAST_RETURNS = 40
"""Fewer gaps than this teach no hazard."""

ENOUGH_OF_GROUP = 20
DATE_HORIZON = 182.0
"""Dates are of those who come within so many days."""

LOW_SHARE, HIGH_SHARE = 0.13, 0.87
"""Borders of the 80 % interval: whole days, both ends counted, make it wider than the 74 % between these shares."""

STEADY_GAPS, LEAST_STEADY = 300.0, 0.1
"""So many gaps make hazard and steady model count about the same, before the past has spoken."""

STEADY_PULL = 50.0
ENOUGH_FOR_PAST = 500
"""With fewer gaps the past cannot tell how to mix."""

RIDGE_AT, LEAST_RIDGE, MOST_RIDGE = 2500.0, 3.0, 300.0
SHARES = np.linspace(0, 1, 21)
MOST_SEQUENCES = 60_000
"""A sample so large is learned from."""

JUDGED_SEQUENCES = 20_000
"""So many of them say how to mix."""

INTERPRET_UP_TO = 20
"""So few sequences are done sooner than the compiler would have woken."""

RESULTS = 5  # chances by 30 and 90 days, days until 10, 50 and 90 % have come


class Model(NamedTuple):
    """What was learned; plain numbers and arrays, so that it can be kept in a file."""

    lens: Lens
    beta: Numbers  # empty: no hazard was learned
    steady: Cnbd  # MBG/NBD, mixed in: visits without rhythm until a client leaves
    steady_share: float
    group_curves: Numbers  # chance of a visit by week since the last, per group
    group_returns: Numbers  # gaps that the curves of groups rest on
    group_last_on: Numbers
    returns: int
    span_days: int
    last_on: int


class Predictions(NamedTuple):
    """Grain: one sequence. Days ahead are of those who come within DATE_HORIZON."""

    p30: Numbers
    p90: Numbers
    low: Numbers
    middle: Numbers
    high: Numbers
    source: Numbers
    gaps: Numbers  # bits of returns.sources


def fit(of: Sequences, as_of: int, interval_days: float = 30.0, steady_share: float | None = None) -> Model:
    """Learn from sequences known on a day; `steady_share` None: as the number of returns has it."""
    spells = spells_of(of.starts, of.days, of.groups, as_of)
    returns = int(spells.ended.sum())
    _whole, curves = weekly_curves(spells, of.group_count, interval_days)
    group_returns = np.bincount(of.groups[spells.ended], minlength=of.group_count)
    group_last_on = np.full(of.group_count, -(2**31), np.int64)
    np.maximum.at(group_last_on, of.groups, of.days)
    share = prior_share(returns) if steady_share is None else steady_share
    if returns < LEAST_RETURNS:
        steady, beta = Cnbd(1.0, 1.0, interval_days / 7, 1.0, 2.0, 1.0), np.zeros(0)
        lens, share = lens_of(of, spells, steady, as_of, interval_days), 0.0
    else:
        anchor, steady = fit_anchor(of, as_of)
        lens = lens_of(of, spells, anchor, as_of, interval_days)
        rows = rows_of(of, lens, as_of)
        ridge = float(np.clip(LEAST_RIDGE * (RIDGE_AT / returns) ** 2, LEAST_RIDGE, MOST_RIDGE))
        beta = hazard.fit(rows.columns, rows.came, rows.weight, ridge)
    first_on = int(of.days.min()) if len(of.days) else as_of
    last_on = int(of.days.max()) if len(of.days) else as_of
    return Model(lens, beta, steady, share, curves, group_returns, group_last_on, returns, as_of - first_on, last_on)


def prior_share(returns: int) -> float:
    """Return the share of the steady model by the number of gaps alone."""
    return LEAST_STEADY + (1 - LEAST_STEADY) * STEADY_GAPS / (STEADY_GAPS + returns)


@compilable
def write_group_curve(since: float, steps: Numbers, weekly: Numbers, curve: Numbers) -> None:
    """Fill a curve by the weeks of a group, `since` days after the last visit."""
    total, day, place = 0.0, 0.0, 0
    while place < len(steps):
        cell = min(int((since + day) / 7.0), len(weekly) - 1)
        total += np.log1p(-weekly[cell])
        day += 7.0
        while place < len(steps) and steps[place] <= day:
            curve[place] = total
            place += 1


@compilable
def mix_with_steady(
    since: float, x: float, t_last_visit: float, share: float, steps: Numbers, steady: Cnbd, curve: Numbers
) -> None:
    """Mix the steady model into a curve: the log-odds of a visit by each day, `share` of them its own."""
    for n in range(len(steps)):
        theirs = logit(1.0 - stays_away(steps[n] / 7.0, since / 7.0, x, t_last_visit / 7.0, steady))
        odds = share * theirs + (1.0 - share) * logit(1.0 - np.exp(curve[n]))
        curve[n] = hazard_log_away(odds)


hazard_log_away = hazard.log_stays_away
write_hazard_curve = hazard.write_curve


@compilable
def predict_one(
    first: int, last: int, days: Numbers, groups: Numbers, as_of: int, steps: Numbers, state: Any, model_lens: Lens,
    beta: Numbers, steady: Cnbd, share: float, group_curves: Numbers, row: Numbers, curve: Numbers, result: Numbers,
) -> None:  # fmt: skip
    """Fill the results of one sequence, whose visits stand from `first` to before `last`."""
    start_walk(state, days, first)
    while state.place + 1 < last:
        walk_on(state, days)
    group = groups[state.place]
    since = float(as_of - state.last_on)
    if len(beta) == 0:
        write_group_curve(since, steps, group_curves[group], curve)
    else:
        write_hazard_curve(state, days, group, as_of, steps, model_lens, beta, row, curve)
    if share > 0.0:
        mix_with_steady(since, state.gaps, state.last_on - state.first_on, share, steps, steady, curve)
    result[0] = chance_by(curve, steps, 30.0)
    result[1] = chance_by(curve, steps, 90.0)
    result[2] = day_of(curve, steps, LOW_SHARE, DATE_HORIZON)
    result[3] = day_of(curve, steps, 0.5, DATE_HORIZON)
    result[4] = day_of(curve, steps, HIGH_SHARE, DATE_HORIZON)


@compilable
def predict_all(
    starts: Numbers, days: Numbers, groups: Numbers, as_of: int, steps: Numbers, states: Any, model_lens: Lens,
    beta: Numbers, steady: Cnbd, share: float, group_curves: Numbers, row: Numbers, curves: Numbers, results: Numbers,
) -> None:  # fmt: skip
    """Fill the results of all sequences; `curves` has a row for each, or one that all share."""
    for s in range(len(starts) - 1):
        predict_one(
            starts[s], starts[s + 1], days, groups, as_of, steps, states[0], model_lens, beta, steady, share,
            group_curves, row, curves[min(s, len(curves) - 1)], results[s],
        )  # fmt: skip


def curves_of(
    of: Sequences, as_of: int, model: Model, *, keep: bool = True, threads: int = 2
) -> tuple[Numbers, Numbers]:
    """Return the curve of every sequence (one row only where they are not to be kept), and the results."""
    results = np.zeros((of.size, RESULTS))
    curves = np.zeros((of.size if keep else threads, len(STEPS)))
    edges = np.linspace(0, of.size, threads + 1).astype(int)
    is_small = of.size <= INTERPRET_UP_TO
    run = predict_all if is_small else compiled(predict_all)

    def part(n: int) -> None:
        begin, end = edges[n], edges[n + 1]
        width = COLUMNS + PER_GROUP * model.lens.groups
        run(
            of.starts[begin : end + 1], of.days, of.groups, as_of, STEPS, _states(is_small=is_small), model.lens,
            model.beta,
            model.steady, float(model.steady_share), model.group_curves, np.zeros(width, np.float32),
            curves[begin:end] if keep else curves[n : n + 1], results[begin:end],
        )  # fmt: skip

    if of.size < 1000:
        for n in range(threads):
            part(n)
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(part, range(threads)))
    return curves, results


def _states(*, is_small: bool) -> Any:
    return [State()] if is_small or not is_available() else records(State, 1)


def predict(of: Sequences, as_of: int, model: Model) -> Predictions:
    """Return chances, dates, sources and what is missing, for every sequence."""
    _curves, results = curves_of(of, as_of, model, keep=False)
    last = of.starts[1:] - 1
    source, gaps = sources_of(np.diff(of.starts) - 1, of.groups[last], as_of, model)
    p30, p90, low, middle, high = results.T
    return Predictions(p30, p90, low, middle, high, source, gaps)


def sources_of(own_gaps: Numbers, group: Numbers, as_of: int, model: Model) -> tuple[Numbers, Numbers]:
    """Return, per sequence, what carries the prediction and what is missing."""
    known = model.group_returns[group]
    narrow = np.where(known >= ENOUGH_OF_GROUP, SERVICE, NETWORK)
    if model.returns < LEAST_RETURNS:
        source = np.where(known >= ENOUGH_OF_GROUP, SERVICE, NETWORK if model.returns >= 5 else RULE)
    else:
        source = np.where(own_gaps >= 2, OWN, narrow)
    has_stopped = (as_of - model.group_last_on[group] > 120) & (model.group_last_on[group] < model.last_on - 60)
    of_all = (YOUNG_BASE if model.returns < LEAST_RETURNS else 0) | (SHORT_HISTORY if model.span_days < 180 else 0)
    of_all |= QUIET if as_of - model.last_on > 28 else 0
    gaps = np.full(len(own_gaps), of_all, np.int64)
    gaps += ONE_VISIT * (own_gaps == 0) + FEW_GAPS * ((own_gaps > 0) & (own_gaps < 3))
    gaps += NEW_SERVICE * (known < ENOUGH_OF_GROUP) + STOPPED_SERVICE * has_stopped
    return source, gaps


def chance_from(curves: Numbers, ahead: float) -> Numbers:
    """Return the chance of a visit within some days, for kept curves."""
    steps = np.concatenate(([0.0], STEPS))
    place = int(np.searchsorted(steps, ahead))
    whole = np.column_stack([np.zeros(len(curves)), curves])
    share = (ahead - steps[place - 1]) / (steps[place] - steps[place - 1])
    lasting = whole[:, place - 1] + share * (whole[:, place] - whole[:, place - 1])
    return np.clip(-np.expm1(lasting), LEAST_CHANCE, 1 - LEAST_CHANCE)


def days_until(of: Sequences, before: int, chosen: Numbers) -> Numbers:
    """Return in how many days after `before` each chosen sequence has its next visit; a large number where none."""
    is_later = of.days > before
    found = np.full(of.size, 2**31 - 1, np.int64)
    owner = np.repeat(np.arange(of.size), np.diff(of.starts))
    np.minimum.at(found, owner[is_later], of.days[is_later] - before)
    return found[chosen]


def tuned(of: Sequences, as_of: int, interval_days: float = 30.0) -> Model:
    """Fit, with the steady model's share found on the past of these sequences (at most 90 days back)."""
    of_all, of = of, some_of(of, sampled(of.size, MOST_SEQUENCES))
    model = _counted(fit(of, as_of, interval_days), of_all, as_of)
    back = 90 if model.span_days >= 270 else 30
    if model.returns < ENOUGH_FOR_PAST or model.span_days < 3 * back:
        return model
    earlier, _left = known_on(of, as_of - back)
    of = some_of(of, sampled(of.size, JUDGED_SEQUENCES))
    past = fit(earlier, as_of - back, interval_days)
    if not len(past.beta):
        return model
    loss = np.zeros(len(SHARES))
    for origin in range(as_of - back, as_of, 30):
        some, left = known_on(of, origin)
        own, _ = curves_of(some, origin, past._replace(steady_share=0.0))
        theirs, _ = curves_of(some, origin, past._replace(steady_share=1.0))
        until = days_until(of, origin, left)
        horizons = [h for h in (30, 60, 90) if origin + h <= as_of]
        for horizon in horizons:
            mixed = [logits(chance_from(curves, horizon)) for curves in (own, theirs)]
            odds = SHARES[:, None] * mixed[1] + (1 - SHARES[:, None]) * mixed[0]
            came = until <= horizon
            loss += (np.logaddexp(0, odds) - odds * came).sum(axis=1) / len(horizons)
    prior = prior_share(model.returns)
    best = int(np.argmin(loss + STEADY_PULL * (SHARES - prior) ** 2))
    return model._replace(steady_share=float(SHARES[best]))


def _counted(model: Model, of: Sequences, as_of: int) -> Model:
    """Return a model of a sample with the counts of all sequences."""
    has_next = np.ones(len(of.days), bool)
    has_next[of.starts[1:] - 1] = False
    last_on = np.full(of.group_count, -(2**31), np.int64)
    if of.group_count > 1:
        np.maximum.at(last_on, of.groups, of.days)
    elif len(of.days):
        last_on[0] = of.days.max()
    first = int(of.days.min()) if len(of.days) else as_of
    return model._replace(
        group_returns=np.bincount(of.groups[has_next], minlength=of.group_count),
        group_last_on=last_on,
        returns=int(has_next.sum()),
        span_days=as_of - first,
        last_on=int(last_on.max()) if len(of.days) else as_of,
    )


def logits(p: Numbers) -> Numbers:
    """Return log-odds."""
    odds: Numbers = np.log(p) - np.log1p(-p)
    return odds
