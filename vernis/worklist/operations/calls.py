"""What came of a call: saved once, for all rows of one client, and taken back within a minute."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction

from vernis.book.models import Client, Contact
from vernis.book.models.contacts import Outcome
from vernis.book.operations.appointments import begins, book_appointment, booking_of, take_back_appointment
from vernis.book.signals import happened
from vernis.worklist.models import Item
from vernis.worklist.operations.consents import restore_calls, withdraw_calls
from vernis.worklist.operations.leases import LeaseLost, spend
from vernis.worklist.operations.listening import refresh_after_change

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
    changes nothing (`is_repeat`). `next_on` (and `next_time`, by the clock of the branch) belongs to `callback` and
    `promised`, `booking` to `booked`. Raises `SaidDifferently`, `LeaseLost`, `ItemClosed`, `NotForThisOutcome`,
    `DayOutOfReach`, and what `book_appointment` raises; then nothing at all is saved. `Client.DoesNotExist` where the
    person may not see the client.
    """
    sent = Words(
        frozenset(Entry(*entry) for entry in entries), Outcome(outcome).value, next_on, next_time, tidy(note), channel,
        booking,
    )  # fmt: skip
    if saved := _saved(client_id, call_key, by):  # without a lock: what is sent again keeps nobody waiting
        return _repeated(saved, sent, client_id)
    with transaction.atomic():
        client = locked_client(client_id=client_id, by=by)
        if saved := _saved(client_id, call_key, by):
            return _repeated(saved, sent, client_id)
        zone = client.branch.zone if client.branch else client.organization.zone
        today = now.astimezone(zone).date()
        _check(sent, today)
        items = _open_items(client, by, sent)  # first: a row that a colleague has closed tells more than a lost lease
        spend(client_id=client_id, by=by, number=lease_number, now=now)
        contacts = Contact.objects.bulk_create(
            Contact(
                organization_id=client.organization_id,
                client=client,
                branch_id=items[entry].branch_id,
                block=entry.block,
                anchor=entry.anchor,
                call=call_key,
                key=key_of(call_key, client_id, entry),
                channel=channel,
                made_at=now,
                outcome=sent.outcome,
                next_on=next_on,
                next_time=next_time,
                note=sent.note,
                made_by=by,
            )
            for entry in sorted(sent.entries)
        )
        appointment_id = None
        if booking:  # after the contacts: what the booking closes was called for
            key = appointment_key(call_key, client_id)
            appointment = book_appointment(client_id=client_id, by=by, booking=booking, now=now, key=key)
            appointment_id, (day, time) = appointment.pk, begins(appointment)
            Contact.objects.of(client.organization_id).filter(pk__in=[one.pk for one in contacts]).update(
                appointment=appointment, next_on=day, next_time=time
            )
        if sent.outcome == Outcome.DO_NOT_CALL:
            withdraw_calls(client=client, by=by, now=now)
        refresh_after_change(Contact, client_id=client_id, now=now)
        _say_why_closed(items, contacts, now)
        happened.send(sender=Contact, event="contact.recorded", organization_id=client.organization_id, rows=contacts)
    return Recorded(call_key, client_id, sent, appointment_id, now, now + UNDO)


def tidy(note: str) -> str:
    """Return a note as it is kept: browsers send other line ends than they show."""
    return note.replace("\r\n", "\n").strip()


def key_of(call_key: uuid.UUID, client_id: int, entry: Entry) -> uuid.UUID:
    """Return the key of the contact about one row: the same however often the call is sent."""
    return uuid.uuid5(call_key, f"{client_id}:{entry.block}:{entry.anchor}")


def appointment_key(call_key: uuid.UUID, client_id: int) -> uuid.UUID:
    """Return the key of the appointment that a call has made."""
    return uuid.uuid5(call_key, f"{client_id}:appointment")


def locked_client(*, client_id: int, by: User) -> Client:
    """Return a client whom nobody else writes about until the transaction ends (SQLite: nobody writes at all)."""
    rows = Client.objects.visible_to(by).select_related("branch", "organization")
    return rows.select_for_update(no_key=True, of=("self",)).get(pk=client_id)


def _saved(client_id: int, call_key: uuid.UUID, by: User) -> list[Contact]:
    """Return the contacts that this key has saved already; about another client too, if the person may see her."""
    contacts = list(Contact.objects.visible_to(by).filter(call=call_key).select_related("appointment__branch"))
    return [one for one in contacts if one.client_id == client_id] or contacts


def recorded_from(contacts: Sequence[Contact]) -> Recorded:
    """Return a call from its contacts, one per row."""
    first = contacts[0]
    is_booking = first.outcome == Outcome.BOOKED
    words = Words(
        frozenset(Entry(one.block, one.anchor) for one in contacts),
        first.outcome,
        None if is_booking else first.next_on,
        None if is_booking else first.next_time,
        first.note,
        first.channel,
        booking_of(first.appointment) if first.appointment else None,
    )
    return Recorded(
        first.call, first.client_id, words, first.appointment_id, first.made_at, first.made_at + UNDO,
        is_undone=first.undone_at is not None,
    )  # fmt: skip


def _repeated(contacts: Sequence[Contact], sent: Words, client_id: int) -> Recorded:
    """Return the first result where the same was said, raise `SaidDifferently` where it was not."""
    first, saved = contacts[0], replace(recorded_from(contacts), is_repeat=True)
    had_booking = first.outcome == Outcome.BOOKED and first.next_on is not None
    is_changed = had_booking and (
        first.appointment is None or begins(first.appointment) != (first.next_on, first.next_time)
    )
    # A booking that was moved or taken back since no longer tells what was sent with the call.
    known = replace(sent, booking=saved.words.booking) if is_changed and sent.booking else sent
    if saved.client_id != client_id or saved.words != known:
        raise SaidDifferently(saved.words, sent)
    return saved


def _check(sent: Words, today: datetime.date) -> None:
    """Refuse what does not belong to the outcome."""
    if not sent.entries:
        raise NotForThisOutcome("entries")
    if sent.channel not in Contact.Channel.values:
        raise NotForThisOutcome("channel")
    if sent.booking and sent.outcome != Outcome.BOOKED:
        raise NotForThisOutcome("booking")
    if sent.next_on and sent.outcome not in (Outcome.CALLBACK, Outcome.PROMISED):
        raise NotForThisOutcome("next_on")
    if sent.next_time and not sent.next_on:
        raise NotForThisOutcome("next_time")
    last = today + datetime.timedelta(REACH_DAYS)
    if sent.next_on and not today <= sent.next_on <= last:
        raise DayOutOfReach(today, last)


def _open_items(client: Client, by: User, sent: Words) -> dict[Entry, Item]:
    """Return all open rows of the client; raise `ItemClosed` where one of the entries is not among them."""
    rows = Item.objects.visible_to(by).filter(client=client)
    items = {Entry(item.block, item.anchor): item for item in rows.filter(closed_at=None).select_related("branch")}
    if closed := sorted(sent.entries - items.keys()):
        last = (
            rows.filter(block=closed[0].block, anchor=closed[0].anchor)
            .select_related("contact__made_by")
            .order_by("closed_at", "pk")
            .last()
        )
        person = last.contact.made_by if last and last.contact else None
        raise ItemClosed(
            sent=sent,
            still_open=sent.entries & items.keys(),
            closing=last.closing if last else "",
            by_name=person.name if person else "",
        )
    return items


def _say_why_closed(items: dict[Entry, Item], contacts: Sequence[Contact], now: datetime.datetime) -> None:
    """Write into the rows that this call has closed that it was this call, at this moment."""
    organization_id = contacts[0].organization_id
    of_entry = {Entry(one.block, one.anchor): one for one in contacts}
    closed = Item.objects.of(organization_id).filter(
        pk__in=[item.pk for item in items.values()], closed_at__isnull=False
    )
    for item in closed:
        entry = Entry(item.block, item.anchor)
        item.closed_at = now
        if contact := of_entry.get(entry):
            item.contact, item.closing = contact, Item.Closing.CONTACTED
            item.attempts, item.last_outcome = items[entry].attempts + 1, contact.outcome
        item.save(update_fields=["closed_at", "contact", "closing", "attempts", "last_outcome"])


def undo_last(*, by: User, now: datetime.datetime, call_key: uuid.UUID | None = None) -> Undone:
    """Take back the person's own last call, once and within a minute; with `call_key` only if the last is that one.

    Its rows are open again, an appointment made with it is gone unless somebody has changed it, a withdrawn consent
    is followed by an event that restores it. Raises `NothingToUndo`.
    """
    last = Contact.objects.of(by.organization_id).filter(made_by=by).order_by("made_at", "pk").last()
    if not last or last.undone_at or now - last.made_at > UNDO or (call_key and call_key != last.call):
        raise NothingToUndo
    with transaction.atomic():
        client = locked_client(client_id=last.client_id, by=by)
        contacts = list(
            Contact.objects.of(client.organization_id)
            .filter(call=last.call, client=client, undone_at=None)
            .select_related("appointment")
        )
        if not contacts:  # taken back in another tab meanwhile
            raise NothingToUndo
        recorded = recorded_from(contacts)
        Contact.objects.of(client.organization_id).filter(pk__in=[one.pk for one in contacts]).update(undone_at=now)
        taken_back = recorded.appointment_id is not None and take_back_appointment(
            appointment_id=recorded.appointment_id,
            by=by,
            key=appointment_key(last.call, client.pk),
            day=last.next_on,
            time=last.next_time,
        )
        if last.outcome == Outcome.DO_NOT_CALL:
            restore_calls(client=client, by=by, at=last.made_at, now=now)
        _reopen(client, last.made_at)
        refresh_after_change(Contact, client_id=client.pk, now=now)
    return Undone(
        last.call, client.pk, client.name, recorded.words,
        appointment_taken_back=taken_back,
        appointment_kept=recorded.appointment_id is not None and not taken_back,
    )  # fmt: skip


def _reopen(client: Client, at: datetime.datetime) -> None:
    """Open again what a call has closed; the rules then close what they no longer want."""
    rows = Item.objects.of(client.organization_id).filter(client=client)
    opened_since = set(rows.filter(closed_at=None).values_list("block", "anchor"))
    again = [item.pk for item in rows.filter(closed_at=at) if (item.block, item.anchor) not in opened_since]
    rows.filter(pk__in=again).update(closed_at=None, closed_on=None, closing="", contact=None)
