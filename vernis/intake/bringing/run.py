"""All steps of an import in order. Each is one short transaction that also notes how far the import is."""

from __future__ import annotations

import contextlib
import functools
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import transaction
from django.utils import timezone

from vernis.accounts.tenancy import scoped_to
from vernis.intake import fates, reading
from vernis.intake.bringing.appointments import Appointments
from vernis.intake.bringing.catalogue import Catalogue, take_branches
from vernis.intake.bringing.clients import Clients
from vernis.intake.models import Import

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from vernis.intake.bringing.context import Context

AT_ONCE = 50
PLANNED_AT_ONCE = 2_000


@dataclass
class Cursor:
    """How far an import is. Stages: 0 the catalogue, 1 clients, 2 appointments, 3 the end."""

    stage: int = 0
    row: int = 0  # so many rows of the stage's table are done
    fates_at: int = 0  # so many bytes of fates are written
    done: int = 0  # so many rows of all tables are done

    def as_json(self) -> dict[str, Any]:
        """Return it as it is kept."""
        return asdict(self)


class Stopped(Exception):
    """Somebody has stopped the import, or it is not going any more."""


class _Work(NamedTuple):
    do: Callable[[], None]
    rows: int
    ends_stage: bool = False


class Run:
    """Steps of an import (or a plan) from a cursor on. Call `step` until it says that there is no more."""

    def __init__(self, context: Context, fates_path: Path, cursor: Cursor, *, at_once: int = 0) -> None:
        self._context, self._fates_path, self.cursor = context, fates_path, cursor
        self._at_once = at_once or (AT_ONCE if context.writes else PLANNED_AT_ONCE)
        self.total = total(context.tables)
        self._steps: Iterator[_Work] | None = None
        self._catalogue: Catalogue | None = None

    def step(self) -> bool:
        """Do the next step; False when all have been done."""
        if self._steps is None:
            self._steps = self._all_steps()
        for work in self._steps:
            self._do(work)
            return True
        return False

    def _all_steps(self) -> Iterator[_Work]:
        """Know again what earlier steps have made known, and go on from there."""
        context, tables = self._context, self._context.tables
        names = reading.branch_names(tables)
        services, staff = (list(reading.rows(tables, table)) for table in ("services", "staff"))
        if self.cursor.stage > 0:  # the answers are in the links by now
            with scoped_to(context.organization.pk):
                take_branches(context, names)
                context.links.flush()
                context.fates.clear()
                self._catalogue = Catalogue(context)
        else:

            def first() -> None:
                take_branches(context, names)
                self._catalogue = Catalogue(context)
                self._catalogue.take_services(services)
                self._catalogue.take_staff(staff)

            yield _Work(first, len(services) + len(staff), ends_stage=True)
        if self.cursor.stage == 1:
            with scoped_to(context.organization.pk):
                clients = Clients(context, reading.count(tables, "clients"))
            for rows in reading.parts(tables, "clients", self._at_once, self.cursor.row):
                yield _Work(functools.partial(clients.take, rows), len(rows))
            self._next_stage()
        if self.cursor.stage == 2:
            assert self._catalogue is not None
            appointments = Appointments(context, self._catalogue)
            for part in reading.appointments(tables, self._at_once, self.cursor.row):
                yield _Work(functools.partial(appointments.take, part), sum(map(len, part)))
            self._next_stage()

    def _next_stage(self) -> None:
        self.cursor.stage, self.cursor.row = self.cursor.stage + 1, 0

    def _do(self, work: _Work) -> None:
        context = self._context
        own = transaction.atomic() if context.writes else contextlib.nullcontext()
        with scoped_to(context.organization.pk), own:
            self._check_that_it_goes_on()
            work.do()
            context.links.flush()
            self.cursor.row += work.rows
            self.cursor.done += work.rows
            if work.ends_stage:
                self._next_stage()
            self.cursor.fates_at = fates.append(self._fates_path, self.cursor.fates_at, context.fates)
            context.fates.clear()
            if context.of_import is not None:
                Import.objects.filter(pk=context.of_import.pk).update(
                    cursor=self.cursor.as_json(), done=self.cursor.done, beat_at=timezone.now()
                )

    def _check_that_it_goes_on(self) -> None:
        one = self._context.of_import
        if one is None:
            return
        rows = Import.objects.of(self._context.organization).select_for_update(no_key=True)
        if not rows.filter(pk=one.pk, state=Import.State.APPLYING).exists():
            raise Stopped


def total(tables: Path) -> int:
    """Return how many rows all steps together have."""
    return sum(reading.count(tables, table) for table in reading.FACTS)
