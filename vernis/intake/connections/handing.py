"""A complete reading on its way into the book: small ones at once, the whole history by the line of imports."""

from __future__ import annotations

import datetime
import functools
import json
import shutil
from typing import TYPE_CHECKING

from django.db import transaction
from django_q.tasks import async_task

from vernis.accounts.tenancy import scoped_to
from vernis.intake import places
from vernis.intake.balance import Balance
from vernis.intake.connections import diary, knowing, ways
from vernis.intake.models import GOING, Connection, Import, Reading
from vernis.intake.operations import bring_in
from vernis.intake.operations.steering import WORK
from vernis.intake.sources import Kind, Source

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from vernis.connectors.yclients.delivering import Delivered
    from vernis.connectors.yclients.readings import Read

    Write = Callable[[Path], Delivered]


def bring(connection: Connection, read: Read, write: Write, now: datetime.datetime) -> int:
    """Bring a small reading in at once; return how many things of the book it has changed. Raises ImportIsRunning."""
    ways.clear(connection, "news")  # of a process that was killed
    tables = ways.folder_of(connection) / "news"
    write(tables)
    try:
        balance = bring_in(
            organization=connection.organization, tables=tables, by=None, now=now,
            source=Source(name=connection.source, kind=Kind.BOOKING_SYSTEM, title=title_of(connection),
                          branch_id=connection.branch_id),
        )  # fmt: skip
        with scoped_to(connection.organization_id):
            knowing.remember(connection, tables, knowing.digests_of(read))
    finally:
        ways.clear(connection, "news")
    return changed_by(balance)


def hand_over(
    connection: Connection, read: Read, write: Write, began: datetime.datetime, now: datetime.datetime
) -> None:
    """Put the whole history into the line of imports, where it goes in bit by bit and can be taken back.

    What is needed when it is in the book waits in `waiting.json`.
    """
    with scoped_to(connection.organization_id):
        one = Import(
            organization=connection.organization, source=connection.source, kind=Kind.BOOKING_SYSTEM,
            title=title_of(connection), by=connection.access.made_by, created_at=now, queued_at=now, beat_at=now,
            state=Import.State.APPLYING, answers={"branch": connection.branch_id},
        )  # fmt: skip
    delivered = write(places.tables_of(one))
    waiting = {
        "digests": knowing.digests_of(read), "cursor": read.cursor, "began": began.isoformat(),
        "refused": delivered.refused, "hidden": delivered.hidden_phones, "records": len(read.records),
    }  # fmt: skip
    (ways.folder_of(connection) / "waiting.json").write_text(json.dumps(waiting), encoding="utf-8")
    with scoped_to(connection.organization_id), transaction.atomic():
        one.save()
        Connection.objects.filter(pk=connection.pk).update(of_import=one)
        transaction.on_commit(functools.partial(async_task, WORK, connection.organization_id))


def settle(connection: Connection, now: datetime.datetime) -> None:
    """See what has become of the history in the line of imports."""
    one = connection.of_import
    assert one is not None
    if one.state in GOING:
        return
    if one.state != Import.State.DONE:  # somebody has stopped it or taken it back
        diary.note_fault(connection, Reading.Kind.ALL, "import_stopped", now)
        return
    path = ways.folder_of(connection) / "waiting.json"
    waiting = json.loads(path.read_text(encoding="utf-8"))
    with scoped_to(connection.organization_id):
        knowing.remember(connection, places.tables_of(one), waiting["digests"])
        line = Reading(
            kind=Reading.Kind.ALL, at=now, records=waiting["records"],
            changed=changed_by(Balance.from_json(one.balance)),
        )  # fmt: skip
    fresh_at = datetime.datetime.fromisoformat(waiting["began"])
    diary.note_success(
        connection, line, of_import=None, wants_all=False, cursor=waiting["cursor"], whole_at=now, fresh_at=fresh_at,
        night_at=now, refused_count=waiting["refused"], hidden_phones=waiting["hidden"],
    )  # fmt: skip
    shutil.rmtree(ways.folder_of(connection), ignore_errors=True)


def title_of(connection: Connection) -> str:
    """Return what an import of this connection is called."""
    return f"{connection.access}, {connection.title}"


def changed_by(balance: Balance) -> int:
    """Return how many things of the book are new or different."""
    kinds = (balance.clients, balance.appointments, balance.services, balance.staff)
    return sum(kind.new + kind.changed for kind in kinds)
