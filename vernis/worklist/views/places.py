"""Where and when a person works: the branch of the address, and the day it is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.http import Http404
from django.utils import timezone

from vernis.worklist.queries import branches as queries

if TYPE_CHECKING:
    import datetime
    from zoneinfo import ZoneInfo

    from vernis.accounts.models import Branch, Organization
    from vernis.accounts.requests import AuthenticatedRequest

NONE = "none"  # clients who belong to no branch yet


class Place(NamedTuple):
    """The branch that is shown (none: rows without one), those one may switch to, and the time."""

    branch: Branch | None
    branches: list[Branch]
    has_rows_without: bool
    organization: Organization
    now: datetime.datetime

    @property
    def zone(self) -> ZoneInfo:
        """The clock on the wall there."""
        return self.branch.zone if self.branch else self.organization.zone

    @property
    def today(self) -> datetime.date:
        """The day it is there."""
        return self.now.astimezone(self.zone).date()

    @property
    def currency(self) -> str:
        """What people pay in there."""
        return self.branch.currency if self.branch else self.organization.currency

    @property
    def key(self) -> str:
        """What stands for the place in an address; nothing where there is only one."""
        if self.branch is None:
            return NONE
        return str(self.branch.pk) if len(self.branches) > 1 or self.has_rows_without else ""


def place_of(request: AuthenticatedRequest) -> Place:
    """Return where this request looks; a branch that is not one's own is not there."""
    user = request.user
    branches = queries.open_branches(user=user)
    without = queries.has_rows_without_branch(user=user)
    wanted = request.GET.get("branch", "")
    chosen = branches[0] if branches and not wanted else None
    if wanted and wanted != NONE:
        chosen = next((branch for branch in branches if str(branch.pk) == wanted), None)
        if chosen is None:
            raise Http404
    return Place(chosen, branches, without, user.organization, timezone.now())
