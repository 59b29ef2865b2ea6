"""Records that a program brings in: the past, or what has changed."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from vernis.api.shapes.base import Birthday, Hundredths, Id, In, Line, Mail, Moment, Note, Out, Phone, Title, Word
from vernis.api.shapes.book import StatusName
from vernis.api.shapes.events import Slug

MOST = 500
Days = Annotated[int, Field(ge=1, le=3650, strict=True)]
Minutes = Annotated[int, Field(ge=1, le=24 * 60, strict=True)]


class ClientRecord(In):
    """A client, by her number there."""

    ref: Word
    name: Line = ""
    phone: Phone = ""
    second_phone: Phone = ""
    email: Mail = ""
    birthday: Birthday = ""
    how_found: Line = ""
    note: Note = ""


class ServiceRecord(In):
    """A service, by its number there."""

    ref: Word
    title: Title
    category: Annotated[Line, Field(max_length=100)] = ""
    interval_days: Days | None = None
    minutes: Minutes | None = None
    price: Hundredths | None = None


class StaffRecord(In):
    """Somebody who serves, by the number there."""

    ref: Word
    name: Title


class LineRecord(In):
    """One service of an appointment."""

    service_ref: Line = ""
    staff_ref: Line = ""
    amount: Hundredths | None = None


class AppointmentRecord(In):
    """An appointment, by its number there; clients, services and staff are named by refs of the same request."""

    ref: Word
    client_ref: Word
    branch_id: Id
    status: StatusName
    starts_at: Moment
    minutes: Minutes | None = None
    created_at: Moment | None = None
    cancelled_at: Moment | None = None
    note: Note = ""
    lines: Annotated[list[LineRecord], Field(max_length=20, default_factory=list)]


class ImportIn(In):
    """Up to 500 records of each kind at once; send the next ones when the answer has come."""

    source: Slug
    clients: Annotated[list[ClientRecord], Field(max_length=MOST, default_factory=list)]
    services: Annotated[list[ServiceRecord], Field(max_length=MOST, default_factory=list)]
    staff: Annotated[list[StaffRecord], Field(max_length=MOST, default_factory=list)]
    appointments: Annotated[list[AppointmentRecord], Field(max_length=MOST, default_factory=list)]


class FiguresOut(Out):
    """What became of the records of a kind."""

    new: int
    changed: int
    same: int
    merged: int
    refused: int


class ImportOut(Out):
    """The balance: what became of every record. `import_id` null: nothing had to be done."""

    import_id: int | None
    clients: FiguresOut
    services: FiguresOut
    staff: FiguresOut
    appointments: FiguresOut
    kept: int
    look: int
    reasons: dict[str, Any]
