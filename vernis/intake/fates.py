"""What has become of each row: kept in a file beside the source's tables, line by line, for the balance sheet.

A tab-separated text is appended to while the import goes on, and cut back to where the last finished step ended when
it is taken up again after a crash.
"""

from __future__ import annotations

import os
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from vernis.connectors.tables import TABLES
from vernis.intake.balance import Balance, Figures, OfFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path


class Kind(IntEnum):
    """What a row is about; of a row about several things the greatest counts."""

    BRANCH = 0
    STAFF = 1
    SERVICE = 2
    CLIENT = 3
    APPOINTMENT = 4


class Fate(IntEnum):
    """What has become of it."""

    NEW = 1
    CHANGED = 2
    SAME = 3
    MERGED = 4
    REFUSED = 5
    FOLDED = 6


NAMES = {fate: fate.name.lower() for fate in Fate}
KINDS = {
    Kind.CLIENT: "clients", Kind.APPOINTMENT: "appointments", Kind.SERVICE: "services", Kind.STAFF: "staff",
    Kind.BRANCH: "branches",
}  # fmt: skip
LOOK, KEPT = "look", "kept"


class Row(NamedTuple):
    """The fate of one row of one table. `first`: it is the first row of its thing, which counts the thing once."""

    kind: int
    file: int
    line: int
    fate: int
    first: bool = True
    reason: str = ""  # a key of words.REASONS
    note: str = ""  # "", "look" or "kept", with what: "kept:phone,name"
    object_id: int = 0
    label: str = ""


COLUMNS = pa.schema(
    [
        ("kind", pa.int8()), ("file", pa.int16()), ("line", pa.int32()), ("fate", pa.int8()), ("first", pa.int8()),
        ("reason", pa.string()), ("note", pa.string()), ("object_id", pa.int64()), ("label", pa.string()),
    ]
)  # fmt: skip


def append(path: Path, at: int, rows: Iterable[Row]) -> int:
    """Write rows at a place of the file, and let nothing stand behind them; returns the place after them."""
    text = "".join("\t".join(_cell(value) for value in row) + "\n" for row in rows).encode()
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(file, "r+b") as out:
        out.truncate(at)
        out.seek(at)
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    return at + len(text)


def _cell(value: int | bool | str) -> str:
    if isinstance(value, str):
        return " ".join(value.split())[:200].replace('"', "'")
    return str(int(value))


def read(path: Path) -> pa.Table:
    """Return all rows written so far."""
    if not path.exists() or not path.stat().st_size:
        return COLUMNS.empty_table()
    return pacsv.read_csv(
        path,
        read_options=pacsv.ReadOptions(column_names=COLUMNS.names),
        parse_options=pacsv.ParseOptions(delimiter="\t", quote_char=False),
        convert_options=pacsv.ConvertOptions(column_types=COLUMNS, strings_can_be_null=False),
    )


def balance(fates: pa.Table, tables: Path, files: Sequence[OfFile], *, is_plan: bool = False) -> Balance:
    """Return the balance sheet: things by kind, and the rows of each file with one fate each."""
    found = Balance(is_plan=is_plan, files=list(files))
    first = fates.filter(pc.equal(fates["first"], 1))
    for kind, name in KINDS.items():
        of_kind = first.filter(pc.equal(first["kind"], int(kind)))
        figures: Figures = getattr(found, name)
        for fate in Fate:
            setattr(figures, NAMES[fate], pc.sum(pc.equal(of_kind["fate"], int(fate))).as_py() or 0)
    rows = of_rows(fates, tables)
    for number, file in enumerate(found.files):
        mine = rows.fate[rows.file == number]
        for fate in Fate:
            setattr(file, NAMES[fate], int(np.count_nonzero(mine == fate)))
    found.kept = _starting(fates, KEPT)
    found.look = _starting(fates, LOOK)
    found.reasons = reasons(fates, tables)
    return found


class Rows(NamedTuple):
    """One entry per row of the files: its place, and the fate of the most important thing in it."""

    file: np.ndarray
    line: np.ndarray
    fate: np.ndarray


def of_rows(fates: pa.Table, tables: Path) -> Rows:
    """Return one fate per row of the files, in their order."""
    parts = [_numbers(fates, "file", "line", "fate", "kind")] if len(fates) else []
    for table, said in (("folded", Fate.FOLDED), ("refused", Fate.REFUSED)):
        if (source := opened(tables, table)) is not None and len(source):
            file, line = _numbers(source, "file", "line")
            parts.append(
                [file, line, np.full(len(file), int(said)), np.full(len(file), 9 if said == Fate.REFUSED else -1)]
            )
    if not parts:
        nothing = np.zeros(0, np.int64)
        return Rows(nothing, nothing, nothing)
    file, line, fate, kind = (np.concatenate([part[number] for part in parts]) for number in range(4))
    order = np.lexsort((-kind, line, file))
    file, line, fate = file[order], line[order], fate[order]
    is_first = np.ones(len(file), bool)
    is_first[1:] = (file[1:] != file[:-1]) | (line[1:] != line[:-1])
    is_real = is_first & (line > 0)
    return Rows(file[is_real], line[is_real], fate[is_real])


def count_rows(tables: Path) -> list[int]:
    """Return how many different rows each file of a source has in its tables."""
    places = []
    for table in TABLES:
        path = tables / f"{table}.parquet"
        if path.exists():
            source = pq.read_table(path, columns=["file", "line"])
            file, line = _numbers(source, "file", "line")
            places.append(np.stack([file, line], axis=1))
    found = np.unique(np.concatenate(places), axis=0) if places else np.zeros((0, 2), np.int64)
    return [int(count) for count in np.bincount(found[:, 0])] if len(found) else [0]


def reasons(fates: pa.Table, tables: Path) -> dict[str, int]:
    """Return how many rows were refused or folded for each reason."""
    counted: dict[str, int] = {}
    sources = [fates.filter(pc.equal(fates["fate"], int(Fate.REFUSED)))["reason"]]
    sources += [source["reason"] for table in ("refused", "folded") if (source := opened(tables, table)) is not None]
    for source in sources:
        for one in source.value_counts().to_pylist():
            counted[one["values"]] = counted.get(one["values"], 0) + one["counts"]
    return dict(sorted(counted.items(), key=lambda pair: -pair[1]))


def opened(tables: Path, table: str) -> pa.Table | None:
    """Return a whole table of a source, None where it says nothing of it."""
    path = tables / f"{table}.parquet"
    return pq.read_table(path) if path.exists() else None


def _numbers(table: pa.Table, *names: str) -> list[np.ndarray]:
    return [table[name].combine_chunks().to_numpy(zero_copy_only=False).astype(np.int64) for name in names]


def _starting(fates: pa.Table, word: str) -> int:
    return pc.sum(pc.starts_with(fates["note"], word)).as_py() or 0
