"""How the worklist speaks: days as people say them, a usual time, what a block is for."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django import template

from vernis.lib import days
from vernis.worklist import words

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from vernis.worklist.models import Item

register = template.Library()

register.filter("block_title", words.title_of)
register.filter("block_purpose", words.purpose_of)
register.filter("outcome_button", words.button_of)
register.filter("interval_source", words.interval_source)
register.filter("days_away", words.days_away)


@register.filter
def expected(item: Item, today: datetime.date) -> words.When | None:
    """Return when the row is due, as a tag: its words and its colour."""
    return words.when(item, today)


@register.filter
def in_zone(moment: datetime.datetime | None, zone: ZoneInfo) -> datetime.datetime | None:
    """Return a moment by the clock of a branch."""
    return moment.astimezone(zone) if moment else None


@register.filter
def clock(moment: datetime.datetime | datetime.time | None) -> str:
    """Return the time of day as it hangs on the wall: 18:00."""
    return f"{moment:%H:%M}" if moment else ""


@register.filter
def long_day(value: datetime.date) -> str:
    """Return "Wed, 25 November"."""
    return f"{days.weekday_name(value.isoweekday())}, {days.spoken(value, near=value)}"


@register.filter
def only_digits(phone: str) -> str:
    """Return the digits of a phone, for the link of a messenger."""
    return "".join(char for char in phone if char.isdigit())


@register.simple_tag
def percent(part: int, whole: int) -> int:
    """Return how far something is, 0 to 100."""
    return round(100 * part / whole) if whole else 0
