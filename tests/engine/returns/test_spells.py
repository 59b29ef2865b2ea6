"""Gaps with what has not become one yet."""

import numpy as np
import pytest

from tests.engine.returns.sequences import AS_OF, sequences
from vernis.engine.returns import spells
from vernis.engine.returns.closures import without_closures
from vernis.engine.returns.spells import kaplan_meier, median_days, spells_of


def test_kaplan_meier_is_as_in_the_textbook() -> None:
    """Freireich's 6-MP patients (Kalbfleisch and Prentice): 6 6 6 6* 7 9* 10 10* 11* 13 16 17* 19* 20* 22 23 25* ..."""
    days = np.array([6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35])
    ended = np.array([1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0], bool)

    times, lasting = kaplan_meier(days, ended)

    assert times.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert lasting == pytest.approx([0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482], abs=1e-4)
    assert median_days(days, ended) == 23


def test_finished_gaps_alone_would_make_clients_look_hasty() -> None:
    of = sequences(*[[AS_OF - 40, AS_OF - 40 + gap] for gap in (10, 20, 30)], *[[AS_OF - 40]] * 3)
    found = spells_of(of.starts, of.days, of.groups, AS_OF)

    assert float(np.median(found.days[found.ended])) == 20
    assert median_days(found.days, found.ended) is None  # half have not come again yet


def test_a_group_without_returns_follows_everybody_and_everybody_the_rule() -> None:
    of = sequences([AS_OF - 10], groups=2)
    found = spells_of(of.starts, of.days, of.groups, AS_OF)

    whole, each = spells.weekly_curves(found, 2, 30)

    assert each[1] == pytest.approx(whole)
    assert int(np.argmax(whole)) in (3, 4)  # weeks around the 30th day


def test_weeks_of_a_closed_business_do_not_count_as_staying_away() -> None:
    before, after = np.arange(0, 300), np.arange(665, 1000)
    days = np.concatenate([before, after])

    moved = without_closures(days, 1000)

    assert moved[-1] == days[-1]
    assert np.diff(moved).max() == 7
    assert (np.diff(moved)[:298] == 1).all()


def test_a_quiet_week_is_no_closure() -> None:
    days = np.concatenate([np.arange(0, 300), np.arange(310, 600)])

    assert (without_closures(days, 600) == days).all()
