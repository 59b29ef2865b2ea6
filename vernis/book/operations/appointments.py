"""Booking a visit, moving it, and saying what came of it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from vernis.accounts.models import Branch
from vernis.book.models import Appointment, AppointmentLine, Client, Service, Staff
from vernis.book.moments import TimeDoesNotExist, moment
from vernis.book.signals import facts_changed

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from vernis.accounts.models import User

__all__ = ["Booking", "TimeDoesNotExist", "book_appointment"]

UNSAID_MINUTES = 60
"""How long a visit is taken to last where nobody said."""

Status = Appointment.Status


@dataclass(frozen=True)
class Booking:
    """A visit to book; `starts_at` is the wall clock of the branch (naive)."""

    branch_id: int
    services: tuple[int, ...]
    starts_at: datetime.datetime
    staff_id: int | None = None


class TimeIsPast(Exception):
    """The visit would begin before today; earlier today is allowed, she sits in the chair already."""


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


class WrongStatus(Exception):
    """What is asked cannot be done with an appointment of this status."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


class NotYet(Exception):
    """The day of the visit has not come."""


def book_appointment(
    *, client_id: int, by: User, booking: Booking, now: datetime.datetime, key: uuid.UUID | None = None, note: str = ""
) -> Appointment:
    """Book a visit of a client; the same key again returns the same appointment.

    Raises what stands above, and `Client.DoesNotExist` where the person may not see the client. Sends `facts_changed`.
    """
    with transaction.atomic():
        client = Client.objects.visible_to(by).filter(erased_at=None).select_for_update().get(pk=client_id)
        if key is not None and (known := Appointment.objects.of(by.organization_id).filter(key=key).first()):
            return _the_same(known, client_id, booking)
        branch, services = _branch(booking.branch_id, by), _services(booking.services, by)
        starts_at = moment(booking.starts_at, branch.zone)
        if branch.today(starts_at) < branch.today(now):
            raise TimeIsPast
        ends_at = starts_at + lasting(services)
        staff = _free_staff(booking.staff_id, branch, by, starts_at, ends_at)
        appointment = Appointment.objects.create(
            organization_id=by.organization_id,
            client=client,
            branch=branch,
            created_at=now,
            starts_at=starts_at,
            ends_at=ends_at,
            created_by=by,
            note=note,
            key=key,
        )
        AppointmentLine.objects.bulk_create(
            AppointmentLine(
                organization_id=by.organization_id,
                appointment=appointment,
                service=service,
                staff=staff,
                amount=service.price,
            )
            for service in services
        )
        if client.branch_id is None:
            client.branch = branch
            client.save(update_fields=["branch", "changed_at"])
        _changed(appointment)
    return appointment


def move_appointment(
    *, appointment_id: int, by: User, starts_at: datetime.datetime, staff_id: int | None, now: datetime.datetime
) -> Appointment:
    """Put a booking to another time (the wall clock of its branch) or another master.

    Raises WrongStatus, TimeIsPast, TimeDoesNotExist, StaffNotThere, StaffIsBusy, `Appointment.DoesNotExist`.
    """
    with transaction.atomic():
        appointment = _held(appointment_id, by, only=(Status.BOOKED,))
        zone = zone_of(appointment)
        at = moment(starts_at, zone)
        if at.astimezone(zone).date() < now.astimezone(zone).date():
            raise TimeIsPast
        ends_at = at + (_end(appointment) - appointment.starts_at)
        if appointment.branch is not None:
            staff = _free_staff(staff_id, appointment.branch, by, at, ends_at, but=appointment)
            for line in appointment.lines.all():
                line.staff = staff
                line.save(update_fields=["staff"])
        appointment.starts_at, appointment.ends_at = at, ends_at
        appointment.save(update_fields=["starts_at", "ends_at"])
        _changed(appointment)
    return appointment


def cancel_appointment(*, appointment_id: int, by: User, reason: str, now: datetime.datetime) -> Appointment:
    """Cancel a booking; cancelled already: nothing happens. Raises WrongStatus, `Appointment.DoesNotExist`."""
    with transaction.atomic():
        appointment = _held(appointment_id, by, only=(Status.BOOKED, Status.CANCELLED))
        if appointment.status == Status.BOOKED:
            appointment.status, appointment.cancelled_at, appointment.cancel_reason = Status.CANCELLED, now, reason
            appointment.save(update_fields=["status", "cancelled_at", "cancel_reason"])
            _changed(appointment)
    return appointment


def mark_came(*, appointment_id: int, by: User, now: datetime.datetime) -> Appointment:
    """Say that the client has come: the booking is a visit. Raises WrongStatus, NotYet, `Appointment.DoesNotExist`."""
    return _close(appointment_id, by, now, Status.COMPLETED)


def mark_did_not_come(*, appointment_id: int, by: User, now: datetime.datetime) -> Appointment:
    """Say that the client has not come. Raises WrongStatus, NotYet, `Appointment.DoesNotExist`."""
    return _close(appointment_id, by, now, Status.NO_SHOW)


def reopen_appointment(*, appointment_id: int, by: User, now: datetime.datetime) -> Appointment:
    """Take back what was said of a booking: it stands again.

    Raises TimeIsPast where a cancelled time has passed, StaffIsBusy where another client has taken it.
    """
    with transaction.atomic():
        appointment = _held(appointment_id, by, only=tuple(Status))
        if appointment.status == Status.BOOKED:
            return appointment
        zone = zone_of(appointment)
        is_past = appointment.starts_at.astimezone(zone).date() < now.astimezone(zone).date()
        if appointment.status == Status.CANCELLED:
            if is_past:
                raise TimeIsPast
            for line in appointment.lines.all():
                if line.staff_id and appointment.branch:
                    _free_staff(
                        line.staff_id, appointment.branch, by, appointment.starts_at, _end(appointment), but=appointment
                    )
        appointment.status, appointment.cancelled_at, appointment.cancel_reason = Status.BOOKED, None, ""
        appointment.save(update_fields=["status", "cancelled_at", "cancel_reason"])
        _changed(appointment)
    return appointment


def lasting(services: Iterable[Service]) -> datetime.timedelta:
    """Return how long the services take, one after the other."""
    minutes = sum(service.duration_minutes for service in services)
    return datetime.timedelta(minutes=minutes or UNSAID_MINUTES)


def zone_of(appointment: Appointment) -> ZoneInfo:
    """Return the time zone by which an appointment is read."""
    return appointment.branch.zone if appointment.branch else appointment.organization.zone


def _close(appointment_id: int, by: User, now: datetime.datetime, status: str) -> Appointment:
    with transaction.atomic():
        appointment = _held(appointment_id, by, only=(Status.BOOKED, Status.COMPLETED, Status.NO_SHOW))
        zone = zone_of(appointment)
        if appointment.starts_at.astimezone(zone).date() > now.astimezone(zone).date():
            raise NotYet
        if appointment.status != status:
            appointment.status = status
            appointment.save(update_fields=["status"])
            if status == Status.COMPLETED and appointment.branch_id:
                _move_card(appointment)
            _changed(appointment)
    return appointment


def _move_card(appointment: Appointment) -> None:
    """Let the branch of the latest visit have the card."""
    client = appointment.client
    later = client.appointments.filter(status=Status.COMPLETED, starts_at__gt=appointment.starts_at)
    if client.branch_id != appointment.branch_id and not later.exists():
        client.branch_id = appointment.branch_id
        client.save(update_fields=["branch", "changed_at"])


def _held(appointment_id: int, by: User, *, only: tuple[str, ...]) -> Appointment:
    rows = Appointment.objects.visible_to(by).select_for_update(of=("self",))
    appointment: Appointment = rows.select_related("branch", "organization", "client").get(pk=appointment_id)
    if appointment.status not in only:
        raise WrongStatus(appointment.status)
    return appointment


def _the_same(known: Appointment, client_id: int, booking: Booking) -> Appointment:
    lines = list(known.lines.all())
    is_same = (
        known.client_id == client_id
        and known.branch is not None
        and known.branch_id == booking.branch_id
        and known.starts_at == moment(booking.starts_at, known.branch.zone)
        and sorted(line.service_id or 0 for line in lines) == sorted(booking.services)
        and {line.staff_id for line in lines} == {booking.staff_id}
    )
    if not is_same:
        raise BookedDifferently
    return known


def _branch(branch_id: int, by: User) -> Branch:
    try:
        branch: Branch = Branch.objects.visible_to(by).get(pk=branch_id, is_active=True)
    except Branch.DoesNotExist:
        raise BranchIsClosed from None
    return branch


def _services(ids: tuple[int, ...], by: User) -> list[Service]:
    found = {
        service.pk: service for service in Service.objects.of(by.organization_id).filter(pk__in=ids, is_active=True)
    }
    if not ids or len(found) != len(set(ids)):
        raise ServiceNotOffered
    return [found[pk] for pk in ids]


def _free_staff(
    staff_id: int | None,
    branch: Branch,
    by: User,
    starts_at: datetime.datetime,
    ends_at: datetime.datetime,
    *,
    but: Appointment | None = None,
) -> Staff | None:
    """Return the master, held until the transaction ends, so that nobody else books the same time meanwhile."""
    if staff_id is None:
        return None
    here = Q(branch=branch) | Q(branch=None)
    rows = Staff.objects.of(by.organization_id).filter(here, pk=staff_id, is_active=True).select_for_update()
    staff: Staff | None = rows.first()
    if staff is None:
        raise StaffNotThere
    unsaid = starts_at - datetime.timedelta(minutes=UNSAID_MINUTES)
    others = (
        Appointment.objects.of(by.organization_id)
        .filter(
            Q(ends_at__gt=starts_at) | Q(ends_at=None, starts_at__gt=unsaid),
            lines__staff=staff,
            status__in=(Status.BOOKED, Status.COMPLETED),
            starts_at__lt=ends_at,
            starts_at__gt=starts_at - datetime.timedelta(days=1),
        )
        .exclude(pk=but.pk if but else None)
    )
    if ends := [_end(other) for other in others]:
        raise StaffIsBusy(max(ends))
    return staff


def _end(appointment: Appointment) -> datetime.datetime:
    return appointment.ends_at or appointment.starts_at + datetime.timedelta(minutes=UNSAID_MINUTES)


def _changed(appointment: Appointment) -> None:
    facts_changed.send(sender=Appointment, client_id=appointment.client_id)
