"""One bucket of the snapshot: its histories put in order, appointments put together, and written to its folder."""

import dataclasses
import datetime
import filecmp
import os
import re
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import ipc

from vernis.engine.bucket import write_gaps_of_all
from vernis.engine.compiled import compilable, compiled
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
from vernis.engine.records import Records, fill, interpreted, record_type, records
from vernis.lib.days import number_of
from vernis.lib.texts import _
from vernis.warehouse import values
from vernis.warehouse.catalogue import Catalogue
from vernis.warehouse.loading import appointments_of
from vernis.warehouse.reading import Source

Numbers = npt.NDArray[Any]

STRENGTH = np.empty(4, np.int8)
STRENGTH[[CANCELLED, BOOKED, NO_SHOW, COMPLETED]] = (0, 1, 2, 3)
BY_STRENGTH = np.argsort(STRENGTH).astype(np.int8)
"""Lines of one appointment that contradict each other share the strongest status."""

COMPILE_FROM = 100_000
"""Fewer lines than this are done sooner by interpreting than by waking the compiler."""

_NEVER = 2**31 - 1

CRC32 = np.array([zlib.crc32(bytes([byte ^ 0xFF])) ^ 0xFF000000 for byte in range(256)])
"""What a byte does to the checksum."""

SECOND_US = 1_000_000


class LineTable(NamedTuple):
    """Lines of `appointments`; grain: one line, in the order of the file."""

    client_id: pa.Array
    appointment_id: pa.Array
    row: Numbers  # of the file, from 0
    at: Numbers
    amount: Numbers
    created_on: Numbers
    cancelled_on: Numbers
    branch: Numbers
    service: Numbers
    staff: Numbers
    status: Numbers


class ClientTable(NamedTuple):
    """Lines of `clients`; grain: one client, in the order of the file."""

    client_id: pa.Array
    birth_month: Numbers
    birth_day: Numbers
    traits: pa.Array  # lists of trait codes


class ContactTable(NamedTuple):
    """Lines of `contacts`; grain: one contact, in the order of the file."""

    client_id: pa.Array
    anchor: pa.Array
    at: Numbers
    has_offset: Numbers
    block: Numbers
    outcome: Numbers
    next_on: Numbers


class EntryTable(NamedTuple):
    """Lines of `waitlist`; grain: one entry, in the order of the file."""

    client_id: pa.Array
    entry_id: pa.Array
    created_at: Numbers
    wanted_from: Numbers
    wanted_until: Numbers
    closed_on: Numbers
    service: Numbers
    branch: Numbers


Table = TypeVar("Table", LineTable, ClientTable, ContactTable, EntryTable)


def some_of(table: Table, lines: Numbers) -> Table:
    """Return some of the lines of a table."""
    places = pa.array(lines)
    return type(table)(*(column.take(places) if isinstance(column, pa.Array) else column[lines] for column in table))


class Piece(NamedTuple, Generic[Table]):
    """Lines of one part of a file, sorted into buckets: those of bucket b are from begins[b] to begins[b + 1]."""

    lines: Table
    begins: Numbers


def sort_into_buckets(table: Table, count: int) -> Piece[Table]:
    """Sort the lines of a part of a file into so many buckets."""
    bucket = buckets_of(table.client_id, count)
    begins = np.concatenate(([0], np.cumsum(np.bincount(bucket, minlength=count))))
    return Piece(table if count == 1 else some_of(table, np.argsort(bucket, kind="stable")), begins)


def lines_of(pieces: Sequence[Piece[Table]], bucket: int) -> Table:
    """Return the lines of a bucket in the order of the file."""
    spans = [(piece.lines, slice(*piece.begins[bucket : bucket + 2].tolist())) for piece in pieces]
    columns = zip(*([column[span] for column in lines] for lines, span in spans), strict=True)
    return type(pieces[0].lines)(*map(_joined, columns))


def bucket_of(client_id: str, count: int) -> int:
    """Return the bucket of a client among so many: it follows from the text of the client_id alone."""
    return zlib.crc32(client_id.encode()) % count


def buckets_of(client_ids: pa.Array, count: int) -> Numbers:
    """Return the bucket of every client."""
    if len(client_ids) < max(COMPILE_FROM, 1):
        return np.fromiter((bucket_of(text, count) for text in client_ids.to_pylist()), np.uint16, len(client_ids))
    _validity, starts, text = client_ids.buffers()
    starts = np.frombuffer(starts, np.int64)[client_ids.offset :]
    sums = np.empty(len(client_ids), np.int64)
    compiled(write_crc32_of_all)(starts, np.frombuffer(text, np.uint8), CRC32, sums)
    return (sums % count).astype(np.uint16)


@compilable
def write_crc32_of_all(starts: Any, text: Any, table: Any, sums: Any) -> None:
    """Write the checksum of every text; text n is from starts[n] to starts[n + 1]."""
    for n in range(len(sums)):
        rest = 0xFFFFFFFF
        for place in range(starts[n], starts[n + 1]):
            rest = table[(rest ^ text[place]) & 0xFF] ^ (rest >> 8)
        sums[n] = rest ^ 0xFFFFFFFF


def write_bucket(
    folder: Path,
    appointments: LineTable,
    clients: ClientTable,
    contacts: ContactTable,
    entries: EntryTable,
    catalogue: Catalogue,
    *,
    previous: Path | None,
    sources: dict[str, Source],
) -> dict[str, Any]:
    """Write the folder of one bucket, or take it over from the previous version if nothing in it has changed.

    Returns counts and how many appointments contradict themselves; raises InputError for a line that stands twice.
    """
    tables = (appointments, clients, contacts, entries)
    client_ids, (owner, listed, contact_clients, entry_clients) = _coded([table.client_id for table in tables])
    count = len(client_ids)
    if len(listed) and np.bincount(listed).max() > 1:
        values.check_unique(sources["clients"], "client_id")  # raises at the first line of the file
    line_counts = _counts(owner, count)
    lines, ids, contradictions = arrange(appointments, owner, catalogue, sources["appointments"])
    entry_records, entry_ids, entry_clients = _entries(entries, entry_clients)
    contact_records, contact_clients = _contacts(
        contacts, contact_clients, lines, ids, line_counts, entry_ids, entry_clients, catalogue
    )
    gaps = find_gaps(lines, line_counts, _learning_cycles(catalogue))
    card = np.full(count, NONE, np.int32)  # the client's line in `clients`
    card[listed] = np.arange(len(listed))
    has_card = card != NONE
    birth_month, birth_day = np.zeros(count, np.int8), np.zeros(count, np.int8)
    birth_month[listed], birth_day[listed] = clients.birth_month, clients.birth_day
    folder.mkdir()
    for name, array in {"lines": lines, "contacts": contact_records, "entries": entry_records, "gaps": gaps}.items():
        np.save(folder / f"{name}.npy", array)
    _write(
        folder / "clients.arrow",
        client_id=client_ids,
        birth_month=pa.array(birth_month),
        birth_day=pa.array(birth_day),
        traits=clients.traits.take(pa.array(card, mask=~has_card)),
        lines=pa.array(line_counts),
        contacts=pa.array(_counts(contact_clients, count)),
        entries=pa.array(_counts(entry_clients, count)),
    )
    _write(folder / "appointments.arrow", appointment_id=ids)
    _write(folder / "entries.arrow", entry_id=pa.array(entry_ids, pa.large_string()))
    if previous is not None:
        _take_over(previous, folder)
    is_visit = (lines["is_first"] == 1) & (lines["status"] == COMPLETED)
    return {
        "lines": len(lines),
        "clients": count,
        "contradicting_appointments": contradictions,
        "visits_before_creation": int(np.count_nonzero(is_visit & (lines["created_on"] > lines["day"]))),
        "unknown_clients": int(np.count_nonzero((line_counts > 0) & ~has_card)) if "clients" in sources else 0,
        "unknown_services": int(np.count_nonzero(~catalogue.is_known_service()[appointments.service])),
        "unknown_branches": int(np.count_nonzero(~catalogue.is_known_branch()[appointments.branch])),
    }


def _coded(columns: Sequence[pa.Array]) -> tuple[pa.Array, list[Numbers]]:
    """Return the distinct texts of some columns in order, and for each column the places of its texts among them."""
    found = pc.dictionary_encode(_joined(columns))
    order = pc.array_sort_indices(found.dictionary)
    place = np.empty(len(order), np.int32)
    place[order.to_numpy()] = np.arange(len(order))
    places = place[found.indices.to_numpy()]
    ends = np.cumsum([len(column) for column in columns])
    return found.dictionary.take(order), np.split(places, ends[:-1])


def arrange(table: LineTable, client: Numbers, catalogue: Catalogue, source: Source) -> tuple[Records, pa.Array, int]:
    """Put the lines of a bucket in the order of histories and let the lines of an appointment share their state.

    Returns the lines as records, the ids of the appointments in that order, and how many of these had lines of
    different status. Raises InputError if two lines are equal in every column.
    """
    found = pc.dictionary_encode(table.appointment_id)
    code = found.indices.to_numpy()
    group = _groups(code, len(found.dictionary), client)
    starts = np.full(int(group.max(initial=-1)) + 1, np.iinfo(np.int64).max)
    np.minimum.at(starts, group, table.at)
    start = starts[group]
    order = _in_order(table, client, found.dictionary, code, group, start, catalogue, source)

    lines = records(Line, len(order))
    same = ("at", "amount", "created_on", "cancelled_on", "branch", "service", "staff", "status")
    fill(lines, {name: getattr(table, name) for name in same} | {"day": start // DAY_US}, order)
    group = group[order]
    is_first = np.append(True, group[1:] != group[:-1])[: len(order)]
    lines["is_first"] = is_first
    ids = found.dictionary.take(pa.array(code[order[is_first]]))
    return lines, ids, _share(lines, group, starts, catalogue)


def _groups(code: Numbers, codes: int, client: Numbers) -> Numbers:
    """Return numbers of appointments: lines with the same client and appointment_id have the same."""
    owner = np.empty(codes, np.int32)
    owner[code] = client
    if np.array_equal(owner[code], client):
        return code
    return np.unique(code.astype(np.int64) << 32 | client, return_inverse=True)[1]


def _in_order(
    table: LineTable,
    client: Numbers,
    ids: pa.Array,
    code: Numbers,
    group: Numbers,
    start: Numbers,
    catalogue: Catalogue,
    source: Source,
) -> Numbers:
    """Return the order of the lines in histories; raises InputError for a line that stands twice.

    Most files are nearly in the order of time already. Only the lines of clients for whom they are not, or for whom
    time alone does not decide (two lines at one time, appointments that overlap), are sorted by all the keys.
    """
    order = _by_client(client)
    owner, at, begin = client[order], table.at[order], start[order]
    unclear = (owner[1:] == owner[:-1]) & ((at[1:] <= at[:-1]) | (begin[1:] < begin[:-1]))
    if not unclear.any():
        return order
    is_unclear = np.zeros(int(owner.max()) + 1, bool)
    is_unclear[owner[1:][unclear]] = True
    places = np.flatnonzero(is_unclear[owner])
    order[places] = _by_all_keys(order[places], table, client, ids, code, group, start, catalogue, source)
    return order


def _by_client(client: Numbers) -> Numbers:
    """Return the order of lines by client; those of one client stay as they are."""
    is_short = len(client) and int(client.max()) < 1 << 16  # numbers of two bytes are sorted without comparing
    return np.argsort(client.astype(np.uint16) if is_short else client, kind="stable")


def _by_all_keys(
    lines: Numbers,
    table: LineTable,
    client: Numbers,
    ids: pa.Array,
    code: Numbers,
    group: Numbers,
    start: Numbers,
    catalogue: Catalogue,
    source: Source,
) -> Numbers:
    """Return lines in the order of histories by every key; raises InputError for a line that stands twice."""

    def id_order(tied: Numbers) -> Numbers:
        return pc.rank(ids.take(pa.array(code[tied])), tiebreaker="dense").to_numpy()

    order = lines[_by_client_and_time(client[lines], start[lines])]
    tied = _Ties(order, client[order], start[order])
    if tied.has_different(group):  # only then is the text of the ids asked for
        tied.settle(id_order)
    tied.settle(table.at.__getitem__)
    tied.settle(table.amount.__getitem__)
    tied.settle(lambda tied: -catalogue.services.order()[table.service[tied]])
    tied.settle(lambda tied: -catalogue.staff.order()[table.staff[tied]])
    for column in (table.branch, table.status, table.created_on, table.cancelled_on):
        tied.settle(column.__getitem__)
    _check_duplicates(table.row[tied.left()], source)
    return order


def _by_client_and_time(client: Numbers, at: Numbers) -> Numbers:
    """Return the order of lines by client and time."""
    if not len(client):
        return np.empty(0, np.int64)
    owner, since = client - client.min(), at - at.min()
    if not (since % SECOND_US).any():
        since //= SECOND_US
    count_bits, time_bits = len(client).bit_length(), int(since.max()).bit_length()
    if count_bits + time_bits + int(owner.max()).bit_length() < 63:  # sorting numbers is quicker than ordering places
        keys = (owner.astype(np.int64) << time_bits | since) << count_bits | np.arange(len(client))
        keys.sort()
        return keys & ((1 << count_bits) - 1)
    return np.lexsort((at, client))


class _Ties:
    """Places of an order whose lines are still equal, to be settled key by key: the further keys see few lines."""

    def __init__(self, order: Numbers, client: Numbers, start: Numbers) -> None:
        """Take an order, and the keys by which it is sorted so far, in that order."""
        same = (client[1:] == client[:-1]) & (start[1:] == start[:-1])
        self._order = order
        self._keep(np.arange(len(order)), same)

    def settle(self, key: Callable[[Numbers], Numbers]) -> None:
        """Sort what is still tied by one more key, which is asked for those lines only."""
        if not self._places.size:
            return
        lines = self._order[self._places]
        values = key(lines)
        sorted_places = np.lexsort((values, self._run))
        self._order[self._places] = lines[sorted_places]
        values = values[sorted_places]
        self._keep(self._places, (values[1:] == values[:-1]) & (self._run[1:] == self._run[:-1]))

    def has_different(self, column: Numbers) -> bool:
        """Tell whether lines of some run differ in a column."""
        values = column[self._order[self._places]]
        return bool(((values[1:] != values[:-1]) & (self._run[1:] == self._run[:-1])).any())

    def left(self) -> Numbers:
        """Return the lines that have a twin, equal in every key."""
        return self._order[self._places]

    def _keep(self, places: Numbers, same: Numbers) -> None:
        """Keep the places whose neighbour is equal to them."""
        before, after = np.zeros(len(places), bool), np.zeros(len(places), bool)
        before[1:], after[:-1] = same, same
        kept = before | after
        self._places = places[kept]
        self._run = np.cumsum(~before[kept])


def _check_duplicates(rows: Numbers, source: Source) -> None:
    """Raise InputError for the first of these rows of the file that repeats another to the letter."""
    seen: dict[tuple[object, ...], int] = {}
    for row in sorted(rows.tolist()):
        values = source.values(row)
        if values in seen:
            problem = _("the line repeats line {line} in every column; remove one of the two")
            raise source.error(row, "appointment_id", problem.format(line=source.line_of(seen[values])))
        seen[values] = row


def _share(lines: Records, group: Numbers, starts: Numbers, catalogue: Catalogue) -> int:
    """Give all lines of an appointment the same state; return how many appointments contradicted themselves.

    Only appointments whose lines differ are touched; `starts` are the starts of the groups.
    """
    later = np.flatnonzero(lines["is_first"] == 0)
    differs = np.zeros(len(later), bool)
    for name in ("status", "created_on", "cancelled_on", "branch"):
        differs |= lines[name][later] != lines[name][later - 1]
    if not differs.any():
        return 0
    is_unequal = np.zeros(len(starts), bool)
    is_unequal[group[later[differs]]] = True
    places = np.flatnonzero(is_unequal[group])
    mixed = lines[places]
    firsts = np.flatnonzero(mixed["is_first"])
    sizes = np.diff(np.append(firsts, len(mixed)))
    strength = STRENGTH[mixed["status"]]
    strongest = np.maximum.reduceat(strength, firsts)
    contradictions = int(np.count_nonzero(strongest != np.minimum.reduceat(strength, firsts)))
    created = np.where(mixed["created_on"] == NONE, _NEVER, mixed["created_on"])
    earliest = np.minimum.reduceat(created, firsts)
    branch_order = catalogue.branches.order()
    at_start = mixed["at"] == starts[group[places]]
    order = np.where(at_start, branch_order[mixed["branch"]], _NEVER)
    mixed["status"] = np.repeat(BY_STRENGTH[strongest], sizes)
    mixed["created_on"] = np.repeat(np.where(earliest == _NEVER, NONE, earliest), sizes)
    mixed["cancelled_on"] = np.repeat(np.maximum.reduceat(mixed["cancelled_on"], firsts), sizes)
    mixed["branch"] = np.repeat(np.argsort(branch_order)[np.minimum.reduceat(order, firsts)], sizes)
    lines[places] = mixed
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


def _entries(entries: EntryTable, client: Numbers) -> tuple[Records, list[str], Numbers]:
    """Return the waiting-list entries of a bucket by client and entry_id: records, ids and client of each."""
    ids = entries.entry_id.to_pylist()
    order = sorted(range(len(ids)), key=lambda line: (client[line], ids[line]))
    found = records(Entry, len(order))
    for name in ("created_at", "wanted_from", "wanted_until", "closed_on", "service", "branch"):
        found[name] = getattr(entries, name)[order]
    return found, [ids[line] for line in order], client[order]


def _contacts(
    contacts: ContactTable,
    client: Numbers,
    lines: Records,
    ids: pa.Array,
    line_counts: Numbers,
    entry_ids: list[str],
    entry_clients: Numbers,
    catalogue: Catalogue,
) -> tuple[Records, Numbers]:
    """Return the contacts of a bucket by client, with what their anchors may mean, and the client of each."""
    order = np.argsort(client, kind="stable")
    contacts, client = some_of(contacts, order), client[order]
    found = records(Contact, len(order))
    for name in ("at", "has_offset", "block", "outcome", "next_on"):
        found[name] = getattr(contacts, name)
    if not len(order):
        return found, client
    line_starts = np.concatenate(([0], np.cumsum(line_counts)))
    has_contact = np.zeros(len(line_counts), bool)
    has_contact[client] = True
    places = np.flatnonzero(np.repeat(has_contact, line_counts) & lines["is_first"].astype(bool))
    texts = ids.take(pa.array(appointments_of(lines)[places]))
    is_anchor = pc.is_in(texts, value_set=contacts.anchor)
    places, texts = places[is_anchor.to_numpy(zero_copy_only=False)], texts.filter(is_anchor)
    owners = np.searchsorted(line_starts, places, side="right") - 1
    lines_of_anchor = {
        (owner, text): place - int(line_starts[owner])
        for owner, place, text in zip(owners.tolist(), places.tolist(), texts.to_pylist(), strict=True)
    }
    entries_before = np.searchsorted(entry_clients, np.arange(len(line_counts)))
    entry_of = {
        (owner, text): place - int(entries_before[owner])
        for place, (owner, text) in enumerate(zip(entry_clients.tolist(), entry_ids, strict=True))
    }
    stands_for = catalogue.services_of_cycles()
    anchors = contacts.anchor.to_pylist()
    owned = list(zip(client.tolist(), anchors, strict=True))
    found["line"] = [lines_of_anchor.get(owner_and_anchor, NONE) for owner_and_anchor in owned]
    found["entry"] = [entry_of.get(owner_and_anchor, NONE) for owner_and_anchor in owned]
    found["year"] = [int(anchor) if re.fullmatch(r"[0-9]{4}", anchor) else NONE for anchor in anchors]
    cycles = [_cycle_anchor(anchor, stands_for) for anchor in anchors]
    found["cycle"], found["cycle_on"] = [cycle for cycle, _day in cycles], [day for _cycle, day in cycles]
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


def _counts(clients: Numbers, count: int) -> Numbers:
    """Return how many of something each of `count` clients has."""
    return np.bincount(clients, minlength=count).astype(np.int32)


def _joined(parts: Sequence[Any]) -> Any:
    """Return the parts of a column in one piece."""
    if len(parts) == 1:
        return parts[0]
    return np.concatenate(parts) if isinstance(parts[0], np.ndarray) else pa.concat_arrays(parts)


def _write(path: Path, **columns: pa.Array) -> None:
    """Write columns so that they can be mapped into memory."""
    batch = pa.record_batch(columns)
    with ipc.new_file(path, batch.schema) as file:
        file.write_batch(batch)


def _take_over(previous: Path, folder: Path) -> None:
    """Keep the files of the previous version where the new ones are the same."""
    for path in folder.iterdir():
        old = previous / path.name
        if old.exists() and filecmp.cmp(old, path, shallow=False):
            path.unlink()
            os.link(old, path)
