"""What the worklist says about a row: short, true, and in the words of a reception desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from vernis.book.models.contacts import Block, Outcome
from vernis.lib import days, money

if TYPE_CHECKING:
    import datetime

    from vernis.worklist.models import Item

_PURPOSES = {
    Block.MISSED: gettext_lazy("Had a booking and did not come: ask why, and find a time that suits"),
    Block.FOLLOW_UP: gettext_lazy("Was here some days ago: ask how it went, and listen"),
    Block.DUE: gettext_lazy("About time to come again, and no booking yet"),
    Block.OVERDUE: gettext_lazy("Should have come by now: call while they still remember us"),
    Block.LAPSED: gettext_lazy("Away for long: learn the true reason, then invite back"),
    Block.REBOOKED: gettext_lazy("Booked right after a visit: remind them, so that it is not forgotten"),
    Block.WAITLIST: gettext_lazy("Wanted a time that was taken: offer one as soon as it is free"),
    Block.BIRTHDAY: gettext_lazy("A birthday this week: congratulate in person"),
}
_TEACHINGS = {
    Block.MISSED: gettext_lazy("Whoever cancels or does not come, and has no new booking, is here for a week."),
    Block.FOLLOW_UP: gettext_lazy("Three days after a visit clients come here, new ones after two."),
    Block.DUE: gettext_lazy("Three days before we expect somebody who has no booking, they come here."),
    Block.OVERDUE: gettext_lazy("Whoever has not come by the expected day is here for a month."),
    Block.LAPSED: gettext_lazy("Whoever is more than a month late comes here."),
    Block.REBOOKED: gettext_lazy("Bookings made on the day of a visit are here two weeks ahead: offer one every time."),
    Block.WAITLIST: gettext_lazy("Whoever wants a time that is taken waits here. Add them on the page of the client."),
    Block.BIRTHDAY: gettext_lazy("Birthdays are here a week ahead. Ask for the day: many cards have none."),
}
_BUTTONS = {
    Outcome.BOOKED: gettext_lazy("Booked…"),
    Outcome.PROMISED: gettext_lazy("Promised to book…"),
    Outcome.NO_ANSWER: gettext_lazy("No answer"),
    Outcome.CALLBACK: gettext_lazy("Call back…"),
    Outcome.REACHED: gettext_lazy("Talked"),
    Outcome.DECLINED: gettext_lazy("Declined…"),
    Outcome.WRONG_NUMBER: gettext_lazy("Wrong number"),
    Outcome.DO_NOT_CALL: gettext_lazy("Asks not to be called"),
}
_SOURCES = {
    "trait+season": gettext_lazy("for such clients at this season"),
    "trait": gettext_lazy("for such clients"),
    "season": gettext_lazy("for this season"),
    "set": gettext_lazy("set for the service"),
    "learned": gettext_lazy("learned from visits"),
    "default": gettext_lazy("usual for all, not set"),
}

EXPECTED = (Block.DUE, Block.OVERDUE, Block.LAPSED)
"""Blocks that wait for a visit on an expected day."""

SELL_NOTHING = (Block.FOLLOW_UP,)
"""Blocks in which a call offers nothing (B11, D07)."""

LISTENING = (Block.FOLLOW_UP, Block.REBOOKED, Block.BIRTHDAY)
"""Blocks in which having talked is the good end of a call; in the others a booking is."""


class When(NamedTuple):
    """When a row is due: words, and the colour of the tag ("" is gray)."""

    text: str
    tone: str


def title_of(block: str) -> str:
    """Return the name of a block."""
    return str(Block(block).label)


def purpose_of(block: str) -> str:
    """Return what a block is for, in one line (A04)."""
    return str(_PURPOSES[Block(block)])


def teaching_of(block: str) -> str:
    """Say how somebody comes into a block, where nobody is."""
    return str(_TEACHINGS[Block(block)])


def button_of(outcome: str) -> str:
    """Return what stands on the button of an outcome; three dots: it asks for more."""
    return str(_BUTTONS[Outcome(outcome)])


def interval_source(source: str) -> str:
    """Say where an interval comes from."""
    return str(_SOURCES.get(source, ""))


def days_away(day: datetime.date, today: datetime.date) -> str:
    """Return a day as seen from today: yesterday, in 3 days."""
    away = (day - today).days
    if away == 0:
        return pgettext("day", "today")
    if away == 1:
        return pgettext("day", "tomorrow")
    if away == -1:
        return pgettext("day", "yesterday")
    if away > 0:
        return ngettext("in %(count)d day", "in %(count)d days", away) % {"count": away}
    return ngettext("%(count)d day ago", "%(count)d days ago", -away) % {"count": -away}


def when(item: Item, today: datetime.date) -> When | None:
    """Return the day that matters in the block of a row; None where there is none."""
    if item.block == Block.FOLLOW_UP:
        return (
            When(_("was here %(when)s") % {"when": days_away(item.last_visit_on, today)}, "")
            if (item.last_visit_on)
            else None
        )
    day = item.expected_on if item.block in EXPECTED else item.due_on
    if day is None:
        return None
    tone = "" if day > today or item.block == Block.LAPSED else "yellow"
    return When(days_away(day, today), tone)


def usual_time(weekday: int | None, hour: int | None) -> str:
    """Return "Thu 18:00" as far as it is known."""
    parts = [days.weekday_name(weekday)] if weekday else []
    if hour is not None:
        parts.append(f"{hour}:00")
    return " ".join(parts)


def per_visit(item: Item, currency: str) -> str:
    """Return what a visit brought on average, without small change; nothing for a lead."""
    return money.in_currency(int(round(item.spent / item.visits_count, -2)), currency) if item.visits_count else ""
