"""The order of work of a role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.people import days
from vernis.accounts.models import Role
from vernis.book.models.contacts import Block, Outcome
from vernis.worklist.filters import BadFilter
from vernis.worklist.models import Item, Skip, Step
from vernis.worklist.operations.playbooks import (
    DEFAULTS,
    ReasonMissing,
    StepDraft,
    UnknownBlock,
    create_default_playbooks,
    replace_steps,
    skip_step,
    take_up_step,
)
from vernis.worklist.queries.playbooks import StepOfDay, steps_of_day

if TYPE_CHECKING:
    from tests.worklist.scene import Scene


@pytest.fixture
def playbooks(scene: Scene) -> None:
    """Begin with what comes with the product."""
    Step.objects.of(scene.world.ours.organization).delete()
    create_default_playbooks(organization=scene.world.ours.organization)


def steps(scene: Scene, role: str = Role.OPERATOR) -> list[StepOfDay]:
    return steps_of_day(user=scene.world.olga, branch=scene.world.center.branch, now=scene.now, role=role)


def progress(scene: Scene, role: str = Role.OPERATOR) -> list[tuple[int, int]]:
    return [(step.left, step.done) for step in steps(scene, role)]


@pytest.mark.usefixtures("playbooks")
def test_a_new_organization_has_the_steps_of_the_rules(scene: Scene) -> None:
    found = [(one.role, one.position, one.block, one.filter) for one in Step.objects.of(scene.world.ours.organization)]

    assert found == [
        ("front_desk", 1, "follow_up", {"visited_days_ago": 3}),
        ("front_desk", 2, "due", {"expected_in_days": 0, "visits_min": 1, "visits_max": 4}),
        ("front_desk", 3, "rebooked", {"due": "now"}),
        ("manager", 1, "lapsed", {}),
        ("operator", 1, "missed", {"cancelled_days_ago_min": 1}),
        ("operator", 2, "overdue", {"last_outcomes": ["no_answer", "promised"]}),
        ("operator", 3, "birthday", {"visits_min": 5}),
        ("owner", 1, "lapsed", {}),
    ]


@pytest.mark.usefixtures("playbooks")
def test_what_a_manager_has_made_stays(scene: Scene) -> None:
    replace_steps(by=scene.world.nina, role=Role.OPERATOR, steps=[StepDraft(Block.LAPSED)])

    create_default_playbooks(organization=scene.world.ours.organization)

    assert [one.block for one in Step.objects.of(scene.world.ours.organization).filter(role=Role.OPERATOR)] == [
        "lapsed"
    ]


@pytest.mark.usefixtures("playbooks")
def test_steps_count_what_is_left_and_done(scene: Scene) -> None:
    Item.objects.all().delete()
    missed = [scene.client_in(Block.MISSED) for _ in range(2)]
    overdue = scene.client_in(Block.OVERDUE)
    scene.record(overdue, Outcome.CALLBACK, next_on=scene.today)  # not one of the step's outcomes
    birthday = scene.client_in(Block.BIRTHDAY)
    Item.objects.filter(client=birthday).update(visits_count=5)

    assert progress(scene) == [(2, 0), (0, 0), (1, 0)]

    scene.record(missed[0], Outcome.DECLINED)
    scene.record(birthday, Outcome.REACHED)

    assert progress(scene) == [(1, 1), (0, 0), (0, 1)]


@pytest.mark.usefixtures("playbooks")
def test_the_next_step_is_the_first_with_rows_that_is_not_skipped(scene: Scene) -> None:
    Item.objects.all().delete()
    scene.client_in(Block.MISSED)
    Item.objects.filter(client=scene.client_in(Block.BIRTHDAY)).update(visits_count=5)
    first, _second, third = steps(scene)
    assert [one.is_next for one in steps(scene)] == [True, False, False]

    skip_step(step_id=first.step.pk, by=scene.world.olga, reason="Телефон не работает", today=scene.today)
    assert [one.is_next for one in steps(scene)] == [False, False, True]

    skip_step(step_id=third.step.pk, by=scene.world.olga, reason="И тут", today=scene.today)
    assert not any(one.is_next for one in steps(scene))

    take_up_step(step_id=first.step.pk, by=scene.world.olga, today=scene.today)
    assert [one.is_next for one in steps(scene)] == [True, False, False]


@pytest.mark.usefixtures("playbooks")
def test_a_step_is_skipped_for_today_and_for_oneself(scene: Scene) -> None:
    step = steps(scene)[0].step
    skip_step(step_id=step.pk, by=scene.world.boris, reason="Был занят", today=scene.today)
    skip_step(step_id=step.pk, by=scene.world.olga, reason="Вчера", today=scene.today - days(1))

    assert steps(scene)[0].skip is None


@pytest.mark.usefixtures("playbooks")
def test_skipped_twice_the_last_reason_counts(scene: Scene) -> None:
    step = steps(scene)[0].step
    for reason in ("Раз", "  Два "):
        skip_step(step_id=step.pk, by=scene.world.olga, reason=reason, today=scene.today)

    assert Skip.objects.get(step=step).reason == "Два"


@pytest.mark.usefixtures("playbooks")
@pytest.mark.parametrize("reason", ["", "  "])
def test_skipping_wants_a_reason(scene: Scene, reason: str) -> None:
    with pytest.raises(ReasonMissing):
        skip_step(step_id=steps(scene)[0].step.pk, by=scene.world.olga, reason=reason, today=scene.today)


def test_steps_of_another_organization_are_not_there(scene: Scene) -> None:
    step = Step.objects.of(scene.world.ours.organization).get()

    with pytest.raises(Step.DoesNotExist):
        skip_step(step_id=step.pk, by=scene.world.pavel, reason="Просто так", today=scene.today)


@pytest.mark.usefixtures("playbooks")
def test_steps_are_replaced_and_keep_who_skipped_them(scene: Scene) -> None:
    first = steps(scene)[0].step
    skip_step(step_id=first.pk, by=scene.world.olga, reason="Нет связи", today=scene.today)

    kept = replace_steps(
        by=scene.world.nina, role=Role.OPERATOR,
        steps=[StepDraft(Block.MISSED, {"is_lead": True}, " Лиды "), StepDraft(Block.WAITLIST)],
    )  # fmt: skip

    found = steps(scene)
    assert [(one.step.pk, one.step.block, one.step.title) for one in found] == [
        (first.pk, "missed", "Лиды"), (kept[1].pk, "waitlist", "")
    ]  # fmt: skip
    assert found[0].skip is not None
    assert [one.step.block for one in steps(scene, Role.FRONT_DESK)] == ["follow_up", "due", "rebooked"]


@pytest.mark.usefixtures("playbooks")
@pytest.mark.parametrize(
    ("draft", "fault"),
    [(StepDraft("tea"), UnknownBlock), (StepDraft(Block.DUE, {"tea": 1}), BadFilter)],
)
def test_steps_that_mean_nothing_change_nothing(scene: Scene, draft: StepDraft, fault: type[Exception]) -> None:
    with pytest.raises(fault):
        replace_steps(by=scene.world.nina, role=Role.OPERATOR, steps=[StepDraft(Block.LAPSED), draft])

    assert [one.step.block for one in steps(scene)] == ["missed", "overdue", "birthday"]


@pytest.mark.usefixtures("playbooks")
def test_steps_cost_a_fixed_number_of_queries_however_many(scene: Scene, django_assert_max_num_queries: Any) -> None:
    replace_steps(
        by=scene.world.nina, role=Role.OPERATOR,
        steps=[draft for drafts in DEFAULTS.values() for draft in drafts] * 2,
    )  # fmt: skip
    assert scene.world.olga.branch_ids
    with django_assert_max_num_queries(6):
        assert len(steps(scene)) == 16
