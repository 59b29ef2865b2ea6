"""The predictions of the baselines for every client seen by a cut-off day."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from vernis.engine.history import NONE
from vernis.engine.returns import baselines, cnbd
from vernis.engine.returns.cnbd import Cnbd
from vernis.engine.returns.curve import STEPS
from vernis.engine.returns.fitting import ANCHOR_SEQUENCES, Sequences, sampled, some_of, summary_of
from vernis.engine.returns.model import DATE_HORIZON, HIGH_SHARE, LOW_SHARE, chance_from
from vernis.engine.returns.spells import scale_of, spells_of
from vernis.engine.settings import Rules
from vernis.warehouse.returns.visits import Visits, known_by

Numbers = npt.NDArray[Any]

DATED = ("rule", "last_three", "personal_median")
CURVED = ("kaplan_meier", "bg_nbd", "mbg_nbd", "bg_cnbd_k", "mbg_cnbd_k")
FAMILY = CURVED[1:]
RIVALS = DATED + CURVED
LOOK_BACK = 90


class Forecast(NamedTuple):
    """Chances, and days ahead; grain: one client seen by the cut-off, in the order of `known_by`."""

    p30: Numbers
    p90: Numbers
    low: Numbers
    middle: Numbers
    high: Numbers


def forecasts(visits: Visits, as_of: int, rules: Rules, wanted: tuple[str, ...] = RIVALS) -> dict[str, Forecast]:
    """Return what each rival says on a day, from what is known then."""
    of, _left = known_by(visits.any_cycle, as_of)
    found: dict[str, Forecast] = {}
    if set(wanted) & set(DATED):
        now = expected_dates(visits, as_of, rules)
        before = {back: expected_dates(visits, as_of - back, rules) for back in (30, LOOK_BACK)}
        found |= {name: _dated(visits, as_of, name, now, before) for name in DATED if name in wanted}
    if "kaplan_meier" in wanted:
        found["kaplan_meier"] = _of_curves(_km_curves(of, as_of, rules))
    if set(wanted) & set(FAMILY):
        found |= {name: _of_curves(_family_curves(of, as_of, model)) for name, model in _family(of, as_of).items()}
    return {name: found[name] for name in wanted}


def expected_dates(visits: Visits, as_of: int, rules: Rules) -> dict[str, Numbers]:
    """Return the expected day of every client known on a day, by each of the dated rivals."""
    of, _left = known_by(visits.any_cycle, as_of)
    last = of.starts[1:] - 1
    interval = rule_intervals(visits, as_of, rules)[of.groups[last]].astype(float)
    by_cycle = of._replace(groups=visits.cycle_of_service[of.groups])
    of_three, median = baselines.last_gaps(by_cycle)
    last_on = of.days[last]
    return {
        "rule": last_on + interval,
        "last_three": last_on + np.round(np.where(np.isnan(of_three), interval, of_three)),
        "personal_median": last_on + np.round(np.where(np.isnan(median), interval, median)),
    }


def rule_intervals(visits: Visits, as_of: int, rules: Rules) -> Numbers:
    """Return the interval of every service on a day: set, learned in its cycle, default (rules.md, section 2)."""
    intervals = visits.interval_of_service.copy()
    open_cycles = np.unique(visits.cycle_of_service[intervals == NONE])
    of, _left = known_by(visits.by_cycle, as_of)
    spells = spells_of(of.starts, of.days, of.groups, as_of)
    cycle = visits.cycle_of_service[of.groups]
    for code in open_cycles:
        learned = baselines.learned_interval(spells, of.days, cycle == code, as_of, rules.learned_windows_days)
        is_of = (visits.cycle_of_service == code) & (intervals == NONE)
        intervals[is_of] = learned or rules.default_interval_days
    return intervals


def _dated(
    visits: Visits, as_of: int, name: str, now: dict[str, Numbers], before: dict[int, dict[str, Numbers]]
) -> Forecast:
    chances, errors = {}, np.zeros(0)
    for horizon, dates in before.items():
        origin = as_of - horizon
        until = until_next(visits, origin, seen_by=as_of)
        shares = baselines.shares_by_lateness(origin - dates[name], until <= horizon)
        chances[horizon] = baselines.chances_by_lateness(as_of - now[name], shares)
        came = until <= horizon
        errors = (origin + until - np.maximum(dates[name], origin + 1))[came] if came.any() else errors
    date = np.maximum(now[name] - as_of, 1.0)
    low, high = np.quantile(errors, (LOW_SHARE, HIGH_SHARE)) if len(errors) >= 20 else (-15.0, 30.0)
    p30, p90 = chances[30], np.maximum(chances[LOOK_BACK], chances[30])
    return Forecast(p30, p90, np.maximum(date + low, 1.0), date, np.maximum(date + high, 1.0))


def until_next(visits: Visits, origin: int, seen_by: int) -> Numbers:
    """Return in how many days each client known on `origin` came next, as far as `seen_by` knows; else very many."""
    _of, left = known_by(visits.any_cycle, origin)
    table = visits.any_cycle
    whole = table.sequences
    is_later = (whole.days > origin) & (table.known_on <= seen_by)
    owner = np.repeat(np.arange(whole.size), np.diff(whole.starts))
    found = np.full(whole.size, 2**31 - 1, np.int64)
    np.minimum.at(found, owner[is_later], whole.days[is_later] - origin)
    return found[left]


def _km_curves(of: Sequences, as_of: int, rules: Rules) -> Numbers:
    spells = spells_of(of.starts, of.days, of.groups, as_of)
    scale = scale_of(spells, of.group_count, float(np.log(rules.default_interval_days)))
    interval, gaps = baselines.own_intervals(of, scale.mean_log, scale.prior_gaps)
    curves = baselines.ratio_curves(spells, interval, gaps)
    last = of.starts[1:] - 1
    since, own, known = (as_of - of.days[last]).astype(float), interval[last], gaps[last]
    now = np.maximum(baselines.lasting_at(curves, known, since / own), 1e-6)
    lasting = [baselines.lasting_at(curves, known, (since + step) / own) / now for step in STEPS]
    return np.log(np.clip(np.stack(lasting, axis=1), 1e-9, 1.0))


def _family(of: Sequences, as_of: int) -> dict[str, Cnbd]:
    summary = summary_of(some_of(of, sampled(of.size, ANCHOR_SEQUENCES)), as_of)
    return {
        "bg_nbd": cnbd.fit(summary, k=1, leaves_at_once=False)[0],
        "mbg_nbd": cnbd.fit(summary, k=1, leaves_at_once=True)[0],
        "bg_cnbd_k": cnbd.fit_best(summary, leaves_at_once=False)[0],
        "mbg_cnbd_k": cnbd.fit_best(summary, leaves_at_once=True)[0],
    }


def _family_curves(of: Sequences, as_of: int, model: Cnbd) -> Numbers:
    known = summary_of(of, as_of)
    since, x, t_last = (known.age - known.t_last_visit)[:, None], known.x[:, None], known.t_last_visit[:, None]
    away: Any = cnbd.stays_away(STEPS[None] / 7, since, x, t_last, model)  # type: ignore[arg-type]
    return np.log(np.clip(away, 1e-9, 1.0))


def _of_curves(curves: Numbers) -> Forecast:
    low, middle, high = (days_by_share(curves, share) for share in (LOW_SHARE, 0.5, HIGH_SHARE))
    return Forecast(chance_from(curves, 30.0), chance_from(curves, 90.0), low, middle, high)


def days_by_share(curves: Numbers, share: float) -> Numbers:
    """Return in how many days a share of those who come within DATE_HORIZON have come."""
    steps = np.concatenate(([0.0], STEPS))
    whole = np.column_stack([np.zeros(len(curves)), curves])
    wanted = np.log1p(-share * chance_from(curves, DATE_HORIZON))
    place = np.minimum(np.argmax(whole <= wanted[:, None], axis=1), len(steps) - 1)
    place = np.where((whole <= wanted[:, None]).any(axis=1), np.maximum(place, 1), len(steps) - 1)
    row = np.arange(len(curves))
    before, after = whole[row, place - 1], whole[row, place]
    part = np.clip((wanted - before) / np.minimum(after - before, -1e-12), 0, 1)
    days: Numbers = steps[place - 1] + part * (steps[place] - steps[place - 1])
    return np.minimum(days, DATE_HORIZON)
