"""The list of the day, block by block."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef, Q

from vernis.book.models import Appointment, Client, Contact
from vernis.book.models.contacts import Block, Outcome
from vernis.book.queries.search import matching
from vernis.worklist import filters
from vernis.worklist.models import Item, Lease
from vernis.worklist.operations.calls import REACH_DAYS
from vernis.worklist.queries.orders import SORTS, Order
from vernis.worklist.queries.places import Place

if TYPE_CHECKING:
    from vernis.accounts.models import Branch, User
    from vernis.worklist.filters import Filter
    from vernis.worklist.queries.places import ItemRows

__all__ = ["PAGE", "SORTS", "BlockOfDay", "Page", "Promise", "Row", "blocks_of_day", "items", "open_promises"]

PAGE = 50
WORKED = 20


@dataclass(frozen=True)
class BlockOfDay:
    """A block today: rows open, and rows worked by a contact."""

    block: str
    open: int
    worked: int

    @property
    def total(self) -> int:
        """Rows of the day."""
        return self.open + self.worked


@dataclass(frozen=True)
class Row:
    """A row of the list; `item` comes with client, service and last_staff.

    `is_worked`: closed today by a contact (show it dimmed). `held_by`: name of a colleague who holds the client now.
    `call_at`: the time of day agreed for calling back today.
    """

    item: Item
    is_worked: bool
    held_by: str
    call_at: datetime.time | None


@dataclass(frozen=True)
class Page:
    """Up to 50 open rows and, between them, the 20 worked last; `after` asks for the next page, "" is the last."""

    rows: list[Row]
    after: str


@dataclass(frozen=True)
class Promise:
    """A promise, an unanswered or agreed call that nothing has come of yet; `item` is its open row, if it is open."""

    contact: Contact  # with client and made_by
    item: Item | None
    days_open: int


def blocks_of_day(*, user: User, branch: Branch | None, now: datetime.datetime) -> list[BlockOfDay]:
    """Return all eight blocks in the order of the rules; 2 queries. Without a branch: rows that have none."""
    place = Place.of(user, branch, now)
    open_count = dict(place.open().order_by().values_list("block").annotate(count=Count("pk")))
    worked = dict(place.worked().order_by().values_list("block").annotate(count=Count("pk")))
    return [BlockOfDay(block, open_count.get(block, 0), worked.get(block, 0)) for block in Block.values]


def items(
    *,
    user: User,
    branch: Branch | None,
    now: datetime.datetime,
    block: str = "",
    filter: Filter | None = None,  # noqa: A002
    sort: str = "rules",
    search: str = "",
    after: str = "",
    limit: int = PAGE,
) -> Page:
    """Return a page of a block (or of all) in the order of the rules, or of another of `SORTS`.

    A fixed number of queries. An `after` that is none means the first page. Raises `filters.BadFilter`.
    """
    place, order, known = Place.of(user, branch, now), Order(sort, all_blocks=not block), filter or {}
    wanted = Q(block=block) if block else Q()
    if search.strip():
        country = branch.country if branch else user.organization.country
        clients = Client.objects.of(user.organization_id)
        wanted &= Q(client__in=clients.filter(matching(search, country, user.organization_id)))
    begin = order.place_in(after)
    since = order.later_than(begin) if begin else Q()

    def rows(found: ItemRows, *, worked: bool) -> ItemRows:
        narrowed = wanted & filters.condition(known, today=place.today, zone=place.zone, worked=worked) & since
        return order.sorted(found).filter(narrowed).select_related(*_SHOWN).defer(*_NOT_SHOWN)

    found = list(rows(place.open(), worked=False)[: limit + 1])
    end = order.key_of(found[limit - 1]) if len(found) > limit else None
    found = found[:limit]
    opened = {(item.client_id, item.block, item.anchor) for item in found}
    done = rows(place.worked(), worked=True)
    if end:
        done = done.exclude(order.later_than(end))
    worked = [
        item
        for item in done.order_by("-closed_at", "-pk")[:WORKED]
        if (item.client_id, item.block, item.anchor) not in opened
    ]
    shown = order.merged(found, worked)
    return Page(_rows(shown, place, user, now), order.written(end) if end else "")


def open_promises(*, user: User, branch: Branch | None, now: datetime.datetime, limit: int = PAGE) -> list[Promise]:
    """Return promises and unanswered calls of the last 90 days that nothing has come of, the oldest first (A12).

    2 queries. Something has come of one when the client was contacted again about the same, has booked or come since,
    or wants no calls.
    """
    place = Place.of(user, branch, now)
    contacts = Contact.objects.of(user.organization_id).filter(undone_at=None)
    later = contacts.filter(client=OuterRef("client"), made_at__gt=OuterRef("made_at"))
    booked = Appointment.objects.filter(client=OuterRef("client")).exclude(
        status__in=[Appointment.Status.CANCELLED, Appointment.Status.NO_SHOW]
    )
    open_ones = list(
        contacts.filter(place.is_there, outcome__in=_UNFINISHED, made_at__gt=now - datetime.timedelta(REACH_DAYS))
        .exclude(Exists(later.filter(Q(anchor=OuterRef("anchor")) | Q(outcome=Outcome.DO_NOT_CALL))))
        .exclude(Exists(booked.filter(starts_at__gt=OuterRef("made_at"))))
        .select_related("client", "made_by")
        .order_by("made_at", "pk")[:limit]
    )
    of_clients = Item.objects.of(user.organization_id).filter(client__in=[one.client_id for one in open_ones])
    rows = {(item.client_id, item.anchor): item for item in of_clients.filter(closed_at=None).select_related("service")}
    return [
        Promise(one, rows.get((one.client_id, one.anchor)), (place.today - place.day(one.made_at)).days)
        for one in open_ones
    ]


def _rows(items: list[Item], place: Place, user: User, now: datetime.datetime) -> list[Row]:
    """Add who holds the clients, and when they are to be called back today."""
    clients = {item.client_id for item in items}
    leases = Lease.objects.of(user.organization_id).filter(client__in=clients, expires_at__gt=now).exclude(holder=user)
    held = dict(leases.values_list("client", "holder__name"))
    waiting = {item.client_id for item in items if item.closed_at is None and item.last_outcome == Outcome.CALLBACK}
    agreed = Contact.objects.of(user.organization_id).filter(
        client__in=waiting, outcome=Outcome.CALLBACK, next_on=place.today, undone_at=None
    )
    at = {
        (client, anchor): time
        for client, anchor, time in agreed.order_by("made_at").values_list("client", "anchor", "next_time")
    }
    return [
        Row(
            item,
            is_worked=item.closed_at is not None,
            held_by=held.get(item.client_id, ""),
            call_at=at.get((item.client_id, item.anchor))
            if item.closed_at is None and item.last_outcome == Outcome.CALLBACK
            else None,
        )
        for item in items
    ]


_NOT_SHOWN = [
    f"client__{name}"
    for name in ("traits", "allergies", "preferences", "wishes", "note", "favourite_line", "source", "created_at",
                 "changed_at", "erased_at", "key")
]  # fmt: skip
_SHOWN = ("client", "service", "last_staff")
_UNFINISHED = (Outcome.PROMISED, Outcome.NO_ANSWER, Outcome.CALLBACK)
