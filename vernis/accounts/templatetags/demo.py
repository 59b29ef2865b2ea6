"""Who may be entered by one click: nobody outside the demonstration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.conf import settings

from vernis.accounts import queries

if TYPE_CHECKING:
    from vernis.accounts.models import User

register = template.Library()


@register.simple_tag
def demo_people() -> list[User]:
    """Return one person of each role of the demonstration, or nobody."""
    return queries.demo_people() if settings.IS_DEMO else []
