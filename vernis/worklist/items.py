"""From the rows that the rules want to the items that people work: what to create, to change and to close."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Q

from vernis.book.models import Appointment, Contact
from vernis.book.models.contacts import Block, Outcome
from vernis.book.signals import happened
from vernis.warehouse.wanted import Wanted
from vernis.worklist.models import Item

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from vernis.accounts.models import Organization

_LINKS = {"client": "client_id", "branch": "branch_id", "service": "service_id", "last_staff": "last_staff_id"}
COLUMNS = tuple(_LINKS.get(name, name) for name in Wanted._fields)
ONE_DAY = datetime.timedelta(days=1)
_CALLED_TO_BOOK = (Block.MISSED, Block.DUE, Block.OVERDUE, Block.LAPSED)
_EPISODE = (Block.DUE, Block.OVERDUE)


class Known(NamedTuple):
    """An item that there is: open, or closed on the same day."""

    pk: int
    opened_on: datetime.date
    is_open: bool
    is_taken_back: bool  # closed, and by no contact that still stands
    row: Wanted


class Changes(NamedTuple):
    """What makes the items equal to what the rules want."""

    create: list[Wanted]
    update: list[tuple[Known, Wanted]]  # open or, closed the same day, to be opened again
    close: list[Known]

    @property
    def size(self) -> int:
        """How many rows there are to write."""
        return len(self.create) + len(self.update) + len(self.close)


class Closed(NamedTuple):
    """Why an item is closed."""

    item: Known
    closing: Item.Closing
    contact: int | None


def known_items(day: datetime.date, **of: Any) -> list[Known]:
    """Return items that are open or were closed on a day."""
    rows = Item.objects.filter(Q(closed_at=None) | Q(closed_on=day), **of).values_list(
        "pk", "opened_on", "closed_at", "contact_id", "contact__undone_at", *COLUMNS
    )
    place = COLUMNS.index("also_due")
    return [
        Known(
            pk,
            opened_on,
            closed_at is None,
            contact is None or undone_at is not None,
            Wanted._make([*columns[:place], tuple(columns[place]), *columns[place + 1 :]]),
        )
        for pk, opened_on, closed_at, contact, undone_at, *columns in rows.order_by("pk")
    ]


def compare(wanted: Iterable[Wanted], known: Iterable[Known]) -> Changes:
    """Compare by client, block and anchor."""
    now_open: dict[tuple[Any, ...], Known] = {}
    closed_today: dict[tuple[Any, ...], Known] = {}
    for item in known:
        (now_open if item.is_open else closed_today)[item.row[:3]] = item
    changes = Changes([], [], [])
    for row in wanted:
        if row[:3] in now_open:
            item = now_open.pop(row[:3])
            if item.row != row:
                changes.update.append((item, row))
            continue
        before = closed_today.get(row[:3])
        if before is not None and before.is_taken_back:
            changes.update.append((before, row))
        else:
            changes.create.append(row)
    changes.close.extend(now_open.values())
    return changes


def write(
    changes: Changes,
    *,
    organization: Organization,
    day: datetime.date,
    now: datetime.datetime,
    has_rule_changed: Callable[[Known], bool] = lambda _item: False,
) -> None:
    """Bring the changes into the database."""
    opened, gone = [], []
    if changes.create:
        opened = Item.objects.bulk_create([_item(row, organization, day) for row in changes.create])
    if changes.update:
        Item.objects.bulk_create(
            [_item(row, organization, item.opened_on, pk=item.pk) for item, row in changes.update],
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=[*COLUMNS, "closed_at", "closed_on", "closing", "contact_id"],
        )
    opened += [_item(row, organization, item.opened_on, pk=item.pk) for item, row in changes.update if not item.is_open]
    by_reason: dict[tuple[Item.Closing, int | None], list[int]] = {}
    for closed in reasons(changes.close, day, has_rule_changed):
        by_reason.setdefault((closed.closing, closed.contact), []).append(closed.item.pk)
        gone.append(_item(closed.item.row, organization, closed.item.opened_on, pk=closed.item.pk))
        gone[-1].closing = closed.closing
    for (closing, contact), items in by_reason.items():
        Item.objects.filter(pk__in=items).update(closed_at=now, closed_on=day, closing=closing, contact_id=contact)
    for event, rows in (("item.created", opened), ("item.closed", gone)):
        if rows:
            happened.send(sender=Item, event=event, organization_id=organization.pk, rows=rows)


def reasons(items: Sequence[Known], day: datetime.date, has_rule_changed: Callable[[Known], bool]) -> list[Closed]:
    """Say why items are closed: a contact since they were opened, a booking, other rules, or time."""
    if not items:
        return []
    clients = {item.row.client for item in items}
    contacts: dict[int, list[Contact]] = {}
    since = min(item.opened_on for item in items) - ONE_DAY  # whatever the zone
    spoken = Contact.objects.filter(client__in=clients, undone_at=None, made_at__date__gte=since)
    for contact in spoken.select_related("branch").order_by("-made_at", "-pk"):
        contacts.setdefault(contact.client_id, []).append(contact)
    upcoming = Appointment.objects.filter(
        client__in=clients, status=Appointment.Status.BOOKED, starts_at__date__gte=day - ONE_DAY
    ).select_related("branch", "organization")
    booked = {
        appointment.client_id
        for appointment in upcoming
        if appointment.starts_at.astimezone((appointment.branch or appointment.organization).zone).date() >= day
    }

    def reason(item: Known) -> Closed:
        for contact in contacts.get(item.row.client, []):
            if _closes(contact, item):
                return Closed(item, Item.Closing.CONTACTED, contact.pk)
        if item.row.block in _CALLED_TO_BOOK and item.row.client in booked:
            return Closed(item, Item.Closing.BOOKED, None)
        return Closed(item, Item.Closing.RULE_CHANGED if has_rule_changed(item) else Item.Closing.EXPIRED, None)

    return [reason(item) for item in items]


def _closes(contact: Contact, item: Known) -> bool:
    """Tell whether a contact, made since the item was opened, is about it."""
    made_on = contact.branch.today(contact.made_at) if contact.branch else contact.made_at.date()
    if made_on < item.opened_on:
        return False
    if contact.outcome == Outcome.DO_NOT_CALL:
        return True
    if contact.anchor != item.row.anchor:
        return False
    return contact.block == item.row.block or (
        contact.outcome == Outcome.DECLINED and contact.block in _EPISODE and item.row.block in _EPISODE
    )


def _item(row: Wanted, organization: Organization, opened_on: datetime.date, pk: int | None = None) -> Item:
    columns = dict(zip(COLUMNS, row, strict=True)) | {"also_due": list(row.also_due)}
    return Item(pk=pk, organization=organization, opened_on=opened_on, **columns)
