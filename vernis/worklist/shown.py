"""What the screens of the worklist show: rows, facts, history, as words. Reads nothing, decides nothing."""

from __future__ import annotations

import datetime
import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, npgettext, pgettext

from vernis.book.models.contacts import Block, Outcome
from vernis.lib import days, money
from vernis.worklist import filters, words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from django.http import QueryDict

    from vernis.book.models import Appointment, Client, Contact, WaitlistEntry
    from vernis.worklist.models import Item, Step
    from vernis.worklist.queries.cards import Card, Usual
    from vernis.worklist.queries.items import Promise, Row
    from vernis.worklist.queries.playbooks import StepOfDay
    from vernis.worklist.views.places import Place

_TONES = {Block.MISSED: "red", Block.FOLLOW_UP: "green", Block.OVERDUE: "yellow", Block.BIRTHDAY: "accent"}
_RARE = (Outcome.WRONG_NUMBER, Outcome.DO_NOT_CALL)
_ASKING = (Outcome.BOOKED, Outcome.PROMISED, Outcome.CALLBACK, Outcome.DECLINED)


@dataclass(frozen=True)
class Tab:
    """A block in the row of tabs; `open` is None where nobody counts."""

    title: str
    url: str
    open: int | None
    done: int
    is_here: bool
    tone: str = ""
    icon: str = ""


@dataclass(frozen=True)
class RailStep:
    """A step of the playbook, as the rail shows it."""

    pk: int
    number: int
    title: str
    url: str
    left: int
    done: int
    total: int
    skipped: str
    is_here: bool
    is_next: bool

    @property
    def is_done(self) -> bool:
        """Nobody is left in it."""
        return self.left == 0


@dataclass(frozen=True)
class Line:
    """A line of the list; `visits` is the number with its word, `keys` the numbers of row and client as text."""

    item: Item
    client: Client
    keys: tuple[str, str]
    url: str
    open_url: str
    reason: str
    staff: str
    visits: str
    when: words.When | None
    usual: str
    per_visit: str
    last: str
    is_worked: bool
    holder: str


@dataclass(frozen=True)
class PromiseLine:
    """A line of the promises."""

    client: Client
    item: Item | None
    url: str
    open_url: str
    block: str
    text: str
    note: str
    days_open: int
    is_late: bool


@dataclass(frozen=True)
class Reason:
    """One of the reasons on a card."""

    item: Item
    title: str
    text: str
    when: words.When | None


@dataclass(frozen=True)
class Fact:
    """A fact of the card: its name, what it is, and where that comes from or why it is not known."""

    name: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class Event:
    """A line of the history."""

    day: datetime.date
    text: str
    note: str = ""


@dataclass(frozen=True)
class Button:
    """An outcome to press; `asks`: it opens a dialog first."""

    value: str
    asks: bool
    is_main: bool
    is_rare: bool


@dataclass(frozen=True)
class Choice:
    """A quick choice of a day, and of a time where one belongs to it."""

    text: str
    day: datetime.date
    time: str = ""


def tone_of(block: str) -> str:
    """Return the colour of a block's count."""
    return _TONES.get(Block(block), "")


def reason_of(item: Item) -> str:
    """Return what a row is about: its service, else what happened."""
    if item.service:
        return item.service.title
    if item.block == Block.MISSED:
        return _("missed a visit")
    if item.block == Block.BIRTHDAY:
        return _("birthday")
    return ""


def last_outcome(item: Item, call_at: datetime.time | None = None) -> str:
    """Return what came of the last contact, with the time agreed or the number of attempts."""
    if not item.last_outcome:
        return ""
    text = str(Outcome(item.last_outcome).label)
    if call_at:
        return _("%(outcome)s at %(time)s") % {"outcome": text, "time": f"{call_at:%H:%M}"}
    return f"{text} × {item.attempts}" if item.attempts > 1 else text


def title_of_step(step: Step) -> str:
    """Return the name of a step, made of its block and filter where it has none."""
    if step.title:
        return step.title
    return ", ".join([words.title_of(step.block), *filters.describe(step.filter)])


def rail(steps: Iterable[StepOfDay], *, place: str, here: StepOfDay | None) -> list[RailStep]:
    """Return the steps in order, with the addresses of their lists."""
    return [
        RailStep(
            pk=one.step.pk,
            number=number,
            title=title_of_step(one.step),
            url=address("worklist:worklist", step=one.step.pk, branch=place),
            left=one.left,
            done=one.done,
            total=one.total,
            skipped=one.skip.reason if one.skip else "",
            is_here=here is not None and one.step.pk == here.step.pk,
            is_next=one.is_next,
        )
        for number, one in enumerate(steps, start=1)
    ]


def row_of(row: Row, *, place: Place, list_url: str) -> Line:
    """Return a line of the list; `list_url` is the address of the list as it is shown."""
    item = row.item
    path = _paths("worklist:open").format(item.client_id)
    query = f"item={item.pk}" + (f"&branch={place.key}" if place.key else "")
    return _line(
        item,
        place.today,
        place.currency,
        url=f"{list_url}{'&' if '?' in list_url else '?'}client={item.client_id}",
        open_url=f"{path}?{query}",
        last=last_outcome(item, row.call_at),
        is_worked=row.is_worked,
        holder=row.held_by,
    )


def past_line(item: Item, day: datetime.date, currency: str) -> Line:
    """Return a line of a past day; it leads to why the client was there."""
    return _line(item, day, currency, url=address("worklist:why", item.client_id, day=day), last=last_outcome(item))


def _line(
    item: Item,
    today: datetime.date,
    currency: str,
    *,
    url: str,
    last: str,
    open_url: str = "",
    is_worked: bool = False,
    holder: str = "",
) -> Line:
    return Line(
        item=item,
        client=item.client,
        keys=(str(item.pk), str(item.client_id)),
        url=url,
        open_url=open_url,
        reason=reason_of(item),
        staff=item.last_staff.name if item.last_staff else "",
        visits=npgettext("counted", "visit", "visits", item.visits_count),
        when=words.when(item, today),
        usual=words.usual_time(item.usual_weekday, item.usual_hour),
        per_visit=words.per_visit(item, currency),
        last=last,
        is_worked=is_worked,
        holder=holder,
    )


@functools.cache
def _paths(view: str) -> str:
    """Return the path of a page of one client, with {} in the place of her number."""
    return reverse(view, args=(0,)).replace("/0/", "/{}/")


def promise_of(promise: Promise, *, place: Place) -> PromiseLine:
    """Return a line of the promises."""
    contact, item = promise.contact, promise.item
    agreed = contact.next_on
    text = str(Outcome(contact.outcome).label)
    if agreed:
        text = f"{text} · {days.spoken(agreed, near=place.today)}"
    if contact.next_time:
        text = f"{text}, {contact.next_time:%H:%M}"
    return PromiseLine(
        client=contact.client,
        item=item,
        url=address("worklist:worklist", block="promises", branch=place.key, client=contact.client_id),
        open_url=address("worklist:open", contact.client_id, item=item.pk if item else None, branch=place.key),
        block=words.title_of(contact.block),
        text=text,
        note=contact.note,
        days_open=promise.days_open,
        is_late=agreed is not None and agreed < place.today,
    )


def reason_on_card(item: Item, card: Card) -> Reason:
    """Return a reason to call."""
    text = reason_of(item)
    if starts := appointment_of(item, card):
        text = " · ".join(filter(None, [text, f"{days.spoken(starts.date(), near=card.today)}, {starts:%H:%M}"]))
    return Reason(item, words.title_of(item.block), text, words.when(item, card.today))


def appointment_of(item: Item, card: Card) -> datetime.datetime | None:
    """Return when the appointment of a row begins, by the clock of the branch; None where the row has none."""
    if item.block not in {Block.MISSED, Block.REBOOKED}:
        return None
    found = (one for one in [*card.upcoming, *card.missed] if f"{one.pk:010d}" == item.anchor)
    appointment = next(found, None)
    return appointment.starts_at.astimezone(card.zone) if appointment else None


def buttons_for(block: str) -> list[Button]:
    """Return the outcomes in the order of their keys; the good end of a call in this block stands out."""
    main = Outcome.REACHED if Block(block) in words.LISTENING else Outcome.BOOKED
    return [Button(one.value, one in _ASKING, one == main, one in _RARE) for one in Outcome]


def facts_of(card: Card, item: Item | None) -> list[Fact]:
    """Return the grid of facts of a card; what is not known says so."""
    today, currency = card.today, card.currency
    facts = []
    if item and item.service:
        facts.append(Fact(_("Service"), item.service.title))
    if item and item.interval_days:
        interval = ngettext("%(count)d day", "%(count)d days", item.interval_days) % {"count": item.interval_days}
        facts.append(Fact(_("Comes again after"), interval, words.interval_source(item.interval_source)))
    if item and item.expected_on:
        away = words.days_away(item.expected_on, today)
        facts.append(Fact(_("We expect"), away, days.spoken(item.expected_on, near=today)))
    elif item and item.due_on:
        facts.append(Fact(_("To call"), words.days_away(item.due_on, today), days.spoken(item.due_on, near=today)))
    if card.upcoming:
        starts = card.upcoming[0].starts_at.astimezone(card.zone)
        facts.append(Fact(_("Booked for"), f"{days.spoken(starts.date(), near=today)}, {starts:%H:%M}"))
    if card.visits_count:
        facts.append(usual_fact(card.usual))
        if card.average_ticket is not None:
            facts.append(Fact(_("Per visit"), money.in_currency(round(card.average_ticket, -2), currency)))
        facts.append(Fact(_("Spent in all"), money.in_currency(card.spent, currency)))
    return facts


def usual_fact(usual: Usual | None) -> Fact:
    """Return when the client usually comes, with how often that was so (B20)."""
    if usual is None:
        return Fact(_("Usually comes"), "", _("not known yet"))
    counted = ngettext("%(count)d of %(of)d visit", "%(count)d of %(of)d visits", usual.of) % {
        "count": usual.both_count,
        "of": usual.of,
    }
    return Fact(_("Usually comes"), words.usual_time(usual.weekday, usual.hour), counted)


def about(card: Card) -> list[tuple[str, str]]:
    """Return what is known of the person, as pairs of name and text."""
    client = card.client
    traits = ", ".join(str(value) for value in client.traits.values())
    pairs = [
        (_("Wishes"), client.wishes),
        (_("Preferences"), client.preferences),
        (_("Favourite line"), client.favourite_line),
        (_("Traits"), traits),
        (_("Note"), client.note),
        (_("Waits for"), "\n".join(waiting_text(entry, card.today) for entry in card.waiting)),
    ]
    return [(name, text) for name, text in pairs if text]


def waiting_text(entry: WaitlistEntry, today: datetime.date) -> str:
    """Return what somebody on the waiting list waits for."""
    span = [days.spoken(day, near=today) for day in (entry.wanted_from, entry.wanted_until) if day]
    parts = [entry.service.title if entry.service else "", " – ".join(span), entry.note]
    return " · ".join(filter(None, parts))


def history_words(card: Card) -> str:
    """Return how much history there is."""
    visits = ngettext("%(count)d visit", "%(count)d visits", card.visits_count) % {"count": card.visits_count}
    contacts = ngettext("%(count)d contact", "%(count)d contacts", len(card.contacts)) % {"count": len(card.contacts)}
    return f"{visits}, {contacts}"


def history_of(
    appointments: Iterable[Appointment], contacts: Iterable[Contact], *, zone: ZoneInfo, currency: str
) -> list[Event]:
    """Return visits, bookings and contacts, the latest first."""
    events = []
    for visit in appointments:
        starts = visit.starts_at.astimezone(zone)
        lines = list(visit.lines.all())
        services = ", ".join(line.service.title for line in lines if line.service)
        staff = ", ".join(dict.fromkeys(line.staff.name for line in lines if line.staff))
        amount = sum(line.amount or 0 for line in lines)
        text = " · ".join(filter(None, [services or _("a visit"), staff]))
        note = [str(visit.get_status_display()), f"{starts:%H:%M}"]
        if amount:
            note.append(money.in_currency(amount, currency))
        if visit.cancel_reason:
            note.append(visit.cancel_reason)
        events.append((starts, Event(starts.date(), text, " · ".join(note))))
    for contact in contacts:
        made = contact.made_at.astimezone(zone)
        text = f"{contact.get_channel_display()}: {contact.get_outcome_display()}"
        note = [words.title_of(contact.block)] + ([contact.made_by.name] if contact.made_by else [])
        if contact.note:
            note.append(f"«{contact.note}»")
        events.append((made, Event(made.date(), text, " · ".join(note))))
    events.sort(key=lambda pair: pair[0], reverse=True)
    return [event for _at, event in events]


def callback_choices(now: datetime.datetime) -> list[Choice]:
    """Return quick choices for calling back, `now` by the clock of the branch."""
    today = now.date()
    later = [
        Choice(_("today at %(time)s") % {"time": f"{hour}:00"}, today, f"{hour:02}:00")
        for hour in (12, 16, 18)
        if hour > now.hour
    ][:2]
    tomorrow = today + datetime.timedelta(1)
    return [
        *later,
        Choice(_("tomorrow at %(time)s") % {"time": "10:00"}, tomorrow, "10:00"),
        Choice(pgettext("choice", "in 3 days"), today + datetime.timedelta(3)),
        Choice(pgettext("choice", "in a week"), today + datetime.timedelta(7)),
    ]


def promised_choices(today: datetime.date) -> list[Choice]:
    """Return quick choices for a promise; the first is what the rules would take."""
    return [
        Choice(pgettext("choice", "in 3 days"), today + datetime.timedelta(3)),
        Choice(pgettext("choice", "tomorrow"), today + datetime.timedelta(1)),
        Choice(pgettext("choice", "in a week"), today + datetime.timedelta(7)),
        Choice(pgettext("choice", "in 2 weeks"), today + datetime.timedelta(14)),
    ]


def booking_choices(usual: Usual | None, today: datetime.date) -> list[Choice]:
    """Return times to offer: the usual one on the next days it falls on (B20)."""
    if usual is None:
        return [Choice(pgettext("choice", "tomorrow"), today + datetime.timedelta(1), "12:00")]
    first = today + datetime.timedelta((usual.weekday - today.isoweekday() - 1) % 7 + 1)
    time = f"{usual.hour:02}:00"
    return [
        Choice(f"{days.weekday_name(day.isoweekday())}, {days.spoken(day, near=today)}, {usual.hour}:00", day, time)
        for day in (first, first + datetime.timedelta(7))
    ]


def decline_reasons() -> list[str]:
    """Return what clients say most often."""
    return [
        pgettext("reason", "too expensive"),
        pgettext("reason", "goes elsewhere"),
        pgettext("reason", "was not satisfied"),
        pgettext("reason", "moved away"),
        pgettext("reason", "no need now"),
    ]


def address(view: str, *args: object, **query: object) -> str:
    """Return the address of a page with the part of the query that is there."""
    kept = {name: value for name, value in query.items() if value not in {None, ""}}
    return reverse(view, args=args) + (f"?{urlencode(kept)}" if kept else "")


def query_of(asked: QueryDict, *, without: tuple[str, ...]) -> str:
    """Return the query of an address again, but for some names."""
    return urlencode({name: value for name, value in asked.items() if value and name not in without})
