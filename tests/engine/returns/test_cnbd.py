"""The BTYD family gives the figures that were published for it."""

import csv
import datetime
import importlib.util
from pathlib import Path

import numpy as np
import pytest

from tests.real_data import real_data
from vernis.engine.returns import cnbd
from vernis.engine.returns.cnbd import Cnbd, Summary

PUBLISHED = Cnbd(1, 0.243, 4.414, 0.793, 2.426, 0)
"""BG/NBD on the CDNOW sample: Fader, Hardie, Lee (2005)."""


@pytest.fixture(scope="module")
def cdnow() -> Summary:
    """Return the CDNOW sample of 2,357 customers, 39 weeks, as the package `lifetimes` has it."""
    spec = importlib.util.find_spec("lifetimes")
    assert spec is not None
    assert spec.origin is not None
    path = Path(spec.origin).parent / "datasets" / "cdnow_customers_summary.csv"
    with path.open() as file:
        rows = [[float(row[name]) for name in ("frequency", "recency", "T")] for row in csv.DictReader(file)]
    x, t_last_visit, age = np.array(rows).T
    return Summary(x, t_last_visit, age, np.zeros(len(x)))


@pytest.fixture(scope="module")
def grocery() -> Summary:
    """Return the grocery shoppers of BTYDplus at the end of 2006."""
    days: dict[str, set[int]] = {}
    with real_data("visits/grocery.csv").open() as file:
        for row in csv.DictReader(file):
            days.setdefault(row["client_id"], set()).add(datetime.date.fromisoformat(row["visited_on"]).toordinal())
    until = datetime.date(2006, 12, 31).toordinal()
    rows = []
    for visits in ([day for day in sorted(client) if day <= until] for client in days.values()):
        if visits:
            gaps = np.diff(visits) / 7
            rows.append((len(gaps), (visits[-1] - visits[0]) / 7, (until - visits[0]) / 7, np.log(gaps).sum()))
    return Summary(*np.array(rows, float).T)


def one(x: float, t_last_visit: float, age: float) -> Summary:
    return Summary(np.array([x]), np.array([t_last_visit]), np.array([age]), np.array([0.0]))


def test_bg_nbd_on_the_cdnow_sample_is_as_published(cdnow: Summary) -> None:
    model, likelihood = cnbd.fit(cdnow, k=1, leaves_at_once=False)

    assert len(cdnow.x) == 2357
    assert (model.r, model.alpha, model.a, model.b) == pytest.approx((0.243, 4.414, 0.793, 2.426), abs=0.002)
    assert likelihood == pytest.approx(-9582.429, abs=0.01)


def test_mbg_nbd_on_the_cdnow_sample(cdnow: Summary) -> None:
    model, likelihood = cnbd.fit(cdnow, k=1, leaves_at_once=True)

    assert (model.r, model.alpha, model.a, model.b) == pytest.approx((0.5248, 6.1829, 0.8914, 1.6142), abs=0.002)
    assert likelihood == pytest.approx(-9582.14, abs=0.02)


def test_expectations_of_bg_nbd_are_those_of_the_btyd_walkthrough(cdnow: Summary) -> None:
    model, _likelihood = cnbd.fit(cdnow, k=1, leaves_at_once=False)

    assert cnbd.expected_of_new(52, model) == pytest.approx(1.444004, abs=0.001)
    assert cnbd.expected_visits(52, one(26, 30.857, 31), model)[0] == pytest.approx(25.75659, abs=0.01)
    assert cnbd.is_alive(one(26, 30.857, 31), model)[0] == pytest.approx(0.9688523, abs=1e-4)


def test_the_conditional_expectation_is_that_of_lifetimes_own_test() -> None:
    assert cnbd.expected_visits(39, one(2, 30.43, 38.86), PUBLISHED)[0] == pytest.approx(1.226, abs=0.001)


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("leaves_at_once", "k", "parameters", "likelihood"),
    [
        pytest.param(False, 1, (0.349, 2.581, 0.504, 3.644), -15837, id="BG/NBD"),
        pytest.param(False, 2, (0.359, 1.129, 0.523, 2.785), -15054, id="BG/CNBD-k"),
        pytest.param(True, 1, (1.257, 6.038, 0.368, 0.716), -15782, id="MBG/NBD"),
        pytest.param(True, 2, (1.329, 2.813, 0.425, 0.790), -14978, id="MBG/CNBD-k"),
    ],
)
def test_grocery_shoppers_are_as_in_the_btydplus_vignette(
    grocery: Summary, leaves_at_once: bool, k: int, parameters: tuple[float, ...], likelihood: float
) -> None:
    model, found = cnbd.fit(grocery, k=k, leaves_at_once=leaves_at_once)

    assert tuple(model)[1:5] == pytest.approx(parameters, abs=0.0015)
    assert found == pytest.approx(likelihood, abs=1)
    if k == 2:
        assert cnbd.fit_best(grocery, leaves_at_once=leaves_at_once)[0].k == 2


@pytest.mark.real_data
def test_regular_clients_are_known_to_be_gone_sooner(grocery: Summary) -> None:
    model, _likelihood = cnbd.fit(grocery, k=2, leaves_at_once=True)

    alive = [100 * cnbd.is_alive(one(x, 12, 52), model)[0] for x in range(1, 6)]

    assert alive == pytest.approx([15.64, 2.92, 0.39, 0.04, 0.00], abs=0.01)


@pytest.mark.parametrize("model", [PUBLISHED, Cnbd(3, 1.5, 4.0, 0.4, 0.9, 1)])
def test_the_chance_of_staying_away_falls_from_one_and_never_rises(model: Cnbd) -> None:
    away = [cnbd.stays_away(ahead, 2.0, 3.0, 10.0, model) for ahead in (0, 1, 4, 13, 52, 520)]

    assert away[0] == pytest.approx(1)
    assert away == sorted(away, reverse=True)
    assert away[-1] > 1 - cnbd.is_alive(one(3, 10, 12), model)[0] - 1e-9


def test_who_cannot_have_left_yet_stays_a_client_of_bg() -> None:
    assert cnbd.is_alive(one(0, 0, 30), PUBLISHED)[0] == 1
    assert cnbd.is_alive(one(0, 0, 30), PUBLISHED._replace(leaves_at_once=1))[0] < 1


def test_a_sample_drawn_from_the_model_gives_its_parameters_back() -> None:
    generator = np.random.default_rng(1)
    rows = []
    for _client in range(4000):
        rate, leaves = generator.gamma(2.0, 1 / 3.0), generator.beta(0.8, 2.0)
        t, x, logs, age = 0.0, 0, 0.0, generator.uniform(20, 80)
        while generator.random() > leaves:
            gap = generator.gamma(2, 1 / rate)
            if t + gap > age:
                break
            t, x, logs = t + gap, x + 1, logs + np.log(gap)
        rows.append((x, t, age, logs))

    model, _likelihood = cnbd.fit_best(Summary(*np.array(rows, float).T), leaves_at_once=True)

    assert model.k == 2
    assert (model.r, model.alpha) == pytest.approx((2.0, 3.0), rel=0.15)
    assert model.a / (model.a + model.b) == pytest.approx(0.8 / 2.8, rel=0.1)
