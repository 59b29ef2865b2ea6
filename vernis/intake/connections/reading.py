"""One turn of reading a connection: what is due, from the system into the book.

The network is never asked inside a transaction. A Fault changes nothing but what the page says: what was known stays,
and is known to be as old as `fresh_at`.
"""

from __future__ import annotations

import datetime
import logging
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone

from vernis.accounts import secrets
from vernis.accounts.tenancy import scoped_to
from vernis.connectors.yclients import changes, nightly
from vernis.connectors.yclients.delivering import Delivered, deliver
from vernis.connectors.yclients.errors import Fault
from vernis.connectors.yclients.full import FullReading
from vernis.intake.connections import diary, handing, knowing, ways
from vernis.intake.locks import ImportIsRunning
from vernis.intake.models import Connection, Reading

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from vernis.connectors.yclients.client import YClients
    from vernis.connectors.yclients.readings import Read

logger = logging.getLogger(__name__)

Kind = Reading.Kind
EVERY = datetime.timedelta(minutes=5)
BUSY = datetime.timedelta(minutes=20)  # after which whoever was reading is taken to be dead
NIGHT = range(3, 6)  # hours of the branch in which records are compared one by one


def take_turn(
    organization_id: int,
    connection_id: int,
    *,
    clock: Callable[[], datetime.datetime] = timezone.now,
    is_time_up: Callable[[], bool] = lambda: False,
    **how: Any,
) -> bool:
    """Do what is due for a connection; return whether there is more to do at once. Nothing is done twice at a time."""
    now = clock()
    with scoped_to(organization_id):
        connection = _claim(connection_id, now)
    if connection is None:
        return False
    try:
        return _do_due(connection, now, clock, is_time_up, how)
    finally:
        with scoped_to(organization_id):
            Connection.objects.filter(pk=connection_id).update(busy_until=None)


def _claim(connection_id: int, now: datetime.datetime) -> Connection | None:
    free = Q(busy_until=None) | Q(busy_until__lt=now)
    due = Q(next_at=None) | Q(next_at__lte=now)
    if not Connection.objects.filter(free, due, pk=connection_id).update(busy_until=now + BUSY):
        return None
    related = Connection.objects.select_related("access__made_by", "branch", "organization", "of_import")
    found: Connection = related.get(pk=connection_id)
    return found


def due(connection: Connection, now: datetime.datetime) -> Reading.Kind | None:
    """Return what is to be read now; changes come before everything else once the history is there."""
    if connection.whole_at:
        hinted = connection.hinted_at and (not connection.fresh_at or connection.hinted_at >= connection.fresh_at)
        if hinted or not connection.fresh_at or connection.fresh_at <= now - EVERY:
            return Kind.CHANGES
    if connection.wants_all:
        return Kind.ALL
    if connection.whole_at:
        there = now.astimezone(connection.branch.zone)
        last = connection.night_at.astimezone(connection.branch.zone) if connection.night_at else None
        is_missed = last is None or last < there - datetime.timedelta(hours=36)
        if (there.hour in NIGHT and (last is None or last.date() < there.date())) or (is_missed and last):
            return Kind.NIGHT
    return None


def _do_due(
    connection: Connection,
    now: datetime.datetime,
    clock: Callable[[], datetime.datetime],
    is_time_up: Callable[[], bool],
    how: dict[str, Any],
) -> bool:
    if connection.of_import_id:
        handing.settle(connection, now)
        return False
    kind = due(connection, now)
    if kind is None:
        return False
    try:
        with ways.open_way(connection.access, **how) as source:
            if kind == Kind.ALL:
                return _read_all(connection, source, now, is_time_up)
            _read_little(connection, source, kind, now)
    except Fault as fault:
        diary.note_fault(connection, kind, fault.kind, clock(), fault.retry_after)
    except secrets.KeyIsMissing:
        diary.note_fault(connection, kind, "no_key", clock())
    except ImportIsRunning:
        return False  # in a minute
    except Exception:
        logger.exception("connection %s of organization %s", connection.pk, connection.organization_id)
        diary.note_fault(connection, kind, "ours", clock())
    return False


def _read_all(connection: Connection, source: YClients, now: datetime.datetime, is_time_up: Callable[[], bool]) -> bool:
    folder, today = ways.folder_of(connection) / "all", connection.branch.today(now)
    reading = FullReading(source, connection.company, folder, today=today)
    is_whole = False
    try:
        is_whole = reading.go_on(is_time_up)
    finally:
        with scoped_to(connection.organization_id):
            progress = reading.progress
            Connection.objects.filter(pk=connection.pk).update(done=progress.done, total=progress.total)
    if not is_whole:
        return True
    began = datetime.datetime.fromtimestamp((folder / "catalogue.json").stat().st_mtime, datetime.UTC)
    read = reading.whole()
    handing.hand_over(connection, read, lambda tables: deliver_to(connection, read, tables, now), min(began, now), now)
    return False


def _read_little(connection: Connection, source: YClients, kind: Reading.Kind, now: datetime.datetime) -> None:
    if kind == Kind.CHANGES:
        read = changes.read(source, connection.company, connection.cursor)
    else:
        window = nightly.window_around(connection.branch.today(now))
        with scoped_to(connection.organization_id):
            known = knowing.standing(connection, window)
        read = nightly.compare(source, connection.company, window=window, known=known, cursor=connection.cursor)
    with scoped_to(connection.organization_id):
        news = read._replace(records=knowing.unlike(connection, read.records))
    changed = 0
    if news.records or news.clients or news.catalogue or news.gone:
        changed = handing.bring(connection, news, lambda tables: deliver_to(connection, news, tables, now), now)
    values: dict[str, Any] = {"fresh_at": now, "cursor": read.cursor}
    if kind == Kind.NIGHT:
        values["night_at"] = now
    line = Reading(kind=kind, at=now, records=len(read.records), changed=changed, gone=len(read.gone))
    diary.note_success(connection, line, **values)


def deliver_to(connection: Connection, read: Read, tables: Path, now: datetime.datetime) -> Delivered:
    """Write the tables of a reading; returns what could not be said."""
    with scoped_to(connection.organization_id):
        before = knowing.cancelled_before(connection, [*read.records, *read.gone])
        gone = knowing.rows_of(connection, read.gone)
    return deliver(
        read, tables, branch=None, country=connection.branch.country,
        now=now.astimezone(connection.branch.zone).replace(tzinfo=None), cancelled_before=before, gone=gone,
    )  # fmt: skip
