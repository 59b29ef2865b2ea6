"""Days as whole numbers since 1970-01-01, and as people write them."""

import datetime

from vernis.lib.texts import _, language

EPOCH = datetime.date(1970, 1, 1)
EARLIEST = datetime.date(1900, 1, 1)
LATEST = datetime.date(2200, 12, 31)
"""Days outside of these are taken for mistakes."""


def number_of(day: datetime.date) -> int:
    """Return the days since 1970-01-01."""
    return (day - EPOCH).days


def day_from(number: int) -> datetime.date:
    """Return the day that lies so many days after 1970-01-01."""
    return EPOCH + datetime.timedelta(days=number)


def spoken(day: datetime.date, *, near: datetime.date) -> str:
    """Return the day as people say it, "12 May" or "12 мая", with the year where it differs from `near`."""
    months = (
        _("January"), _("February"), _("March"), _("April"), _("May"), _("June"), _("July"), _("August"),
        _("September"), _("October"), _("November"), _("December"),
    )  # fmt: skip
    text = f"{day.day} {months[day.month - 1]}"
    return text if day.year == near.year else f"{text} {day.year}"


def weekday_name(weekday: int) -> str:
    """Return the short name of a weekday, 1 (Monday) to 7."""
    names = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
    return names[weekday - 1]


def short(day: datetime.date) -> str:
    """Return the day in figures as people there write it: 12.05.2026 or 2026-05-12."""
    return day.strftime("%d.%m.%Y") if language() == "ru" else day.isoformat()
