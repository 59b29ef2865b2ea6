"""What the worker does for the interface: it delivers, and forgets what is old."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from vernis.accounts.models import Organization
from vernis.accounts.tenancy import scoped_to

if TYPE_CHECKING:
    import datetime

logger = logging.getLogger(__name__)

DELIVERING, FORGETTING = "api: messages to other programs", "api: old answers and messages"
FORGOTTEN_AT_ONCE = 500


def wake(organization_id: int) -> None:
    """Let the worker deliver at once; where it cannot be told, it looks by itself within a minute."""
    from django_q.tasks import async_task  # noqa: PLC0415 (pages are loaded without the worker)

    try:
        async_task(f"{__name__}.deliver_of", organization_id, save=False)
    except Exception:
        logger.exception("the worker was not woken")


def deliver_of(organization_id: int) -> int:
    """Deliver what is due of one organization."""
    from vernis.api.operations.deliveries import deliver  # noqa: PLC0415 (imports us)

    return deliver(organization_id=organization_id)


def deliver_all() -> int:
    """Deliver what is due of everybody; returns how many."""
    delivered = 0
    for organization_id in Organization.objects.order_by("pk").values_list("pk", flat=True):
        try:
            delivered += deliver_of(organization_id)
        except Exception:
            logger.exception("messages of organization %s were not delivered", organization_id)
    return delivered


def forget_all(now: datetime.datetime | None = None) -> int:
    """Delete answers, deliveries and news that nobody needs any more; returns how many."""
    from vernis.api.idempotency import KEPT  # noqa: PLC0415
    from vernis.api.models import Answer, Delivery, News  # noqa: PLC0415 (the schedule is made before there are models)
    from vernis.api.operations import deliveries  # noqa: PLC0415

    moment, gone = now or timezone.now(), 0
    for organization_id in Organization.objects.order_by("pk").values_list("pk", flat=True):
        for rows in (
            Answer.objects.of(organization_id).filter(created_at__lt=moment - KEPT),
            News.objects.of(organization_id).filter(received_at__lt=moment - deliveries.KEPT),
            Delivery.objects.of(organization_id)
            .filter(created_at__lt=moment - deliveries.KEPT)
            .exclude(state=Delivery.State.WAITING),
        ):
            while True:
                with scoped_to(organization_id):
                    old = list(rows.order_by("pk").values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE])
                    rows.filter(pk__in=old).delete()
                gone += len(old)
                if len(old) < FORGOTTEN_AT_ONCE:
                    break
    return gone


def schedule(**_signal: Any) -> None:
    """Let the worker deliver every minute and forget every hour; twice gives one schedule each."""
    from django_q.models import Schedule  # noqa: PLC0415 (the signal comes before all models are there)

    for name, work, minutes in ((DELIVERING, deliver_all, 1), (FORGETTING, forget_all, 60)):
        Schedule.objects.update_or_create(
            name=name,
            defaults={
                "func": f"{__name__}.{work.__name__}",
                "schedule_type": Schedule.MINUTES,
                "minutes": minutes,
                "repeats": -1,
            },
        )
