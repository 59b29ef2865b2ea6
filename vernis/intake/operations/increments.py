"""Small increments of a booking system or of a program that calls us."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from vernis.accounts.tenancy import scoped_to
from vernis.intake import fates, places
from vernis.intake.balance import Balance, OfFile
from vernis.intake.bringing.context import Context
from vernis.intake.bringing.run import Cursor, Run
from vernis.intake.locks import alone
from vernis.intake.models import Import
from vernis.intake.operations.applying import finish, work

if TYPE_CHECKING:
    import datetime
    from pathlib import Path

    from vernis.accounts.models import Organization, User
    from vernis.intake.sources import Source


def bring_in(
    *, organization: Organization, tables: Path, source: Source, by: User | None, now: datetime.datetime
) -> Balance:
    """Bring a folder of tables (`connectors.tables`, Parquet) into the book, in one go; for small increments.

    Idempotent: what the source has said before changes nothing. `by` is who asked for it, None for the worker. The
    folder is the caller's and is not kept. Works in short transactions of its own; inside a transaction of the caller
    it is part of that. Ends with `book.signals.facts_imported` if anything in the book has changed. The numbers that
    refs became: `intake.queries.links.objects_of`. Raises ImportIsRunning.
    """
    with alone(organization.pk):
        with scoped_to(organization.pk):
            one = Import.objects.create(
                organization=organization, source=source.name, kind=source.kind, title=source.title, by=by,
                created_at=now, started_at=now, beat_at=now, state=Import.State.APPLYING,
            )  # fmt: skip
        try:
            with scoped_to(organization.pk):
                context = Context(
                    organization=organization, tables=tables, source=source, by=by, now=now, of_import=one
                )
                run = Run(context, places.fates_of(one), Cursor())
            work(run, pauses=False)
            files = [
                OfFile(name=source.title or source.name, rows=count, lines=count) for count in fates.count_rows(tables)
            ]
            balance = finish(one, tables, files, now)
        except BaseException as error:
            with contextlib.suppress(Exception), scoped_to(organization.pk):
                Import.objects.filter(pk=one.pk, state=Import.State.APPLYING).update(
                    state=Import.State.STOPPED, fault=str(error)[:500]
                )
            raise
    if not balance.touches_book and not balance.reasons and not balance.look:
        with scoped_to(organization.pk):
            if not one.links.exists() and not one.changes.exists():
                places.delete(one)
                one.delete()
                balance.import_id = None
    return balance
