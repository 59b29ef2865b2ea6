"""How the book writes days of birth, months and services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.utils.translation import gettext as _

from vernis.lib import days, months

if TYPE_CHECKING:
    from vernis.book.models import Appointment, Client, ServiceInterval

register = template.Library()


@register.filter
def birthday(client: Client) -> str:
    """Write a birthday as people say it, with or without the year."""
    return days.birthday(client.birth_year, client.birth_month, client.birth_day)


@register.filter
def weekday(number: int) -> str:
    """Write the short name of a weekday, 1 (Monday) to 7."""
    return days.weekday_name(number)


@register.filter
def services_of(appointment: Appointment) -> str:
    """Write the services of an appointment one after another."""
    return ", ".join(str(line.service) for line in appointment.lines.all() if line.service)


@register.filter
def staff_of(appointment: Appointment) -> str:
    """Write who serves, each once."""
    return ", ".join(dict.fromkeys(str(line.staff) for line in appointment.lines.all() if line.staff))


@register.simple_tag
def case_of(interval: ServiceInterval, titles: dict[tuple[str, str], str]) -> str:
    """Write when an interval holds: "months 4-9, long"."""
    parts: list[Any] = []
    if interval.months:
        parts.append(_("months %(months)s") % {"months": months.written(months.parsed(interval.months))})
    if interval.trait:
        parts.append(titles.get((interval.trait, interval.trait_value), interval.trait_value))
    return ", ".join(parts)
