"""Who of the colleagues is talking to whom, just now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vernis.book.models import Client
from vernis.worklist.models import Lease

if TYPE_CHECKING:
    import datetime

    from vernis.accounts.models import User


def held_by_others(*, user: User, now: datetime.datetime) -> dict[int, str]:
    """Return the name of the holder by client, for clients that the person may see."""
    leases = Lease.objects.of(user.organization_id).filter(expires_at__gt=now).exclude(holder=user)
    leases = leases.filter(client__in=Client.objects.visible_to(user))
    return dict(leases.values_list("client", "holder__name"))
