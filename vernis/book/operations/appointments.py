"""Booking a visit."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from vernis.accounts.models import Branch
from vernis.book.models import Appointment, AppointmentLine, Client, Service, Staff
from vernis.book.moments import TimeDoesNotExist, moment_of
from vernis.book.signals import facts_changed, happened

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable

    from vernis.accounts.models import User

__all__ = [
    "BookedDifferently",
    "Booking",
    "BranchIsClosed",
    "ServiceNotOffered",
    "StaffIsBusy",
    "StaffNotThere",
    "TimeDoesNotExist",
    "TimeIsPast",
    "TimeTooFar",
    "begins",
    "book_appointment",
    "booking_of",
    "check_staff",
    "length_of",
    "take_back_appointment",
]

UNSAID = datetime.timedelta(minutes=60)
"""How long a visit is taken to last where nobody said."""
FARTHEST = datetime.timedelta(days=2 * 366)


@dataclass(frozen=True)
class Booking:
    """A visit to book; `starts_at` is the wall clock of the branch (naive)."""

    branch_id: int
    services: tuple[int, ...]
    starts_at: datetime.datetime
    staff_id: int | None = None


class TimeIsPast(Exception):
    """The visit would begin in the past."""


class BranchIsClosed(Exception):
    """The branch is closed, or not one the person works for."""


class ServiceNotOffered(Exception):
    """A service is not offered (any more), or none was named."""


class StaffNotThere(Exception):
    """The master does not work (any more) in this branch."""


class StaffIsBusy(Exception):
    """The master has another client then; `until`: the moment at which he is free again."""

    def __init__(self, until: datetime.datetime) -> None:
        super().__init__(until)
        self.until = until


class BookedDifferently(Exception):
    """This key has booked something else."""


class TimeTooFar(Exception):
    """The visit would be more than two years from now."""


def book_appointment(
    *,
    client_id: int,
    by: User,
    booking: Booking,
    now: datetime.datetime,
    key: uuid.UUID | None = None,
    note: str = "",
    may_have_begun: bool = False,
) -> Appointment:
    """Book a visit of a client; the same key again returns the same appointment.

    `may_have_begun`: earlier today is allowed, she sits in the chair already. Raises what stands above,
    and `Client.DoesNotExist` where the person may not see the client. Sends `facts_changed`.
    """
    with transaction.atomic():
        client = Client.objects.visible_to(by).filter(erased_at=None).select_for_update(no_key=True).get(pk=client_id)
        if key and (known := Appointment.objects.of(by.organization_id).filter(key=key).first()):
            if known.client_id != client_id or booking_of(known) != booking:
                raise BookedDifferently
            return known
        branch = Branch.objects.visible_to(by).filter(pk=booking.branch_id, is_active=True).first()
        if not branch:
            raise BranchIsClosed
        starts_at = moment_of(booking.starts_at, branch.zone)
        if starts_at < now and not (may_have_begun and branch.today(starts_at) == branch.today(now)):
            raise TimeIsPast
        if starts_at > now + FARTHEST:
            raise TimeTooFar
        services = _services(by, booking.services)
        ends_at = starts_at + (length_of(services) or UNSAID)
        if booking.staff_id is not None:
            check_staff(
                by=by, staff_id=booking.staff_id, branch_id=booking.branch_id, starts_at=starts_at, ends_at=ends_at
            )
        appointment = Appointment.objects.create(
            organization_id=client.organization_id, client=client, branch=branch, created_at=now, starts_at=starts_at,
            ends_at=ends_at, created_by=by, note=note, key=key,
        )  # fmt: skip
        AppointmentLine.objects.bulk_create(
            AppointmentLine(
                organization_id=client.organization_id, appointment=appointment, service=service,
                staff_id=booking.staff_id, amount=service.price,
            )
            for service in services
        )  # fmt: skip
        if client.branch_id is None:
            client.branch = branch
            client.save(update_fields=["branch", "changed_at"])
        facts_changed.send(sender=Appointment, client_id=client_id)
        happened.send(
            sender=Appointment, event="appointment.booked", organization_id=by.organization_id, rows=[appointment]
        )
    return appointment


def take_back_appointment(
    *, appointment_id: int, by: User, key: uuid.UUID, day: datetime.date | None, time: datetime.time | None
) -> bool:
    """Delete an appointment that was booked by mistake a moment ago, for that day and time; return whether it is gone.

    One that somebody has moved, closed or cancelled since stays. Sends `facts_changed`.
    """
    with transaction.atomic():
        rows = Appointment.objects.of(by.organization_id).filter(pk=appointment_id, key=key)
        found = rows.filter(status=Appointment.Status.BOOKED).select_for_update(no_key=True, of=("self",)).first()
        if not found or begins(found) != (day, time):
            return False
        found.status = Appointment.Status.CANCELLED  # to those who were told of it; here it never was
        happened.send(
            sender=Appointment, event="appointment.cancelled", organization_id=by.organization_id, rows=[found]
        )
        found.delete()
        facts_changed.send(sender=Appointment, client_id=found.client_id)
    return True


def begins(appointment: Appointment) -> tuple[datetime.date, datetime.time]:
    """Return when an appointment begins, by the clock of its branch."""
    owner = appointment.branch or appointment.organization
    local = appointment.starts_at.astimezone(owner.zone)
    return local.date(), local.time()


def booking_of(appointment: Appointment) -> Booking:
    """Return an appointment as it would be booked."""
    lines = list(appointment.lines.order_by("pk").values_list("service_id", "staff_id"))
    return Booking(
        branch_id=appointment.branch_id or 0,
        services=tuple(service for service, _staff in lines if service),
        starts_at=datetime.datetime.combine(*begins(appointment)),
        staff_id=lines[0][1] if lines else None,
    )


def length_of(services: Iterable[Service]) -> datetime.timedelta:
    """Return how long services take, one after another."""
    return datetime.timedelta(minutes=sum(service.duration_minutes for service in services))


def _services(by: User, wanted: tuple[int, ...]) -> list[Service]:
    found = Service.objects.of(by.organization_id).filter(is_active=True).in_bulk(list(wanted))
    if not wanted or len(found) != len(set(wanted)):
        raise ServiceNotOffered
    return [found[service] for service in wanted]


def check_staff(
    *,
    by: User,
    staff_id: int,
    branch_id: int | None,
    starts_at: datetime.datetime,
    ends_at: datetime.datetime,
    but: int | None = None,
) -> Staff:
    """Return a master who is free then; nobody else books the time before this transaction ends.

    `but`: the appointment that is being moved. Raises StaffNotThere, StaffIsBusy.
    """
    people = Staff.objects.of(by.organization_id).filter(Q(branch=branch_id) | Q(branch=None), is_active=True)
    staff: Staff | None = people.select_for_update(no_key=True, of=("self",)).filter(pk=staff_id).first()
    if not staff:
        raise StaffNotThere
    lines = (
        AppointmentLine.objects.of(by.organization_id)
        .filter(
            staff=staff,
            appointment__status__in=[Appointment.Status.BOOKED, Appointment.Status.COMPLETED],
            appointment__starts_at__gt=starts_at - datetime.timedelta(days=1),
            appointment__starts_at__lt=ends_at,
        )
        .exclude(appointment=but)
        .select_related("appointment", "service")
    )
    ends: dict[int, datetime.datetime] = {}
    for line in lines:
        other = line.appointment
        length = datetime.timedelta(minutes=line.service.duration_minutes) if line.service else UNSAID
        ends[other.pk] = other.ends_at or ends.get(other.pk, other.starts_at) + length
    if busy := [end for end in ends.values() if end > starts_at]:
        raise StaffIsBusy(max(busy))
    return staff
