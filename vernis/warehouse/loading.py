"""Buckets and shared tables of a snapshot, in the form in which the rules read them."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import ipc

from vernis.engine.bucket import Bucket, history_of
from vernis.engine.history import NONE, Contact, Entry, History, Interval, Intervals, Line, Offset, Tables, Zones
from vernis.engine.records import Records, interpreted, record_type

Numbers = npt.NDArray[Any]


class Shared(NamedTuple):
    """`tables.json` of a snapshot: the texts behind the codes, and the tables for the rules (nothing learned yet)."""

    services: list[str]
    cycles: list[str]  # in the order of their texts, as the rules want it
    branches: list[str]
    staff: list[str]
    tables: Tables
    learning: Numbers  # codes of the cycles that must be learned


def load_shared(snapshot: Path) -> Shared:
    """Read what all clients share."""
    return shared_from(json.loads((snapshot / "tables.json").read_text(encoding="utf-8")))


def shared_from(plain: dict[str, Any]) -> Shared:
    """Return what all clients share, from the plain values of a catalogue."""
    cycles = sorted(set(plain["cycles"]))
    categories = sorted({*plain["categories"], *(line["category"] for line in plain["intervals"])} - {""})
    services = plain["services"]
    traits = {trait: code for code, trait in enumerate(plain["traits"])}
    by_service = _intervals(plain["intervals"], "service", services, traits)
    by_category = _intervals(plain["intervals"], "category", categories, traits)
    service_order = np.empty(len(services), np.int32)
    service_order[sorted(range(len(services)), key=services.__getitem__)] = np.arange(len(services))
    place = {key: code for code, key in enumerate(cycles)}
    group = {category: code for code, category in enumerate(categories)}
    tables = Tables(
        cycle_of_service=np.array([place[key] for key in plain["cycles"]], np.int32),
        service_order=service_order,
        interval_of_service=np.array(plain["interval_days"], np.int32),
        category_of_service=np.array([group.get(category, NONE) for category in plain["categories"]], np.int32),
        service_intervals=by_service,
        category_intervals=by_category,
        learned=np.full(len(cycles), NONE, np.int32),
        zone_of_branch=np.array(plain["zone_of_branch"], np.int32),
        zones=_zones(plain["zones"]),
    )
    learning = np.array([place[key] for key in plain["learning"]], np.int32)
    return Shared(services, cycles, plain["branches"], plain["staff"], tables, learning)


def load_bucket(folder: Path, tables: Tables) -> Bucket:
    """Read the histories of a bucket; lines stay in the file and are read where they lie."""
    clients = _columns(folder / "clients.arrow")
    traits = clients["traits"]
    contacts = _records(folder / "contacts.npy")
    known = contacts["cycle"] != NONE  # a service stands for its cycle
    contacts["cycle"][known] = np.asarray(tables.cycle_of_service)[contacts["cycle"][known]]
    return Bucket(
        lines=_records(folder / "lines.npy"),
        contacts=contacts,
        entries=_records(folder / "entries.npy"),
        traits=traits.flatten().to_numpy(zero_copy_only=False).astype(np.int32),
        birth_month=clients["birth_month"].to_numpy(),
        birth_day=clients["birth_day"].to_numpy(),
        line_starts=_starts(clients["lines"]),
        contact_starts=_starts(clients["contacts"]),
        entry_starts=_starts(clients["entries"]),
        trait_starts=traits.offsets.to_numpy().astype(np.int64),
    )


def load_gaps(folder: Path) -> Records:
    """Read the gaps between visits of a bucket."""
    return _records(folder / "gaps.npy")


def client_ids(folder: Path) -> pa.Array:
    """Return the client ids of a bucket, in order."""
    return _columns(folder / "clients.arrow")["client_id"]


def entry_ids(folder: Path) -> pa.Array:
    """Return the ids of the waiting-list entries of a bucket, in order."""
    return _columns(folder / "entries.arrow")["entry_id"]


def appointment_ids(folder: Path, bucket: Bucket, lines: Numbers) -> pa.Array:
    """Return the appointment ids of some lines of a bucket."""
    appointment = appointments_of(np.asarray(bucket.lines))[lines]
    return _columns(folder / "appointments.arrow")["appointment_id"].take(pa.array(appointment))


def appointments_of(lines: Records) -> Numbers:
    """Return for every line of a bucket which appointment it belongs to, counted from 0."""
    return np.cumsum(lines["is_first"].astype(np.int32), dtype=np.int32) - 1


def history_as_lists(bucket: Bucket, client: int) -> History:
    """Return the history of one client as plain Python, for the rules as they stand."""
    history = history_of(bucket, client)
    return History(
        interpreted(Line, history.lines),
        interpreted(Contact, history.contacts),
        interpreted(Entry, history.entries),
        list(map(int, history.traits)),
        int(history.birth_month),
        int(history.birth_day),
    )


def tables_as_lists(tables: Tables) -> Tables:
    """Return the shared tables as plain Python."""

    def plain(value: Any) -> Any:
        if isinstance(value, np.ndarray):
            kinds: dict[Any, type] = {record_type(Interval): Interval, record_type(Offset): Offset}
            return interpreted(kinds[value.dtype], value) if value.dtype.names else value.tolist()
        return type(value)(*map(plain, value))

    shared: Tables = plain(tables)
    return shared


def _intervals(lines: list[dict[str, Any]], field: str, names: Sequence[str], traits: dict[str, int]) -> Intervals:
    groups: dict[str, list[tuple[int, int, int]]] = {name: [] for name in names}
    for line in lines:
        if line[field]:
            trait = traits[line["trait"]] if line["trait"] else NONE
            groups[line[field]].append((line["months"], trait, line["days"]))
    starts = np.cumsum([0, *(len(group) for group in groups.values())]).astype(np.int64)
    flat = [line for group in groups.values() for line in group]
    return Intervals(starts, np.array(flat, record_type(Interval)))


def _zones(plain: list[dict[str, Any]]) -> Zones:
    starts = np.cumsum([0, *(len(zone["since"]) for zone in plain)]).astype(np.int64)
    pairs = [pair for zone in plain for pair in zip(zone["since"], zone["offset"], strict=True)]
    return Zones(starts, np.array(pairs, record_type(Offset)))


def _records(path: Path) -> Records:
    """Map records into memory; what is written to them stays there."""
    return np.asarray(np.load(path, mmap_mode="c"))


def _columns(path: Path) -> pa.RecordBatch:
    """Map columns into memory."""
    with pa.memory_map(str(path)) as file:
        return ipc.open_file(file).get_batch(0)


def _starts(counts: pa.Array) -> Numbers:
    return np.concatenate(([0], np.cumsum(counts.to_numpy()))).astype(np.int64)
