"""Clients, as the system tells them in its list of clients and in each record."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from vernis.lib import phones

if TYPE_CHECKING:
    from vernis.connectors.yclients.readings import Read

Row = dict[str, Any]
_GENDERS: dict[Any, str] = {1: "m", 2: "f"}


def clients_of(read: Read, *, branch: str | None, country: str) -> tuple[list[Row], int]:
    """Return the rows of CLIENTS, and how many of them have a phone that was hidden from us.

    Whoever is in the list of clients is told by it; the others by the latest of their records.
    """
    found: dict[int, Row] = {}
    for number in sorted(read.records):
        if client := read.records[number].get("client"):
            found[client["id"]] = client
    found.update(read.clients)
    rows, hidden = [], 0
    for place, number in enumerate(sorted(found), 1):
        client = found[number]
        hidden += is_hidden(client.get("phone"))
        rows.append({**_told(client, country), "branch": branch, "file": 0, "line": place})
    return rows, hidden


def _told(client: Row, country: str) -> Row:
    names = (client.get(part) for part in ("name", "patronymic", "surname"))
    name = " ".join(str(part).strip() for part in names if part)
    birthday = _day(client.get("birth_date"))
    email = str(client.get("email") or "").strip().lower()
    return {
        "ref": str(client["id"]),
        "external_id": str(client["id"]),
        "name": name[:200] or None,
        "phone": phone(client.get("phone"), country),
        "email": email if "@" in email and len(email) <= 254 and not is_hidden(email) else None,
        "birth_year": birthday.year if birthday and birthday.year > 1904 else None,
        "birth_month": birthday.month if birthday else None,
        "birth_day": birthday.day if birthday else None,
        "gender": _GENDERS.get(client.get("sex_id")),
        "note": str(client["comment"])[:2000] if client.get("comment") else None,
        # An explicit refusal only: that nobody has refused is no consent.
        "refuses_sms": True if client.get("sms_not") in (1, True, "1") else None,
    }


def phone(text: Any, country: str) -> str | None:
    """Return a phone as E.164; None where there is none, or none that can be dialled."""
    digits = phones.digits(str(text or ""))
    if not digits or is_hidden(text):
        return None
    for spelling in (f"+{digits}", str(text)):  # the system writes numbers with their country and without a plus
        try:
            return phones.parsed(spelling, country) or None
        except phones.NotAPhone:
            continue
    return None


def is_hidden(text: Any) -> bool:
    """Tell whether the system shows stars instead of a number."""
    return isinstance(text, str) and "*" in text


def _day(text: Any) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(str(text)[:10]) if text else None
    except ValueError:
        return None
