"""The items of a whole organization: nightly, after imports, and when the rules have changed.

Facts are read as of one moment, the rules run over all of them, and the items are brought up to date in short
transactions with pauses between them, so that people keep working. Stopped half-way it leaves yesterday's items, some
of them already today's; the next run does the rest.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import json
import time
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from django.db import connection, transaction

from vernis.accounts import locks
from vernis.accounts.models import Branch
from vernis.accounts.tenancy import scoped_to
from vernis.book import facts
from vernis.book.models import Client
from vernis.engine.history import NONE
from vernis.warehouse import runs, snapshot, wanted
from vernis.warehouse.errors import DataError
from vernis.warehouse.progress import Progress, no_progress
from vernis.warehouse.settings_file import rules_from
from vernis.worklist import items
from vernis.worklist.models import LearnedInterval, Refreshed, Sync
from vernis.worklist.operations.refresh import refresh_client

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from vernis.accounts.models import Organization
    from vernis.warehouse.results import Worklist
    from vernis.warehouse.snapshot import Snapshot

ROWS_AT_ONCE = 300
PAUSE_SHARE = 1.0
"""After each transaction others have the database for so many times its length."""

SHORTEST_PAUSE = 0.005  # seconds
MARGIN = datetime.timedelta(minutes=2)
"""Longer than any request: a change made so long before the facts were read may have been committed after."""

KEPT_LEARNED = datetime.timedelta(days=3)
LOCK_SPACE = 0x7E51  # of PostgreSQL's advisory locks


class SyncIsRunning(Exception):
    """Another process is bringing this organization up to date."""


class Today(NamedTuple):
    """The days it is now in an organization, and the clients of each (None: all)."""

    days: list[datetime.date]
    day_of_branch: dict[int | None, datetime.date]


def sync_organization(
    *,
    organization: Organization,
    now: datetime.datetime,
    days: set[datetime.date] | None = None,
    progress: Progress = no_progress,
) -> list[Sync]:
    """Make all items equal to what the rules want; returns a finished run per day that it is in the branches.

    `days` narrows it to some of these days. Raises SyncIsRunning, or DataError (kept in the run as its fault).
    """
    if connection.in_atomic_block:
        raise RuntimeError("sync reads what is committed: call it outside of a transaction")
    with _alone(organization.pk):
        with scoped_to(organization.pk):
            today = today_in(organization, now)
            wanted_days = [day for day in today.days if days is None or day in days]
            fingerprint = rules_hash(organization)
            Sync.objects.of(organization).filter(as_of__in=wanted_days, finished_at=None).delete()
            started = [
                Sync.objects.create(organization=organization, as_of=day, started_at=now, rules_hash=fingerprint)
                for day in wanted_days
            ]
        try:
            progress("facts", 0, 1)
            counts = facts.write(organization.pk)
            progress("facts", 1, 1)
            with opened(organization, progress) as prepared:
                return [_run(organization, sync, today, prepared, counts, now, progress) for sync in started]
        except DataError as error:
            with scoped_to(organization.pk):
                Sync.objects.filter(pk__in=[sync.pk for sync in started], finished_at=None).update(
                    fault=str(error)[:500]
                )
            raise


def today_in(organization: Organization, now: datetime.datetime) -> Today:
    """Return which days it is in the branches; clients without one keep the days of the organization."""
    zones = {branch.pk: branch.zone for branch in Branch.objects.of(organization)}
    day_of_branch = {pk: now.astimezone(zone).date() for pk, zone in zones.items()}
    of_all = {None: now.astimezone(organization.zone).date(), **day_of_branch}
    return Today(sorted(set(of_all.values())), of_all)


def rules_hash(organization: Organization) -> str:
    """Return what tells whether settings, services or intervals have changed."""
    text = json.dumps([organization.rules, facts.small_tables(organization)[1:]], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


@contextlib.contextmanager
def opened(organization: Organization, progress: Progress = no_progress) -> Iterator[Snapshot]:
    """Give the facts as they were last written, ready for the rules; raises DataError."""
    home = facts.home_of(organization.pk)
    with snapshot.opened(facts.folder_of(organization.pk), home / "cache", progress) as prepared:
        yield prepared


def _run(
    organization: Organization,
    sync: Sync,
    today: Today,
    prepared: Snapshot,
    counts: dict[str, int],
    now: datetime.datetime,
    progress: Progress,
) -> Sync:
    begun, day = time.monotonic(), sync.as_of
    found = runs.worklist(prepared, day, rules_from(organization.rules), progress=progress, with_keys=True)
    with scoped_to(organization.pk):
        _keep_learned(organization, day, found)
        mine = _clients_of(organization, today, day)
        rows = [row for row in wanted.of_everybody(found.table) if mine is None or row.client in mine]
        known = [
            item
            for item in items.known_items(day, organization=organization)
            if mine is None or item.row.client in mine
        ]
        last = Sync.objects.of(organization).exclude(finished_at=None).filter(as_of=day).first()
    has_rule_changed = last is not None and last.rules_hash != sync.rules_hash
    changes = items.compare(rows, known)
    left = _apply(organization, changes, day, now, has_rule_changed=has_rule_changed, progress=progress)
    for client_id in left:
        with scoped_to(organization.pk):
            refresh_client(client_id=client_id, now=now)
    sync.created_count, sync.updated_count = len(changes.create), len(changes.update)
    sync.closed_count = len(changes.close)
    sync.findings = {name: count for name, count in prepared.manifest["findings"].items() if count}
    sync.findings |= {"unclosed_appointments": found.unclosed_count, "out_of_range": counts["out_of_range"]}
    sync.findings["clients"] = counts["clients"]
    sync.findings["listed_clients"] = len({row.client for row in rows})
    sync.finished_at = now + datetime.timedelta(seconds=time.monotonic() - begun)
    with scoped_to(organization.pk):
        sync.save()
    return sync


def _apply(
    organization: Organization,
    changes: items.Changes,
    day: datetime.date,
    now: datetime.datetime,
    *,
    has_rule_changed: bool,
    progress: Progress,
) -> list[int]:
    """Write the changes bit by bit; returns the clients that somebody else has just changed or is changing."""
    left: list[int] = []
    parts = list(_parts(changes))
    for number, part in enumerate(parts, start=1):
        begun = time.monotonic()
        clients = {row.client for row in part.create}
        clients |= {item.row.client for item in (*(item for item, _row in part.update), *part.close)}
        with scoped_to(organization.pk), transaction.atomic():
            free = _held(organization, clients, now)
            mine = items.Changes(
                [row for row in part.create if row.client in free],
                [(item, row) for item, row in part.update if item.row.client in free],
                [item for item in part.close if item.row.client in free],
            )
            items.write(
                mine, organization=organization, day=day, now=now, has_rule_changed=lambda _item: has_rule_changed
            )
        left += sorted(clients - free)
        progress("items", number, len(parts))
        if number < len(parts):
            time.sleep(max(SHORTEST_PAUSE, PAUSE_SHARE * (time.monotonic() - begun)))
    return left


def _held(organization: Organization, clients: set[int], now: datetime.datetime) -> set[int]:
    """Hold clients until the transaction ends; returns those that nobody else holds or has changed lately."""
    locked = Client.objects.of(organization).filter(pk__in=clients).select_for_update(skip_locked=True, no_key=True)
    free = set(locked.order_by("pk").values_list("pk", flat=True))
    fresh = Refreshed.objects.filter(client__in=free, at__gte=now - MARGIN)
    return free - set(fresh.values_list("client_id", flat=True))


def _parts(changes: items.Changes) -> Iterator[items.Changes]:
    """Yield the changes in parts of a few hundred rows; those of one client stay together."""
    of_client: list[tuple[int, int, object]] = [(row.client, 0, row) for row in changes.create]
    of_client += [(item.row.client, 1, (item, row)) for item, row in changes.update]
    of_client += [(item.row.client, 2, item) for item in changes.close]
    of_client.sort(key=lambda change: change[:2])
    part = items.Changes([], [], [])
    for _client, group in groupby(of_client, key=lambda change: change[0]):
        for _same, kind, change in group:
            part[kind].append(change)  # type: ignore[arg-type]
        if part.size >= ROWS_AT_ONCE:
            yield part
            part = items.Changes([], [], [])
    if part.size:
        yield part


def _clients_of(organization: Organization, today: Today, day: datetime.date) -> set[int] | None:
    """Return the clients in whose branch it is that day; None where it is the same day for all."""
    if len(today.days) == 1:
        return None
    branches = Client.objects.of(organization).values_list("pk", "branch_id")
    return {pk for pk, branch in branches if today.day_of_branch[branch] == day}


def _keep_learned(organization: Organization, day: datetime.date, found: Worklist) -> None:
    """Keep the intervals of the day; those of a few days before stay for branches where it is still yesterday."""
    kept = LearnedInterval.objects.of(organization)
    with transaction.atomic():
        kept.filter(as_of=day).delete()
        kept.filter(as_of__lt=day - KEPT_LEARNED).delete()
        learned = {key: days for key, days in found.learned.items() if days != NONE}
        LearnedInterval.objects.bulk_create(
            LearnedInterval(organization=organization, cycle_key=key, as_of=day, interval_days=interval)
            for key, interval in (learned or {"": 0}).items()  # the day is known even where it has learned nothing
        )


def _alone(organization_id: int) -> AbstractContextManager[None]:
    """Let only one process at a time bring an organization up to date; raises SyncIsRunning where another does."""
    file = facts.home_of(organization_id) / "sync.lock"
    return locks.alone(file, space=LOCK_SPACE, organization_id=organization_id, is_held=SyncIsRunning)
