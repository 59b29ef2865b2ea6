"""The back-test: what would have been said on days of the past, with what was known then, against what came."""

import datetime
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from vernis.engine.returns import metrics
from vernis.engine.returns.closures import without_closures
from vernis.engine.returns.model import DATE_HORIZON, Predictions, predict, tuned
from vernis.engine.settings import Rules
from vernis.lib.days import day_from, number_of
from vernis.lib.texts import _, ngettext
from vernis.warehouse.errors import DataError
from vernis.warehouse.progress import Progress, no_progress
from vernis.warehouse.returns import rivals
from vernis.warehouse.returns.visits import Visits, known_by

Numbers = npt.NDArray[Any]

VERNIS = "vernis"
HORIZONS = (30, 90)
MOST_CUTOFFS = 8
SCHEMA = pa.schema(
    [
        ("cutoff", pa.date32()),
        ("client_id", pa.string()),
        ("model", pa.string()),
        ("p30", pa.float64()),
        ("p90", pa.float64()),
        ("expected_on", pa.date32()),
        ("lo80_on", pa.date32()),
        ("hi80_on", pa.date32()),
    ]
)


class Interval(NamedTuple):
    """A ratio less one, with its 95 % interval: -0.1 is 10 % lower."""

    value: float
    low: float
    high: float


class Scores(NamedTuple):
    """How one model did at one horizon, over all cut-offs at which the horizon has passed."""

    rows: int
    came: int
    log_loss: float
    brier: float
    auc: float | None
    calibration_error: float
    calibration: list[tuple[float, float, int]]  # mean chance, share that came, rows


class DateScores(NamedTuple):
    """How well dates were met by those who came within 90 and within 182 days, as far as these have been seen."""

    returns: int
    error_days: float  # mean absolute error
    within_7_days: float
    coverage_80: float
    returns_182: int
    coverage_80_182: float


class Report(NamedTuple):
    """The result of a back-test."""

    cutoffs: list[datetime.date]
    first_on: datetime.date
    last_on: datetime.date
    clients: int
    visits: int
    scores: dict[int, dict[str, Scores]]  # by horizon, by model
    dates: dict[str, DateScores]
    against: dict[int, dict[str, Interval]]  # log loss of vernis against that of each model
    best_of_family: dict[int, str]
    may_be_used: bool
    predictions: pa.Table | None


class _Day(NamedTuple):
    """One cut-off; `until` is in how many days each client came."""

    on: int
    client: Numbers
    until: Numbers
    said: dict[str, rivals.Forecast]


def backtest(
    visits: Visits,
    cutoffs: list[datetime.date] | None = None,
    rules: Rules | None = None,
    *,
    models: tuple[str, ...] = rivals.RIVALS,
    with_predictions: bool = False,
    progress: Progress = no_progress,
) -> Report:
    """Return how the model and its rivals would have done; raises DataError where there is too little history."""
    rules = rules or Rules()
    days = visits.any_cycle.sequences.days
    if not len(days):
        raise DataError(_("There are no visits yet, so there is nothing to test on."))
    first_on, last_on = int(days.min()), int(days.max())
    chosen = [number_of(day) for day in cutoffs] if cutoffs else sensible_cutoffs(days)
    chosen = sorted(set(chosen))
    _check(chosen, first_on, last_on, are_given=bool(cutoffs))
    seen = []
    for done, on in enumerate(chosen, start=1):
        seen.append(_seen_on(visits, on, rules, models))
        progress("cutoffs", done, len(chosen))
    names = (VERNIS, *models)
    scores: dict[int, dict[str, Scores]] = {}
    against: dict[int, dict[str, Interval]] = {}
    best: dict[int, str] = {}
    for horizon in HORIZONS:
        passed = [day for day in seen if day.on + horizon <= last_on]
        if not passed:
            continue
        came = np.concatenate([day.until <= horizon for day in passed])
        client = np.concatenate([day.client for day in passed])
        chances = {name: np.concatenate([_chance(day.said[name], horizon) for day in passed]) for name in names}
        losses = {name: metrics.log_loss(p, came) for name, p in chances.items()}
        scores[horizon] = {name: _scores(p, came, losses[name]) for name, p in chances.items()}
        against[horizon] = {name: _against(losses[VERNIS], losses[name], client) for name in models}
        family = [name for name in rivals.FAMILY if name in models]
        if family:
            best[horizon] = min(family, key=lambda name: scores[horizon][name].log_loss)
    if not scores:
        raise DataError(_("No cut-off has 30 days after it; the last visit is of {day}.").format(day=day_from(last_on)))
    return Report(
        cutoffs=[day_from(on) for on in chosen],
        first_on=day_from(first_on),
        last_on=day_from(last_on),
        clients=len(visits.any_cycle.client),
        visits=len(days),
        scores=scores,
        dates={name: _date_scores(seen, name, last_on) for name in names},
        against=against,
        best_of_family=best,
        may_be_used="rule" in models and _is_better(against),
        predictions=_predictions(visits, seen, names) if with_predictions else None,
    )


def sensible_cutoffs(days: Numbers) -> list[int]:
    """Return up to eight days: the first after a third of the history, the last with a horizon after it."""
    first, last = int(days.min()), int(days.max())
    span = last - first
    horizon = 90 if span >= 270 else 30
    latest = last - horizon
    earliest = max(first + span // 3, latest - 2 * 365)
    step = max((latest - earliest) // (MOST_CUTOFFS - 1), 30 if span >= 270 else 7)
    found = list(range(latest, earliest - 1, -step))[:MOST_CUTOFFS]
    return sorted(found) if span >= 45 else []


def _check(chosen: list[int], first_on: int, last_on: int, *, are_given: bool) -> None:
    if not chosen:
        days = last_on - first_on + 1
        text = ngettext(
            "All visits lie within {days} day; a back-test needs at least 45.",
            "All visits lie within {days} days; a back-test needs at least 45.",
            days,
        )
        raise DataError(text.format(days=days))
    for on in chosen if are_given else []:
        if on < first_on:
            raise DataError(_("Nothing is known yet on {day}: the first visit is later.").format(day=day_from(on)))


def predict_as_of(visits: Visits, as_of: int, rules: Rules) -> tuple[Predictions, Numbers]:
    """Return the model's predictions on a day for every client known then, and whose they are."""
    of, left = known_by(visits.any_cycle, as_of)
    of = of._replace(days=without_closures(of.days, as_of))
    model = tuned(of, as_of, float(np.median(rivals.rule_intervals(visits, as_of, rules))))
    return predict(of, as_of, model), visits.any_cycle.client[left]


def _seen_on(visits: Visits, on: int, rules: Rules, models: tuple[str, ...]) -> _Day:
    ours, client = predict_as_of(visits, on, rules)
    until = rivals.until_next(visits, on, seen_by=2**31)
    said = {VERNIS: rivals.Forecast(ours.p30, ours.p90, ours.low, ours.middle, ours.high)}
    return _Day(on, client, until, said | rivals.forecasts(visits, on, rules, models))


def _chance(said: rivals.Forecast, horizon: int) -> Numbers:
    return said.p30 if horizon == HORIZONS[0] else said.p90


def _scores(p: Numbers, came: Numbers, losses: Numbers) -> Scores:
    return Scores(
        len(p), int(came.sum()), float(losses.mean()), metrics.brier(p, came), metrics.auc(p, came),
        metrics.calibration_error(p, came), metrics.calibration(p, came),
    )  # fmt: skip


def _against(ours: Numbers, theirs: Numbers, client: Numbers) -> Interval:
    low, high = metrics.bootstrap_ratio(ours, theirs, client)
    return Interval(float(ours.sum() / theirs.sum() - 1), low, high)


def _is_better(against: dict[int, dict[str, Interval]]) -> bool:
    """Tell whether the model may speak: better than the rule, surely at one horizon and not worse at the other."""
    found = [by_model["rule"] for by_model in against.values()]
    return any(one.high < 0 for one in found) and all(one.low <= 0 for one in found)


def _date_scores(seen: list[_Day], name: str, last_on: int) -> DateScores:
    until = np.concatenate([day.until for day in seen])
    low, middle, high = (
        np.concatenate([np.round(getattr(day.said[name], part)) for day in seen]) for part in ("low", "middle", "high")
    )
    low = np.maximum(low, 1)
    later = until <= DATE_HORIZON
    soon = until <= HORIZONS[-1]
    covered = (low <= until) & (until <= high)
    error = np.abs(until - np.maximum(middle, 1))
    return DateScores(
        int(soon.sum()), _mean(error[soon]), _mean(error[soon] <= 7), _mean(covered[soon]), int(later.sum()),
        _mean(covered[later]),
    )  # fmt: skip


def _mean(found: Numbers) -> float:
    return float(np.mean(found)) if len(found) else float("nan")


def _predictions(visits: Visits, seen: list[_Day], names: tuple[str, ...]) -> pa.Table:
    parts = []
    for day in seen:
        clients = visits.client_ids.take(pa.array(day.client)).cast(pa.string())
        cutoff = pa.array(np.full(len(day.client), day.on, np.int32)).cast(pa.date32())
        for name in names:
            said = day.said[name]
            dates = [
                pa.array(day.on + np.maximum(np.round(part), 1).astype(np.int32), pa.int32()).cast(pa.date32())
                for part in (said.middle, said.low, said.high)
            ]
            model = pa.array([name]).take(pa.array(np.zeros(len(day.client), np.int64)))
            columns = [cutoff, clients, model, pa.array(said.p30), pa.array(said.p90), *dates]
            parts.append(pa.table(columns, schema=SCHEMA))
    return pa.concat_tables(parts)
