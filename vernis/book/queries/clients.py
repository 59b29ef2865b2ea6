"""The list of clients and the facts of a card."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Max, Min, Q, Sum
from django.db.models.functions import TruncDate

from vernis.book.models import Appointment, AppointmentLine, Client
from vernis.book.queries import search
from vernis.book.queries.completeness import FIELDS, without

if TYPE_CHECKING:
    import datetime

    from vernis.accounts.models import User

PAGE = 50


@dataclass(frozen=True)
class Page:
    """Some clients in the order of their names; `after`: what to ask for the next ones with, "" at the end."""

    clients: list[Client]
    after: str


@dataclass(frozen=True)
class Visits:
    """What a client has been here for. Money in hundredths."""

    count: int  # visit days
    first_on: datetime.date | None
    last_on: datetime.date | None
    spent: int
    past: list[Appointment]  # the latest first, whatever came of them
    upcoming: list[Appointment]  # the next first


def clients_page(
    *, user: User, text: str = "", branch_id: int | None = None, missing: str = "", after: str = "", country: str = "RU"
) -> Page:
    """Return a page of the clients a person may see; `missing` is a key of `completeness.FIELDS`.

    `after` is what the page before has said: the last name and number, so that a page costs the same wherever it is.
    """
    clients = Client.objects.visible_to(user).filter(erased_at=None)
    if text:
        clients = clients.filter(search.matching(text, country, user.organization_id))
    if branch_id is not None:
        clients = clients.filter(branch=branch_id)
    if missing in FIELDS:
        clients = without(clients, missing, user=user)
    pk, _, name = after.partition("-")
    if pk.isascii() and pk.isdigit() and len(pk) < 19:
        clients = clients.filter(Q(search_name__gt=name) | Q(search_name=name, pk__gt=int(pk)), search_name__gte=name)
    found = list(clients.select_related("branch").order_by("search_name", "pk")[: PAGE + 1])
    more = f"{found[PAGE - 1].pk}-{found[PAGE - 1].search_name}" if len(found) > PAGE else ""
    return Page(found[:PAGE], more)


def last_visits(*, clients: list[Client]) -> dict[int, datetime.datetime]:
    """Return when each of some clients was last here, by client id."""
    kept = Appointment.objects.filter(client__in=[client.pk for client in clients], status=Appointment.Status.COMPLETED)
    return dict(kept.order_by().values_list("client").annotate(Max("starts_at")))


def visits_of(*, client: Client, now: datetime.datetime, most: int = 30) -> Visits:
    """Return the visits of a client over all branches of the organization."""
    rows = Appointment.objects.of(client.organization_id).filter(client=client)
    kept = rows.filter(status=Appointment.Status.COMPLETED)
    zone = client.branch.zone if client.branch else client.organization.zone
    facts = kept.order_by().aggregate(
        count=Count(TruncDate("starts_at", tzinfo=zone), distinct=True), first=Min("starts_at"), last=Max("starts_at")
    )
    lines = AppointmentLine.objects.of(client.organization_id).filter(
        appointment__client=client, appointment__status=Appointment.Status.COMPLETED
    )
    is_upcoming = Q(status=Appointment.Status.BOOKED, starts_at__gte=now)
    shown = rows.select_related("branch", "organization").prefetch_related("lines__service", "lines__staff")
    return Visits(
        count=facts["count"],
        first_on=facts["first"].astimezone(zone).date() if facts["first"] else None,
        last_on=facts["last"].astimezone(zone).date() if facts["last"] else None,
        spent=lines.aggregate(spent=Sum("amount"))["spent"] or 0,
        past=list(shown.exclude(is_upcoming).order_by("-starts_at", "-pk")[:most]),
        upcoming=list(shown.filter(is_upcoming).order_by("starts_at", "pk")),
    )
