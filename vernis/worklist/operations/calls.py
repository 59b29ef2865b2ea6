"""What came of a call: saved once, for all rows of one client, and taken back within a minute."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from vernis.book.models import Contact
from vernis.worklist.operations.leases import LeaseLost

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable

    from vernis.accounts.models import User
    from vernis.book.operations.appointments import Booking

__all__ = [
    "DayOutOfReach",
    "Entry",
    "ItemClosed",
    "LeaseLost",
    "NotForThisOutcome",
    "NothingToUndo",
    "Recorded",
    "SaidDifferently",
    "Undone",
    "Words",
    "record_call",
    "undo_last",
]

UNDO = datetime.timedelta(minutes=1)
REACH_DAYS = 90  # how far ahead a promise or a call may lie


class Entry(NamedTuple):
    """A row of the list, as the rules name it together with the client."""

    block: str
    anchor: str


@dataclass(frozen=True)
class Words:
    """What was said of a call."""

    entries: frozenset[Entry]
    outcome: str
    next_on: datetime.date | None
    next_time: datetime.time | None
    note: str
    channel: str
    booking: Booking | None


@dataclass(frozen=True)
class Recorded:
    """A saved call. `is_repeat`: it had been saved before; `is_undone`: and taken back since."""

    call: uuid.UUID
    client_id: int
    words: Words
    appointment_id: int | None
    made_at: datetime.datetime
    undo_until: datetime.datetime
    is_repeat: bool = False
    is_undone: bool = False


@dataclass(frozen=True)
class Undone:
    """A call taken back; `appointment_kept`: its booking has been changed since, and stays."""

    call: uuid.UUID
    client_id: int
    client_name: str
    words: Words
    appointment_taken_back: bool
    appointment_kept: bool


class SaidDifferently(Exception):
    """This key has saved another text: nothing is changed, both are here to be shown."""

    def __init__(self, saved: Words, sent: Words) -> None:
        super().__init__(saved, sent)
        self.saved, self.sent = saved, sent


class ItemClosed(Exception):
    """Rows are closed meanwhile: by a colleague (`by_name`), a booking, or the rules (`closing`). Nothing is saved.

    `sent` keeps what was typed; `still_open` are the entries that could be saved without the others.
    """

    def __init__(self, *, sent: Words, still_open: frozenset[Entry], closing: str, by_name: str) -> None:
        super().__init__(closing, by_name)
        self.sent, self.still_open, self.closing, self.by_name = sent, still_open, closing, by_name


class NotForThisOutcome(Exception):
    """`field` (next_on, next_time, booking, entries) does not belong to this outcome."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class DayOutOfReach(Exception):
    """The day of the promise or call is not between `first` and `last`."""

    def __init__(self, first: datetime.date, last: datetime.date) -> None:
        super().__init__(first, last)
        self.first, self.last = first, last


class NothingToUndo(Exception):
    """The person's last call is taken back already, or older than a minute."""


def record_call(
    *,
    client_id: int,
    by: User,
    lease_number: int,
    call_key: uuid.UUID,
    entries: Iterable[tuple[str, str]],
    outcome: str,
    now: datetime.datetime,
    next_on: datetime.date | None = None,
    next_time: datetime.time | None = None,
    note: str = "",
    channel: str = Contact.Channel.CALL,
    booking: Booking | None = None,
) -> Recorded:
    """Save what came of one call for rows (block, anchor) of one client, and let the client go.

    `call_key` is made by the page, once per call: sent again with the same words it returns the first result and
    changes nothing (`is_repeat`). `next_on` (and `next_time`, by the clock of the client's branch) belongs to `callback`
    and `promised`, `booking` to `booked`. Raises `SaidDifferently`, `LeaseLost`, `ItemClosed`, `NotForThisOutcome`,
    `DayOutOfReach`, and what `book_appointment` raises; then nothing at all is saved. `Client.DoesNotExist` where the
    person may not see the client.
    """
    raise NotImplementedError


def undo_last(*, by: User, now: datetime.datetime, call_key: uuid.UUID | None = None) -> Undone:
    """Take back the person's own last call, once and within a minute; with `call_key` only if the last is that one.

    Its rows are open again, an appointment made with it is gone unless somebody has changed it, a withdrawn consent
    is followed by an event that restores it. Raises `NothingToUndo`.
    """
    raise NotImplementedError
