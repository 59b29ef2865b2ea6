"""The list of any day, whole, as the rules give it from the facts that are known today."""

from __future__ import annotations

import contextlib
import json
import os
import zlib
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from vernis.book import facts
from vernis.engine.history import BLOCKS, NONE
from vernis.warehouse import runs, snapshot, wanted
from vernis.warehouse.database import identifier
from vernis.warehouse.settings_file import rules_from

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator
    from pathlib import Path

    from vernis.accounts.models import Organization
    from vernis.warehouse.wanted import Wanted

KEPT_LISTS = 60


class DayList(NamedTuple):
    """The list of a day in the order of work; `branches` None: all. `facts_at`: when the facts were last read."""

    as_of: datetime.date
    table: pa.Table
    learned: dict[str, int]
    facts_at: datetime.datetime | None

    def counts(self, branches: set[int] | None = None) -> dict[str, int]:
        """Return how many rows every block has."""
        found = self._of(branches).column("block").value_counts()
        sizes = {row["values"]: row["counts"] for row in found.to_pylist()}
        return {block: sizes.get(block, 0) for block in BLOCKS}

    def rows(
        self, block: str, branches: set[int] | None = None, *, first: int = 0, count: int | None = None
    ) -> list[Wanted]:
        """Return rows of a block, from the place `first` (0) on."""
        table = self._of(branches)
        return list(wanted.of_everybody(table.filter(pc.equal(table.column("block"), block)).slice(first, count)))

    def _of(self, branches: set[int] | None) -> pa.Table:
        if branches is None:
            return self.table
        mine = pa.array([None, "", identifier(0), *map(identifier, branches)], pa.string())
        return self.table.filter(pc.is_in(self.table.column("branch_id").cast(pa.string()), value_set=mine))


def list_of_day(organization: Organization, as_of: datetime.date) -> DayList:
    """Return the whole list of a day; made once and kept until the facts are written anew.

    A person who does not see all branches sees rows of the own branches and of none. Raises DataError.
    """
    with _opened(organization, as_of) as prepared:
        name = f"{as_of}-{prepared.folder.parent.name[-6:]}-{prepared.folder.name}-{_rules_key(organization)}.parquet"
        path = facts.home_of(organization.pk) / "lists" / name
        if not path.exists():
            found = runs.worklist(prepared, as_of, rules_from(organization.rules), with_keys=True)
            learned = {key: days for key, days in found.learned.items() if days != NONE}
            _keep(path, found.table.replace_schema_metadata({"learned": json.dumps(learned)}))
    table = parquet.read_table(path)
    learned = json.loads((table.schema.metadata or {}).get(b"learned", b"{}"))
    return DayList(as_of, table, learned, facts.written_at(organization.pk))


@contextlib.contextmanager
def _opened(organization: Organization, as_of: datetime.date) -> Iterator[snapshot.Snapshot]:
    """Give the facts as they were last written; written now if they never were.

    Cards that have been put together or taken apart since that day stand as they stood then.
    """
    if (then := facts.written_then(organization, as_of)) is not None:
        with snapshot.opened(then, then.parent / "cache") as prepared:
            yield prepared
        return
    folder = facts.folder_of(organization.pk)
    if facts.written_at(organization.pk) is None or not folder.exists():
        facts.write(organization.pk)
    with snapshot.opened(folder, facts.home_of(organization.pk) / "cache") as prepared:
        yield prepared


def _rules_key(organization: Organization) -> str:
    return f"{zlib.crc32(json.dumps(organization.rules, sort_keys=True).encode()):08x}"


def _keep(path: Path, table: pa.Table) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    new = path.with_suffix(f".new-{os.getpid()}")
    parquet.write_table(table, new)
    new.chmod(0o600)
    new.replace(path)
    kept = sorted(path.parent.glob("*.parquet"), key=lambda file: file.stat().st_mtime)
    for old in kept[:-KEPT_LISTS]:
        old.unlink(missing_ok=True)
