"""Tables of a source, a part at a time."""

from __future__ import annotations

import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from vernis.connectors.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Told = dict[str, Any]
READ_AT_ONCE = 5_000
FACTS = ("services", "staff", "clients", "appointments")


def count(tables: Path, table: str) -> int:
    """Return how many rows a table has; 0 where it is not there."""
    path = tables / f"{table}.parquet"
    return pq.ParquetFile(path).metadata.num_rows if path.exists() else 0


def rows(tables: Path, table: str, start: int = 0) -> Iterator[Told]:
    """Yield the rows of a table from a row on, with every column of the contract."""
    path = tables / f"{table}.parquet"
    if not path.exists():
        return
    schema = TABLES[table]
    for batch in pq.ParquetFile(path).iter_batches(READ_AT_ONCE):
        if start >= batch.num_rows:
            start -= batch.num_rows
            continue
        part = batch.slice(start)
        start = 0
        columns = [
            part.column(name).to_pylist() if name in part.schema.names else [None] * part.num_rows
            for name in schema.names
        ]
        for values in zip(*columns, strict=True):
            yield dict(zip(schema.names, values, strict=True))


def parts(tables: Path, table: str, size: int, start: int = 0) -> Iterator[list[Told]]:
    """Yield so many rows at a time."""
    part: list[Told] = []
    for row in rows(tables, table, start):
        part.append(row)
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part


def appointments(tables: Path, size: int, start: int = 0) -> Iterator[list[list[Told]]]:
    """Yield so many appointments at a time, each as its rows, which stand together."""
    part: list[list[Told]] = []
    for _ref, group in groupby(rows(tables, "appointments", start), key=lambda row: row["ref"]):
        part.append(list(group))
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part


class Home(NamedTuple):
    """Where a client was last as the source has it, and since when she is known there; wall clocks."""

    branch: str | None
    visited_at: datetime.datetime | None  # of the latest visit; None: she has only booked
    since: datetime.datetime


class Homes:
    """The home of every client whom the appointments of a source name."""

    def __init__(self, tables: Path) -> None:
        path = tables / "appointments.parquet"
        self._number: dict[str, int] = {}
        if not path.exists():
            return
        names = ["client_ref", "branch", "starts_at", "created_at", "status"]
        there = [name for name in names if name in pq.read_schema(path).names]
        table = pq.read_table(path, columns=there)
        if not len(table):
            return
        coded = pc.dictionary_encode(table["client_ref"].combine_chunks())
        code = coded.indices.to_numpy()
        self._number = {ref: number for number, ref in enumerate(coded.dictionary.to_pylist())}
        starts = _seconds(table["starts_at"]).to_numpy()
        is_visit = pc.equal(table["status"], "completed").to_numpy().astype(bool)
        order = np.lexsort((starts, is_visit))
        last = np.zeros(len(self._number), np.int64)
        last[code[order]] = order  # the latest visit, else the latest appointment, is written last
        self._starts, self._is_visit = starts[last], is_visit[last]
        self._branch = table["branch"].take(pa.array(last)) if "branch" in there else None
        begun = starts
        if "created_at" in there:
            created = pc.fill_null(_seconds(table["created_at"]), np.iinfo(np.int64).max).to_numpy()
            begun = np.minimum(starts, created)
        self._since = np.full(len(self._number), np.iinfo(np.int64).max)
        np.minimum.at(self._since, code, begun)

    def of(self, ref: str) -> Home | None:
        """Return the home of a client, None where no appointment names her."""
        number = self._number.get(ref)
        if number is None:
            return None
        visited_at = _clock(self._starts[number]) if self._is_visit[number] else None
        branch = self._branch[number].as_py() if self._branch is not None else None
        return Home(branch, visited_at, _clock(self._since[number]))


def branch_names(tables: Path) -> list[str]:
    """Return what the source calls its branches, each once, in order."""
    found: dict[str, None] = {}
    for table in ("clients", "appointments"):
        path = tables / f"{table}.parquet"
        if path.exists() and "branch" in pq.read_schema(path).names:
            names = pc.unique(pq.read_table(path, columns=["branch"])["branch"]).to_pylist()
            found |= dict.fromkeys(name for name in names if name)
    return sorted(found)


def _seconds(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.timestamp("s"), safe=False).cast(pa.int64())  # Parquet keeps milliseconds


def _clock(seconds: Any) -> datetime.datetime:
    return datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=int(seconds))  # noqa: DTZ001 (a wall clock)
