"""One bucket of the snapshot: its histories put in order, appointments put together, and written to its folder."""

import dataclasses
import datetime
import filecmp
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import ipc

from vernis.engine.bucket import write_gaps_of_all
from vernis.engine.compiled import compiled
from vernis.engine.history import (
    BOOKED,
    CANCELLED,
    COMPLETED,
    DAY_US,
    NO_SHOW,
    NONE,
    Code,
    Contact,
    Day,
    Entry,
    Flag,
    Line,
    Moment,
    Money,
)
from vernis.engine.learned import Gap, Gaps
from vernis.engine.records import Records, fill, interpreted, record_type, records, taken
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

SECOND_US = 1_000_000


@dataclasses.dataclass(slots=True)
class RawLine:
    """One line of `appointments` as numbers, before lines of one appointment share their state."""

    at: Moment
    amount: Money
    created_on: Day
    cancelled_on: Day
    client: Code
    service: Code
    branch: Code
    staff: Code
    status: Flag


class AppointmentTable(NamedTuple):
    """Lines of `appointments`, in the order of the file, with the ids of their appointments."""

    lines: Records
    rows: Numbers  # of the file, from 0
    appointment: pa.Array


class Piece(NamedTuple):
    """Lines of one part of the file, sorted into buckets: those of bucket b are from begins[b] to begins[b + 1]."""

    lines: Records
    rows: Numbers  # of the file, from 0
    begins: Numbers


def sort_piece(lines: Records, first_row: int, bucket: Numbers, count: int) -> Piece:
    """Sort the lines of a part into `count` buckets; `bucket` is that of every line."""
    order = np.argsort(bucket, kind="stable")
    begins = np.concatenate(([0], np.cumsum(np.bincount(bucket, minlength=count))))
    return Piece(taken(lines, order), (order + first_row).astype(np.int32), begins)


def lines_of(pieces: Sequence[Piece], ids: pa.Array, bucket: int) -> AppointmentTable:
    """Return the lines of a bucket in the order of the file."""
    spans = [(piece, slice(piece.begins[bucket], piece.begins[bucket + 1])) for piece in pieces]
    rows = np.concatenate([piece.rows[span] for piece, span in spans])
    lines = np.concatenate([piece.lines[span] for piece, span in spans])
    return AppointmentTable(lines, rows, ids.take(pa.array(rows)))


class ClientTable(NamedTuple):
    """What is known of clients; grain: one client, in the order of client_id."""

    client_id: pa.Array
    birth_month: Numbers
    birth_day: Numbers
    traits: pa.Array  # lists of trait codes
    is_listed: Numbers  # in `clients`; everybody where there is no such table

    def of(self, clients: Numbers) -> "ClientTable":
        """Return some of the clients."""
        places = pa.array(clients)
        return ClientTable(
            self.client_id.take(places),
            self.birth_month[clients],
            self.birth_day[clients],
            self.traits.take(places),
            self.is_listed[clients],
        )


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
    codes: Numbers,
    clients: ClientTable,
    appointments: AppointmentTable,
    contacts: ContactTable,
    entries: EntryTable,
    catalogue: Catalogue,
    *,
    previous: Path | None,
    source: Source,
) -> dict[str, Any]:
    """Write the folder of one bucket, or take it over from the previous version if nothing in it has changed.

    `codes` are the places of its clients among all. Returns counts and how many appointments contradict themselves;
    raises InputError for a line that stands twice.
    """
    owner = appointments.lines["client"]
    owner[:] = _places_of(codes, owner)  # from now on a client is a place in the bucket
    line_counts = _counts(owner, codes)
    lines, ids, contradictions = arrange(appointments, catalogue, source)
    entry_records, entry_ids, entry_clients = _entries(codes, entries)
    contact_records, contact_clients = _contacts(
        codes, contacts, lines, ids, line_counts, entry_ids, entry_clients, catalogue
    )
    gaps = find_gaps(lines, line_counts, _learning_cycles(catalogue))
    folder.mkdir()
    for name, array in {"lines": lines, "contacts": contact_records, "entries": entry_records, "gaps": gaps}.items():
        np.save(folder / f"{name}.npy", array)
    _write(
        folder / "clients.arrow",
        client_id=clients.client_id.cast(pa.string()),
        birth_month=pa.array(clients.birth_month),
        birth_day=pa.array(clients.birth_day),
        traits=clients.traits,
        lines=pa.array(line_counts),
        contacts=pa.array(_counts(contact_clients, codes)),
        entries=pa.array(_counts(entry_clients, codes)),
    )
    _write(folder / "appointments.arrow", appointment_id=ids.cast(pa.large_string()))
    _write(folder / "entries.arrow", entry_id=pa.array(entry_ids, pa.string()))
    if previous is not None:
        _take_over(previous, folder)
    is_visit = (lines["is_first"] == 1) & (lines["status"] == COMPLETED)
    return {
        "lines": len(lines),
        "clients": len(codes),
        "contradicting_appointments": contradictions,
        "visits_before_creation": int(np.count_nonzero(is_visit & (lines["created_on"] > lines["day"]))),
        "unknown_clients": int(np.count_nonzero((line_counts > 0) & ~clients.is_listed)),
        "unknown_services": int(np.count_nonzero(~catalogue.is_known_service()[lines["service"]])),
        "unknown_branches": int(np.count_nonzero(~catalogue.is_known_branch()[appointments.lines["branch"]])),
    }


def arrange(table: AppointmentTable, catalogue: Catalogue, source: Source) -> tuple[Records, pa.Array, int]:
    """Put the lines of a bucket in the order of histories and let the lines of an appointment share their state.

    Returns the lines as records, the ids of the appointments in that order, and how many of these had lines of
    different status.
    Raises InputError if two lines are equal in every column.
    """
    found = pc.dictionary_encode(table.appointment)
    code = found.indices.to_numpy(zero_copy_only=False)
    raw = table.lines
    group = _groups(code, len(found.dictionary), raw["client"])
    starts = np.full(int(group.max(initial=-1)) + 1, np.iinfo(np.int64).max)
    np.minimum.at(starts, group, raw["at"])
    start = starts[group]
    order = _in_order(raw, found.dictionary, code, group, start, table.rows, catalogue, source)

    group, raw = group[order], taken(raw, order)
    lines = records(Line, len(order))
    same = ("at", "amount", "service", "staff", "created_on", "cancelled_on", "status", "branch")
    is_first = np.ones(len(order), np.int8)
    is_first[1:] = group[1:] != group[:-1]
    fill(lines, {name: raw[name] for name in same} | {"day": start[order] // DAY_US, "is_first": is_first})
    ids = found.dictionary.take(pa.array(code[order[np.flatnonzero(is_first)]]))
    return lines, ids, _share(lines, group, starts, catalogue)


def _groups(code: Numbers, codes: int, client: Numbers) -> Numbers:
    """Return numbers of appointments: lines with the same client and appointment_id have the same."""
    owner = np.empty(codes, np.int32)
    owner[code] = client
    if np.array_equal(owner[code], client):
        return code
    return np.unique(code.astype(np.int64) << 32 | client, return_inverse=True)[1]


def _in_order(
    raw: Records,
    ids: pa.Array,
    code: Numbers,
    group: Numbers,
    start: Numbers,
    rows: Numbers,
    catalogue: Catalogue,
    source: Source,
) -> Numbers:
    """Return the order of the lines in histories; raises InputError for a line that stands twice.

    Most files are nearly in the order of time already. Only the lines of clients for whom they are not, or for whom
    time alone does not decide (two lines at one time, appointments that overlap), are sorted by all the keys.
    """
    order = _by_client(raw["client"])
    client, at, begin = raw["client"][order], raw["at"][order], start[order]
    unclear = (client[1:] == client[:-1]) & ((at[1:] <= at[:-1]) | (begin[1:] < begin[:-1]))
    if not unclear.any():
        return order
    is_unclear = np.zeros(int(client.max()) + 1, bool)
    is_unclear[client[1:][unclear]] = True
    places = np.flatnonzero(is_unclear[client])
    order[places] = _by_all_keys(order[places], raw, ids, code, group, start, rows, catalogue, source)
    return order


def _by_client(client: Numbers) -> Numbers:
    """Return the order of lines by client; those of one client stay as they are."""
    is_short = len(client) and int(client.max()) < 1 << 16  # numbers of two bytes are sorted without comparing
    return np.argsort(client.astype(np.uint16) if is_short else client, kind="stable")


def _by_all_keys(
    lines: Numbers,
    raw: Records,
    ids: pa.Array,
    code: Numbers,
    group: Numbers,
    start: Numbers,
    rows: Numbers,
    catalogue: Catalogue,
    source: Source,
) -> Numbers:
    """Return lines in the order of histories by every key; raises InputError for a line that stands twice."""

    def id_order(tied: Numbers) -> Numbers:
        return pc.rank(ids.take(pa.array(code[tied])), tiebreaker="dense").to_numpy(zero_copy_only=False)

    order = lines[_by_client_and_time(raw["client"][lines], start[lines])]
    tied = _Ties(order, raw["client"][order], start[order])
    if tied.has_different(group):  # only then is the text of the ids asked for
        tied.settle(id_order)
    tied.settle(raw["at"].__getitem__)
    tied.settle(raw["amount"].__getitem__)
    tied.settle(lambda tied: -catalogue.services.order()[raw["service"][tied]])
    tied.settle(lambda tied: -catalogue.staff.order()[raw["staff"][tied]])
    for name in ("branch", "status", "created_on", "cancelled_on"):
        tied.settle(raw[name].__getitem__)
    _check_duplicates(rows[tied.left()], source)
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
    teaches = (cycle_of_service[lines["service"]] != NONE) & (lines["status"] == COMPLETED)
    owner = np.repeat(np.arange(len(line_counts)), line_counts)[teaches]
    starts = np.concatenate(([0], np.cumsum(np.bincount(owner, minlength=len(line_counts))))).astype(np.int64)
    lines = taken(lines, np.flatnonzero(teaches))
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
    has_contact = np.zeros(len(client_codes), bool)
    has_contact[client] = True
    wanted = np.repeat(has_contact, line_counts) & lines["is_first"].astype(bool)
    places = np.flatnonzero(wanted)
    texts = ids.take(pa.array(np.cumsum(lines["is_first"], dtype=np.int32)[places] - 1)).to_pylist()
    owners = np.searchsorted(line_starts, places, side="right") - 1
    lines_of_anchor = {
        (owner, text): place - int(line_starts[owner])
        for owner, place, text in zip(owners.tolist(), places.tolist(), texts, strict=True)
    }
    entries_before = np.searchsorted(entry_clients, np.arange(len(client_codes)))
    entry_of = {
        (owner, text): place - int(entries_before[owner])
        for place, (owner, text) in enumerate(zip(entry_clients.tolist(), entry_ids, strict=True))
    }
    stands_for = catalogue.services_of_cycles()
    owned = list(zip(client.tolist(), contacts.anchor, strict=True))
    found["line"] = [lines_of_anchor.get(owner_and_anchor, NONE) for owner_and_anchor in owned]
    found["entry"] = [entry_of.get(owner_and_anchor, NONE) for owner_and_anchor in owned]
    found["year"] = [int(anchor) if re.fullmatch(r"[0-9]{4}", anchor) else NONE for anchor in contacts.anchor]
    cycles = [_cycle_anchor(anchor, stands_for) for anchor in contacts.anchor]
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


def _places_of(codes: Numbers, clients: Numbers) -> Numbers:
    """Return the places of clients among those of the bucket, whose codes are in order."""
    if len(clients) <= 4 * len(codes):
        return np.searchsorted(codes, clients)
    place_of = np.empty(int(codes[-1]) + 1, np.int32)  # a table is quicker than a search
    place_of[codes] = np.arange(len(codes))
    return place_of[clients]


def _counts(places: Numbers, codes: Numbers) -> Numbers:
    """Return how many of something each client of the bucket has."""
    return np.bincount(places, minlength=len(codes)).astype(np.int32)


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
