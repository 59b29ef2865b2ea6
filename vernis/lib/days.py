"""Days as whole numbers since 1970-01-01, and as people write them."""

import datetime
import functools

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
    text = f"{day.day} {_months(language())[day.month - 1]}"
    return text if day.year == near.year else f"{text} {day.year}"


def weekday_name(weekday: int) -> str:
    """Return the short name of a weekday, 1 (Monday) to 7."""
    return _weekdays(language())[weekday - 1]


@functools.cache
def _months(_language: str) -> tuple[str, ...]:
    """Return the months as they stand after a day: 12 May, 12 мая."""
    return (
        _("January"), _("February"), _("March"), _("April"), _("May"), _("June"), _("July"), _("August"),
        _("September"), _("October"), _("November"), _("December"),
    )  # fmt: skip


@functools.cache
def _weekdays(_language: str) -> tuple[str, ...]:
    return _("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")


def written(year: int | None, month: int | None, day: int | None) -> str:
    """Return a birthday as it is exchanged: 1990-05-12, or --05-12 without a year; "" where it is not known."""
    if month is None or day is None:
        return ""
    return f"{year:04d}-{month:02d}-{day:02d}" if year else f"--{month:02d}-{day:02d}"


def birthday(year: int | None, month: int | None, day: int | None) -> str:
    """Return a birthday as people say it: 12 May 1990, 12 мая; "" where it is not known."""
    if month is None or day is None:
        return ""
    text = f"{day} {_months(language())[month - 1]}"
    return f"{text} {year}" if year else text


def month_names() -> tuple[str, ...]:
    """Return the months as they stand after a day, January first."""
    return _months(language())
