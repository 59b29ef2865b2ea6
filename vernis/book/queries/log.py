"""The log of contacts (A05)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from vernis.book.models import Contact
from vernis.book.moments import day_in

if TYPE_CHECKING:
    import datetime

    from vernis.accounts.models import User

PAGE = 100


@dataclass(frozen=True)
class LogPage:
    """Contacts, the latest first; `after`: number of the contact from which to go on, None at the end."""

    contacts: list[Contact]
    after: int | None


def contacts_page(
    *,
    user: User,
    day: datetime.date | None = None,
    person_id: int | None = None,
    outcome: str = "",
    block: str = "",
    after: int | None = None,
) -> LogPage:
    """Return contacts that a person may see, those taken back included, with client and who made them."""
    rows = Contact.objects.visible_to(user)
    if day is not None:
        begins, ends = day_in(day, user.organization.zone)
        rows = rows.filter(made_at__gte=begins, made_at__lt=ends)
    for field, value in (("made_by", person_id), ("outcome", outcome), ("block", block)):
        if value:
            rows = rows.filter(**{field: value})
    if after is not None and (last := rows.filter(pk=after).first()):
        rows = rows.filter(Q(made_at__lt=last.made_at) | Q(made_at=last.made_at, pk__lt=last.pk))
    found = list(rows.select_related("client", "made_by", "branch").order_by("-made_at", "-pk")[: PAGE + 1])
    return LogPage(found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None)
