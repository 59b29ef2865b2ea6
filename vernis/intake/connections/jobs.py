"""What the worker does for connections: a turn for each that is due, some seconds long, and then the next."""

from __future__ import annotations

import logging
import time
from typing import Any

from django.utils import timezone
from django_q.tasks import async_task

from vernis.accounts.models import Organization
from vernis.accounts.tenancy import scoped_to
from vernis.intake.connections import reading
from vernis.intake.connections.connecting import READ
from vernis.intake.models import Connection

logger = logging.getLogger(__name__)

SLICE = 20.0  # seconds
NAME = "intake: booking systems"


def read_one(organization_id: int, connection_id: int) -> None:
    """Take a turn; if there is more to do, come back when others have had theirs."""
    until = time.monotonic() + SLICE
    if reading.take_turn(organization_id, connection_id, is_time_up=lambda: time.monotonic() > until):
        async_task(READ, organization_id, connection_id)


def read_what_is_due() -> int:
    """Take a turn for every connection that has something due; returns how many there were."""
    count, now = 0, timezone.now()
    for organization in Organization.objects.order_by("pk"):
        with scoped_to(organization.pk):
            found = Connection.objects.of(organization).select_related("branch").order_by("pk")
            numbers = [one.pk for one in found if one.of_import_id or reading.due(one, now)]
        for number in numbers:
            read_one(organization.pk, number)
            count += 1
    return count


def schedule(**_signal: Any) -> None:
    """Let the worker look every minute; twice gives one schedule."""
    from django_q.models import Schedule  # noqa: PLC0415 (the signal comes before all models are there)

    Schedule.objects.update_or_create(
        name=NAME,
        defaults={
            "func": f"{__name__}.{read_what_is_due.__name__}", "schedule_type": Schedule.MINUTES, "minutes": 1,
            "repeats": -1,
        },
    )  # fmt: skip
