"""The model on invented clients whose truth is known, and on data that can teach nothing."""

import numpy as np
import pytest

from tests.engine.returns.sequences import AS_OF, invented, sequences
from vernis.engine.returns import model as models
from vernis.engine.returns.fitting import Sequences, known_on, some_of
from vernis.engine.returns.metrics import calibration_error, log_loss
from vernis.engine.returns.model import days_until, fit, predict, tuned
from vernis.engine.returns.sources import NETWORK, ONE_VISIT, OWN, QUIET, RULE, SOURCES, YOUNG_BASE, names_of

BACK = 120


@pytest.fixture(scope="module")
def salon() -> Sequences:
    return invented(1500)


def test_it_is_right_as_often_as_it_says(salon: Sequences) -> None:
    of, left = known_on(salon, AS_OF - BACK)
    said = predict(of, AS_OF - BACK, tuned(of, AS_OF - BACK))
    until = days_until(salon, AS_OF - BACK, left)

    for p, horizon in ((said.p30, 30), (said.p90, 90)):
        came = until <= horizon
        assert calibration_error(p, came) < 0.03
        assert log_loss(p, came).mean() < 0.8 * log_loss(np.full(len(p), came.mean()), came).mean()
    soon = until <= BACK
    covered = (np.round(said.low) <= until) & (until <= np.round(said.high))
    assert 0.73 <= covered[soon].mean() <= 0.90


def test_interpreted_and_compiled_say_the_same(salon: Sequences, monkeypatch: pytest.MonkeyPatch) -> None:
    some = some_of(salon, np.arange(0, 1500, 30))
    model = fit(salon, AS_OF)
    compiled = predict(some, AS_OF, model)
    monkeypatch.setattr(models, "INTERPRET_UP_TO", 10**9)
    interpreted = predict(some, AS_OF, model)

    for here, there in zip(compiled, interpreted, strict=True):
        assert here == pytest.approx(there, rel=1e-6)


def test_a_regular_client_has_a_narrow_interval_and_an_irregular_one_a_wide(salon: Sequences) -> None:
    model = fit(salon, AS_OF)
    regular = [AS_OF - 10 - 28 * n for n in range(10, -1, -1)]
    irregular = np.cumsum([0, 10, 60, 12, 80, 9, 70, 15, 55, 8, 40]).tolist()
    irregular = [day + AS_OF - 10 - irregular[-1] for day in irregular]

    said = predict(sequences(regular, irregular), AS_OF, model)

    assert said.high[0] - said.low[0] < said.high[1] - said.low[1]
    assert said.middle[0] == pytest.approx(18, abs=6)


def test_chances_lie_between_never_and_surely_and_grow_with_time(salon: Sequences) -> None:
    said = predict(salon, AS_OF, fit(salon, AS_OF))

    assert (said.p30 > 0).all()
    assert (said.p90 < 1).all()
    assert (said.p90 >= said.p30).all()
    assert (said.low <= said.middle).all()
    assert (said.middle <= said.high).all()


@pytest.mark.parametrize(
    "of",
    [
        pytest.param(sequences([AS_OF - 30], [AS_OF - 3]), id="two clients, one visit each"),
        pytest.param(sequences(*[[AS_OF - 5]] * 50), id="everyone on the same day"),
        pytest.param(sequences(*[[AS_OF]] * 3), id="everyone today"),
        pytest.param(sequences(*[[AS_OF - 400, AS_OF - 370]] * 100), id="all twice on the same days, long ago"),
        pytest.param(sequences(*[[AS_OF - 7 * n for n in range(60, 0, -1)]] * 30), id="everyone every week"),
    ],
)
def test_what_teaches_nothing_gives_no_silly_certainty(of: Sequences) -> None:
    said = predict(of, AS_OF, tuned(of, AS_OF))

    assert np.isfinite(np.stack(said[:5])).all()
    assert (said.p30 > 0.0004).all()
    assert (said.p90 < 0.9996).all()


def test_with_two_visits_in_all_the_rule_speaks_and_says_so() -> None:
    of = sequences([AS_OF - 30], [AS_OF - 3])

    said = predict(of, AS_OF, tuned(of, AS_OF))

    assert set(said.source.tolist()) == {RULE}
    assert {"one_visit", "young_base", "short_history"} <= set(names_of(int(said.gaps[0])))
    assert (said.p90 < 0.75).all()
    assert (said.high - said.low > 20).all()


def test_sources_go_from_the_client_to_the_rule(salon: Sequences) -> None:
    model = fit(salon, AS_OF)
    of = Sequences(np.array([0, 4, 5, 6]), np.array([1, 30, 60, 90, 70, 70]) + AS_OF - 100, np.zeros(6, np.int64), 1)
    said = predict(of, AS_OF, model)
    new_group = fit(salon._replace(group_count=2), AS_OF)
    of_new = predict(sequences([AS_OF - 20])._replace(groups=np.array([1]), group_count=2), AS_OF, new_group)

    assert [SOURCES[source] for source in said.source] == ["own", "service", "service"]
    assert said.source[0] == OWN
    assert said.gaps[1] & ONE_VISIT
    assert of_new.source[0] == NETWORK
    assert "new_service" in names_of(int(of_new.gaps[0]))


def test_a_base_that_nobody_visits_any_more_is_named_quiet(salon: Sequences) -> None:
    later = AS_OF + 60

    said = predict(salon, later, fit(salon, later))

    assert (said.gaps & QUIET).all()
    assert not (said.gaps & YOUNG_BASE).any()
