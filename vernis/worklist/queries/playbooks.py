"""The steps of a role, and how far the day has come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime

    from vernis.accounts.models import Branch, User
    from vernis.worklist.models import Skip, Step


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


def steps_of_day(*, user: User, branch: Branch | None, now: datetime.datetime, role: str = "") -> list[StepOfDay]:
    """Return the steps of a role (the person's own) in order; 4 queries, however many steps."""
    raise NotImplementedError
