"""Making a snapshot: files become whole numbers, in buckets of clients, sorted the way the rules read them."""

import json
import zlib
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vernis.engine.history import COMPLETED, NONE
from vernis.engine.records import Records, records
from vernis.warehouse import values
from vernis.warehouse.bucketing import (
    AppointmentTable,
    ClientTable,
    ContactTable,
    EntryTable,
    RawLine,
    partition,
    write_bucket,
)
from vernis.warehouse.catalogue import Catalogue, Dictionary, read_catalogue
from vernis.warehouse.engines import THREADS
from vernis.warehouse.errors import InputError
from vernis.warehouse.reading import Part, Source
from vernis.warehouse.snapshot import Progress

LINES_PER_BUCKET = 1 << 19
"""About so many lines make a bucket; the number of buckets changes only by factors of 4."""

_READ, _SORT = "read", "sort"


class Findings(NamedTuple):
    """What is suspicious in the data and can be used all the same; each a count, but for the columns."""

    unknown_columns: list[str]
    unknown_clients: int
    unknown_services: int
    unknown_branches: int
    visits_before_creation: int
    contradicting_appointments: int


def make(version: Path, sources: dict[str, Source], previous: Path | None, progress: Progress) -> dict[str, Any]:
    """Write a whole snapshot into the folder `version` and return its manifest; raises InputError.

    Buckets whose content is that of the `previous` version are taken over from it.
    """
    catalogue = read_catalogue(sources, previous)
    appointments, client_texts, too_early_count = _read_appointments(sources["appointments"], catalogue, progress)
    lines = appointments.lines
    clients = _read_clients(sources, client_texts, catalogue)
    client_ids = clients.client_id
    contacts = _read_contacts(sources.get("contacts"), catalogue, client_ids)
    entries = _read_entries(sources.get("waitlist"), catalogue, client_ids)
    lines["client"] = _codes_in(client_ids, client_texts)[lines["client"]]

    count = _bucket_count(len(lines), previous)
    bucket_of_client = _buckets_of(client_ids, count)
    by_bucket = {
        "clients": _parts(bucket_of_client, count),
        "contacts": _parts(bucket_of_client[contacts.client], count),
        "entries": _parts(bucket_of_client[entries.client], count),
    }

    unknown_clients = _unknown_clients(sources, client_ids, lines["client"])
    unknown_services = _lines_of_unknown(lines["service"], catalogue.services, catalogue.listed_services)
    unknown_branches = _lines_of_unknown(lines["branch"], catalogue.branches, catalogue.listed_branches)
    line_count = len(lines)
    by_client = partition(appointments, bucket_of_client, count)
    del lines, appointments  # the parts hold them now

    def write(bucket: int) -> dict[str, Any]:
        table, rows = by_client.of(bucket)
        return write_bucket(
            version / f"bucket-{bucket:04}",
            by_bucket["clients"][bucket],
            clients.of(by_bucket["clients"][bucket]),
            table,
            rows,
            contacts.of(by_bucket["contacts"][bucket]),
            entries.of(by_bucket["entries"][bucket]),
            catalogue,
            previous=previous / f"bucket-{bucket:04}" if previous else None,
            source=sources["appointments"],
        )

    buckets: dict[str, dict[str, Any]] = {}
    faults: list[InputError] = []
    with ThreadPoolExecutor(THREADS) as pool:
        for bucket, done in enumerate(pool.map(_caught(write), range(count))):
            if isinstance(done, InputError):
                faults.append(done)
            else:
                buckets[f"bucket-{bucket:04}"] = done
            progress(_SORT, bucket + 1, count)
    if faults:
        raise min(faults, key=lambda fault: fault.line or 0)

    order = np.concatenate([by_bucket["clients"][bucket] for bucket in range(count)]).astype(np.int32)
    np.save(version / "client_order.npy", order)
    (version / "tables.json").write_text(json.dumps(catalogue.as_json(), ensure_ascii=False), encoding="utf-8")
    findings = Findings(
        [f"{source.path.name}: {name}" for source in sources.values() for name in source.unknown_columns],
        unknown_clients,
        unknown_services,
        unknown_branches,
        too_early_count,
        sum(done["contradictions"] for done in buckets.values()),
    )
    return {
        "buckets": buckets,
        "clients": len(client_ids),
        "lines": line_count,
        "findings": findings._asdict(),
    }


def _read_appointments(
    source: Source, catalogue: Catalogue, progress: Progress
) -> tuple[AppointmentTable, pa.Array, int]:
    """Read all columns of `appointments`; the clients are codes of the texts returned beside it.

    The number is that of the visits recorded as made before their booking.
    """
    lines = records(RawLine, len(source))

    def read_codes(name: str, field: str, dictionary: Dictionary) -> None:
        lines[field] = _coded(source, name, dictionary)

    def read_clients() -> pa.Array:
        clients = values.codes(source, "client_id")
        lines["client"] = clients.codes
        return clients.texts

    def read_numbers(part: Part) -> int:
        return _read_numbers(part, lines[part.begin : part.begin + len(part)], catalogue)

    with ThreadPoolExecutor(THREADS) as pool:
        branches = pool.submit(read_codes, "branch_id", "branch", catalogue.branches)
        clients = pool.submit(read_clients)
        ids = pool.submit(_identifiers, source, "appointment_id")
        services = pool.submit(read_codes, "service_id", "service", catalogue.services)
        staff = pool.submit(read_codes, "staff_id", "staff", catalogue.staff)
        branches.result()  # moments with an offset need the zones of the branches
        parts = [pool.submit(read_numbers, part) for part in source.parts()]
        steps: list[Future[Any]] = [clients, ids, services, staff, *parts]
        for done, step in enumerate(as_completed(steps), start=1):
            step.result()
            progress(_READ, done, len(steps))
    return AppointmentTable(lines, ids.result()), clients.result(), sum(part.result() for part in parts)


def _read_numbers(part: Part, lines: Records, catalogue: Catalogue) -> int:
    """Read moments, status and money of a part into its lines; return how many visits precede their booking."""
    moments = [values.instants(part, name) for name in ("starts_at", "created_at", "cancelled_at")]
    has_offset = any(instants.has_offset.any() for instants in moments)
    zone = catalogue.zone_of_branch[lines["branch"]] if has_offset else np.zeros(0, np.int32)
    offsets = catalogue.offsets() if has_offset else []
    at, created_at, cancelled_at = (values.as_wall_clock(instants, zone, offsets) for instants in moments)
    lines["at"], lines["amount"] = at, values.money(part, "amount")
    lines["created_on"], lines["cancelled_on"] = values.day_numbers(created_at), values.day_numbers(cancelled_at)
    lines["status"] = values.choices(part, "status")
    return int(np.count_nonzero((lines["status"] == COMPLETED) & (lines["created_on"] > values.day_numbers(at))))


def _coded(source: Source, name: str, dictionary: Dictionary) -> npt.NDArray[np.int32]:
    found = values.codes(source, name)
    return dictionary.codes_of(found.texts.to_pylist())[found.codes]


def _identifiers(source: Source, name: str) -> pa.Array:
    """Return a column of identifiers in one piece, none of them empty."""
    column = values.texts(source, name)
    if column.nbytes > 1 << 30:
        column = column.cast(pa.large_string())
    whole = column.combine_chunks()
    if isinstance(whole, pa.ChunkedArray):
        whole = pa.concat_arrays(whole.chunks) if whole.num_chunks else pa.array([], pa.string())
    empty = pc.index(whole, pa.scalar("", whole.type)).as_py()
    if empty >= 0:
        values.raise_empty(source, name, empty)
    return whole


def _read_clients(sources: dict[str, Source], seen: pa.Array, catalogue: Catalogue) -> ClientTable:
    """Return all clients of the data set in the order of their ids as text, with what `clients` says of them."""
    mentioned = [seen]
    others = [sources[table] for table in ("clients", "contacts", "waitlist") if table in sources]
    mentioned += [values.codes(source, "client_id").texts for source in others]
    everyone = pc.unique(pa.concat_arrays([texts.cast(pa.large_string()) for texts in mentioned]))
    everyone = everyone.take(pc.array_sort_indices(everyone))
    if len(everyone) and not everyone[0].as_py():  # a value of a dictionary that no line uses
        everyone = everyone.slice(1)
    count = len(everyone)
    birth_month, birth_day = np.zeros(count, np.int8), np.zeros(count, np.int8)
    trait_set = np.zeros(count, np.int32)
    trait_codes: list[list[int]] = [[]]
    source = sources.get("clients")
    if source is not None:
        values.check_unique(source, "client_id")
        ids = values.codes(source, "client_id")
        place = _codes_in(everyone, ids.texts)[ids.codes]
        birth_month[place], birth_day[place] = values.birthdays(source, "birthday")
        sets, lines = values.traits(source, "traits")
        trait_codes += [[code for trait in traits if (code := catalogue.traits.get(trait)) != NONE] for traits in sets]
        trait_set[place] = lines + 1
    traits = pa.array(trait_codes, pa.list_(pa.int32())).take(pa.array(trait_set))
    return ClientTable(everyone, birth_month, birth_day, traits)


def _read_contacts(source: Source | None, catalogue: Catalogue, client_ids: pa.Array) -> ContactTable:
    if source is None:
        nothing = np.zeros(0, np.int32)
        return ContactTable(nothing, np.zeros(0, np.int64), *(np.zeros(0, np.int8),) * 3, nothing, [])
    clients = values.codes(source, "client_id")
    made = values.instants(source, "made_at")
    catalogue.needs_offsets |= bool(made.has_offset.any())
    anchors = values.texts(source, "anchor")
    if (empty := pc.index(pc.equal(anchors, ""), True).as_py()) >= 0:
        values.raise_empty(source, "anchor", empty)
    return ContactTable(
        client=_codes_in(client_ids, clients.texts)[clients.codes],
        at=made.at,
        has_offset=made.has_offset,
        block=values.choices(source, "block"),
        outcome=values.choices(source, "outcome"),
        next_on=values.days(source, "next_on"),
        anchor=anchors.to_pylist(),
    )


def _read_entries(source: Source | None, catalogue: Catalogue, client_ids: pa.Array) -> EntryTable:
    if source is None:
        nothing = np.zeros(0, np.int32)
        return EntryTable(nothing, [], np.zeros(0, np.int64), *(nothing,) * 5)
    values.check_unique(source, "entry_id")
    clients = values.codes(source, "client_id")
    branch = _coded(source, "branch_id", catalogue.branches)
    created = values.instants(source, "created_at")
    zone = catalogue.zone_of_branch[branch]
    offsets = catalogue.offsets() if created.has_offset.any() else []
    return EntryTable(
        client=_codes_in(client_ids, clients.texts)[clients.codes],
        entry=values.texts(source, "entry_id").to_pylist(),
        created_at=values.as_wall_clock(created, zone, offsets),
        wanted_from=values.days(source, "wanted_from"),
        wanted_until=values.days(source, "wanted_until"),
        closed_on=values.days(source, "closed_on"),
        service=_coded(source, "service_id", catalogue.services),
        branch=branch,
    )


def _codes_in(known: pa.Array, texts: pa.Array) -> npt.NDArray[np.int32]:
    """Return the places of texts among the known ones."""
    if not len(texts):
        return np.zeros(0, np.int32)
    places = pc.index_in(texts.cast(known.type), value_set=known)
    found: npt.NDArray[np.int32] = pc.fill_null(places, -1).to_numpy(zero_copy_only=False).astype(np.int32)
    return found


def _bucket_count(lines: int, previous: Path | None) -> int:
    wanted = 1
    while wanted * LINES_PER_BUCKET < lines:
        wanted *= 2
    if previous is not None:
        before = len(json.loads((previous / "manifest.json").read_text(encoding="utf-8"))["buckets"])
        if before / 4 < wanted < before * 4:
            return before
    return wanted


def _buckets_of(client_ids: pa.Array, count: int) -> npt.NDArray[np.uint16]:
    """Return the bucket of every client: it follows from the text of the client_id alone."""
    if count == 1:
        return np.zeros(len(client_ids), np.uint16)
    buckets = (bucket_of(text, count) for text in client_ids.to_pylist())
    return np.fromiter(buckets, np.uint16, len(client_ids))


def bucket_of(client_id: str, count: int) -> int:
    """Return the bucket of a client among so many."""
    return zlib.crc32(client_id.encode()) % count


def _parts(bucket: npt.NDArray[np.uint16], count: int) -> list[npt.NDArray[np.int32]]:
    """Return, for every bucket, the places of its members in order."""
    order = np.argsort(bucket, kind="stable").astype(np.int32)
    ends = np.cumsum(np.bincount(bucket, minlength=count))
    return np.split(order, ends[:-1])


def _caught(write: Any) -> Any:
    """Return faults of the data instead of raising them, so that the first line of the file can be named."""

    def attempt(bucket: int) -> dict[str, Any] | InputError:
        try:
            done: dict[str, Any] = write(bucket)
        except InputError as fault:
            return fault
        return done

    return attempt


def _unknown_clients(sources: dict[str, Source], client_ids: pa.Array, client: npt.NDArray[np.int32]) -> int:
    if "clients" not in sources:
        return 0
    listed = np.zeros(len(client_ids), bool)
    ids = values.codes(sources["clients"], "client_id")
    listed[_codes_in(client_ids, ids.texts)[ids.codes]] = True
    seen = np.zeros(len(client_ids), bool)
    seen[client] = True
    return int(np.count_nonzero(seen & ~listed))


def _lines_of_unknown(codes: npt.NDArray[np.int32], dictionary: Dictionary, listed: Sequence[str] | None) -> int:
    """Count the lines whose identifier the table does not list; 0 without the table."""
    if listed is None:
        return 0
    known = {"", *listed}
    is_known = np.array([text in known for text in dictionary.texts], bool)
    return int(np.count_nonzero(~is_known[codes]))
