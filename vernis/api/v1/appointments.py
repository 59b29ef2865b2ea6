"""Appointments: list, book, move, cancel, came or not. The rules are those of the pages."""

from __future__ import annotations

import datetime
from typing import Any

from ninja import Query, Router

from vernis.accounts.models import Branch
from vernis.api.door import Call, reads, writes
from vernis.api.pages import page_of
from vernis.api.problems import invalid
from vernis.api.shapes import book as shapes
from vernis.api.shapes.base import Page, PathId
from vernis.book.models import Appointment
from vernis.book.moments import moment_of
from vernis.book.operations import visits
from vernis.book.operations.appointments import Booking, BranchIsClosed, book_appointment

router = Router(tags=["appointments"])


@reads(router, "/appointments", scope="appointments:read", name="appointments", response=Page[shapes.AppointmentOut])
def appointments(request: Call, query: Query[shapes.AppointmentsQuery]) -> dict[str, Any]:
    """List appointments."""
    rows = Appointment.objects.visible_to(request.person).select_related("branch", "organization")
    chosen = {
        "client": query.client_id,
        "branch": query.branch_id,
        "status": query.status,
        "starts_at__gte": query.starts_from,
        "starts_at__lt": query.starts_before,
    }
    rows = rows.filter(**{field: value for field, value in chosen.items() if value is not None})
    if query.staff_id is not None:
        rows = rows.filter(lines__staff=query.staff_id).distinct()
    return page_of(rows.prefetch_related("lines"), query, shapes.appointment)


@reads(
    router,
    "/appointments/{int:appointment_id}",
    scope="appointments:read",
    name="appointment",
    response=shapes.AppointmentOut,
)
def appointment(request: Call, appointment_id: PathId) -> shapes.AppointmentOut:
    """Return an appointment."""
    rows = Appointment.objects.visible_to(request.person).select_related("branch", "organization")
    return shapes.appointment(rows.get(pk=appointment_id))


@writes(
    router,
    "POST",
    "/appointments",
    scope="appointments:write",
    name="book",
    response=shapes.AppointmentOut,
    status=201,
)
def book(request: Call, body: shapes.AppointmentIn) -> shapes.AppointmentOut:
    """Book a visit."""
    request.client_id = body.client_id
    made = book_appointment(
        client_id=body.client_id,
        by=request.person,
        booking=booking_of(request, body),
        now=request.now,
        key=request.key,
        note=body.note,
    )
    return shapes.appointment(made)


@writes(
    router,
    "POST",
    "/appointments/{int:appointment_id}/move",
    scope="appointments:write",
    name="move",
    response=shapes.AppointmentOut,
)
def move(request: Call, appointment_id: PathId, body: shapes.MoveIn) -> shapes.AppointmentOut:
    """Put a booking to another time, or to another person."""
    row = Appointment.objects.visible_to(request.person).select_related("branch", "organization").get(pk=appointment_id)
    place = row.branch or row.organization
    moved = visits.move_appointment(
        appointment_id=appointment_id,
        by=request.person,
        starts_at=wall_clock(body.starts_at, place.zone),
        staff_id=body.staff_id,
        now=request.now,
    )
    return _shown(moved, request)


@writes(
    router,
    "POST",
    "/appointments/{int:appointment_id}/cancel",
    scope="appointments:write",
    name="cancel",
    response=shapes.AppointmentOut,
)
def cancel(request: Call, appointment_id: PathId, body: shapes.CancelIn) -> shapes.AppointmentOut:
    """Cancel a booking; one that is cancelled already stays as it is."""
    cancelled = visits.cancel_appointment(
        appointment_id=appointment_id, by=request.person, reason=body.reason, now=request.now
    )
    return _shown(cancelled, request)


@writes(
    router,
    "POST",
    "/appointments/{int:appointment_id}/came",
    scope="appointments:write",
    name="came",
    response=shapes.AppointmentOut,
)
def came(request: Call, appointment_id: PathId, body: shapes.Nothing) -> shapes.AppointmentOut:
    """Say that the client has come."""
    return _shown(visits.mark_came(appointment_id=appointment_id, by=request.person, now=request.now), request)


@writes(
    router,
    "POST",
    "/appointments/{int:appointment_id}/did-not-come",
    scope="appointments:write",
    name="did-not-come",
    response=shapes.AppointmentOut,
)
def did_not_come(request: Call, appointment_id: PathId, body: shapes.Nothing) -> shapes.AppointmentOut:
    """Say that the client has not come."""
    return _shown(visits.mark_did_not_come(appointment_id=appointment_id, by=request.person, now=request.now), request)


def booking_of(request: Call, said: shapes.BookingIn) -> Booking:
    """Return what to book, by the wall clock of the branch. Raises BranchIsClosed, Problem."""
    branch = Branch.objects.visible_to(request.person).filter(pk=said.branch_id).first()
    if branch is None:
        raise BranchIsClosed
    return Booking(branch.pk, tuple(said.services), wall_clock(said.starts_at, branch.zone), said.staff_id)


def wall_clock(moment: datetime.datetime, zone: datetime.tzinfo) -> datetime.datetime:
    """Return what a clock of the branch shows. Raises Problem in the hour that comes twice, for its second time."""
    naive = moment.astimezone(zone).replace(tzinfo=None, fold=0)
    if moment_of(naive, zone) != moment:  # type: ignore[arg-type]
        raise invalid("starts_at", "clocks are put back then: choose the first of the two")
    return naive


def _shown(row: Appointment, request: Call) -> shapes.AppointmentOut:
    request.client_id = row.client_id
    return shapes.appointment(row)
