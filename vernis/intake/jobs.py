"""What the worker does: imports in turn, a slice of time each, so that other work is not kept waiting."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django_q.tasks import async_task

from vernis.accounts.models import Organization
from vernis.accounts.tenancy import scoped_to
from vernis.intake import places
from vernis.intake.bringing.run import Stopped
from vernis.intake.locks import ImportIsRunning
from vernis.intake.models import GOING, Import
from vernis.intake.operations import applying, checking, duplicates, forgetting, undoing

if TYPE_CHECKING:
    import datetime

logger = logging.getLogger(__name__)

SLICE = 30.0  # seconds
SILENT = 2  # minutes after which nobody is taken to work on an import
WORK = "vernis.intake.jobs.work"


def work(organization_id: int) -> None:
    """Go on for a while with the import that is first in line; the next slice is another task."""
    with scoped_to(organization_id):
        one = first_in_line(organization_id)
    if one is None:
        return
    try:
        do_some(one, seconds=SLICE)
    except ImportIsRunning:
        return  # whoever is at work goes on
    except Stopped:
        pass
    except Exception as error:
        logger.exception("import %s of organization %s has stopped", one.pk, organization_id)
        with scoped_to(organization_id):
            Import.objects.filter(pk=one.pk, state__in=GOING).update(
                state=Import.State.STOPPED if one.state != Import.State.CHECKING else Import.State.MAPPED,
                fault=f"{type(error).__name__}: {error}"[:500],
            )
    with scoped_to(organization_id):
        is_more = first_in_line(organization_id) is not None
    if is_more:
        async_task(WORK, organization_id)


def do_some(one: Import, *, seconds: float | None) -> bool:
    """Do what an import's state asks for; returns whether that is done."""
    now = timezone.now()
    if one.state == Import.State.CHECKING:
        checking.check(of_import=one, now=now)
        return True
    if one.state == Import.State.APPLYING:
        return applying.apply(of_import=one, now=now, seconds=seconds)
    return undoing.undo(of_import=one, now=now, seconds=seconds)


def first_in_line(organization_id: int) -> Import | None:
    """Return the import whose turn it is."""
    line = Import.objects.of(organization_id).filter(state__in=GOING).exclude(queued_at=None)
    return line.order_by("queued_at", "pk").first()


def look_after() -> int:
    """Take up imports that nobody works on any more, and delete what is old; returns how many were taken up."""
    now, count = timezone.now(), 0
    for organization in Organization.objects.order_by("pk"):
        with scoped_to(organization.pk):
            one = first_in_line(organization.pk)
            forgetting.delete_old(organization_id=organization.pk, now=now)
        if one and is_silent(one, now):
            work(organization.pk)
            count += 1
    return count


def is_silent(one: Import, now: datetime.datetime) -> bool:
    """Tell whether nobody seems to work on an import that is going."""
    return one.beat_at is None or one.beat_at < now - places.minutes(SILENT)


def schedule(**_signal: Any) -> None:
    """Let the worker look every few minutes; twice gives one schedule."""
    from django_q.models import Schedule  # noqa: PLC0415 (the signal comes before all models are there)

    Schedule.objects.update_or_create(
        name="intake: imports left half-way, and old files",
        defaults={
            "func": f"{__name__}.{look_after.__name__}", "schedule_type": Schedule.MINUTES, "minutes": 2, "repeats": -1,
        },
    )  # fmt: skip
    Schedule.objects.update_or_create(
        name="intake: cards of one person",
        defaults={"func": f"{__name__}.{look_every_night.__name__}", "schedule_type": Schedule.DAILY, "repeats": -1},
    )


def look_after_import(sender: Any, *, organization_id: int, **_more: Any) -> None:
    """Let the worker look for duplicates once what was imported is there to be seen."""
    async_task(f"{__name__}.{look_for_duplicates.__name__}", organization_id)


def look_for_duplicates(organization_id: int) -> int:
    """Look through all clients of an organization; returns how many pairs are open."""
    with scoped_to(organization_id):
        return duplicates.look_everywhere(organization_id=organization_id, now=timezone.now())


def look_every_night() -> int:
    """Look through all clients of every organization; returns how many pairs are open."""
    return sum(look_for_duplicates(organization.pk) for organization in Organization.objects.order_by("pk"))
