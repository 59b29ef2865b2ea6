"""Records of a program go the way of every import: as tables, through the room `intake`."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from pyarrow import parquet

from vernis.accounts.models import Branch
from vernis.api.problems import Problem, invalid
from vernis.api.shapes.clients import birthday_of
from vernis.book.operations.clients import is_birthday
from vernis.connectors.tables import TABLES
from vernis.intake.operations import ImportIsRunning
from vernis.intake.operations import bring_in as bring_in_tables
from vernis.intake.sources import Kind, Source

if TYPE_CHECKING:
    import datetime
    from zoneinfo import ZoneInfo

    from vernis.accounts.models import User
    from vernis.api.shapes.imports import AppointmentRecord, ClientRecord, ImportIn
    from vernis.intake.balance import Balance

Row = dict[str, Any]


def bring_in(*, by: User, said: ImportIn, now: datetime.datetime) -> Balance:
    """Bring records into the book; the same again changes nothing. Raises Problem."""
    branches = Branch.objects.visible_to(by).in_bulk({row.branch_id for row in said.appointments})
    _check(said, set(branches))
    zones = {pk: branch.zone for pk, branch in branches.items()}
    rows: dict[str, list[Row]] = {
        "clients": [_client(one) for one in said.clients],
        "services": [
            {"ref": one.ref, "external_id": one.ref, "is_active": True, **one.model_dump(exclude={"ref"})}
            for one in said.services
        ],
        "staff": [{"ref": one.ref, "external_id": one.ref, "name": one.name} for one in said.staff],
        "appointments": [row for one in said.appointments for row in _appointment(one, zones[one.branch_id])],
    }
    source = Source(
        name=f"api:{said.source}", kind=Kind.API, title=said.source, branches={str(pk): pk for pk in branches}
    )
    with tempfile.TemporaryDirectory(prefix="vernis-api-") as folder:
        for name, found in rows.items():
            if found:
                numbered = [{**row, "file": 0, "line": line} for line, row in enumerate(found, start=1)]
                parquet.write_table(pa.Table.from_pylist(numbered, TABLES[name]), Path(folder) / f"{name}.parquet")
        try:
            return bring_in_tables(organization=by.organization, tables=Path(folder), source=source, by=by, now=now)
        except ImportIsRunning:
            raise Problem("too-many", "Another import is being written.", {"Retry-After": "5"}) from None


def _check(said: ImportIn, branches: set[int]) -> None:
    """Refuse what names something that is not in the request, or twice the same."""
    refs: dict[str, set[str]] = {"": {""}}
    for kind in ("clients", "services", "staff", "appointments"):
        names = [one.ref for one in getattr(said, kind)]
        refs[kind] = set(names)
        if len(refs[kind]) < len(names):
            raise invalid(kind, "a ref is there twice")
    for one in said.appointments:
        if one.branch_id not in branches:
            raise invalid("appointments.branch_id", "no such branch")
        if one.client_ref not in refs["clients"]:
            raise invalid("appointments.client_ref", "is not among the clients of this request")
        for line in one.lines:
            if line.service_ref not in refs["services"] | {""} or line.staff_ref not in refs["staff"] | {""}:
                raise invalid("appointments.lines", "a ref is not in this request")


def _client(one: ClientRecord) -> Row:
    year, month, day = birthday_of(one.birthday)
    if not is_birthday(year, month, day):
        raise invalid("clients.birthday", "there is no such day")
    return {
        "ref": one.ref,
        "external_id": one.ref,
        "birth_year": year,
        "birth_month": month,
        "birth_day": day,
        **one.model_dump(exclude={"ref", "birthday"}),
    }


def _appointment(one: AppointmentRecord, zone: ZoneInfo) -> list[Row]:
    def wall_clock(moment: datetime.datetime | None) -> datetime.datetime | None:
        return moment.astimezone(zone).replace(tzinfo=None, fold=0, microsecond=0) if moment else None

    whole = {
        "ref": one.ref,
        "external_id": one.ref,
        "client_ref": one.client_ref,
        "branch": str(one.branch_id),
        "created_at": wall_clock(one.created_at),
        "starts_at": wall_clock(one.starts_at),
        "has_time": True,
        "minutes": one.minutes,
        "status": one.status,
        "cancelled_at": wall_clock(one.cancelled_at),
        "note": one.note,
    }
    return [
        {**whole, "service_ref": line.service_ref or None, "staff_ref": line.staff_ref or None, "amount": line.amount}
        for line in one.lines
    ] or [whole]
