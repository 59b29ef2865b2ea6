"""What becomes of a booking: it is moved, cancelled, kept or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from vernis.book.models import Appointment
from vernis.book.moments import moment_of
from vernis.book.operations.appointments import FARTHEST, UNSAID, TimeIsPast, TimeTooFar, check_staff
from vernis.book.signals import facts_changed, happened

if TYPE_CHECKING:
    import datetime
    from zoneinfo import ZoneInfo

    from vernis.accounts.models import User

Status = Appointment.Status


class WrongStatus(Exception):
    """What is asked cannot be done with an appointment of this status."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


class NotYet(Exception):
    """The day of the visit has not come."""


def move_appointment(
    *, appointment_id: int, by: User, starts_at: datetime.datetime, staff_id: int | None, now: datetime.datetime
) -> Appointment:
    """Put a booking to another time (the wall clock of its branch) or another master.

    Raises WrongStatus, TimeIsPast, TimeTooFar, TimeDoesNotExist, StaffNotThere, StaffIsBusy and
    `Appointment.DoesNotExist`.
    """
    with transaction.atomic():
        appointment = _held(appointment_id, by, only=(Status.BOOKED,))
        zone = zone_of(appointment)
        at = moment_of(starts_at, zone)
        if at.astimezone(zone).date() < now.astimezone(zone).date():
            raise TimeIsPast
        if at > now + FARTHEST:
            raise TimeTooFar
        ends_at = at + (_end(appointment) - appointment.starts_at)
        if staff_id is not None:
            _check(appointment, by, staff_id, at, ends_at)
        for line in appointment.lines.exclude(staff=staff_id) if staff_id else appointment.lines.exclude(staff=None):
            line.staff_id = staff_id
            line.save(update_fields=["staff"])
        appointment.starts_at, appointment.ends_at = at, ends_at
        appointment.save(update_fields=["starts_at", "ends_at"])
        _changed(appointment, "appointment.moved")
    return appointment


def cancel_appointment(*, appointment_id: int, by: User, reason: str, now: datetime.datetime) -> Appointment:
    """Cancel a booking; cancelled already: nothing happens. Raises WrongStatus, `Appointment.DoesNotExist`."""
    with transaction.atomic():
        appointment = _held(appointment_id, by, only=(Status.BOOKED, Status.CANCELLED))
        if appointment.status == Status.BOOKED:
            appointment.status, appointment.cancelled_at, appointment.cancel_reason = Status.CANCELLED, now, reason
            appointment.save(update_fields=["status", "cancelled_at", "cancel_reason"])
            _changed(appointment, "appointment.cancelled")
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
            for staff_id in set(appointment.lines.exclude(staff=None).values_list("staff", flat=True)):
                _check(appointment, by, staff_id, appointment.starts_at, _end(appointment))
        appointment.status, appointment.cancelled_at, appointment.cancel_reason = Status.BOOKED, None, ""
        appointment.save(update_fields=["status", "cancelled_at", "cancel_reason"])
        _changed(appointment, "appointment.booked")
    return appointment


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
                move_card(appointment)
            _changed(appointment, f"appointment.{status}")
    return appointment


def move_card(appointment: Appointment) -> None:
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


def _check(
    appointment: Appointment, by: User, staff_id: int, starts_at: datetime.datetime, ends_at: datetime.datetime
) -> None:
    check_staff(
        by=by,
        staff_id=staff_id,
        branch_id=appointment.branch_id,
        starts_at=starts_at,
        ends_at=ends_at,
        but=appointment.pk,
    )


def _end(appointment: Appointment) -> datetime.datetime:
    return appointment.ends_at or appointment.starts_at + UNSAID


def _changed(appointment: Appointment, event: str) -> None:
    facts_changed.send(sender=Appointment, client_id=appointment.client_id)
    happened.send(sender=Appointment, event=event, organization_id=appointment.organization_id, rows=[appointment])
