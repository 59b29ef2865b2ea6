"""What the columns of a sheet are, by their headers and by their values."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping as Dictionary
from collections.abc import Sequence

from vernis.connectors.spreadsheets import words
from vernis.connectors.spreadsheets.evidence import Looks, looks_of
from vernis.connectors.spreadsheets.mapping import (
    VISITS,
    ColumnMapping,
    Mapping,
    SheetMapping,
    kind_label,
    kinds,
    role_label,
    roles_of,
    sheet_from,
)
from vernis.connectors.spreadsheets.questions import order_of, questions_of
from vernis.connectors.spreadsheets.reading import Sheet
from vernis.lib.texts import _

_FITS = {
    "phone": "phone", "second_phone": "phone", "email": "email", "date": "date", "created_at": "date",
    "cancelled_at": "date", "client_created_at": "date", "birthday": "birthday", "time": "time", "amount": "number",
    "price": "number", "discount": "number", "interval_days": "number", "refuses_sms": "truth", "agrees_sms": "truth",
    "is_active": "truth", "gender": "gender", "minutes": "length",
}  # fmt: skip
"""How the values of a role look, where that can be seen."""

# Which header words mean which role in a sheet of a kind, beside those that are called the same.
_HEADERS_OF = {
    "client_note": ("note",),
    "client_id": ("client_id", "code", "client"),
    "name": ("name", "client"),
    "service": ("service",),
    "title": ("title", "service"),
    "service_id": ("service_id", "code"),
    "service_category": ("service_category", "category"),
    "client_category": ("client_category", "category"),
    "price": ("price", "amount"),
    "amount": ("amount", "price"),
    "date": ("date",),
    "appointment_id": ("appointment_id", "code"),
    "phone": ("phone",),
}
_SAMPLES_SHOWN = 3


def guess(
    sheets: Sequence[Sheet],
    *,
    country: str,
    currency: str = "",
    branches: Sequence[str] = (),
    remembered: Dictionary[str, str] | None = None,
) -> Mapping:
    """Return what every column seems to be, with reasons, and the questions nobody can answer from the files.

    `country` (ISO 3166) decides what values leave open (day or month first); `branches` are the names that are known,
    for the question to which a file belongs; `remembered` is what `Mapping.remembered` gave for earlier files: it wins
    over guessing.
    """
    looks = [[looks_of([row[at] for row in sheet.samples]) for at in range(len(sheet.headers))] for sheet in sheets]
    codes = _client_codes(sheets, looks)
    found = []
    for sheet, looked in zip(sheets, looks, strict=True):
        kept = (remembered or {}).get(sheet.fingerprint)
        mapped = _remembered(sheet, kept) if kept else _guessed(sheet, looked, codes)
        if order := order_of(sheet, mapped):
            mapped = dataclasses.replace(mapped, answers={**mapped.answers, "day_first": order})
        found.append(mapped)
    return Mapping(
        tuple(
            dataclasses.replace(
                mapped, questions=questions_of(sheet, mapped, country=country, currency=currency, branches=branches)
            )
            for sheet, mapped in zip(sheets, found, strict=True)
        )
    )


def _remembered(sheet: Sheet, kept: str) -> SheetMapping:
    old = sheet_from(json.loads(kept))
    columns = tuple(
        dataclasses.replace(column, samples=_shown(sheet, column.index), reason=_("As you said last time."))
        for column in old.columns
    )
    return dataclasses.replace(
        old,
        file=sheet.file,
        sheet=sheet.name,
        number=sheet.number,
        columns=columns,
        reason=_("As you said last time."),
        is_remembered=True,
    )


def _client_codes(sheets: Sequence[Sheet], looks: Sequence[Sequence[Looks]]) -> frozenset[str]:
    """Return what stands in columns that surely hold numbers of clients: other files call them "Client"."""
    found: set[str] = set()
    for sheet, looked in zip(sheets, looks, strict=True):
        if _kind_of(sheet, looked)[0] in ("services", "products"):
            continue
        for at, header in enumerate(sheet.headers):
            if {"client_id", "code"}.intersection(_meanings(header)):
                found.update(row[at].strip() for row in sheet.samples if row[at].strip())
    return frozenset(found)


def _meanings(header: str) -> tuple[str, ...]:
    """Return the words that a header can mean, the whole header first, then its last part."""
    known = words.headers()
    whole = words.folded(header)
    parts = [whole, words.folded(header.rpartition("/")[2]), words.folded(header.partition("(")[0]),
             words.folded(header.partition(",")[0])]  # fmt: skip
    for part in parts:
        if part in known:
            return known[part]
    if header.startswith("#"):
        return ()  # no header stood there
    trimmed = whole.rstrip("0123456789 ")
    return known.get(trimmed, ())


def _kind_of(sheet: Sheet, looks: Sequence[Looks]) -> tuple[str, float, str]:  # noqa: C901
    """Return the kind of a sheet, how sure that is, and why."""
    meanings = [set(_meanings(header)) for header in sheet.headers]
    everything = set().union(*meanings) if meanings else set()
    title = words.folded(f"{sheet.file_name} {sheet.name}")
    named = {kind for kind, starts in words.kind_words().items() if any(words.folded(one) in title for one in starts)}
    points = dict.fromkeys(kinds(), 0.0)
    for kind in named:
        points[kind] += 2.5
    has_client = any(
        meaning & {"client_id", "client", "name", "phone", "last_name", "first_name"} for meaning in meanings
    ) or any(look.share["phone"] > 0.6 for look in looks)
    has_date = bool(everything & {"date"}) or any(
        look.share["date"] > 0.6 and not meaning & {"birthday", "counters", "client_created_at", "created_at"}
        for look, meaning in zip(looks, meanings, strict=True)
    )
    has_service = bool(everything & {"service", "title"})
    stock = sum(1 for meaning in meanings if "stock" in meaning)
    if stock >= 2 and not has_date:
        points["products"] += 3 + stock
    if has_date and (has_client or "code" in everything):
        points["bookings"] += 3
        points["receipts"] += 1.5 + 2.5 * bool(everything & {"receipt_id", "quantity"})
        points["bookings"] += bool(everything & {"time", "status", "appointment_id", "created_at"})
        if "cancelled_at" in everything and "status" not in everything:
            points["cancellations"] += 5
        points["cancellations"] += 2 * ("cancellations" in named)
        points["no_shows"] += 3 * ("no_shows" in named)
    if not has_date:
        if has_client and not (has_service and "price" in everything):
            about = {"birthday", "email", "gender", "client_category", "card", "discount", "refuses_sms", "counters",
                     "phone", "last_name"}  # fmt: skip
            points["clients"] += 3 + 0.3 * len(everything & about)
        if has_service and everything & {"price", "amount", "minutes", "interval_days", "category", "service_category"}:
            points["services"] += 3.5
    elif everything & {"counters", "birthday"} and not everything & {"time", "status", "service", "appointment_id"}:
        points["clients"] += 4
    possible = {
        kind: score
        for kind, score in points.items()
        if score
        and _is_possible(kind, has_date=has_date, has_client=has_client or "code" in everything, roles=everything)
    }
    if not possible:
        return "ignored", 0.5, _("Neither clients nor services nor visits could be recognised here.")
    best = max(possible, key=lambda kind: possible[kind])
    others = [score for kind, score in possible.items() if kind != best]
    confidence = round(min(0.98, 0.5 + (possible[best] - max(others, default=0.0)) / 8), 2)
    if best == "products":
        return best, confidence, _("Stock, suppliers and brands: these are goods, and Vernis brings in services only.")
    why = _("The name of the file and its columns say so.") if best in named else _("Its columns say so.")
    return best, confidence, why


def _is_possible(kind: str, *, has_date: bool, has_client: bool, roles: set[str]) -> bool:
    if kind in ("bookings", "cancellations", "no_shows", "receipts"):
        return has_date and has_client
    if kind == "clients":
        return has_client
    return bool(roles & {"service", "title", "name"}) and not has_date


def _guessed(sheet: Sheet, looks: Sequence[Looks], codes: frozenset[str]) -> SheetMapping:
    kind, confidence, why = _kind_of(sheet, looks)
    columns = _columns(sheet, kind, looks, codes)
    return SheetMapping(
        file=sheet.file, sheet=sheet.name, number=sheet.number, fingerprint=sheet.fingerprint, kind=kind,
        confidence=confidence,        reason=why, columns=tuple(columns),
    )  # fmt: skip


def _columns(sheet: Sheet, kind: str, looks: Sequence[Looks], codes: frozenset[str]) -> list[ColumnMapping]:
    offers: list[tuple[float, int, int, str, str]] = []
    names_client = any(
        {"client", "name", "phone", "client_id", "last_name"}.intersection(_meanings(header))
        for header in sheet.headers
    )
    for at, header in enumerate(sheet.headers):
        for place, role in enumerate(roles_of(kind)):
            if _is_number_of_other(role, header, kind, looks[at], names_client=names_client):
                continue
            score, why = _score(role, header, looks[at], codes)
            if score > 0:
                offers.append((score, -place, at, role, why))
    taken: dict[int, tuple[str, float, str]] = {}
    used: set[str] = set()
    for score, _place, at, role, why in sorted(offers, key=lambda offer: (-offer[0], offer[2], -offer[1])):
        if at in taken or role in used:
            continue
        if role == "time" and "date" in used and _date_has_time(taken, looks):
            continue
        taken[at] = (role, score, why)
        used.add(role)
    _settle_names(taken, sheet)
    found = []
    for at, header in enumerate(sheet.headers):
        role, score, why = taken.get(at, ("", 0.5, _why_left_out(header, looks[at])))
        found.append(ColumnMapping(at, header, role, round(score, 2), why, _shown(sheet, at)))
    return found


def _is_number_of_other(role: str, header: str, kind: str, look: Looks, *, names_client: bool) -> bool:
    """Say whether a bare "code" or "ID" numbers something else: visits where clients are named, else clients."""
    if kind not in VISITS or "code" not in _meanings(header):
        return False
    return (role == "client_id" and names_client and look.is_unique) or (role == "appointment_id" and not names_client)


def _score(  # noqa: C901, PLR0911, PLR0912
    role: str, header: str, look: Looks, codes: frozenset[str]
) -> tuple[float, str]:
    """Return how well a column fits a role (0: not at all), and why."""
    meanings = _meanings(header)
    wanted = _HEADERS_OF.get(role, (role,))
    fits = _FITS.get(role, "")
    share = look.share[fits] if fits else 0.0
    is_client_word = "client" in meanings
    if is_client_word and role in ("name", "client_id", "phone"):
        return _client_word(role, look, codes)
    for place, meaning in enumerate(wanted):
        if meaning not in meanings:
            continue
        if role == "date" and look.filled and look.share["time"] > 0.8 > look.share["date"]:
            return 0.0, ""
        if fits and look.filled >= 3 and share < 0.2:
            return 0.0, ""
        if role == "client_id" and meaning == "code" and look.is_counted:
            return 0.0, ""  # numbers of rows
        if role == "appointment_id" and meaning == "code" and not look.is_counted and not look.is_unique:
            return 0.0, ""
        if role == "name" and look.filled and look.share["email"] > 0.5:
            return 0.0, ""
        score = 0.95 - 0.1 * place - 0.02 * meanings.index(meaning)
        if fits and look.filled and share > 0.7:
            return min(0.99, score + 0.03), _("By its header and by its values.")
        return score, _("By its header.")
    if meanings:
        return 0.0, ""
    if role == "time" and look.share["time"] > 0.8 and look.has_clock:
        return 0.4, _("Its values are times.")
    by_values = {"phone": _("Its values are phones."), "email": _("Its values are e-mail addresses."),
                 "date": _("Its values are dates.")}  # fmt: skip
    if role in by_values and look.filled >= 1 and share > 0.8 and (role != "date" or look.share["phone"] < 0.5):
        return 0.55, by_values[role]
    if role == "status" and look.filled and look.share["status"] > 0.8:
        return 0.5, _("Its values are statuses of visits.")
    if role == "name" and look.filled and look.share["name"] > 0.7:
        return 0.35, _("Its values look like names of people.")
    return 0.0, ""


def _client_word(role: str, look: Looks, codes: frozenset[str]) -> tuple[float, str]:
    """Return what a column called "Client" is: names, numbers or phones, by its values."""
    is_code = bool(look.values) and (
        sum(value in codes for value in look.values) > len(look.values) / 3 or look.share["code"] > 0.8
    )
    if look.share["phone"] > 0.7:
        return (0.85, _("By its header and by its values.")) if role == "phone" else (0.0, "")
    if is_code:
        why = _("By its header; its values are numbers and not names.")
        return (0.85, why) if role == "client_id" else (0.0, "")
    return (0.9, _("By its header.")) if role == "name" else (0.0, "")


def _date_has_time(taken: Dictionary[int, tuple[str, float, str]], looks: Sequence[Looks]) -> bool:
    at = next(number for number, (role, _score, _why) in taken.items() if role == "date")
    return looks[at].share["moment"] > 0.8


def _settle_names(taken: dict[int, tuple[str, float, str]], sheet: Sheet) -> None:
    """Read "Имя" as the first name where the last name has a column of its own."""
    roles = {role: at for at, (role, _score, _why) in taken.items()}
    if "name" in roles and "last_name" in roles and "first_name" not in roles:
        at = roles["name"]
        if "first_name" in {*_first_names(sheet.headers[at])}:
            taken[at] = ("first_name", taken[at][1], taken[at][2])


def _first_names(header: str) -> tuple[str, ...]:
    return ("first_name",) if len(words.folded(header.rpartition("/")[2]).split()) <= 2 else ()


def _why_left_out(header: str, look: Looks) -> str:
    if not look.filled:
        return _("It is empty.")
    meanings = _meanings(header)
    if "counters" in meanings:
        return _("Vernis counts this itself, from the visits.")
    if "source" in meanings or "stock" in meanings or "quantity" in meanings or "receipt_id" in meanings:
        return _("Not needed.")
    return _("What this is could not be recognised.")


def _shown(sheet: Sheet, at: int) -> tuple[str, ...]:
    found: list[str] = []
    for row in sheet.samples:
        if (value := row[at].strip()) and value not in found:
            found.append(value[:80])
        if len(found) == _SAMPLES_SHOWN:
            break
    return tuple(found)


__all__ = ["guess", "kind_label", "role_label"]
