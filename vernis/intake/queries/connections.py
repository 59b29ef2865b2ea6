"""How old what we know of booking systems is."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, NamedTuple

from vernis.intake.models import Connection

if TYPE_CHECKING:
    from vernis.accounts.models import User

OLD = datetime.timedelta(minutes=20)


class AsOf(NamedTuple):
    """A branch whose list may not know the latest. `at`: by the wall clock there; None: the history is not there."""

    branch: str
    system: str
    at: datetime.datetime | None
    is_today: bool


def not_fresh(user: User, now: datetime.datetime) -> list[AsOf]:
    """Return the connections whose data are old, of the branches that a person sees."""
    found = Connection.objects.visible_to(user).select_related("branch", "access")
    return [as_of(one, now) for one in found if one.fresh_at is None or one.fresh_at < now - OLD]


def as_of(connection: Connection, now: datetime.datetime) -> AsOf:
    """Return how old the data of a connection are."""
    zone = connection.branch.zone
    # Without a zone, so that templates show it as it is.
    at = connection.fresh_at.astimezone(zone).replace(tzinfo=None) if connection.fresh_at else None
    is_today = at is not None and at.date() == now.astimezone(zone).date()
    return AsOf(connection.branch.name, str(connection.access), at, is_today)
