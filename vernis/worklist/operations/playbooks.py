"""The order of work: the steps that come with the product, editing and skipping them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence

    from vernis.accounts.models import Organization, User
    from vernis.worklist.filters import Filter
    from vernis.worklist.models import Skip, Step


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


def create_default_playbooks(*, organization: Organization) -> None:
    """Give every role without steps those of rules.md, section 6."""
    raise NotImplementedError


def replace_steps(*, by: User, role: str, steps: Sequence[StepDraft]) -> list[Step]:
    """Put these steps in the place of a role's. Raises `UnknownBlock` and `filters.BadFilter`."""
    raise NotImplementedError


def skip_step(*, step_id: int, by: User, reason: str, today: datetime.date) -> Skip:
    """Leave a step for today; again on the same day: the reason is the new one.

    Raises `ReasonMissing`, and `Step.DoesNotExist` where it is not a step of the person's organization.
    """
    raise NotImplementedError


def take_up_step(*, step_id: int, by: User, today: datetime.date) -> None:
    """Undo the skipping of a step."""
    raise NotImplementedError
