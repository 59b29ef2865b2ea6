"""How readings went: the lines that people see, and the pauses after faults."""

from __future__ import annotations

import datetime
from typing import Any

from vernis.accounts.tenancy import scoped_to
from vernis.intake.models import Connection, Reading

FIRST_PAUSE, LONGEST_PAUSE = datetime.timedelta(minutes=1), datetime.timedelta(minutes=30)
NEEDS_PEOPLE = {"unauthorized", "forbidden", "no_key"}  # faults that do not pass by themselves
KEEP = 100  # lines


def note_success(connection: Connection, line: Reading, **values: Any) -> None:
    """Write down that a reading is whole and in the book."""
    with scoped_to(connection.organization_id):
        Connection.objects.filter(pk=connection.pk).update(
            fault="", failing_since=None, failures=0, next_at=None, **values
        )
        _write(connection, line)


def note_fault(
    connection: Connection, kind: Reading.Kind, fault: str, now: datetime.datetime, retry_after: float | None = None
) -> None:
    """Write down that a reading has not come to its end, and wait a while, longer each time."""
    failures = connection.failures + 1
    pause = LONGEST_PAUSE if fault in NEEDS_PEOPLE else min(FIRST_PAUSE * 2 ** min(failures - 1, 10), LONGEST_PAUSE)
    pause = max(pause, datetime.timedelta(seconds=retry_after or 0))
    with scoped_to(connection.organization_id):
        Connection.objects.filter(pk=connection.pk).update(
            fault=fault, failures=failures, next_at=now + pause, failing_since=connection.failing_since or now
        )
        _write(connection, Reading(kind=kind, at=now, fault=fault))


def _write(connection: Connection, line: Reading) -> None:
    line.organization_id, line.connection = connection.organization_id, connection
    line.save()
    old = Reading.objects.filter(connection=connection).order_by("-at", "-pk").values_list("pk", flat=True)[KEEP:]
    Reading.objects.filter(pk__in=list(old)).delete()
