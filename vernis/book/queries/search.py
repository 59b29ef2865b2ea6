"""Finding clients by name and phone, however they are typed."""

from __future__ import annotations

import re

from django.db.models import Q

from vernis.book import terms
from vernis.book.models import SearchTerm
from vernis.lib import phones

FEWEST_DIGITS = 3
MOST_WORDS = 6
TRUNK_8 = ("RU", "KZ")


def matching(text: str, country: str, organization_id: int) -> Q:
    """Return the condition for clients whom a text means: beginnings of words of the name in any order, or a phone.

    A phone is found from its beginning in any spelling (8 701 504, +7 (701) 504) and by its last seven or four digits.
    Where nothing can be searched for, nobody is found.
    """
    if is_phone(text):
        return _any_of(phone_beginnings(text, country), organization_id)
    wanted = terms.words(text)[:MOST_WORDS]
    if not wanted:
        return Q(pk__in=[])
    condition = Q()
    for word in wanted:
        condition &= _any_of([word], organization_id)
    return condition


def is_phone(text: str) -> bool:
    """Tell a phone, or a part of one, from a name."""
    return len(phones.digits(text)) >= FEWEST_DIGITS and not re.search(r"[^\d\s()+.,/-]", text)


def phone_beginnings(text: str, country: str) -> list[str]:
    """Return the digits with which a term may begin, if it is the phone that was typed."""
    digits = phones.digits(text)
    wanted = [digits]
    if text.strip().startswith("+"):
        return wanted
    if country in TRUNK_8 and digits.startswith("8"):
        wanted.append("7" + digits[1:])  # 8 701 is +7 701
    elif digits.startswith("0"):
        wanted.append(digits.lstrip("0") or digits)
    return wanted


def _any_of(beginnings: list[str], organization_id: int) -> Q:
    found = Q()
    for beginning in beginnings:
        first = beginning.encode()
        found |= Q(term__gte=first, term__lt=_after(first))
    return Q(pk__in=SearchTerm.objects.of(organization_id).filter(found).values("client"))


def _after(beginning: bytes) -> bytes:
    """Return the smallest bytes greater than all that begin so (UTF-8 has no byte 255)."""
    return beginning + b"\xff"
