"""Branches, services, staff, appointments and contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from vernis.api.shapes.base import At, Clock, Day, Id, In, Moment, Note, On, Out, Paging, QueryId, Word
from vernis.book.models.contacts import Block, Outcome

if TYPE_CHECKING:
    from vernis.book.models import Appointment, Contact

BlockName = Literal["missed", "follow_up", "due", "overdue", "lapsed", "rebooked", "waitlist", "birthday"]
OutcomeName = Literal[
    "booked", "promised", "no_answer", "callback", "reached", "declined", "wrong_number", "do_not_call"
]
StatusName = Literal["booked", "completed", "cancelled", "no_show"]
assert set(Block.values) == set(BlockName.__args__)  # type: ignore[attr-defined]
assert set(Outcome.values) == set(OutcomeName.__args__)  # type: ignore[attr-defined]


class BranchOut(Out):
    """A place where clients come; its days are those of its time zone."""

    id: int
    name: str
    timezone: str
    country: str
    currency: str
    is_active: bool


class ServiceOut(Out):
    """Something that is booked; services of one category share a cycle. The price in hundredths."""

    id: int
    title: str
    category: str
    interval_days: int | None
    duration_minutes: int
    price: int | None
    is_active: bool


class StaffOut(Out):
    """Somebody who serves."""

    id: int
    name: str
    branch_id: int | None
    is_active: bool


class LineOut(Out):
    """One service of an appointment; the amount in hundredths of the currency."""

    service_id: int | None
    staff_id: int | None
    amount: int | None


class AppointmentOut(Out):
    """A booking, or a visit once it is completed."""

    id: int
    client_id: int
    branch_id: int | None
    status: str
    starts_at: At
    ends_at: At | None
    created_at: At | None
    cancelled_at: At | None
    cancel_reason: str
    note: str
    currency: str
    lines: list[LineOut]


class AppointmentsQuery(Paging):
    """Which appointments: `starts_from` <= start < `starts_before`."""

    client_id: QueryId | None = None
    branch_id: QueryId | None = None
    staff_id: QueryId | None = None
    status: StatusName | None = None
    starts_from: Moment | None = None
    starts_before: Moment | None = None


class BookingIn(In):
    """What to book. The moment needs its offset; services one after another."""

    branch_id: Id
    services: Annotated[list[Id], Field(min_length=1, max_length=20)]
    starts_at: Moment
    staff_id: Id | None = None


class AppointmentIn(BookingIn):
    """A new appointment."""

    client_id: Id
    note: Note = ""


class MoveIn(In):
    """Another time or person."""

    starts_at: Moment
    staff_id: Id | None = None


class CancelIn(In):
    """Why, if it is known."""

    reason: Note = ""


class Nothing(In):
    """An empty object."""


class ContactOut(Out):
    """One contact about one row of the list."""

    id: int
    client_id: int
    branch_id: int | None
    block: str
    anchor: str
    call: str
    channel: str
    made_at: At
    outcome: str
    next_on: On | None
    next_time: str | None
    note: str
    made_by: int | None
    appointment_id: int | None
    is_undone: bool


class ContactsQuery(Paging):
    """Which contacts."""

    client_id: QueryId | None = None
    block: BlockName | None = None
    outcome: OutcomeName | None = None
    made_since: Moment | None = None


class EntryIn(In):
    """A row of the list, as the list names it."""

    block: BlockName
    anchor: Annotated[Word, Field(max_length=150)]


class CallIn(In):
    """What came of one call, for one row of the list or several of the same client."""

    client_id: Id
    entries: Annotated[list[EntryIn], Field(min_length=1, max_length=20)]
    outcome: OutcomeName
    channel: Literal["call", "messenger", "in_person"] = "call"
    next_on: Day | None = None
    next_time: Clock | None = None
    note: Note = ""
    booking: BookingIn | None = None


class CallOut(Out):
    """A saved call."""

    call: str
    client_id: int
    appointment_id: int | None
    made_at: At


def appointment(row: Appointment) -> AppointmentOut:
    """Return an appointment as it is shown."""
    return AppointmentOut(
        id=row.pk,
        client_id=row.client_id,
        branch_id=row.branch_id,
        status=row.status,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        created_at=row.created_at,
        cancelled_at=row.cancelled_at,
        cancel_reason=row.cancel_reason,
        note=row.note,
        currency=(row.branch or row.organization).currency,
        lines=[
            LineOut(service_id=line.service_id, staff_id=line.staff_id, amount=line.amount) for line in row.lines.all()
        ],
    )


def contact(row: Contact) -> ContactOut:
    """Return a contact as it is shown."""
    return ContactOut(
        id=row.pk,
        client_id=row.client_id,
        branch_id=row.branch_id,
        block=row.block,
        anchor=row.anchor,
        call=str(row.call),
        channel=row.channel,
        made_at=row.made_at,
        outcome=row.outcome,
        next_on=row.next_on,
        next_time=f"{row.next_time:%H:%M}" if row.next_time else None,
        note=row.note,
        made_by=row.made_by_id,
        appointment_id=row.appointment_id,
        is_undone=row.undone_at is not None,
    )
