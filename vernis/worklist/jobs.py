"""What the worker does by the clock; the schedule is made after every migrate (`schedule`)."""

from __future__ import annotations

import datetime
import logging
from typing import Any

from django.utils import timezone
from django_q import tasks

from vernis.accounts.models import Organization
from vernis.accounts.tenancy import scoped_to
from vernis.warehouse.errors import DataError
from vernis.worklist.models import Sync
from vernis.worklist.operations.sync import SyncIsRunning, sync_organization, today_in

logger = logging.getLogger(__name__)

EVERY_MINUTES = 15
NAME = "worklist: the day's items"


def sync_where_a_day_has_begun() -> int:
    """Bring up to date every organization in which a day has begun that has no finished run; returns how many.

    One organization that cannot be used (its settings, its data) does not keep the others waiting.
    """
    done = 0
    for organization in Organization.objects.order_by("pk"):
        now = timezone.now()
        with scoped_to(organization.pk):
            days = set(today_in(organization, now).days)
            finished = Sync.objects.of(organization).exclude(finished_at=None).filter(as_of__in=days)
            days -= set(finished.values_list("as_of", flat=True))
        if not days:
            continue
        try:
            sync_organization(organization=organization, now=now, days=days)
        except SyncIsRunning:
            logger.info("organization %s is being brought up to date already", organization.pk)
        except DataError as error:
            logger.error("the list of organization %s stays as it was: %s", organization.pk, error)
        except Exception:
            logger.exception("the list of organization %s stays as it was", organization.pk)
        else:
            done += 1
    return done


def sync_now(organization_id: int) -> None:
    """Bring one organization up to date: after an import, or when its rules have changed.

    Where that is being done already, it is done once more a little later: facts were read before they changed.
    """
    try:
        sync_organization(organization=Organization.objects.get(pk=organization_id), now=timezone.now())
    except SyncIsRunning:
        at = timezone.now() + datetime.timedelta(minutes=1)
        tasks.schedule(f"{__name__}.{sync_now.__name__}", organization_id, schedule_type="O", next_run=at)


def schedule(**_signal: Any) -> None:
    """Let the worker look every quarter of an hour, and as soon as it starts; twice gives one schedule."""
    from django_q.models import Schedule  # noqa: PLC0415 (the signal comes before all models are there)

    Schedule.objects.update_or_create(
        name=NAME,
        defaults={
            "func": f"{__name__}.{sync_where_a_day_has_begun.__name__}",
            "schedule_type": Schedule.MINUTES,
            "minutes": EVERY_MINUTES,
            "repeats": -1,
        },
    )
