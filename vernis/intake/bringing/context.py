"""What all steps of an import share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vernis.accounts.models import Branch
from vernis.book.moments import TimeDoesNotExist, moment_of
from vernis.intake.bringing.links import Links
from vernis.intake.fates import Fate, Kind, Row
from vernis.intake.reading import Homes

if TYPE_CHECKING:
    import datetime
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from django.db.models import Model

    from vernis.accounts.models import Organization, User
    from vernis.intake.models import Import
    from vernis.intake.reading import Told
    from vernis.intake.sources import Source


class Context:
    """One import (`of_import`), or a plan of one (None), from its first step to its last in this process."""

    def __init__(
        self,
        *,
        organization: Organization,
        tables: Path,
        source: Source,
        by: User | None,
        now: datetime.datetime,
        of_import: Import | None,
    ) -> None:
        self.organization, self.tables, self.source, self.by, self.now = organization, tables, source, by, now
        self.writes = of_import is not None
        self.of_import = of_import
        self.links = Links(organization, source.name, of_import)
        self.fates: list[Row] = []
        self.branches: dict[int, Branch] = {branch.pk: branch for branch in Branch.objects.of(organization)}
        self.branch_called: dict[str, int | None] = {}
        self._default = self._default_branch()
        self._homes: Homes | None = None
        self._invented = 0

    @property
    def homes(self) -> Homes:
        """Where clients were last, as the source has it."""
        if self._homes is None:
            self._homes = Homes(self.tables)
        return self._homes

    def branch_of(self, name: str | None) -> int | None:
        """Return our branch for what the source says."""
        return self.branch_called.get(name) if name else self._default

    def zone_of(self, branch_id: int | None) -> ZoneInfo:
        """Return the time zone of a branch, or of what has none."""
        branch = self.branches.get(branch_id) if branch_id else None
        return branch.zone if branch else self.organization.zone

    def moment(self, clock: datetime.datetime | None, branch_id: int | None) -> datetime.datetime | None:
        """Return the moment of a wall clock that must exist; raises TimeDoesNotExist."""
        return None if clock is None else moment_of(clock, self.zone_of(branch_id))

    def rough_moment(self, clock: datetime.datetime | None, branch_id: int | None) -> datetime.datetime | None:
        """Return the moment of a wall clock; one that was skipped is taken as the hour after."""
        try:
            return self.moment(clock, branch_id)
        except TimeDoesNotExist:
            assert clock is not None
            return clock.replace(tzinfo=self.zone_of(branch_id), fold=0)

    def create(self, things: list[Any], model: type[Model]) -> None:
        """Add things to the book, so that they have numbers; in a plan the numbers are invented, below 0."""
        if self.writes:
            model._default_manager.bulk_create(things)
            return
        for thing in things:
            self._invented -= 1
            thing.pk = self._invented

    def invent(self) -> int:
        """Return a number for what only a plan knows."""
        self._invented -= 1
        return self._invented

    def tell(
        self,
        kind: Kind,
        row: Told,
        fate: Fate,
        *,
        first: bool = True,
        reason: str = "",
        note: str = "",
        object_id: int = 0,
        label: str = "",
    ) -> None:
        """Note the fate of a row."""
        self.fates.append(Row(int(kind), row["file"], row["line"], int(fate), first, reason, note, object_id, label))

    def _default_branch(self) -> int | None:
        if self.source.branch_id in self.branches:
            return self.source.branch_id
        active = [pk for pk, branch in self.branches.items() if branch.is_active]
        return active[0] if len(active) == 1 else None
