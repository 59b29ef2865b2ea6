"""Endpoints, and what was sent to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Max, Q, QuerySet

from vernis.api.models import Delivery, Endpoint

if TYPE_CHECKING:
    from vernis.accounts.models import User

PAGE = 50


@dataclass(frozen=True)
class LogPage:
    """Messages, the latest first; `before`: where the next page begins, None at the end."""

    deliveries: list[Delivery]
    before: int | None


def endpoints_of(*, user: User) -> QuerySet[Endpoint]:
    """Return the endpoints of an organization with how their messages fare."""
    return Endpoint.objects.of(user.organization_id).annotate(
        waiting=Count("deliveries", filter=Q(deliveries__state=Delivery.State.WAITING)),
        failed=Count("deliveries", filter=Q(deliveries__state=Delivery.State.FAILED)),
        last_at=Max("deliveries__delivered_at"),
    )


def log_of(*, endpoint: Endpoint, state: str = "", before: int | None = None) -> LogPage:
    """Return a page of what was sent to an endpoint."""
    rows = Delivery.objects.of(endpoint.organization_id).filter(endpoint=endpoint)
    if state in Delivery.State.values:
        rows = rows.filter(state=state)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[: PAGE + 1])
    return LogPage(found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None)
