"""The steps of a role, and how far the day has come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Q

from vernis.worklist import filters
from vernis.worklist.models import Skip, Step
from vernis.worklist.queries.items import blocks_of_day
from vernis.worklist.queries.places import Place

if TYPE_CHECKING:
    import datetime

    from vernis.accounts.models import Branch, User
    from vernis.worklist.queries.items import BlockOfDay
    from vernis.worklist.queries.places import ItemRows


@dataclass(frozen=True)
class StepOfDay:
    """A step today: rows left and worked in its filter; `is_next`: the first with rows left and not skipped."""

    step: Step
    left: int
    done: int
    skip: Skip | None
    is_next: bool

    @property
    def total(self) -> int:
        """Rows of the day."""
        return self.left + self.done


def steps_of_day(
    *,
    user: User,
    branch: Branch | None,
    now: datetime.datetime,
    role: str = "",
    blocks: list[BlockOfDay] | None = None,
) -> list[StepOfDay]:
    """Return the steps of a role (the person's own) in order.

    At most 4 queries, however many steps, and 2 more where `blocks` (of `blocks_of_day`) are not at hand.
    """
    place = Place.of(user, branch, now)
    steps = list(Step.objects.of(user.organization_id).filter(role=role or user.role))
    if not steps:
        return []
    skips = Skip.objects.of(user.organization_id).filter(person=user, on=place.today, step__in=steps)
    skipped = {skip.step_id: skip for skip in skips}
    blocks = blocks_of_day(user=user, branch=branch, now=now) if blocks is None else blocks
    left = _counts(place.open(), steps, place, {one.block: one.open for one in blocks}, worked=False)
    done = _counts(place.worked(), steps, place, {one.block: one.worked for one in blocks}, worked=True)
    following = next((step.pk for step in steps if left[step.pk] and step.pk not in skipped), None)
    return [StepOfDay(step, left[step.pk], done[step.pk], skipped.get(step.pk), step.pk == following) for step in steps]


def _counts(
    rows: ItemRows, steps: list[Step], place: Place, of_block: dict[str, int], *, worked: bool
) -> dict[int, int]:
    """Count the rows of every step: one query for those that choose among the rows of their block, if any do."""
    found = {step.pk: of_block[step.block] for step in steps}
    counts = {
        f"step{step.pk}": Count(
            "pk",
            filter=Q(block=step.block)
            & filters.condition(step.filter, today=place.today, zone=place.zone, worked=worked),
        )
        for step in steps
        if step.filter and found[step.pk]
    }
    if counts:
        asked = rows.filter(block__in={step.block for step in steps if step.filter}).order_by().aggregate(**counts)
        found |= {int(name.removeprefix("step")): count for name, count in asked.items()}
    return found
