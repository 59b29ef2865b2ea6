"""A complete reading, written as the tables of `connectors.tables`."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa
from pyarrow import parquet

from vernis.connectors import tables
from vernis.connectors.yclients import people, records
from vernis.connectors.yclients.client import is_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from vernis.connectors.yclients.catalogue import Catalogue
    from vernis.connectors.yclients.lists import Rows
    from vernis.connectors.yclients.readings import Read

Row = dict[str, Any]


class Delivered(NamedTuple):
    """How many of each are in the folder, and what could not be said."""

    appointments: int
    clients: int
    services: int
    refused: int
    hidden_phones: int  # the person in whose name we read may not see them


def deliver(
    read: Read,
    folder: Path,
    *,
    branch: str | None,
    country: str,
    now: datetime.datetime,
    cancelled_before: Mapping[str, datetime.datetime],
    gone: Mapping[str, list[Row]],
) -> Delivered:
    """Write the tables of a reading into an empty folder.

    `branch`: what the company is called (None: all is of one branch); `country`: of phones without one; `now`: the
    wall clock of the branch; `cancelled_before`: when we learned of cancellations whose time the source does not say;
    `gone`: of each record of `read.gone`, the rows of APPOINTMENTS that we know. Both by the number as text.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lines, refused = [], []
    for place, number in enumerate(sorted(read.records), 1):
        record, stands = read.records[number], {"file": 0, "line": place}
        if reason := _objection(record):
            refused.append({**stands, "reason": reason, **_shown(record, reason)})
        else:
            lines += [{**line, **stands} for line in _lines(record, branch, now, cancelled_before)]
    for place, number in enumerate(sorted(read.gone), len(read.records) + 1):
        when = cancelled_before.get(str(number), now)
        cancelled = {"status": records.CANCELLED, "cancelled_at": when, "file": 0, "line": place}
        lines += [{**row, **cancelled} for row in gone.get(str(number), ())]
    clients, hidden = people.clients_of(read, branch=branch, country=country)
    services = list(_services(read.records, read.catalogue))
    _write(folder, "appointments", lines)
    _write(folder, "clients", clients)
    _write(folder, "services", services)
    _write(folder, "staff", _staff(read.records, read.catalogue))
    _write(folder, "refused", refused)
    return Delivered(len({line["ref"] for line in lines}), len(clients), len(services), len(refused), hidden)


def _objection(record: Row) -> str | None:
    """Return why a record cannot be taken, a key of `connectors.reasons.REASONS`."""
    if "client" not in record:
        return "no_client"
    if records.starts_at(record) is None:
        return "no_date"
    return "unknown_status" if records.status(record) is None else None


def _shown(record: Row, reason: str) -> Row:
    column = {"no_client": "client", "no_date": "date", "unknown_status": "attendance"}[reason]
    value = record.get(column)
    cells = [f"{name}: {record[name]}" for name in ("id", "date", "attendance", "create_date") if name in record]
    return {"column": column, "value": None if value is None else str(value), "cells": cells}


def _lines(
    record: Row, branch: str | None, now: datetime.datetime, cancelled_before: Mapping[str, datetime.datetime]
) -> Iterable[Row]:
    number, status = str(record["id"]), records.status(record)
    cancelled_at = None
    if status == records.CANCELLED:
        cancelled_at = records.wall(record.get("last_change_date")) or cancelled_before.get(number, now)
    said = {
        "ref": number,
        "external_id": number,
        "client_ref": str(record["client"]["id"]),
        "branch": branch,
        "staff_ref": str(record["staff_id"]) if _staffed(record) else None,
        "created_at": records.wall(record.get("create_date")),
        "starts_at": records.starts_at(record),
        "has_time": True,
        "minutes": records.minutes(record),
        "status": status,
        "cancelled_at": cancelled_at,
        "note": str(record["comment"])[:500] if record.get("comment") else None,
    }
    for service in record.get("services") or [{}]:
        number = service.get("id")
        yield {**said, "service_ref": str(number) if number else None, "amount": records.amount(service)}


def _services(found: Rows, catalogue: Catalogue | None) -> Iterable[Row]:
    """Return the services of the catalogue, and those that only records know any more."""
    categories = {one["id"]: one.get("title") for one in catalogue.categories} if catalogue else {}
    met = set()
    for place, one in enumerate(catalogue.services if catalogue else (), 1):
        met.add(one["id"])
        price, seconds = records.amount({"cost": one.get("price_min")}), one.get("duration", one.get("seance_length"))
        yield {
            **_titled(one["id"], one.get("title"), place),
            "category": categories.get(one.get("category_id")),
            "interval_days": _days(one.get("repeat_visit_days_step")),
            "minutes": records.minutes({"seance_length": seconds}),
            "price": price or None,  # 0: by agreement
        }
    for record in found.values():
        for one in record.get("services") or ():
            if one.get("id") and one["id"] not in met:
                met.add(one["id"])
                yield _titled(one["id"], one.get("title"), len(met))


def _titled(number: Any, title: Any, place: int) -> Row:
    text = str(title or f"№ {number}")[:200]
    return {"ref": str(number), "external_id": str(number), "title": text, "file": 0, "line": place}


def _days(step: Any) -> int | None:
    try:
        days = int(step)
    except (TypeError, ValueError):
        return None
    return days if 1 <= days <= 3650 else None


def _staff(found: Rows, catalogue: Catalogue | None) -> list[Row]:
    """Return who serves: those of the catalogue, and those that only records know any more."""
    names = {record["staff_id"]: record.get("staff", {}).get("name") for record in found.values() if _staffed(record)}
    names.update({one["id"]: one.get("name") for one in (catalogue.staff if catalogue else ())})
    return [
        {
            "ref": str(number),
            "external_id": str(number),
            "name": str(names[number] or f"№ {number}")[:200],
            "file": 0,
            "line": place,
        }
        for place, number in enumerate(sorted(names), 1)
    ]


def _staffed(record: Row) -> bool:
    return is_number(record.get("staff_id"))


def _write(folder: Path, table: str, rows: Iterable[Row]) -> None:
    """Write a table; one without rows is left out."""
    if rows := list(rows):
        parquet.write_table(pa.Table.from_pylist(rows, schema=tables.TABLES[table]), folder / f"{table}.parquet")
