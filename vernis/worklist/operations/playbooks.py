"""The order of work: the steps that come with the product, editing and skipping them."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TYPE_CHECKING

from django.db import transaction

from vernis.accounts.models import Organization, Role
from vernis.book.models.contacts import Block, Outcome
from vernis.worklist import filters
from vernis.worklist.models import Skip, Step

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence

    from vernis.accounts.models import User
    from vernis.worklist.filters import Filter


@dataclass(frozen=True)
class StepDraft:
    """A step as a manager writes it; without a title one is made of block and filter."""

    block: str
    filter: Filter = field(default_factory=dict)
    title: str = ""


class UnknownBlock(Exception):
    """There is no such block; `position` counts from 1."""

    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position


class ReasonMissing(Exception):
    """A step is skipped for a reason, or not at all."""


DEFAULTS: dict[str, list[StepDraft]] = {
    Role.FRONT_DESK: [
        StepDraft(Block.FOLLOW_UP, {"visited_days_ago": 3}),
        StepDraft(Block.DUE, {"expected_in_days": 0, "visits_min": 1, "visits_max": 4}),
        StepDraft(Block.REBOOKED, {"due": "now"}),
    ],
    Role.OPERATOR: [
        StepDraft(Block.MISSED, {"cancelled_days_ago_min": 1}),
        StepDraft(Block.OVERDUE, {"last_outcomes": [Outcome.NO_ANSWER.value, Outcome.PROMISED.value]}),
        StepDraft(Block.BIRTHDAY, {"visits_min": 5}),
    ],
    Role.OWNER: [StepDraft(Block.LAPSED)],
    Role.MANAGER: [StepDraft(Block.LAPSED)],  # the head calls those who are lost (C09)
}
"""The order of work of rules.md, section 6."""


def create_default_playbooks(*, organization: Organization) -> None:
    """Give every role without steps those of rules.md, section 6."""
    with transaction.atomic():
        there = set(Step.objects.of(organization).values_list("role", flat=True))
        Step.objects.bulk_create(
            Step(organization=organization, role=role, position=position, block=one.block, filter=one.filter)
            for role, steps in DEFAULTS.items()
            if role not in there
            for position, one in enumerate(steps, 1)
        )


def replace_steps(*, by: User, role: str, steps: Sequence[StepDraft]) -> list[Step]:
    """Put these steps in the place of a role's. Raises `UnknownBlock` and `filters.BadFilter`.

    A step keeps its row while its place stays, and with it who has skipped it when.
    """
    for position, one in enumerate(steps, 1):
        if one.block not in Block.values:
            raise UnknownBlock(position)
        filters.check(one.filter)
    with transaction.atomic():
        Organization.objects.select_for_update(no_key=True).get(pk=by.organization_id)  # one manager at a time
        there = list(Step.objects.of(by.organization_id).filter(role=role))
        kept = [
            Step(pk=old.pk if old else None, organization_id=by.organization_id, role=Role(role), position=position,
                 block=one.block, filter=one.filter, title=one.title.strip())
            for position, (old, one) in enumerate(zip_longest(there[: len(steps)], steps), 1)
        ]  # fmt: skip
        for step in kept:
            step.save()
        Step.objects.of(by.organization_id).filter(pk__in=[old.pk for old in there[len(steps) :]]).delete()
    return kept


def skip_step(*, step_id: int, by: User, reason: str, today: datetime.date) -> Skip:
    """Leave a step for today; again on the same day: the reason is the new one.

    Raises `ReasonMissing`, and `Step.DoesNotExist` where it is not a step of the person's organization.
    """
    if not reason.strip():
        raise ReasonMissing
    step = Step.objects.of(by.organization_id).get(pk=step_id)
    skip, _is_new = Skip.objects.update_or_create(
        step=step,
        person=by,
        on=today,
        defaults={"reason": reason.strip()[:500]},
        create_defaults={"reason": reason.strip()[:500], "organization_id": by.organization_id},
    )
    return skip


def take_up_step(*, step_id: int, by: User, today: datetime.date) -> None:
    """Undo the skipping of a step."""
    Skip.objects.of(by.organization_id).filter(step=step_id, person=by, on=today).delete()
