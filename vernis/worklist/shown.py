"""What the screens of the worklist show: rows, facts, history, as words. Reads nothing, decides nothing."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from vernis.book.models.contacts import Block, Outcome
from vernis.lib import days, money
from vernis.worklist import words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from vernis.book.models import Appointment, Client, Contact
    from vernis.worklist.models import Item

_TONES = {Block.MISSED: "red", Block.FOLLOW_UP: "green", Block.OVERDUE: "yellow", Block.BIRTHDAY: "accent"}
_RARE = (Outcome.WRONG_NUMBER, Outcome.DO_NOT_CALL)
_ASKING = (Outcome.BOOKED, Outcome.PROMISED, Outcome.CALLBACK, Outcome.DECLINED)


@dataclass(frozen=True)
class Tab:
    """A block in the row of tabs."""

    key: str
    title: str
    url: str
    open: int
    done: int
    is_here: bool
    tone: str = ""
    icon: str = ""


@dataclass(frozen=True)
class Row:
    """A line of the list."""

    item: Item
    client: Client
    url: str
    open_url: str
    reason: str
    staff: str
    when: words.When | None
    last: str
    is_worked: bool
    holder: str


@dataclass(frozen=True)
class Reason:
    """One of the reasons on a card."""

    item: Item
    title: str
    text: str
    when: words.When | None


@dataclass(frozen=True)
class Fact:
    """A fact of the card: its name, what it is, and where that comes from."""

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


def last_outcome(item: Item) -> str:
    """Return what came of the last contact, with the number of attempts where there were several."""
    if not item.last_outcome:
        return ""
    text = str(Outcome(item.last_outcome).label)
    return f"{text} · {item.attempts}" if item.attempts > 1 else text


def buttons_for(block: str) -> list[Button]:
    """Return the outcomes in the order of their keys; the good end of a call in this block stands out."""
    main = Outcome.REACHED if Block(block) in words.LISTENING else Outcome.BOOKED
    return [Button(one.value, one in _ASKING, one == main, one in _RARE) for one in Outcome]


def facts_of(item: Item, *, currency: str, today: datetime.date, weekday_count: str = "") -> list[Fact]:
    """Return the grid of facts; what is not known stays empty."""
    facts = []
    if item.service:
        facts.append(Fact(_("Service"), item.service.title))
    if item.interval_days:
        interval = ngettext("%(count)d day", "%(count)d days", item.interval_days) % {"count": item.interval_days}
        facts.append(Fact(_("Comes again after"), interval, words.interval_source(item.interval_source)))
    if item.expected_on:
        away = words.days_away(item.expected_on, today)
        facts.append(Fact(_("We expect"), away, days.spoken(item.expected_on, near=today)))
    elif item.due_on:
        facts.append(Fact(_("To call"), words.days_away(item.due_on, today), days.spoken(item.due_on, near=today)))
    if item.visits_count:
        usual = words.usual_time(item.usual_weekday, item.usual_hour)
        facts.append(Fact(_("Usually comes"), usual, weekday_count))
        facts.append(Fact(_("Per visit"), money.in_currency(round(item.spent / item.visits_count, -2), currency)))
        facts.append(Fact(_("Spent in all"), money.in_currency(item.spent, currency)))
    return facts


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


def booking_choices(item: Item, today: datetime.date) -> list[Choice]:
    """Return times to offer: the usual one on the next days it falls on (B20)."""
    if not item.usual_weekday or item.usual_hour is None:
        return [Choice(pgettext("choice", "tomorrow"), today + datetime.timedelta(1), "12:00")]
    first = today + datetime.timedelta((item.usual_weekday - today.isoweekday() - 1) % 7 + 1)
    time = f"{item.usual_hour:02}:00"
    return [
        Choice(f"{days.weekday_name(day.isoweekday())}, {days.spoken(day, near=today)}, {item.usual_hour}:00", day, time)
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


def address(view: str, *args: int, **query: object) -> str:
    """Return the address of a page with the part of the query that is there."""
    kept = {name: value for name, value in query.items() if value not in {None, ""}}
    return reverse(view, args=args) + (f"?{urlencode(kept)}" if kept else "")
