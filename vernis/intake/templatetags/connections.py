"""What pages say of booking systems."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template
from django.utils import timezone

from vernis.intake.connections import words
from vernis.intake.queries.connections import not_fresh

if TYPE_CHECKING:
    from vernis.accounts.models import User
    from vernis.intake.models import Connection, Reading

register = template.Library()


@register.inclusion_tag("intake/connections/_as_of.html")
def data_as_of(user: User) -> dict[str, Any]:
    """Say which data are not fresh, and as of when they are."""
    return {"old": not_fresh(user, timezone.now())}


@register.filter
def fault_words(one: Connection | Reading) -> str:
    """Return what has gone wrong, in words."""
    connection: Any = getattr(one, "connection", one)
    return words.of_fault(one.fault, str(connection.access))
