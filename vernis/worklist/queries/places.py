"""Where a person looks, and which rows there are on that day."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from django.db.models import Q, QuerySet

from vernis.worklist.models import Item

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from vernis.accounts.models import Branch, User

ItemRows: TypeAlias = "QuerySet[Item]"


class Place(NamedTuple):
    """The rows of a branch (None: those of no branch) as far as a person may see them, and the day it is there."""

    rows: ItemRows
    is_there: Q
    today: datetime.date
    zone: ZoneInfo

    @classmethod
    def of(cls, user: User, branch: Branch | None, now: datetime.datetime) -> Place:
        """Return the place; without rows where the branch is not the person's."""
        zone = (branch or user.organization).zone
        is_there = Q(branch=branch)
        rows = Item.objects.of(user.organization_id).filter(is_there)
        if branch and not sees(user, branch):
            rows, is_there = rows.none(), Q(pk__in=[])
        return cls(rows, is_there, now.astimezone(zone).date(), zone)

    def open(self) -> ItemRows:
        """Return the rows that wait."""
        return self.rows.filter(closed_at=None)

    def worked(self) -> ItemRows:
        """Return the rows that a contact has closed today."""
        return self.rows.filter(closed_on=self.today, closing=Item.Closing.CONTACTED)

    def day(self, moment: datetime.datetime) -> datetime.date:
        """Return the day of a moment there."""
        return moment.astimezone(self.zone).date()


def sees(user: User, branch: Branch) -> bool:
    """Tell whether a branch is one of a person's."""
    return branch.organization_id == user.organization_id and (user.sees_all_branches or branch.pk in user.branch_ids)
