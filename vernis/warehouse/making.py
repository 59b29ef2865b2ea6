"""Making a snapshot: files become whole numbers, in buckets of clients, sorted the way the rules read them."""

import json
import zlib
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vernis.engine.history import NONE
from vernis.engine.records import fill, records
from vernis.warehouse import values
from vernis.warehouse.bucketing import (
    ClientTable,
    ContactTable,
    EntryTable,
    Piece,
    RawLine,
    lines_of,
    sort_piece,
    write_bucket,
)
from vernis.warehouse.catalogue import Catalogue, Dictionary, read_catalogue
from vernis.warehouse.engines import THREADS
from vernis.warehouse.errors import InputError
from vernis.warehouse.progress import Progress
from vernis.warehouse.reading import Part, Source

LINES_PER_BUCKET = 1 << 19
"""About so many lines make a bucket; the number of buckets changes only by factors of 4."""

_READ, _SORT = "read", "sort"
_COUNTED = (
    "unknown_clients",
    "unknown_services",
    "unknown_branches",
    "contradicting_appointments",
    "visits_before_creation",
)


class Findings(NamedTuple):
    """What is suspicious in the data and can be used all the same; each a count, but for the columns."""

    unknown_columns: list[str]
    unknown_clients: int
    unknown_services: int
    unknown_branches: int
    contradicting_appointments: int
    visits_before_creation: int


def make(version: Path, sources: dict[str, Source], previous: Path | None, progress: Progress) -> dict[str, Any]:
    """Write a whole snapshot into the folder `version` and return its manifest; raises InputError.

    Buckets whose content is that of the `previous` version are taken over from it.
    """
    catalogue = read_catalogue(sources, previous)
    source = sources["appointments"]
    with ThreadPoolExecutor(THREADS) as pool:
        codes, numbers = _read_appointments(source, catalogue, pool)
        progress(_READ, 1, 3)
        clients = _read_clients(sources, codes.client_texts, catalogue)
        client_ids = clients.client_id
        contacts = _read_contacts(sources.get("contacts"), catalogue, client_ids)
        entries = _read_entries(sources.get("waitlist"), catalogue, client_ids)
        progress(_READ, 2, 3)

        count = _bucket_count(len(source), previous)
        bucket_of_client = _buckets_of(client_ids, count)
        by_bucket = {
            "clients": _parts(bucket_of_client, count),
            "contacts": _parts(bucket_of_client[contacts.client], count),
            "entries": _parts(bucket_of_client[entries.client], count),
        }
        plan = Plan(codes, _codes_in(client_ids, codes.client_texts), bucket_of_client, count)
        pieces = list(pool.map(partial(_piece, plan=plan), numbers))
    del numbers
    progress(_READ, 3, 3)

    def write(bucket: int) -> dict[str, Any]:
        return write_bucket(
            version / f"bucket-{bucket:04}",
            by_bucket["clients"][bucket],
            clients.of(by_bucket["clients"][bucket]),
            lines_of(pieces, codes.appointment, bucket),
            contacts.of(by_bucket["contacts"][bucket]),
            entries.of(by_bucket["entries"][bucket]),
            catalogue,
            previous=previous / f"bucket-{bucket:04}" if previous else None,
            source=source,
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
    totals = {name: sum(done[name] for done in buckets.values()) for name in _COUNTED}
    findings = Findings(
        unknown_columns=[
            f"{source.path.name}: {name}" for source in sources.values() for name in source.unknown_columns
        ],
        **totals,
    )
    return {
        "buckets": buckets,
        "clients": len(client_ids),
        "lines": len(source),
        "findings": findings._asdict(),
    }


class LineCodes(NamedTuple):
    """The columns of `appointments` that hold identifiers; grain: one line, in the order of the file."""

    client: npt.NDArray[np.int32]  # places in client_texts
    client_texts: pa.Array
    branch: npt.NDArray[np.int32]
    service: npt.NDArray[np.int32]
    staff: npt.NDArray[np.int32]
    appointment: pa.Array


class LineNumbers(NamedTuple):
    """The other columns of a part of `appointments`; grain: one line, in the order of the file."""

    begin: int  # row of the file
    columns: dict[str, npt.NDArray[Any]]


def _read_appointments(
    source: Source, catalogue: Catalogue, pool: ThreadPoolExecutor
) -> tuple[LineCodes, list[Future[LineNumbers]]]:
    """Read identifiers, each column as a whole since they share dictionaries, and begin to read the rest in parts.

    The parts are read while others wait for the clients.
    """
    client = pool.submit(values.codes, source, "client_id")
    branch = pool.submit(_coded, source, "branch_id", catalogue.branches)
    service = pool.submit(_coded, source, "service_id", catalogue.services)
    staff = pool.submit(_coded, source, "staff_id", catalogue.staff)
    ids = pool.submit(_identifiers, source, "appointment_id")
    branches = branch.result()
    numbers = [pool.submit(_read_numbers, part, branches, catalogue) for part in source.parts()]
    clients = client.result()
    codes = LineCodes(clients.codes, clients.texts, branches, service.result(), staff.result(), ids.result())
    return codes, numbers


def _read_numbers(part: Part, branches: npt.NDArray[Any], catalogue: Catalogue) -> LineNumbers:
    """Read moments, money and status of a part."""
    moments = [values.instants(part, name) for name in ("starts_at", "created_at", "cancelled_at")]
    has_offset = any(instants.has_offset.any() for instants in moments)
    of_part = branches[part.begin : part.begin + len(part)]
    zone = catalogue.zone_of_branch[of_part] if has_offset else np.zeros(0, np.int32)
    offsets = catalogue.offsets() if has_offset else []
    at, created_at, cancelled_at = (values.as_wall_clock(instants, zone, offsets) for instants in moments)
    columns = {
        "at": at,
        "amount": values.money(part, "amount"),
        "created_on": values.day_numbers(created_at),
        "cancelled_on": values.day_numbers(cancelled_at),
        "status": values.choices(part, "status"),
    }
    return LineNumbers(part.begin, columns)


class Plan(NamedTuple):
    """Where lines belong: their codes, the client of each client text, the bucket of each client."""

    codes: LineCodes
    client_of_text: npt.NDArray[Any]
    bucket_of_client: npt.NDArray[Any]
    buckets: int


def _piece(read: Future[LineNumbers], plan: Plan) -> Piece:
    """Sort the lines of a part into buckets."""
    numbers, codes = read.result(), plan.codes
    count = len(numbers.columns["at"])
    rows = slice(numbers.begin, numbers.begin + count)
    client = plan.client_of_text[codes.client[rows]]
    lines = records(RawLine, count)
    identifiers = {
        "client": client,
        "service": codes.service[rows],
        "branch": codes.branch[rows],
        "staff": codes.staff[rows],
    }
    fill(lines, numbers.columns | identifiers)
    numbers.columns.clear()  # the memory is wanted for the next part
    return sort_piece(lines, numbers.begin, plan.bucket_of_client[client], plan.buckets)


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
    is_listed = np.full(count, "clients" not in sources)
    source = sources.get("clients")
    if source is not None:
        values.check_unique(source, "client_id")
        ids = values.codes(source, "client_id")
        place = _codes_in(everyone, ids.texts)[ids.codes]
        is_listed[place] = True
        birth_month[place], birth_day[place] = values.birthdays(source, "birthday")
        sets, lines = values.traits(source, "traits")
        trait_codes += [[code for trait in traits if (code := catalogue.traits.get(trait)) != NONE] for traits in sets]
        trait_set[place] = lines + 1
    traits = pa.array(trait_codes, pa.list_(pa.int32())).take(pa.array(trait_set))
    return ClientTable(everyone, birth_month, birth_day, traits, is_listed)


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
