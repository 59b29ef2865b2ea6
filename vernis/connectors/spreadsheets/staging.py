"""Files and their mapping into Parquet tables, and the balance of every file."""

from __future__ import annotations

import contextlib
import datetime
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from vernis.connectors.spreadsheets.combining import FOLDS, combine
from vernis.connectors.spreadsheets.errors import NotMapped
from vernis.connectors.spreadsheets.facts import FACTS, Refused, SheetReader, names_of
from vernis.connectors.spreadsheets.listing import Listing
from vernis.connectors.spreadsheets.lists import read_products, read_services
from vernis.connectors.spreadsheets.mapping import VISITS, Mapping, SheetMapping
from vernis.connectors.spreadsheets.people import Aliases, spread
from vernis.connectors.spreadsheets.reading import Opened, Source, fingerprint_of, opened
from vernis.connectors.tables import FOLDED, REFUSED, TABLES
from vernis.lib.texts import _

ROWS_OF_A_BUCKET = 40_000
MOST_BUCKETS = 96
READING = 0.7  # share of the work


@dataclass(frozen=True)
class Balance:
    """Where every row of one file went: rows == staged + folded + refused + sum of skipped, always.

    `lines` are physical lines of a CSV (a row may take several) or rows of a workbook's sheets; `skipped`, `folded_by`
    and `refused_by` count by the keys of `connectors.reasons`.
    """

    file: int
    name: str
    bytes: int
    lines: int
    rows: int
    staged: int
    folded: int
    refused: int
    skipped: dict[str, int]
    folded_by: dict[str, int]
    refused_by: dict[str, int]


@dataclass(frozen=True)
class Staged:
    """What has been written: `tables` counts the rows of each Parquet file (see connectors.tables.TABLES)."""

    folder: Path
    balances: tuple[Balance, ...]
    tables: dict[str, int]


@dataclass
class _Count:
    """What is being counted of one file."""

    lines: int = 0
    rows: int = 0
    staged: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    folded: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)


def stage(
    files: Sequence[Source],
    mapping: Mapping,
    *,
    into: Path,
    country: str,
    today: datetime.date,
    progress: Callable[[float], None] | None = None,
) -> Staged:
    """Read all files by the mapping and write `<table>.parquet` into a folder (made if need be, emptied of these).

    `progress` is told the share that is done, 0 to 1, a few times a second; what it raises stops the reading and leaves
    no table. Raises NotASpreadsheet, and NotMapped where the mapping is not enough or belongs to other files.
    """
    if problems := mapping.problems():
        raise NotMapped(" ".join(problems))
    into.mkdir(parents=True, exist_ok=True)
    for name in TABLES:
        (into / f"{name}.parquet").unlink(missing_ok=True)
    making = Path(tempfile.mkdtemp(prefix="making-", dir=into))
    try:
        run = _Run(files, mapping, making, country=country, today=today, progress=progress or (lambda _share: None))
        staged = run.all()
        for name in staged:
            (making / f"{name}.parquet").replace(into / f"{name}.parquet")
        return Staged(into, run.balances(), staged)
    finally:
        shutil.rmtree(making, ignore_errors=True)


class _Run:
    """One staging."""

    def __init__(
        self, files: Sequence[Source], mapping: Mapping, making: Path, *, country: str, today: datetime.date,
        progress: Callable[[float], None],
    ) -> None:  # fmt: skip
        self._files = files
        self._mapping = mapping
        self._making = making
        self._country = country
        self._today = today
        self._progress = progress
        self._listing = Listing()
        self._counts = [_Count() for _file in files]
        self._writers: dict[str, pq.ParquetWriter] = {}
        self._written: Counter[str] = Counter()
        self._sizes = [source.path.stat().st_size for source in files]
        self._sheets = {(sheet.file, sheet.sheet): sheet for sheet in mapping.sheets}
        self._opened_once: set[int] = set()
        self._identified: Counter[str] = Counter()
        self._schema = pa.schema([one for one in FACTS if one.name in names_of(mapping.sheets)])

    def all(self) -> dict[str, int]:
        """Read, combine and write everything; return the rows of each table."""
        with contextlib.ExitStack() as stack:
            stack.callback(self._close)
            self._check()
            self._read_lists(("services", "products"))
            self._listing.finish()
            spool = self._making / "facts.arrow"
            rows = self._read_facts(spool)
            self._combine(spool, rows)
            for number, source in enumerate(self._files):
                if number not in self._opened_once:
                    self._count_ignored(number, opened(source)[1])
            for name, table in self._listing.tables().items():
                self._write(name, table)
        self._progress(1.0)
        for number, count in enumerate(self._counts):
            total = (
                count.staged + sum(count.folded.values()) + sum(count.refused.values()) + sum(count.skipped.values())
            )
            assert count.rows == total, (self._files[number].name, count)
        return dict(self._written)

    def balances(self) -> tuple[Balance, ...]:
        """Return the balance of every file."""
        return tuple(
            Balance(
                file=number, name=source.name, bytes=self._sizes[number], lines=count.lines, rows=count.rows,
                staged=count.staged, folded=sum(count.folded.values()), refused=sum(count.refused.values()),
                skipped=dict(count.skipped), folded_by=dict(count.folded), refused_by=dict(count.refused),
            )
            for number, (source, count) in enumerate(zip(self._files, self._counts, strict=True))
        )  # fmt: skip

    def _check(self) -> None:
        known = {number for number, _sheet in self._sheets}
        if known - set(range(len(self._files))) or len(known) < len(self._files):
            raise NotMapped(_("The settings belong to other files: please choose the columns again."))

    def _opened(self, kinds: Sequence[str]) -> Iterator[tuple[int, Opened, SheetMapping]]:
        """Yield the sheets of some kinds."""
        for number, source in enumerate(self._files):
            if not any(sheet.kind in kinds for (file, _name), sheet in self._sheets.items() if file == number):
                continue
            sheets = opened(source)[1]
            self._count_ignored(number, sheets)
            for sheet in sheets:
                mapped = self._sheets.get((number, sheet.name))
                if mapped and mapped.kind in kinds:
                    if mapped.fingerprint != fingerprint_of(sheet.layout.headers):
                        message = _('The columns of "{name}" are not those that were chosen: please choose them again.')
                        raise NotMapped(message.format(name=source.name))
                    yield number, sheet, mapped

    def _read_lists(self, kinds: Sequence[str]) -> None:
        """Read the lists of services and products, and count the rows of sheets that are left out."""
        for number, sheet, mapped in self._opened(kinds):
            count = self._counts[number]
            self._above(count, sheet)
            for block, _share in sheet.blocks():
                self._below(count, block)
                count.skipped.update(block.skipped)
                if mapped.kind == "products":
                    count.skipped["products"] += read_products(block, mapped, self._listing) + len(block.refused)
                    continue
                done = read_services(block, sheet, mapped, self._listing, file=number)
                count.staged += done.staged
                count.skipped.update(done.skipped)
                self._refuse(number, done.refused)
                self._fold(number, done.folded)

    def _count_ignored(self, number: int, sheets: Sequence[Opened]) -> None:
        """Count the rows of sheets that are left out, once for each file."""
        if number in self._opened_once:
            return
        self._opened_once.add(number)
        for sheet in sheets:
            one = self._sheets.get((number, sheet.name))
            if one is None or one.kind == "ignored":
                count = self._counts[number]
                self._above(count, sheet)
                for block, _share in sheet.blocks():
                    self._below(count, block)
                    count.skipped.update(block.skipped)
                    count.skipped["not_brought"] += len(block) + len(block.refused)

    def _read_facts(self, spool: Path) -> int:
        """Write the facts of all visits and clients one after another; return how many."""
        rows = 0
        done, total = 0, max(1, sum(self._sizes))
        options = pa.ipc.IpcWriteOptions(compression="lz4")
        with pa.OSFile(str(spool), "wb") as file, pa.ipc.new_file(file, self._schema, options=options) as writer:
            last = -1
            for number, sheet, mapped in self._opened((*VISITS, "clients")):
                count = self._counts[number]
                self._above(count, sheet)
                reader = SheetReader(
                    sheet, mapped, self._listing, file=number, country=self._country, today=self._today
                )
                done += self._sizes[last] if last not in (-1, number) else 0
                last = number
                for block, share in sheet.blocks():
                    self._below(count, block)
                    facts, refused = reader.read(block)
                    self._refuse(number, refused)
                    self._note(facts)
                    writer.write_table(facts.select(self._schema.names))
                    rows += len(facts)
                    self._progress(READING * min(1.0, (done + share * self._sizes[number]) / total))
                count.skipped.update(reader.skipped)
        return rows

    def _note(self, facts: pa.Table) -> None:
        numbered = len(facts) - facts["client_id"].null_count
        self._identified["rows"] += len(facts)
        self._identified["client_id"] += numbered
        self._identified["phone"] += len(facts) - facts["phone"].null_count
        visits = pc.is_valid(facts["day"])
        self._identified["visits"] += pc.sum(visits).as_py() or 0
        self._identified["branch"] += pc.sum(pc.and_(visits, pc.is_valid(facts["branch"]))).as_py() or 0

    def _combine(self, spool: Path, rows: int) -> None:
        said = self._identified
        aliases = Aliases()
        if 0 < said["client_id"] < said["rows"] or (not said["client_id"] and 0 < said["phone"] < said["rows"]):
            for facts in _batches(spool):
                aliases.learn(facts)
            aliases.finish()
        has_branches = 0 < said["visits"] == said["branch"]
        number = max(1, min(MOST_BUCKETS, -(-rows // ROWS_OF_A_BUCKET)))
        buckets = [spool] if number == 1 else self._divided(spool, number, aliases)
        for place, bucket in enumerate(buckets):
            facts = pa.concat_tables(list(_batches(bucket)) or [FACTS.empty_table()]).combine_chunks()
            bucket.unlink()
            if len(facts):
                keys = aliases.keys(facts)
                keys = keys.combine_chunks() if isinstance(keys, pa.ChunkedArray) else keys
                self._settle(facts, keys, has_branches=has_branches)
            self._progress(READING + 0.1 + (0.2 - 1e-9) * (place + 1) / len(buckets))

    def _divided(self, spool: Path, number: int, aliases: Aliases) -> list[Path]:
        """Write the facts of people into files of their own, so that one at a time fits into memory."""
        paths = [self._making / f"bucket-{place}.arrow" for place in range(number)]
        with contextlib.ExitStack() as stack:
            writers = []
            for path in paths:
                file = stack.enter_context(pa.OSFile(str(path), "wb"))
                options = pa.ipc.IpcWriteOptions(compression="lz4")
                writers.append(stack.enter_context(pa.ipc.new_file(file, self._schema, options=options)))
            for facts in _batches(spool):
                keys = aliases.keys(facts)
                home = spread(keys.combine_chunks() if isinstance(keys, pa.ChunkedArray) else keys) % number
                order = np.argsort(home.astype(np.int16), kind="stable")
                ends = np.searchsorted(home[order], np.arange(number + 1))
                sorted_facts = facts.select(self._schema.names).take(pa.array(order))
                for place in range(number):
                    if ends[place + 1] > ends[place]:
                        writers[place].write_table(sorted_facts.slice(ends[place], ends[place + 1] - ends[place]))
                self._progress(READING + 0.05)
        spool.unlink()
        return paths

    def _settle(self, facts: pa.Table, keys: pa.Array, *, has_branches: bool) -> None:
        made = combine(facts, keys, has_branches=has_branches)
        self._write("clients", made.clients)
        self._write("appointments", made.appointments)
        file, line = facts["file"].to_numpy(), facts["line"].to_numpy()
        place = file.astype(np.int64) << 32 | line
        stays = made.fate < 0
        _places, first, inverse = np.unique(place, return_index=True, return_inverse=True)
        is_staged = np.zeros(len(_places), bool)
        is_staged[inverse[stays]] = True
        for number, times in zip(*np.unique(file[first[is_staged]], return_counts=True), strict=True):
            self._counts[int(number)].staged += int(times)
        gone = first[~is_staged]
        if not len(gone):
            return
        into = made.fate[gone]
        while len(moved := np.nonzero(made.fate[into] >= 0)[0]):  # folded into what was folded in turn
            into[moved] = made.fate[into[moved]]
        names = np.array(FOLDS)[made.why[gone]]
        for number, name in zip(file[gone].tolist(), names.tolist(), strict=True):
            self._counts[number].folded[name] += 1
        self._write(
            "folded",
            pa.table([pa.array(file[gone]), pa.array(line[gone]), pa.array(names.tolist(), pa.string()),
                      pa.array(file[into]), pa.array(line[into])], schema=FOLDED),
        )  # fmt: skip

    def _above(self, count: _Count, sheet: Opened) -> None:
        above = dict(sheet.layout.above)
        count.skipped.update(above)
        count.rows += sum(above.values())
        count.lines += sheet.layout.after

    @staticmethod
    def _below(count: _Count, block: Any) -> None:
        count.rows += len(block) + len(block.refused) + sum(block.skipped.values())
        count.lines += block.physical

    def _refuse(self, file: int, refused: Refused) -> None:
        if not refused.lines:
            return
        self._counts[file].refused.update(refused.reasons)
        columns = [[file] * len(refused.lines), refused.lines, refused.reasons, refused.columns, refused.values,
                   refused.cells]  # fmt: skip
        arrays = [pa.array(values, one.type) for values, one in zip(columns, REFUSED, strict=True)]
        self._write("refused", pa.table(arrays, schema=REFUSED))

    def _fold(self, file: int, folded: Sequence[tuple[int, str, int, int]]) -> None:
        if not folded:
            return
        self._counts[file].folded.update(reason for _line, reason, _file, _into in folded)
        rows = [
            {"file": file, "line": line, "reason": reason, "into_file": into_file, "into_line": into_line}
            for line, reason, into_file, into_line in folded
        ]
        self._write("folded", pa.Table.from_pylist(rows, schema=FOLDED))

    def _write(self, name: str, table: pa.Table) -> None:
        if not len(table):
            return
        if name not in self._writers:
            self._writers[name] = pq.ParquetWriter(self._making / f"{name}.parquet", TABLES[name], compression="snappy")
        self._writers[name].write_table(table.cast(TABLES[name]))
        self._written[name] += len(table)

    def _close(self) -> None:
        for writer in self._writers.values():
            writer.close()


def _batches(path: Path) -> Iterator[pa.Table]:
    """Yield the facts of a file, with the columns about which no sheet says anything."""
    with pa.OSFile(str(path), "rb") as file, pa.ipc.open_file(file) as reader:
        for number in range(reader.num_record_batches):
            batch = reader.get_batch(number)
            said = set(batch.schema.names)
            arrays = [batch[one.name] if one.name in said else pa.nulls(len(batch), one.type) for one in FACTS]
            yield pa.table(arrays, schema=FACTS)
