"""Bringing in what was checked: step by step, so that it can be stopped, killed and taken up again at any moment."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from django.db import transaction

from vernis.accounts.tenancy import scoped_to
from vernis.book.signals import facts_imported
from vernis.intake import fates, places, sources
from vernis.intake.bringing.context import Context
from vernis.intake.bringing.run import Cursor, Run, Stopped
from vernis.intake.locks import alone
from vernis.intake.models import Import
from vernis.intake.operations.files import staged_files
from vernis.warehouse.progress import Progress, no_progress

if TYPE_CHECKING:
    import datetime
    from pathlib import Path

    from vernis.intake.balance import Balance, OfFile

PAUSE_SHARE, SHORTEST_PAUSE = 1.0, 0.05
"""After each step others have the database for so many times its length, and at least so many seconds."""


def apply(
    *, of_import: Import, now: datetime.datetime, seconds: float | None = None, progress: Progress = no_progress
) -> bool:
    """Do the steps that are left, or as many as fit into `seconds`; returns whether the import is finished.

    The import is in the state APPLYING. Steps that are done stay done, whatever happens to this process. Raises
    ImportIsRunning where another process is at work, Stopped where somebody has stopped it.
    """
    with alone(of_import.organization_id):
        with scoped_to(of_import.organization_id):
            one = Import.objects.select_related("organization", "by").get(pk=of_import.pk)
            if one.state != Import.State.APPLYING:
                raise Stopped
            one.started_at = one.started_at or now
            context = Context(
                organization=one.organization, tables=places.tables_of(one), source=source_of(one), by=one.by,
                now=one.started_at, of_import=one,
            )  # fmt: skip
            run = Run(context, places.fates_of(one), Cursor(**one.cursor))
            one.beat_at, one.total = now, run.total
            one.save(update_fields=["started_at", "beat_at", "total"])
        if not work(run, seconds, progress):
            return False
        with scoped_to(one.organization_id):
            files = staged_files(one)
        finish(one, places.tables_of(one), files, now)
    return True


def work(run: Run, seconds: float | None = None, progress: Progress = no_progress, *, pauses: bool = True) -> bool:
    """Do steps until there are no more, or the time is over; returns whether there are no more."""
    until = None if seconds is None else time.monotonic() + seconds
    while True:
        begun = time.monotonic()
        if not run.step():
            return True
        progress("import", run.cursor.done, run.total)
        if until is not None and time.monotonic() >= until:
            return False
        if pauses:
            time.sleep(max(SHORTEST_PAUSE, PAUSE_SHARE * (time.monotonic() - begun)))


def finish(one: Import, tables: Path, files: list[OfFile], now: datetime.datetime) -> Balance:
    """Draw the balance, and let rooms above the book know; both or neither."""
    with scoped_to(one.organization_id), transaction.atomic():
        balance = fates.balance(fates.read(places.fates_of(one)), tables, files)
        balance.import_id = one.pk
        one.refresh_from_db(fields=["state"])
        if one.state != Import.State.APPLYING:
            raise Stopped
        one.balance, one.state, one.finished_at, one.fault = balance.as_json(), Import.State.DONE, now, ""
        one.save(update_fields=["balance", "state", "finished_at", "fault"])
        if balance.touches_book:
            facts_imported.send(sender=Import, organization_id=one.organization_id)
    return balance


def plan(*, of_import: Import, now: datetime.datetime, progress: Progress = no_progress) -> Balance:
    """Return what applying would do, row by row (`places.fates_of(..., is_plan=True)`), and write nothing else."""
    with scoped_to(of_import.organization_id):
        one = Import.objects.select_related("organization", "by").get(pk=of_import.pk)
        context = Context(
            organization=one.organization, tables=places.tables_of(one), source=source_of(one), by=one.by, now=now,
            of_import=None,
        )  # fmt: skip
        path = places.fates_of(one, is_plan=True)
        work(Run(context, path, Cursor()), progress=progress, pauses=False)
        return fates.balance(fates.read(path), context.tables, staged_files(one), is_plan=True)


def source_of(one: Import) -> sources.Source:
    """Return the source of an import, with what people have answered about its branches."""
    return sources.Source(
        name=one.source, kind=sources.Kind(one.kind), title=one.title, branch_id=one.answers.get("branch"),
        branches=one.answers.get("branches", {}),
    )  # fmt: skip
