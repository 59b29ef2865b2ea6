"""Rows of a past day as items that were never saved, so that they are shown like those of today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vernis.book.models import Client, Service, Staff
from vernis.worklist.models import Item

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vernis.accounts.models import User
    from vernis.warehouse.wanted import Wanted


def as_items(rows: Sequence[Wanted], *, user: User) -> list[Item]:
    """Return the rows whose clients the person may see, with client, service and staff; 3 queries."""
    clients = Client.everyone.visible_to(user).in_bulk([row.client for row in rows])
    services = Service.objects.of(user.organization_id).in_bulk({row.service for row in rows if row.service})
    staff = Staff.objects.of(user.organization_id).in_bulk({row.last_staff for row in rows if row.last_staff})
    return [
        Item(
            client=clients[row.client],
            block=row.block,
            anchor=row.anchor,
            cycle_key=row.cycle_key,
            service=services.get(row.service) if row.service else None,
            last_staff=staff.get(row.last_staff) if row.last_staff else None,
            last_visit_on=row.last_visit_on,
            expected_on=row.expected_on,
            interval_days=row.interval_days,
            interval_source=row.interval_source,
            due_on=row.due_on,
            visits_count=row.visits_count,
            spent=row.spent,
            usual_weekday=row.usual_weekday,
            usual_hour=row.usual_hour,
            attempts=row.attempts,
            last_outcome=row.last_outcome,
        )
        for row in rows
        if row.client in clients
    ]
