"""What to say, per block: short and true. A sentence that rests on a fact appears only where the fact is there (W1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.html import format_html
from django.utils.translation import gettext as _

from vernis.book.models.contacts import Block
from vernis.lib import days
from vernis.worklist import words

if TYPE_CHECKING:
    import datetime

    from django.utils.safestring import SafeString

    from vernis.book.models import Client
    from vernis.worklist.models import Item


def lines_for(
    item: Item, client: Client, *, place: str, today: datetime.date, starts: datetime.datetime | None = None
) -> list[SafeString]:
    """Return the sentences for the call about a row; `starts`: the appointment of the row, by the branch's clock."""
    told = [_bold(_("“{name}, hello! This is {place}.”"), name=client.name, place=place)]
    told += _ABOUT[Block(item.block)](item, today, starts)
    return told


def hint_for(block: str) -> str:
    """Return how to hold the talk."""
    if block == Block.FOLLOW_UP:
        return _("Listen and thank. Sell nothing in this call.")
    if block == Block.LAPSED:
        return _("Ask first and listen; apologise if it was our fault; invite last.")
    if block == Block.MISSED:
        return _("No reproach: plans change. Find out why, then offer a time.")
    return ""


def _bold(sentence: str, **parts: str) -> SafeString:
    if not parts:
        return format_html("{}", sentence)
    return format_html(sentence, **{name: format_html("<b>{}</b>", part) for name, part in parts.items()})


def _when(starts: datetime.datetime, today: datetime.date) -> str:
    return f"{days.spoken(starts.date(), near=today)}, {starts:%H:%M}"


def _offer(item: Item) -> list[SafeString]:
    if usual := words.usual_time(item.usual_weekday, item.usual_hour):
        return [_bold(_("“Would {usual} suit you, as usual, or rather another time?”"), usual=usual)]
    return [_bold(_("“Which day would suit you?”"))]


def _missed(item: Item, today: datetime.date, starts: datetime.datetime | None) -> list[SafeString]:
    if starts:
        asked = _bold(
            _("“You had a booking for {when}, and it did not work out. Is everything all right?”"),
            when=_when(starts, today),
        )
    else:
        asked = _bold(_("“You had a booking, and it did not work out. Is everything all right?”"))
    return [asked, *_offer(item)]


def _follow_up(item: Item, _today: datetime.date, _starts: datetime.datetime | None) -> list[SafeString]:
    told = [_bold(_("“You were with us the other day. How did you like it, is everything fine?”"))]
    if item.service:
        told = [
            _bold(
                _("“You were with us for {service} the other day. How did you like it, is everything fine?”"),
                service=item.service.title,
            )
        ]
    if item.last_staff:
        told.append(_bold(_("“And how was {staff}?”"), staff=item.last_staff.name))
    if item.is_new:
        told.append(_bold(_("“It was your first visit: is there anything you would wish for?”")))
    return told


def _expected(item: Item, _today: datetime.date, _starts: datetime.datetime | None) -> list[SafeString]:
    if item.service:
        told = _bold(
            _("“It is about time for {service} again, and you have no booking yet.”"), service=item.service.title
        )
    else:
        told = _bold(_("“It is about time to come again, and you have no booking yet.”"))
    return [told, *_offer(item)]


def _overdue(item: Item, today: datetime.date, _starts: datetime.datetime | None) -> list[SafeString]:
    told = []
    if item.last_visit_on:
        told.append(
            _bold(
                _("“We have not seen you since {when}. Was everything fine the last time?”"),
                when=days.spoken(item.last_visit_on, near=today),
            )
        )
    return [*told, *_offer(item)]


def _lapsed(item: Item, today: datetime.date, _starts: datetime.datetime | None) -> list[SafeString]:
    told = []
    if item.last_visit_on:
        told.append(
            _bold(
                _("“You were last here on {when}. May I ask why you stopped coming?”"),
                when=days.spoken(item.last_visit_on, near=today),
            )
        )
    return [*told, _bold(_("“What would have to be different for you to come again?”"))]


def _rebooked(_item: Item, today: datetime.date, starts: datetime.datetime | None) -> list[SafeString]:
    if not starts:
        return [_bold(_("“You have a booking with us soon. Does the time still suit you?”"))]
    return [_bold(_("“We expect you on {when}. Does the time still suit you?”"), when=_when(starts, today))]


def _waitlist(item: Item, _today: datetime.date, _starts: datetime.datetime | None) -> list[SafeString]:
    if item.service:
        return [
            _bold(_("“You are waiting for a time for {service}. Is it still of interest?”"), service=item.service.title)
        ]
    return [_bold(_("“You are waiting for a time with us. Is it still of interest?”"))]


def _birthday(item: Item, today: datetime.date, _starts: datetime.datetime | None) -> list[SafeString]:
    if item.due_on == today:
        return [_bold(_("“Happy birthday to you from all of us!”"))]
    return [_bold(_("“Your birthday is near, and we wanted to congratulate you in person.”"))]


_ABOUT = {
    Block.MISSED: _missed,
    Block.FOLLOW_UP: _follow_up,
    Block.DUE: _expected,
    Block.OVERDUE: _overdue,
    Block.LAPSED: _lapsed,
    Block.REBOOKED: _rebooked,
    Block.WAITLIST: _waitlist,
    Block.BIRTHDAY: _birthday,
}
