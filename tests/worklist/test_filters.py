"""Filters as data: each word narrows rows in the database as it says."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import translation

from tests.people import days
from vernis.book.models import Appointment
from vernis.book.models.contacts import Block, Outcome
from vernis.worklist import filters
from vernis.worklist.filters import BadFilter
from vernis.worklist.models import Item

if TYPE_CHECKING:
    from tests.worklist.scene import Scene
    from vernis.book.models import Client


def holds(scene: Scene, client: Client, filter: dict[str, Any], *, worked: bool = False) -> bool:  # noqa: A002
    condition = filters.condition(filter, today=scene.today, zone=scene.world.center.branch.zone, worked=worked)
    return Item.objects.filter(client=client).filter(condition).exists()


@pytest.mark.parametrize(
    ("word", "value", "facts", "other"),
    [
        ("visited_days_ago", 3, {"last_visit_on": -3}, {"last_visit_on": -4}),
        ("expected_in_days", 0, {"expected_on": 0}, {"expected_on": 1}),
        ("expected_in_days", -2, {"expected_on": -2}, {"expected_on": None}),
        ("visits_min", 5, {"visits_count": 5}, {"visits_count": 4}),
        ("visits_max", 4, {"visits_count": 4}, {"visits_count": 5}),
        ("attempts_min", 1, {"attempts": 1}, {"attempts": 0}),
        ("attempts_max", 1, {"attempts": 1}, {"attempts": 2}),
        ("last_outcomes", ["promised", "no_answer"], {"last_outcome": "no_answer"}, {"last_outcome": ""}),
        ("last_outcomes", [""], {"last_outcome": ""}, {"last_outcome": "promised"}),
        ("due", "now", {"due_on": 0}, {"due_on": 1}),
        ("due", "now", {"due_on": None}, {"due_on": 1}),
        ("due", "later", {"due_on": 1}, {"due_on": 0}),
        ("is_new", True, {"visits_count": 1}, {"visits_count": 2}),
        ("is_new", False, {"visits_count": 2}, {"visits_count": 1}),
        ("is_lead", True, {"visits_count": 0}, {"visits_count": 1}),
        ("is_lead", False, {"visits_count": 1}, {"visits_count": 0}),
    ],
)
def test_a_word_keeps_some_rows_and_leaves_others(
    scene: Scene, word: str, value: object, facts: dict[str, Any], other: dict[str, Any]
) -> None:
    client = scene.client_in(Block.DUE)
    for known, expected in ((facts, True), (other, False)):
        values = {
            name: scene.today + days(one) if name.endswith("_on") and one is not None else one
            for name, one in known.items()
        }
        Item.objects.filter(client=client).update(**values)

        assert holds(scene, client, {word: value}) is expected


def test_staff_and_service(scene: Scene) -> None:
    client, place = scene.client_in(Block.DUE), scene.world.center
    Item.objects.filter(client=client).update(last_staff=place.staff)

    assert holds(scene, client, {"staff": place.staff.pk, "service": scene.world.ours.service.pk})
    assert not holds(scene, client, {"staff": scene.world.north.staff.pk})


@pytest.mark.parametrize(("count", "expected"), [(0, True), (1, True), (2, False)])
def test_a_no_show_counts_from_its_day(scene: Scene, count: int, expected: bool) -> None:
    client = scene.client_in(Block.MISSED)  # did not come yesterday

    assert holds(scene, client, {"cancelled_days_ago_min": count}) is expected


@pytest.mark.parametrize(("count", "expected"), [(0, True), (1, False)])
def test_a_cancellation_counts_from_the_moment_it_was_made(scene: Scene, count: int, expected: bool) -> None:
    client = scene.client_in(Block.MISSED)
    Appointment.objects.filter(client=client).update(
        status="cancelled", cancelled_at=datetime.datetime.combine(
            scene.today, datetime.time(0, 0, 1), scene.world.center.branch.zone
        ),
    )  # fmt: skip

    assert holds(scene, client, {"cancelled_days_ago_min": count}) is expected


def test_rows_of_other_blocks_have_missed_nothing(scene: Scene) -> None:
    for block in Block.values:
        if block != Block.MISSED:
            assert not holds(scene, scene.client_in(block), {"cancelled_days_ago_min": 0, "visits_min": 99})


@pytest.mark.parametrize("first", [Outcome.CALLBACK, Outcome.NO_ANSWER])
def test_a_worked_row_is_judged_as_it_was_before_the_call(scene: Scene, first: str) -> None:
    client = scene.client_in(Block.OVERDUE)
    scene.record(client, Outcome.CALLBACK, next_on=scene.today)
    scene.record(client, Outcome.REACHED, now=scene.now + datetime.timedelta(seconds=1))

    assert holds(scene, client, {"last_outcomes": [first]}, worked=True) is (first == Outcome.CALLBACK)
    assert holds(scene, client, {"attempts_max": 1, "attempts_min": 1, "due": "later"}, worked=True)
    assert not holds(scene, client, {"attempts_min": 2}, worked=True)


@pytest.mark.parametrize(
    "bad",
    [
        {"shoe_size": 38},
        {"visits_min": -1},
        {"visits_min": "5"},
        {"visits_min": True},
        {"visits_min": 10**9},
        {"visits_min": None},
        {"last_outcomes": []},
        {"last_outcomes": ["hung up"]},
        {"last_outcomes": [["promised"]]},
        {"last_outcomes": "promised"},
        {"due": "soon"},
        {"due": ["now"]},
        {"is_new": 1},
        {"staff": 0},
        {"staff": 2**63},
        {"expected_in_days": 10**6},
        ["visits_min"],
    ],
)
def test_what_means_nothing_is_refused(bad: Any) -> None:
    with pytest.raises(BadFilter):
        filters.check(bad)


def test_every_word_has_a_meaning_and_a_check() -> None:
    assert set(filters._MEANS) == set(filters._IS_GOOD)
    assert all(word in (filters.__doc__ or "") for word in filters._MEANS)


def test_a_filter_can_be_said() -> None:
    with translation.override("en"):
        said = filters.describe({"expected_in_days": 0, "visits_min": 1, "visits_max": 4})

        assert said == ["expected today", "1 to 4 visits"]
        assert filters.describe({"cancelled_days_ago_min": 1}) == ["cancelled yesterday or before"]
        assert filters.describe({"visits_min": 5}) == ["5 visits or more"]
        assert filters.describe({"visits_max": 1}) == ["1 visit at most"]
        assert filters.describe({"last_outcomes": ["no_answer", ""]}) == ["last time: no answer, not called yet"]
        assert filters.describe({}) == []
