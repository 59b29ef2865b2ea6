"""One bucket of the snapshot: its histories put in order, appointments put together, and written to its folder."""

import dataclasses
import datetime
import hashlib
import os
import re
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import ipc, parquet

from vernis.engine.bucket import write_gaps_of_all
from vernis.engine.compiled import compiled
from vernis.engine.history import (
    BOOKED,
    CANCELLED,
    COMPLETED,
    DAY_US,
    NO_SHOW,
    NONE,
    Contact,
    Entry,
    Line,
)
from vernis.engine.learned import Gap, Gaps
from vernis.engine.records import Records, interpreted, record_type, records
from vernis.lib.days import number_of
from vernis.lib.texts import _
from vernis.warehouse.catalogue import Catalogue
from vernis.warehouse.reading import Source

Numbers = npt.NDArray[Any]

STRENGTH = np.empty(4, np.int8)
STRENGTH[[CANCELLED, BOOKED, NO_SHOW, COMPLETED]] = (0, 1, 2, 3)
BY_STRENGTH = np.argsort(STRENGTH).astype(np.int8)
"""Lines of one appointment that contradict each other share the strongest status."""

COMPILE_FROM = 100_000
"""Fewer lines than this are done sooner by interpreting than by waking the compiler."""

_NEVER = 2**31 - 1


class AppointmentTable(NamedTuple):
    """Lines of `appointments` as codes and numbers; grain: one line, in the order of the file."""

    appointment: pa.Array
    client: Numbers
    client_texts: pa.Array
    at: Numbers
    created_on: Numbers
    cancelled_on: Numbers
    status: Numbers
    service: Numbers
    branch: Numbers
    staff: Numbers
    amount: Numbers
    row: Numbers
    visits_before_creation: int

    def of(self, lines: Numbers) -> "AppointmentTable":
        """Return some of the lines."""
        taken = {name: column[lines] for name, column in self._asdict().items() if isinstance(column, np.ndarray)}
        return self._replace(appointment=self.appointment.take(pa.array(lines)), **taken)  # type: ignore[arg-type]


class ClientTable(NamedTuple):
    """What is known of clients; grain: one client, in the order of client_id."""

    birth_month: Numbers
    birth_day: Numbers
    trait_set: Numbers
    trait_sets: list[list[str]]

    def of(self, clients: Numbers, client_ids: pa.Array) -> "BucketClients":
        """Return the clients of a bucket."""
        return BucketClients(
            clients,
            client_ids.take(pa.array(clients)),
            self.birth_month[clients],
            self.birth_day[clients],
            [self.trait_sets[number] for number in self.trait_set[clients].tolist()],
        )


class BucketClients(NamedTuple):
    """The clients of a bucket, in the order of client_id; `code` is their place in the whole data set."""

    code: Numbers
    client_id: pa.Array
    birth_month: Numbers
    birth_day: Numbers
    traits: list[list[str]]


class ContactTable(NamedTuple):
    """Lines of `contacts`; grain: one contact, in the order of the file."""

    client: Numbers
    at: Numbers
    has_offset: Numbers
    block: Numbers
    outcome: Numbers
    next_on: Numbers
    anchor: list[str]

    def of(self, lines: Numbers) -> "ContactTable":
        """Return some of the lines."""
        taken = {name: column[lines] for name, column in self._asdict().items() if isinstance(column, np.ndarray)}
        return self._replace(anchor=[self.anchor[line] for line in lines.tolist()], **taken)


class EntryTable(NamedTuple):
    """Lines of `waitlist`; grain: one entry, in the order of the file."""

    client: Numbers
    entry: list[str]
    created_at: Numbers
    wanted_from: Numbers
    wanted_until: Numbers
    closed_on: Numbers
    service: Numbers
    branch: Numbers

    def of(self, lines: Numbers) -> "EntryTable":
        """Return some of the lines."""
        taken = {name: column[lines] for name, column in self._asdict().items() if isinstance(column, np.ndarray)}
        return self._replace(entry=[self.entry[line] for line in lines.tolist()], **taken)


def write_bucket(
    folder: Path,
    clients: BucketClients,
    appointments: AppointmentTable,
    contacts: ContactTable,
    entries: EntryTable,
    catalogue: Catalogue,
    *,
    previous: Path | None,
    previous_digest: str | None,
    source: Source,
) -> dict[str, Any]:
    """Write the folder of one bucket, or take it over from the previous version if nothing in it has changed.

    Returns digest, counts and how many appointments contradict themselves; raises InputError for a line that stands
    twice.
    """
    lines, ids, contradictions = arrange(clients.code, appointments, catalogue, source)
    line_counts = _counts(clients.code, appointments.client)
    entry_records, entry_ids, entry_clients = _entries(clients.code, entries)
    contact_records, contact_clients = _contacts(
        clients.code, contacts, lines, ids, line_counts, entry_ids, entry_clients, catalogue
    )
    traits = [
        [catalogue.traits.get(trait) for trait in row if catalogue.traits.get(trait) != NONE] for row in clients.traits
    ]
    client_table = pa.table(
        {
            "client_id": clients.client_id.cast(pa.string()),
            "birth_month": clients.birth_month,
            "birth_day": clients.birth_day,
            "traits": pa.array(traits, pa.list_(pa.int32())),
            "lines": line_counts,
            "contacts": _counts(np.arange(len(clients.code)), contact_clients),
            "entries": _counts(np.arange(len(clients.code)), entry_clients),
        }
    )
    learning = _learning_cycles(catalogue)
    digest = _digest(
        client_table, lines, ids, contact_records, entry_records, pa.array(entry_ids, pa.string()), learning
    )
    summary = {"digest": digest, "lines": len(lines), "clients": len(clients.code), "contradictions": contradictions}
    if previous is not None and previous_digest == digest:
        _take_over(previous, folder)
        return summary
    folder.mkdir()
    _write(folder / "clients.parquet", client_table)
    _write(folder / "lines.parquet", _as_table(lines))
    _write(folder / "contacts.parquet", _as_table(contact_records))
    _write(
        folder / "entries.parquet", _as_table(entry_records).append_column("entry_id", pa.array(entry_ids, pa.string()))
    )
    _write(folder / "gaps.parquet", _as_table(find_gaps(lines, line_counts, learning)))
    with ipc.new_file(folder / "appointments.arrow", pa.schema([("appointment_id", pa.large_string())])) as file:
        file.write_batch(pa.record_batch({"appointment_id": ids.cast(pa.large_string())}))
    return summary


def arrange(
    client_codes: Numbers, table: AppointmentTable, catalogue: Catalogue, source: Source
) -> tuple[Records, pa.Array, int]:
    """Put the lines of a bucket in the order of histories and let the lines of an appointment share their state.

    Returns the lines as records, their appointment ids, and how many appointments had lines of different status.
    Raises InputError if two lines are equal in every column.
    """
    order, is_first, start = _in_order(table, catalogue, source)
    table = table.of(order)
    start = start[order]
    lines = records(Line, len(order))
    lines["at"], lines["amount"] = table.at, table.amount
    lines["service"], lines["staff"] = table.service, table.staff
    lines["is_first"] = is_first
    lines["day"] = start // DAY_US
    lines["created_on"], lines["cancelled_on"] = table.created_on, table.cancelled_on
    lines["status"], lines["branch"] = table.status, table.branch
    contradictions = 0
    if not is_first.all():
        contradictions = _share(lines, start, np.flatnonzero(is_first), catalogue)
    return lines, table.appointment, contradictions


def _in_order(table: AppointmentTable, catalogue: Catalogue, source: Source) -> tuple[Numbers, Numbers, Numbers]:
    """Return the order of the lines, whether each opens an appointment, and (unordered) when each one's starts."""
    group = _appointments_of(table)
    by_time = np.lexsort((table.at, table.client))
    start = np.empty(int(group.max(initial=-1)) + 1, np.int64)
    backwards = by_time[::-1]
    start[group[backwards]] = table.at[backwards]  # the earliest line is written last
    start = start[group]
    order = by_time if np.array_equal(start, table.at) else np.lexsort((start, table.client))

    client, begin = table.client[order], start[order]
    same = (client[1:] == client[:-1]) & (begin[1:] == begin[:-1])
    tied = np.flatnonzero(np.concatenate(([False], same)) | np.concatenate((same, [False])))
    if tied.size:
        order[tied] = _settle_ties(order[tied], table, group, start, catalogue, source)
    changed = (table.client[order][1:] != client[:-1]) | (group[order][1:] != group[order][:-1])
    return order, np.concatenate((np.ones(min(1, len(order)), bool), changed)), start


def _appointments_of(table: AppointmentTable) -> Numbers:
    """Give every appointment a number: lines with the same client and appointment_id have the same number."""
    found = pc.dictionary_encode(table.appointment)
    group = found.indices.to_numpy(zero_copy_only=False)
    first_client = np.empty(len(found.dictionary), np.int32)
    first_client[group[::-1]] = table.client[::-1]
    if np.array_equal(first_client[group], table.client):
        return np.asarray(group)
    pairs = group.astype(np.int64) << 32 | table.client
    return np.unique(pairs, return_inverse=True)[1]


def _settle_ties(
    tied: Numbers, table: AppointmentTable, group: Numbers, start: Numbers, catalogue: Catalogue, source: Source
) -> Numbers:
    """Order lines whose appointments start together: by appointment_id as text, then inside the appointment."""
    ids = table.appointment.take(pa.array(tied))
    text_order = pc.rank(ids, tiebreaker="dense").to_numpy(zero_copy_only=False)
    service = catalogue.services.order()[table.service[tied]]
    staff = catalogue.staff.order()[table.staff[tied]]
    rest = (table.branch[tied], table.status[tied], table.created_on[tied], table.cancelled_on[tied])
    settled = np.lexsort(
        (
            table.row[tied],
            *rest,
            -staff,
            -service,
            table.amount[tied],
            table.at[tied],
            text_order,
            start[tied],
            table.client[tied],
        )
    )
    tied = tied[settled]
    columns = (
        group,
        table.at,
        table.amount,
        table.service,
        table.staff,
        table.branch,
        table.status,
        table.created_on,
        table.cancelled_on,
    )
    alike = np.logical_and.reduce([column[tied][1:] == column[tied][:-1] for column in columns])
    _check_duplicates(table.row[tied], alike, source)
    return tied


def _check_duplicates(rows: Numbers, alike: Numbers, source: Source) -> None:
    """Raise InputError for the first line of the file that repeats another to the letter."""
    seen: dict[tuple[object, ...], int] = {}
    faults = []
    places = np.flatnonzero(alike)
    for row in sorted({int(rows[place + step]) for place in places for step in (0, 1)}):
        values = source.values(row)
        if values in seen:
            faults.append((row, seen[values]))
        seen.setdefault(values, row)
    if faults:
        row, earlier = min(faults)
        problem = _("the line repeats line {line} in every column; remove one of the two")
        raise source.error(row, "appointment_id", problem.format(line=source.line_of(earlier)))


def _share(lines: Records, start: Numbers, firsts: Numbers, catalogue: Catalogue) -> int:
    """Give all lines of an appointment the same state; return how many appointments contradicted themselves."""
    sizes = np.diff(np.append(firsts, len(lines)))
    strength = STRENGTH[lines["status"]]
    strongest = np.maximum.reduceat(strength, firsts)
    contradictions = int(np.count_nonzero(strongest != np.minimum.reduceat(strength, firsts)))
    created = np.where(lines["created_on"] == NONE, _NEVER, lines["created_on"])
    earliest = np.minimum.reduceat(created, firsts)
    branch_order = catalogue.branches.order()
    order = np.where(lines["at"] == start, branch_order[lines["branch"]], _NEVER)
    lines["status"] = np.repeat(BY_STRENGTH[strongest], sizes)
    lines["created_on"] = np.repeat(np.where(earliest == _NEVER, NONE, earliest), sizes)
    lines["cancelled_on"] = np.repeat(np.maximum.reduceat(lines["cancelled_on"], firsts), sizes)
    lines["branch"] = np.repeat(np.argsort(branch_order)[np.minimum.reduceat(order, firsts)], sizes)
    return contradictions


def find_gaps(lines: Records, line_counts: Numbers, cycle_of_service: Numbers) -> Records:
    """Return the gaps between visits of the bucket; `cycle_of_service` is NONE where nothing is to be learned."""
    if not len(lines) or (cycle_of_service == NONE).all():
        return records(Gap, 0)
    starts = np.concatenate(([0], np.cumsum(line_counts))).astype(np.int64)
    room = len(lines)
    while True:
        if len(lines) < COMPILE_FROM:
            histories, cycles = interpreted(Line, lines), cycle_of_service.tolist()
            listed = Gaps([0], [Gap() for _ in range(room)])
            write_gaps_of_all(histories, starts.tolist(), cycles, listed)
            count = listed.counts[0]
            found = np.array([dataclasses.astuple(gap) for gap in listed.gaps[:count]], record_type(Gap))
        else:
            counts, gaps = np.zeros(1, np.int64), records(Gap, room)
            compiled(write_gaps_of_all)(lines, starts, cycle_of_service, Gaps(counts, gaps))
            count, found = int(counts[0]), gaps[: counts[0]]
        if count <= room:
            return found
        room = count


def _learning_cycles(catalogue: Catalogue) -> Numbers:
    """Return per service code the service that stands for its cycle, NONE where the interval need not be learned."""
    learning, stands_for = catalogue.learning_cycles(), catalogue.services_of_cycles()
    keys = [catalogue.cycle_of(service) for service in catalogue.services.texts]
    return np.array([stands_for[key] if key in learning else NONE for key in keys], np.int32)


def _entries(client_codes: Numbers, entries: EntryTable) -> tuple[Records, list[str], Numbers]:
    """Return the waiting-list entries of a bucket by client and entry_id: records, ids and client of each."""
    order = sorted(range(len(entries.entry)), key=lambda line: (entries.client[line], entries.entry[line]))
    found = records(Entry, len(order))
    for name in ("created_at", "wanted_from", "wanted_until", "closed_on", "service", "branch"):
        found[name] = getattr(entries, name)[order]
    clients = np.searchsorted(client_codes, entries.client[order])
    return found, [entries.entry[line] for line in order], clients


def _contacts(
    client_codes: Numbers,
    contacts: ContactTable,
    lines: Records,
    ids: pa.Array,
    line_counts: Numbers,
    entry_ids: list[str],
    entry_clients: Numbers,
    catalogue: Catalogue,
) -> tuple[Records, Numbers]:
    """Return the contacts of a bucket by client, with what their anchors may mean, and the client of each."""
    order = np.argsort(contacts.client, kind="stable")
    contacts = contacts.of(order)
    client = np.searchsorted(client_codes, contacts.client)
    found = records(Contact, len(order))
    for name in ("at", "has_offset", "block", "outcome", "next_on"):
        found[name] = getattr(contacts, name)
    if not len(order):
        return found, client
    line_starts = np.concatenate(([0], np.cumsum(line_counts)))
    wanted = lines["is_first"].astype(bool) & pc.is_in(ids, value_set=pa.array(contacts.anchor, ids.type)).to_numpy(
        zero_copy_only=False
    )
    places = np.flatnonzero(wanted)
    owners = np.searchsorted(line_starts, places, side="right") - 1
    lines_of = {
        (owner, text): place - int(line_starts[owner])
        for owner, place, text in zip(
            owners.tolist(), places.tolist(), ids.take(pa.array(places)).to_pylist(), strict=True
        )
    }
    entries_before = np.searchsorted(entry_clients, np.arange(len(client_codes)))
    entry_of = {
        (owner, text): place - int(entries_before[owner])
        for place, (owner, text) in enumerate(zip(entry_clients.tolist(), entry_ids, strict=True))
    }
    stands_for = catalogue.services_of_cycles()
    for number, (owner, anchor) in enumerate(zip(client.tolist(), contacts.anchor, strict=True)):
        cycle, cycle_on = _cycle_anchor(anchor, stands_for)
        found[number]["line"] = lines_of.get((owner, anchor), NONE)
        found[number]["entry"] = entry_of.get((owner, anchor), NONE)
        found[number]["year"] = int(anchor) if re.fullmatch(r"[0-9]{4}", anchor) else NONE
        found[number]["cycle"], found[number]["cycle_on"] = cycle, cycle_on
    return found, client


def _cycle_anchor(anchor: str, stands_for: dict[str, int]) -> tuple[int, int]:
    """Return what `cycle_key@last_on` means: the service that stands for the cycle, and the day."""
    key, at, day = anchor.rpartition("@")
    if not at or key not in stands_for or not re.fullmatch(r"\d{4}-\d\d-\d\d", day, re.ASCII):
        return NONE, NONE
    try:
        return stands_for[key], number_of(datetime.date.fromisoformat(day))
    except ValueError:
        return NONE, NONE


def _counts(client_codes: Numbers, clients: Numbers) -> Numbers:
    """Return how many lines each client of the bucket has."""
    counts = np.bincount(np.searchsorted(client_codes, clients), minlength=len(client_codes))
    return counts.astype(np.int32)


def _as_table(array: Records) -> pa.Table:
    return pa.table({name: np.ascontiguousarray(array[name]) for name in array.dtype.names or ()})


def _write(path: Path, table: pa.Table) -> None:
    few = [
        name
        for name in ("status", "is_first", "branch", "service", "staff", "amount", "cycle")
        if name in table.column_names
    ]
    parquet.write_table(table, path, compression="none", use_dictionary=few, write_statistics=False, store_schema=False)


def _digest(clients: pa.Table, lines: Records, ids: pa.Array, *rest: Any) -> str:
    """Return a digest of everything that the bucket holds."""
    digest = hashlib.blake2b(digest_size=16)
    for column in [*clients.columns, ids, *rest]:
        if isinstance(column, np.ndarray):
            digest.update(np.ascontiguousarray(column).tobytes() if column.dtype.names is None else _plain(column))
            continue
        digest.update(repr(column.type).encode() + len(column).to_bytes(8, "little"))
        for chunk in column.chunks if isinstance(column, pa.ChunkedArray) else [column]:
            for buffer in pa.concat_arrays([chunk]).buffers():
                if buffer is not None:
                    digest.update(buffer)
    digest.update(_plain(lines))
    return digest.hexdigest()


def _plain(array: Records) -> bytes:
    """Return the fields of records one after the other, without the padding between them."""
    return b"".join(np.ascontiguousarray(array[name]).tobytes() for name in array.dtype.names or ())


def _take_over(previous: Path, folder: Path) -> None:
    folder.mkdir()
    for path in previous.iterdir():
        os.link(path, folder / path.name)
