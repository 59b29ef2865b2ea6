"""Making a snapshot: files become whole numbers, in buckets of clients, sorted the way the rules read them."""

import json
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vernis.engine.history import NONE
from vernis.warehouse import values
from vernis.warehouse.bucketing import (
    ClientTable,
    ContactTable,
    EntryTable,
    LineTable,
    lines_of,
    sort_into_buckets,
    write_bucket,
)
from vernis.warehouse.catalogue import Catalogue, Dictionary, read_catalogue
from vernis.warehouse.engines import THREADS
from vernis.warehouse.errors import InputError
from vernis.warehouse.loading import client_ids
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
    count = _bucket_count(len(source), previous)
    with ThreadPoolExecutor(THREADS) as pool:
        reading = pool.submit(_read_clients, sources.get("clients"), catalogue)
        codes = _read_codes(source, catalogue, pool)
        progress(_READ, 1, 3)
        clients = sort_into_buckets(reading.result(), count)
        contacts = sort_into_buckets(_read_contacts(sources.get("contacts"), catalogue), count)
        entries = sort_into_buckets(_read_entries(sources.get("waitlist"), catalogue), count)
        progress(_READ, 2, 3)
        read = partial(_read_lines, codes=codes, catalogue=catalogue)
        pieces = list(pool.map(lambda part: sort_into_buckets(read(part), count), source.parts()))
    del codes
    progress(_READ, 3, 3)

    def write(bucket: int) -> dict[str, Any]:
        return write_bucket(
            version / f"bucket-{bucket:04}",
            lines_of(pieces, bucket),
            lines_of([clients], bucket),
            lines_of([contacts], bucket),
            lines_of([entries], bucket),
            catalogue,
            previous=previous / f"bucket-{bucket:04}" if previous else None,
            sources=sources,
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

    everyone = pa.concat_arrays([client_ids(version / bucket) for bucket in buckets])
    np.save(version / "client_order.npy", pc.rank(everyone).to_numpy().astype(np.int32))
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
        "clients": len(everyone),
        "lines": len(source),
        "findings": findings._asdict(),
    }


class LineCodes(NamedTuple):
    """The columns of `appointments` that have a dictionary; grain: one line, in the order of the file."""

    branch: npt.NDArray[np.int32]
    service: npt.NDArray[np.int32]
    staff: npt.NDArray[np.int32]

    def of(self, part: Part) -> "LineCodes":
        """Return the codes of a part of the file."""
        return LineCodes(*(column[part.begin : part.begin + len(part)] for column in self))


def _read_codes(source: Source, catalogue: Catalogue, pool: ThreadPoolExecutor) -> LineCodes:
    """Read identifiers that become codes: each column as a whole, since its parts share a dictionary."""
    branch = pool.submit(_coded, source, "branch_id", catalogue.branches)
    service = pool.submit(_coded, source, "service_id", catalogue.services)
    staff = pool.submit(_coded, source, "staff_id", catalogue.staff)
    return LineCodes(branch.result(), service.result(), staff.result())


def _read_lines(part: Part, codes: LineCodes, catalogue: Catalogue) -> LineTable:
    """Read a part of `appointments`."""
    codes = codes.of(part)
    moments = [values.instants(part, name) for name in ("starts_at", "created_at", "cancelled_at")]
    has_offset = any(instants.has_offset.any() for instants in moments)
    zone = catalogue.zone_of_branch[codes.branch] if has_offset else np.zeros(0, np.int32)
    offsets = catalogue.offsets() if has_offset else []
    at, created_at, cancelled_at = (values.as_wall_clock(instants, zone, offsets) for instants in moments)
    return LineTable(
        client_id=_identifiers(part, "client_id"),
        appointment_id=_identifiers(part, "appointment_id"),
        row=np.arange(part.begin, part.begin + len(part), dtype=np.int32),
        at=at,
        amount=values.money(part, "amount"),
        created_on=values.day_numbers(created_at),
        cancelled_on=values.day_numbers(cancelled_at),
        branch=codes.branch,
        service=codes.service,
        staff=codes.staff,
        status=values.choices(part, "status"),
    )


def _coded(source: Source, name: str, dictionary: Dictionary) -> npt.NDArray[np.int32]:
    found = values.codes(source, name)
    return dictionary.codes_of(found.texts.to_pylist())[found.codes]


def _identifiers(source: Source, name: str) -> pa.Array:
    """Return a required column of identifiers in one piece."""
    whole = values.texts(source, name).cast(pa.large_string()).combine_chunks()
    empty = pc.index(whole, pa.scalar("", whole.type)).as_py()
    if empty >= 0:
        values.raise_empty(source, name, empty)
    return whole


def _read_clients(source: Source | None, catalogue: Catalogue) -> ClientTable:
    if source is None:
        nothing = np.zeros(0, np.int8)
        return ClientTable(pa.array([], pa.large_string()), nothing, nothing, pa.array([], pa.list_(pa.int32())))
    client_id = _identifiers(source, "client_id")
    birth_month, birth_day = values.birthdays(source, "birthday")
    sets, lines = values.traits(source, "traits")
    codes = [[code for trait in traits if (code := catalogue.traits.get(trait)) != NONE] for traits in sets]
    return ClientTable(client_id, birth_month, birth_day, pa.array(codes, pa.list_(pa.int32())).take(pa.array(lines)))


def _read_contacts(source: Source | None, catalogue: Catalogue) -> ContactTable:
    if source is None:
        nothing, flags = pa.array([], pa.large_string()), np.zeros(0, np.int8)
        return ContactTable(nothing, nothing, np.zeros(0, np.int64), flags, flags, flags, np.zeros(0, np.int32))
    made = values.instants(source, "made_at")
    catalogue.needs_offsets |= bool(made.has_offset.any())
    return ContactTable(
        client_id=_identifiers(source, "client_id"),
        anchor=_identifiers(source, "anchor"),
        at=made.at,
        has_offset=made.has_offset,
        block=values.choices(source, "block"),
        outcome=values.choices(source, "outcome"),
        next_on=values.days(source, "next_on"),
    )


def _read_entries(source: Source | None, catalogue: Catalogue) -> EntryTable:
    if source is None:
        nothing, days = pa.array([], pa.large_string()), np.zeros(0, np.int32)
        return EntryTable(nothing, nothing, np.zeros(0, np.int64), days, days, days, days, days)
    values.check_unique(source, "entry_id")
    branch = _coded(source, "branch_id", catalogue.branches)
    created = values.instants(source, "created_at")
    zone = catalogue.zone_of_branch[branch]
    offsets = catalogue.offsets() if created.has_offset.any() else []
    return EntryTable(
        client_id=_identifiers(source, "client_id"),
        entry_id=_identifiers(source, "entry_id"),
        created_at=values.as_wall_clock(created, zone, offsets),
        wanted_from=values.days(source, "wanted_from"),
        wanted_until=values.days(source, "wanted_until"),
        closed_on=values.days(source, "closed_on"),
        service=_coded(source, "service_id", catalogue.services),
        branch=branch,
    )


def _bucket_count(lines: int, previous: Path | None) -> int:
    wanted = 1
    while wanted * LINES_PER_BUCKET < lines:
        wanted *= 2
    if previous is not None:
        before = len(json.loads((previous / "manifest.json").read_text(encoding="utf-8"))["buckets"])
        if before / 4 < wanted < before * 4:
            return before
    return wanted


def _caught(write: Any) -> Any:
    """Return faults of the data instead of raising them, so that the first line of the file can be named."""

    def attempt(bucket: int) -> dict[str, Any] | InputError:
        try:
            done: dict[str, Any] = write(bucket)
        except InputError as fault:
            return fault
        return done

    return attempt
