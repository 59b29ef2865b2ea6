"""Booking the next visit from the card."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vernis.book.models import Contact

if TYPE_CHECKING:
    import datetime
    import uuid
    from collections.abc import Iterable

    from vernis.accounts.models import User
    from vernis.worklist.operations.calls import Recorded


@dataclass(frozen=True)
class Booked:
    """A booked visit, and the call it came of, if it came of one."""

    appointment_id: int
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
    raise NotImplementedError
