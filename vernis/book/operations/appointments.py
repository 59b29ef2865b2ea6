"""Booking a visit."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import uuid

    from vernis.accounts.models import User
    from vernis.book.models import Appointment


@dataclass(frozen=True)
class Booking:
    """A visit to book; `starts_at` is the wall clock of the branch (naive)."""

    branch_id: int
    services: tuple[int, ...]
    starts_at: datetime.datetime
    staff_id: int | None = None


class TimeIsPast(Exception):
    """The visit would begin in the past."""


class TimeDoesNotExist(Exception):
    """Clocks are put forward over this time on that day."""


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


def book_appointment(
    *, client_id: int, by: User, booking: Booking, now: datetime.datetime, key: uuid.UUID | None = None, note: str = ""
) -> Appointment:
    """Book a visit of a client; the same key again returns the same appointment.

    Raises what stands above, and `Client.DoesNotExist` where the person may not see the client. Sends `facts_changed`.
    """
    raise NotImplementedError
