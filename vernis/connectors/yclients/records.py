"""A record as the source tells it, and what of it we keep."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal, InvalidOperation
from typing import Any

from vernis.connectors.yclients.client import is_number

COMPLETED, NO_SHOW, BOOKED, CANCELLED = "completed", "no_show", "booked", "cancelled"
_ATTENDANCE = {1: COMPLETED, -1: NO_SHOW, 0: BOOKED, 2: BOOKED}
_WALL = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?)?")
_KEPT = (
    "id", "staff_id", "date", "datetime", "create_date", "last_change_date", "attendance", "visit_attendance",
    "deleted", "seance_length", "length", "comment",
)  # fmt: skip


def kept(record: dict[str, Any]) -> dict[str, Any]:
    """Return what we need of a record."""
    less = {name: record[name] for name in _KEPT if record.get(name) not in (None, "")}
    client = record.get("client")
    if isinstance(client, dict) and is_number(client.get("id")):
        less["client"] = {name: client[name] for name in CLIENT if client.get(name) not in (None, "")}
    staff = record.get("staff")
    if isinstance(staff, dict) and staff.get("name"):
        less["staff"] = {"name": staff["name"]}
    services = record.get("services")
    if isinstance(services, list):
        less["services"] = [_service(one) for one in services if isinstance(one, dict)]
    return less


CLIENT = ("id", "name", "surname", "patronymic", "phone", "email", "sms_not", "birth_date", "sex_id", "comment")


def _service(one: dict[str, Any]) -> dict[str, Any]:
    less = {name: one[name] for name in ("title", "cost", "amount") if one.get(name) is not None}
    return {**less, "id": one["id"]} if is_number(one.get("id")) else less


def wall(text: Any) -> datetime.datetime | None:
    """Return the time on the wall of the branch. An offset is not believed: it may be another city's."""
    matched = _WALL.match(text) if isinstance(text, str) else None
    if not matched:
        return None
    try:
        return datetime.datetime(*(int(part or 0) for part in matched.groups()))  # type: ignore[arg-type] # noqa: DTZ001
    except ValueError:
        return None


def starts_at(record: dict[str, Any]) -> datetime.datetime | None:
    """Return when a record begins, on the wall; None: it does not say."""
    return wall(record.get("date")) or wall(record.get("datetime"))


def status(record: dict[str, Any]) -> str | None:
    """Return the state of a record in our words; None: in a word that we do not know."""
    deleted = record.get("deleted", False)
    if deleted in (True, 1, "1"):
        return CANCELLED
    attendance = record.get("attendance", record.get("visit_attendance", 0))
    try:
        return _ATTENDANCE.get(int(attendance))
    except (TypeError, ValueError):
        return None


def amount(service: dict[str, Any]) -> int | None:
    """Return what a service of a record costs, in hundredths."""
    try:
        cost = Decimal(str(service["cost"]))
        times = Decimal(str(service.get("amount") or 1))
        hundredths = (cost * times * 100).to_integral_value()
    except (InvalidOperation, KeyError):
        return None
    return int(hundredths) if 0 <= hundredths < 10**15 else None


def minutes(record: dict[str, Any]) -> int | None:
    """Return how long it takes."""
    seconds = record.get("seance_length", record.get("length"))
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 60 <= seconds < 32_000 * 60:
        return None
    return int(seconds // 60)
