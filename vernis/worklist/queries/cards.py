"""Everything the card of a client shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Prefetch, Q

from vernis.book.models import Appointment, AppointmentLine, Client, Contact, WaitlistEntry
from vernis.book.models.contacts import Block
from vernis.book.queries.completeness import Completeness, of_client
from vernis.book.queries.consents import do_not_call, in_force
from vernis.engine.settings import USUAL_VISITS
from vernis.worklist.models import Item, Lease
from vernis.worklist.operations.leases import Held, HeldByOther

if TYPE_CHECKING:
    import datetime
    from zoneinfo import ZoneInfo

    from vernis.accounts.models import User
    from vernis.book.models import Consent, Staff


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
    client = Client.objects.visible_to(user).select_related("branch", "organization").get(pk=client_id)
    owner = client.branch or client.organization
    zone, today = owner.zone, now.astimezone(owner.zone).date()
    items, worked = _rows(client, user, today)
    appointments = _appointments(client)
    visits = [one for one in appointments if one.status == Status.COMPLETED and one.starts_at <= now]
    missed = [one for one in appointments if one.status in (Status.CANCELLED, Status.NO_SHOW)]
    visit_days = {_local(one, zone).date() for one in visits}
    spent = sum(line.amount or 0 for one in visits for line in one.lines.all())
    contacts = Contact.objects.of(user.organization_id).filter(client=client, undone_at=None)
    return Card(
        client=client,
        zone=zone,
        currency=owner.currency,
        today=today,
        items=items,
        worked=worked,
        contacts=list(contacts.select_related("made_by").order_by("-made_at", "-pk")[:50]),
        visits=visits[:10],
        missed=missed[:5],
        upcoming=[one for one in reversed(appointments) if one.status == Status.BOOKED and one.starts_at >= now],
        waiting=_waiting(client, today),
        visits_count=len(visit_days),
        first_visit_on=min(visit_days, default=None),
        last_visit_on=max(visit_days, default=None),
        last_staff=next((line.staff for one in visits[:1] for line in one.lines.all() if line.staff), None),
        spent=spent,
        average_ticket=round(spent / len(visits)) if visits else None,
        usual=usual_of([_local(one, zone) for one in visits[:USUAL_VISITS]]),
        consents=in_force(client=client),
        do_not_call=do_not_call(client=client, now=now),
        lease=_lease(client, user, now),
        completeness=of_client(client=client),
    )


def usual_of(visits: list[datetime.datetime]) -> Usual | None:
    """Return when someone usually comes, of visits by the clock of their branch, the latest first.

    A tie goes to the value seen most recently (rules.md, section 1).
    """
    if not visits:
        return None
    weekdays, hours = [one.isoweekday() for one in visits], [one.hour for one in visits]
    weekday, hour = max(weekdays, key=weekdays.count), max(hours, key=hours.count)  # `max` takes the first of equals
    return Usual(
        weekday=weekday,
        weekday_count=weekdays.count(weekday),
        hour=hour,
        hour_count=hours.count(hour),
        both_count=sum(one.isoweekday() == weekday and abs(one.hour - hour) <= 1 for one in visits),
        of=len(visits),
    )


_PLACES = {block: place for place, block in enumerate(Block.values)}
Status = Appointment.Status


def _rows(client: Client, user: User, today: datetime.date) -> tuple[list[Item], list[Item]]:
    """Return the rows that wait, and those worked today."""
    rows = (
        Item.objects.visible_to(user)
        .filter(Q(closed_at=None) | Q(closed_on=today, closing=Item.Closing.CONTACTED), client=client)
        .select_related("service", "last_staff", "branch", "contact__made_by")
    )
    found = sorted(rows, key=lambda item: (_PLACES[item.block], item.first_key, item.second_key, item.anchor))
    return [item for item in found if not item.closed_at], [item for item in found if item.closed_at]


def _appointments(client: Client) -> list[Appointment]:
    """Return all appointments with their lines, the latest first."""
    lines = AppointmentLine.objects.of(client.organization_id).select_related("service", "staff").order_by("pk")
    rows = Appointment.objects.of(client.organization_id).filter(client=client).select_related("branch")
    return list(rows.prefetch_related(Prefetch("lines", lines)).order_by("-starts_at", "-pk"))


def _waiting(client: Client, today: datetime.date) -> list[WaitlistEntry]:
    rows = WaitlistEntry.objects.of(client.organization_id).filter(client=client, closed_on=None)
    still = rows.filter(Q(wanted_until=None) | Q(wanted_until__gte=today))
    return list(still.select_related("service", "staff", "branch"))


def _local(appointment: Appointment, zone: ZoneInfo) -> datetime.datetime:
    return appointment.starts_at.astimezone(appointment.branch.zone if appointment.branch else zone)


def _lease(client: Client, user: User, now: datetime.datetime) -> Held | HeldByOther | None:
    leases = Lease.objects.of(client.organization_id).filter(client=client, expires_at__gt=now)
    lease = leases.select_related("holder").first()
    if not lease:
        return None
    if lease.holder_id == user.pk:
        return Held(client.pk, lease.number, lease.expires_at)
    return HeldByOther(client.pk, lease.holder.name, lease.expires_at)
