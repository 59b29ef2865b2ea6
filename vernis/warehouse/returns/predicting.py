"""Fit, keep, predict: what the product calls.

visits = read_visits(folder, today)          # or from_snapshot(snapshot, today)
stored = fit_models(visits, as_of)           # slow: once a week; write_model, read_model keep it
table = predictions(visits, stored, as_of)   # every night, all clients
one = predict_client(stored, days, services, as_of)   # right after a change, one client
"""

import datetime
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from vernis.engine.history import NONE
from vernis.engine.returns.closures import without_closures
from vernis.engine.returns.fitting import Sequences
from vernis.engine.returns.model import Model, Predictions, predict, tuned
from vernis.engine.returns.sources import NOT_BETTER, SOURCES, UNPROVEN
from vernis.engine.settings import Rules
from vernis.lib.days import day_from, number_of
from vernis.warehouse.errors import DataError
from vernis.warehouse.returns.backtest import backtest
from vernis.warehouse.returns.rivals import rule_intervals
from vernis.warehouse.returns.storing import Stored
from vernis.warehouse.returns.visits import Table, Visits, known_by

Numbers = npt.NDArray[Any]

ANY = ""
"""The cycle key of predictions of a visit of any kind."""

SCHEMA = pa.schema(
    [
        ("client", pa.int64()),
        ("client_id", pa.string()),
        ("cycle_key", pa.string()),
        ("expected_on", pa.date32()),
        ("lo80_on", pa.date32()),
        ("hi80_on", pa.date32()),
        ("p30", pa.float64()),
        ("p90", pa.float64()),
        ("source", pa.string()),
        ("gaps", pa.int32()),
    ]
)


class Prediction(NamedTuple):
    """What is expected of one client; `gaps` are bits of engine.returns.sources, `words.sentences` says them."""

    expected_on: datetime.date
    lo80_on: datetime.date
    hi80_on: datetime.date
    p30: float
    p90: float
    source: str
    gaps: int


def fit_models(visits: Visits, as_of: datetime.date, rules: Rules | None = None, *, is_tested: bool = True) -> Stored:
    """Learn from everything known on a day; the back-test on the same data says whether the model may be used."""
    rules = rules or Rules()
    day = number_of(as_of)
    interval = float(np.median(rule_intervals(visits, day, rules)))
    models = [_fitted(table, day, interval) for table in (visits.any_cycle, visits.by_cycle)]
    may_be_used, is_proven = _verdict(visits, rules) if is_tested else (False, False)
    return Stored(models[0], models[1], day, visits.services, may_be_used, is_proven)


def predictions(visits: Visits, stored: Stored, as_of: datetime.date) -> pa.Table:
    """Return what is expected of every client with a visit; grain: client and cycle, and client alone (cycle ANY)."""
    day = number_of(as_of)
    parts = []
    for table, model in ((visits.any_cycle, stored.any_cycle), (visits.by_cycle, stored.by_cycle)):
        of, left = known_by(table, day)
        found = predict(of._replace(days=without_closures(of.days, day)), day, model)
        parts.append(_as_table(visits, found, table.client[left], table.cycle[left], day, _trust(stored)))
    return pa.concat_tables(parts)


def predict_client(
    stored: Stored, days: Sequence[datetime.date], services: Sequence[str], as_of: datetime.date,
    *, is_of_one_cycle: bool = False,
) -> Prediction | None:  # fmt: skip
    """Return what is expected of one client, from the days of visits in order and the service of each.

    None where there was no visit yet: then there is nothing to expect a return from. `is_of_one_cycle`: the days are
    those of one cycle, not of all visits.
    """
    codes = {service: code for code, service in enumerate(stored.services)}
    day = number_of(as_of)
    known = dict(sorted((number_of(on), codes.get(service, 0)) for on, service in zip(days, services, strict=True)))
    known = {on: code for on, code in known.items() if on <= day}
    if not known:
        return None
    model = stored.by_cycle if is_of_one_cycle else stored.any_cycle
    of = Sequences(np.array([0, len(known)]), np.array(list(known)), np.array(list(known.values())), len(codes))
    found = predict(of, day, model)
    low, middle, high = (_days_ahead(part).tolist()[0] for part in (found.low, found.middle, found.high))
    return Prediction(
        day_from(day + middle), day_from(day + low), day_from(day + high), float(found.p30[0]), float(found.p90[0]),
        SOURCES[int(found.source[0])], int(found.gaps[0]) | _trust(stored),
    )  # fmt: skip


def _fitted(table: Table, day: int, interval: float) -> Model:
    of, _left = known_by(table, day)
    return tuned(of._replace(days=without_closures(of.days, day)), day, interval)


def _verdict(visits: Visits, rules: Rules) -> tuple[bool, bool]:
    try:
        return backtest(visits, rules=rules, models=("rule",)).may_be_used, True
    except DataError:
        return False, False


def _trust(stored: Stored) -> int:
    if stored.may_be_used:
        return 0
    return NOT_BETTER if stored.is_proven else UNPROVEN


def _days_ahead(part: Numbers) -> Numbers:
    return np.maximum(np.round(part), 1).astype(np.int32)


def _as_table(visits: Visits, found: Predictions, client: Numbers, cycle: Numbers, day: int, trust: int) -> pa.Table:
    keys = pa.array([*visits.cycles, ANY])
    dates = [
        pa.array(day + _days_ahead(part), pa.int32()).cast(pa.date32())
        for part in (found.middle, found.low, found.high)
    ]
    return pa.table(
        [
            pa.array(client),
            visits.client_ids.take(pa.array(client)).cast(pa.string()),
            keys.take(pa.array(np.where(cycle == NONE, len(visits.cycles), cycle))),
            *dates,
            pa.array(found.p30),
            pa.array(found.p90),
            pa.array(SOURCES).take(pa.array(found.source)),
            pa.array((found.gaps | trust).astype(np.int32)),
        ],
        schema=SCHEMA,
    )
