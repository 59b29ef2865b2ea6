"""What we know of the records of a connection: which, since when, and as what they were brought in."""

from __future__ import annotations

import datetime
import hashlib
import itertools
import json
from typing import TYPE_CHECKING, Any

from django.db import transaction
from pyarrow import parquet

from vernis.intake.models import SourceRecord

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from vernis.connectors.yclients.lists import Rows
    from vernis.connectors.yclients.readings import Read
    from vernis.connectors.yclients.windows import Window
    from vernis.intake.models import Connection

PART = 500
REFUSED, CANCELLED = "refused", "cancelled"
_LEFT_OUT = {"note", "file", "line", "branch"}
_TIMES = ("created_at", "starts_at", "cancelled_at")


def digest_of(record: dict[str, Any]) -> str:
    """Return what tells two states of a record apart."""
    said = json.dumps(record, sort_keys=True, ensure_ascii=False).encode()
    return hashlib.blake2b(said, digest_size=16).hexdigest()


def digests_of(read: Read) -> dict[str, str]:
    """Return the digests of all records of a reading by their numbers; of those that are gone too."""
    digests = {str(number): digest_of(one) for number, one in read.records.items()}
    return {**digests, **{str(number): "gone" for number in read.gone}}


def unlike(connection: Connection, records: Rows) -> Rows:
    """Return the records that are not as they were brought in."""
    known: dict[int, str] = {}
    for part in _parts(records):
        found = SourceRecord.objects.filter(connection=connection, number__in=part)
        known.update(found.values_list("number", "digest"))
    return {number: one for number, one in records.items() if known.get(number) != digest_of(one)}


def standing(connection: Connection, window: Window) -> set[int]:
    """Return the records that we believe to start in a window and not to be cancelled."""
    first = datetime.datetime.combine(window.first, datetime.time(), datetime.UTC)
    last = datetime.datetime.combine(window.last, datetime.time.max, datetime.UTC)
    found = SourceRecord.objects.filter(connection=connection, starts_at__gte=first, starts_at__lte=last)
    return set(found.exclude(status=CANCELLED).values_list("number", flat=True))


def cancelled_before(connection: Connection, numbers: Iterable[int]) -> dict[str, datetime.datetime]:
    """Return when we learned of cancellations, by number, on the wall."""
    found: dict[str, datetime.datetime] = {}
    for part in _parts(numbers):
        rows = SourceRecord.objects.filter(connection=connection, number__in=part).exclude(cancelled_at=None)
        found.update(
            {str(number): at.replace(tzinfo=None) for number, at in rows.values_list("number", "cancelled_at")}
        )
    return found


def rows_of(connection: Connection, numbers: Iterable[int]) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of the table of appointments as which records were brought in."""
    found = SourceRecord.objects.filter(connection=connection, number__in=list(numbers))
    return {str(number): [_timed(row) for row in rows] for number, rows in found.values_list("number", "rows")}


def remember(connection: Connection, tables: Path, digests: Mapping[str, str]) -> None:
    """Note what has been brought in: `tables` of a reading, `digests` of all its records by number."""
    for part in _batches(_told(tables, digests), PART):
        wanted = [
            SourceRecord(organization_id=connection.organization_id, connection=connection, **one) for one in part
        ]
        with transaction.atomic():
            SourceRecord.objects.bulk_create(
                wanted, update_conflicts=True, unique_fields=["connection", "number"],
                update_fields=["digest", "status", "starts_at", "cancelled_at", "rows"],
            )  # fmt: skip


def _told(tables: Path, digests: Mapping[str, str]) -> Iterable[dict[str, Any]]:
    met, path = set(), tables / "appointments.parquet"
    lines = _lines(path) if path.exists() else iter(())
    for ref, rows in itertools.groupby(lines, key=lambda row: row["ref"]):
        kept = [{name: value for name, value in row.items() if name not in _LEFT_OUT} for row in rows]
        met.add(ref)
        yield {
            "number": int(ref), "digest": digests.get(ref, ""), "status": kept[0]["status"],
            "starts_at": _utc(kept[0]["starts_at"]), "cancelled_at": _utc(kept[0]["cancelled_at"]),
            "rows": [{name: _written(value) for name, value in row.items()} for row in kept],
        }  # fmt: skip
    for ref in digests.keys() - met:
        yield {"number": int(ref), "digest": digests[ref], "status": REFUSED}


def _lines(path: Path) -> Iterable[dict[str, Any]]:
    for batch in parquet.ParquetFile(path).iter_batches(batch_size=2000):
        yield from batch.to_pylist()


def _utc(wall: datetime.datetime | None) -> datetime.datetime | None:
    return wall.replace(tzinfo=datetime.UTC) if wall else None


def _written(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime.datetime) else value


def _timed(row: dict[str, Any]) -> dict[str, Any]:
    times = {name: datetime.datetime.fromisoformat(row[name]) for name in _TIMES if row.get(name)}
    return {**row, **times}


def _parts(numbers: Iterable[int]) -> Iterable[list[int]]:
    return _batches(numbers, PART)


def _batches(things: Iterable[Any], size: int) -> Iterable[list[Any]]:
    source = iter(things)
    while part := list(itertools.islice(source, size)):
        yield part
