"""Events of a booking system."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from vernis.api.shapes.base import Hundredths, Id, In, Line, Mail, Moment, Out, Phone, Word

Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,49}$", description="whose numbers these are")]


class GuestIn(In):
    """Whose appointment it is. With `ref`, her number there, she stays the same whatever her phone."""

    ref: Annotated[Line, Field(max_length=100)] = ""
    name: Line = ""
    phone: Phone = ""
    email: Mail = ""


class LineIn(In):
    """One service: our number, or the title by which ours is found. What is not found is kept without it."""

    service_id: Id | None = None
    title: Line = ""
    staff_id: Id | None = None
    staff: Line = ""
    amount: Hundredths | None = None


class OutsideAppointmentIn(In):
    """The whole appointment as it stands there now."""

    ref: Word
    branch_id: Id
    client: GuestIn
    starts_at: Moment
    ends_at: Moment | None = None
    services: Annotated[list[LineIn], Field(max_length=20, default_factory=list)]


class EventIn(In):
    """What has happened there, and when; `id` is the event's own number there."""

    id: Word
    source: Slug
    type: Literal["created", "changed", "cancelled", "came", "did_not_come"]
    occurred_at: Moment
    appointment: OutsideAppointmentIn


class EventOut(Out):
    """What came of it: `older` where we know something later already, and nothing was changed."""

    outcome: Literal["applied", "older"]
    appointment_id: int | None
    client_id: int | None
    is_repeat: bool
