"""Booking the next visit from the card."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vernis.book.models import Contact
from vernis.book.models.contacts import Outcome
from vernis.book.operations.appointments import Booking, book_appointment
from vernis.worklist.models import Item
from vernis.worklist.operations.calls import appointment_key, record_call

if TYPE_CHECKING:
    import datetime
    import uuid
    from collections.abc import Iterable

    from vernis.accounts.models import User
    from vernis.worklist.operations.calls import Recorded


@dataclass(frozen=True)
class Booked:
    """A booked visit, and the call it came of, if it came of one."""

    appointment_id: int | None  # None: a repeat of a booking that was taken back
    recorded: Recorded | None


def book_visit(
    *,
    client_id: int,
    by: User,
    branch_id: int,
    staff_id: int | None,
    services: Iterable[int],
    starts_at: datetime.datetime,
    now: datetime.datetime,
    key: uuid.UUID,
    lease_number: int | None = None,
    entries: Iterable[tuple[str, str]] | None = None,
    note: str = "",
    channel: str = Contact.Channel.CALL,
) -> Booked:
    """Book a visit at a wall-clock time of the branch, and save the outcome `booked` for rows of the list.

    With a lease the outcome is saved for `entries`, or for all open rows of the client. Without (the client stands
    at the desk) it is a booking alone, and the rows close by themselves. `key` is that of the call. Raises what
    `record_call` and `book_appointment` raise.
    """
    booking = Booking(branch_id=branch_id, services=tuple(services), starts_at=starts_at, staff_id=staff_id)
    if lease_number is None:
        appointment = book_appointment(
            client_id=client_id, by=by, booking=booking, now=now, key=appointment_key(key, client_id), note=note
        )
        return Booked(appointment.pk, None)
    if entries is None:
        rows = Item.objects.visible_to(by).filter(client=client_id)
        entries = _entries_of(key, client_id, by) or rows.filter(closed_at=None).values_list("block", "anchor")
    recorded = record_call(
        client_id=client_id, by=by, lease_number=lease_number, call_key=key, entries=entries, outcome=Outcome.BOOKED,
        now=now, note=note, channel=channel, booking=booking,
    )  # fmt: skip
    return Booked(recorded.appointment_id, recorded)


def _entries_of(key: uuid.UUID, client_id: int, by: User) -> list[tuple[str, str]]:
    """Return the rows that this key has served already."""
    contacts = Contact.objects.visible_to(by).filter(call=key, client=client_id)
    return list(contacts.values_list("block", "anchor"))
