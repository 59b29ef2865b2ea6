"""Visits of a data set as sequences: per client, and per client and cycle; from a snapshot or a file of visits."""

import datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from vernis.engine.history import COMPLETED, NONE
from vernis.engine.returns.fitting import Sequences
from vernis.lib.days import number_of
from vernis.lib.texts import _
from vernis.warehouse import snapshot as snapshots
from vernis.warehouse import values
from vernis.warehouse.contracts import Column, Contract, Kind
from vernis.warehouse.errors import DataError
from vernis.warehouse.loading import Shared, client_ids, load_shared
from vernis.warehouse.progress import Progress, no_progress
from vernis.warehouse.reading import Source, path_of
from vernis.warehouse.snapshot import Snapshot

Numbers = npt.NDArray[Any]

VISITS = Contract(
    "visits", (Column("client_id", Kind.IDENTIFIER, True), Column("visited_on", Kind.DAY, True)), key=None
)


class Table(NamedTuple):
    """Visits end to end; `known_on` is the first day on which each is known, `client` whose a sequence is."""

    sequences: Sequences
    known_on: Numbers
    client: Numbers  # place among client_ids
    cycle: Numbers  # code of the cycle; NONE where a sequence is of any


class Visits(NamedTuple):
    """All visits of a data set."""

    client_ids: pa.Array
    any_cycle: Table  # one sequence per client with a visit
    by_cycle: Table  # one per client and cycle
    services: list[str]
    cycles: list[str]
    cycle_of_service: Numbers
    interval_of_service: Numbers  # set by the owner; NONE: not set
    clients_count: int  # with those who have no visit
    future_count: int  # visits after today, left out
    repeated_count: int  # lines that say again what is known: same client, day and service


def read_visits(
    data: Path, today: datetime.date, cache: Path | None = None, progress: Progress = no_progress
) -> Visits:
    """Read the visits of a folder of canonical tables, or of a file (or folder with one) of client_id, visited_on."""
    file = _visits_file(data)
    if file is not None:
        return from_file(file, today)
    with snapshots.opened(data.parent if data.is_file() else data, cache, progress) as prepared:
        return from_snapshot(prepared, today)


def _visits_file(data: Path) -> Path | None:
    if data.is_file():
        return None if data.stem == "appointments" else data
    if not data.is_dir():
        raise DataError(_("{folder}: there is no such file or folder").format(folder=data))
    return path_of(data, "visits") if path_of(data, "appointments") is None else None


def from_file(path: Path, today: datetime.date) -> Visits:
    """Read a file of visits; one service, always known on the day."""
    source = Source(VISITS, path)
    ids = values.texts(source, "client_id").combine_chunks()
    days = values.days(source, "visited_on").astype(np.int64)
    empty = np.flatnonzero(days == NONE)
    if len(empty):
        raise source.error(int(empty[0]), "visited_on", _("the day is missing"))
    coded = ids.dictionary_encode()
    owner = coded.indices.to_numpy().astype(np.int64)
    return _visits(
        coded.dictionary, owner, days, days, np.zeros(len(days), np.int64), np.arange(len(days)), today, [""], [""],
        np.zeros(1, np.int64), np.array([NONE]), len(coded.dictionary),
    )  # fmt: skip


def from_snapshot(prepared: Snapshot, today: datetime.date) -> Visits:
    """Read the visits of a snapshot: completed lines."""
    shared = load_shared(prepared.folder)
    parts, texts, before = [], [], 0
    for bucket in prepared.buckets:
        lines = np.load(bucket / "lines.npy", mmap_mode="r")
        counts = _line_counts(bucket)
        owner = np.repeat(np.arange(len(counts)), counts)
        is_visit = lines["status"] == COMPLETED
        kept = lines[is_visit]
        day = kept["day"].astype(np.int64)
        known = np.maximum(day, kept["created_on"].astype(np.int64))
        parts.append((owner[is_visit] + before, day, known, kept["service"].astype(np.int64)))
        texts.append(client_ids(bucket))
        before += len(counts)
    owner, day, known, service = (np.concatenate(column) for column in zip(*parts, strict=True))
    return _visits(
        pa.concat_arrays(texts), owner, day, known, service, np.arange(len(day)), today, shared.services,
        shared.cycles, np.asarray(shared.tables.cycle_of_service, np.int64), set_intervals(shared), before,
    )  # fmt: skip


def set_intervals(shared: Shared) -> Numbers:
    """Return the plain interval of every service, its own or its category's; NONE where the owner has set none."""
    tables = shared.tables
    found = np.array(tables.interval_of_service, np.int64)
    for service in np.flatnonzero(found == NONE).tolist():
        category = int(tables.category_of_service[service])
        if category == NONE:
            continue
        starts, lines = tables.category_intervals.starts, np.asarray(tables.category_intervals.lines)
        for line in lines[starts[category] : starts[category + 1]]:
            if line["months"] == 0 and line["trait"] == NONE:
                found[service] = line["days"] if found[service] == NONE else min(found[service], line["days"])
    return found


def _line_counts(bucket: Path) -> Numbers:
    from pyarrow import ipc  # noqa: PLC0415

    with pa.memory_map(str(bucket / "clients.arrow")) as file:
        counts: Numbers = ipc.open_file(file).get_batch(0)["lines"].to_numpy().astype(np.int64)
    return counts


def _visits(
    ids: pa.Array, owner: Numbers, day: Numbers, known: Numbers, service: Numbers, order: Numbers,
    today: datetime.date, services: list[str], cycles: list[str], cycle_of_service: Numbers, intervals: Numbers,
    clients_count: int,
) -> Visits:  # fmt: skip
    """Put lines together: a day of a client counts once, the last line of it speaks for its service."""
    is_past = day <= number_of(today)
    future_count = int(len(day) - is_past.sum())
    if future_count:
        owner, day, known, service, order = (column[is_past] for column in (owner, day, known, service, order))
    by_cycle, repeated = _table(owner, cycle_of_service[service], day, known, service, order, len(services))
    if len(cycles) > 1:
        any_cycle, _again = _table(owner, None, day, known, service, order, len(services))
    else:
        any_cycle = by_cycle._replace(cycle=np.full(len(by_cycle.client), NONE))
    return Visits(
        ids, any_cycle, by_cycle, services, cycles, cycle_of_service, intervals, clients_count, future_count, repeated
    )


def _table(
    owner: Numbers, cycle: Numbers | None, day: Numbers, known: Numbers, service: Numbers, order: Numbers, groups: int
) -> tuple[Table, int]:
    keys = (order, day, owner) if cycle is None else (order, day, cycle, owner)
    if not _is_sorted(owner, cycle, day):
        by = np.lexsort(keys)
        owner, day, known, service = owner[by], day[by], known[by], service[by]
        cycle = None if cycle is None else cycle[by]
    opens = np.ones(len(owner), bool)
    opens[1:] = owner[1:] != owner[:-1]
    if cycle is not None:
        opens[1:] |= cycle[1:] != cycle[:-1]
    new_day = opens.copy()
    new_day[1:] |= day[1:] != day[:-1]
    first = np.flatnonzero(new_day)
    last = np.append(first[1:], len(owner)) - 1 if len(first) else first
    known = np.minimum.reduceat(known, first) if len(first) else known
    repeated = len(owner) - len(first)
    starts = np.append(np.searchsorted(first, np.flatnonzero(opens)), len(first)).astype(np.int64)
    sequences = Sequences(starts, day[last], service[last], groups)
    heads = np.flatnonzero(opens)
    cycles = np.full(len(heads), NONE) if cycle is None else cycle[heads]
    return Table(sequences, known, owner[heads], cycles), repeated


def _is_sorted(owner: Numbers, cycle: Numbers | None, day: Numbers) -> bool:
    if cycle is not None and len(cycle) and cycle.min() != cycle.max():
        return False
    same = owner[1:] == owner[:-1]
    return bool(np.all(owner[1:] >= owner[:-1]) and np.all(~same | (day[1:] >= day[:-1])))


def known_by(table: Table, day: int) -> tuple[Sequences, Numbers]:
    """Return what of a table is known by the end of a day, and which of its sequences are left."""
    of = table.sequences
    is_known = table.known_on <= day
    counts = np.add.reduceat(is_known, of.starts[:-1]) if of.size else np.zeros(0, np.int64)
    left = np.flatnonzero(counts)
    starts = np.concatenate(([0], np.cumsum(counts[left]))).astype(np.int64)
    return Sequences(starts, of.days[is_known], of.groups[is_known], of.group_count), left
