"""The appointments of a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vernis.book.models import Appointment
from vernis.book.moments import day_in

if TYPE_CHECKING:
    import datetime

    from vernis.accounts.models import Branch, User


@dataclass(frozen=True)
class Hour:
    """The appointments that begin within an hour of the branch's clock."""

    hour: int
    appointments: list[Appointment]


def day_of(*, user: User, branch: Branch, day: datetime.date, staff_id: int | None = None) -> list[Hour]:
    """Return the appointments of a day in a branch, by hour; only hours that have any."""
    begins, ends = day_in(day, branch.zone)
    rows = Appointment.objects.visible_to(user).filter(branch=branch, starts_at__gte=begins, starts_at__lt=ends)
    if staff_id is not None:
        rows = rows.filter(lines__staff=staff_id).distinct()
    hours: dict[int, list[Appointment]] = {}
    shown = rows.select_related("client", "branch").prefetch_related("lines__service", "lines__staff")
    for appointment in shown.order_by("starts_at", "pk"):
        hours.setdefault(appointment.starts_at.astimezone(branch.zone).hour, []).append(appointment)
    return [Hour(hour, appointments) for hour, appointments in hours.items()]


def own_day(*, user: User, now: datetime.datetime) -> list[Appointment]:
    """Return today's appointments of one who serves, in the order of time; called-off ones are left out."""
    staff = getattr(user, "staff", None)
    if staff is None:
        return []
    zone = staff.branch.zone if staff.branch else user.organization.zone
    begins, ends = day_in(now.astimezone(zone).date(), zone)
    rows = Appointment.objects.of(user.organization_id).filter(
        lines__staff=staff, starts_at__gte=begins, starts_at__lt=ends
    )
    rows = rows.exclude(status=Appointment.Status.CANCELLED).distinct()
    shown = rows.select_related("client", "branch").prefetch_related("lines__service", "lines__staff")
    return list(shown.order_by("starts_at", "pk"))
