"""Everything the card of a client shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime
    from zoneinfo import ZoneInfo

    from vernis.accounts.models import User
    from vernis.book.models import Appointment, Client, Consent, Contact, Staff, WaitlistEntry
    from vernis.worklist.models import Item
    from vernis.worklist.operations.leases import Held, HeldByOther


@dataclass(frozen=True)
class Usual:
    """When the client usually comes: the most frequent weekday and hour of `of` last visits, with how often each."""

    weekday: int  # 1 Monday to 7
    weekday_count: int
    hour: int
    hour_count: int
    both_count: int  # that weekday, within an hour of that hour
    of: int


@dataclass(frozen=True)
class Completeness:
    """How much of the card is filled in: `missing` are names of fields of the client."""

    filled: int
    of: int
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Card:
    """A client as the card shows her. Money in hundredths of the currency."""

    client: Client  # with branch
    zone: ZoneInfo
    currency: str
    today: datetime.date
    items: list[Item]  # open, all reasons, in the order of blocks; with service, last_staff, branch
    worked: list[Item]  # closed today by a contact; with contact
    contacts: list[Contact]  # the latest 50, the latest first; with made_by; taken back ones are left out
    visits: list[Appointment]  # the latest 10, the latest first; with lines, their service and staff
    missed: list[Appointment]  # cancelled and not kept, the latest 5
    upcoming: list[Appointment]  # the next first
    waiting: list[WaitlistEntry]  # open; with service
    visits_count: int  # visit days
    first_visit_on: datetime.date | None
    last_visit_on: datetime.date | None
    last_staff: Staff | None
    spent: int  # in all, over all branches
    average_ticket: int | None  # per visit
    usual: Usual | None
    consents: list[Consent]  # the one that holds, per channel and purpose
    do_not_call: Contact | None  # the contact in which she asked not to be called
    lease: Held | HeldByOther | None  # as it stands now; claim() is what takes it
    completeness: Completeness


def card(*, user: User, client_id: int, now: datetime.datetime) -> Card:
    """Return the card of a client; a fixed number of queries. Raises `Client.DoesNotExist` for whom one may not see.

    Visits are shown over all branches of the organization.
    """
    raise NotImplementedError
