"""What the tests of the room share."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from tests.intake.tables import Told
from vernis.accounts.tenancy import scoped_to
from vernis.intake import operations, places
from vernis.intake.models import Import
from vernis.intake.operations import applying, undoing
from vernis.intake.sources import Kind, Source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.people import World
    from vernis.intake.balance import Balance

NOW = datetime.datetime(2026, 5, 12, 9, 0, tzinfo=datetime.UTC)


class Desk:
    """Somebody who brings in tables, in Nina's organization."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world, self.folder, self._count = world, folder, 0
        self.organization = world.ours.organization
        self.source = Source(name="files", kind=Kind.FILES, branch_id=world.center.branch.pk)

    def bring(self, told: Told, *, source: Source | None = None, now: datetime.datetime = NOW) -> Balance:
        """Bring in what a source says, as a small increment."""
        self._count += 1
        tables = told.write(self.folder / str(self._count))
        return operations.bring_in(
            organization=self.organization, tables=tables, source=source or self.source, by=self.world.nina, now=now
        )

    def started(self, told: Told, **answers: Any) -> Import:
        """Return an import of these tables that is about to be applied."""
        one = Import.objects.create(
            organization=self.organization, source="files", kind="files", by=self.world.nina,
            state=Import.State.APPLYING, queued_at=timezone.now(), started_at=NOW,
            answers={"branch": self.world.center.branch.pk, **answers},
        )  # fmt: skip
        told.write(places.tables_of(one))
        return one

    def undo(self, balance: Balance, now: datetime.datetime = NOW) -> Import:
        """Take an import back."""
        assert balance.import_id
        Import.objects.filter(pk=balance.import_id).update(state=Import.State.UNDOING)
        one = Import.objects.get(pk=balance.import_id)
        undoing.undo(of_import=one, now=now)
        one.refresh_from_db()
        return one


@pytest.fixture(autouse=True)
def _without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (applying, undoing):
        monkeypatch.setattr(module, "SHORTEST_PAUSE", 0.0)
        monkeypatch.setattr(module, "PAUSE_SHARE", 0.0)


@pytest.fixture
def desk(world: World, tmp_path: Path) -> Iterator[Desk]:
    """Return somebody who brings in tables."""
    with scoped_to(world.ours.organization.pk):
        yield Desk(world, tmp_path)
