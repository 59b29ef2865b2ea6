"""The day of somebody who serves."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from vernis.book.models import Appointment

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from vernis.accounts.models import User


def own_appointments(*, user: User, day: datetime.date, zone: ZoneInfo) -> list[Appointment]:
    """Return what a master has on a day, in order; with client and services."""
    start = datetime.datetime.combine(day, datetime.time.min, zone)
    rows = Appointment.objects.visible_to(user).filter(
        lines__staff__user=user, starts_at__gte=start, starts_at__lt=start + datetime.timedelta(1)
    )
    rows = rows.exclude(status=Appointment.Status.CANCELLED).distinct()
    return list(rows.select_related("client").prefetch_related("lines__service").order_by("starts_at", "pk"))
