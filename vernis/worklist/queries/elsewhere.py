"""Clients of the whole base, for those who look for somebody that is not on the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vernis.book.models import Client
from vernis.lib import phones

if TYPE_CHECKING:
    from collections.abc import Collection

    from vernis.accounts.models import User

DIGITS = 4  # fewer digits of a phone find half of the base


def clients_like(*, user: User, search: str, without: Collection[int] = (), limit: int = 8) -> list[Client]:
    """Return clients whose name or phone contains the text, but for those who are shown already."""
    text = search.strip().lower().replace("ё", "е")
    digits = phones.digits(text)
    if len(digits) >= DIGITS and not any(char.isalpha() for char in text):
        tail = digits[1:] if digits[0] in "78" and len(digits) > 10 else digits
        found = Client.objects.visible_to(user).filter(search_phone__contains=tail)
    elif text:
        found = Client.objects.visible_to(user).filter(search_name__contains=text)
    else:
        return []
    return list(found.exclude(pk__in=without).order_by("search_name", "pk")[:limit])
