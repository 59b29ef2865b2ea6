"""Rows of sheets as facts: every cell read, nothing joined yet."""

from __future__ import annotations

import datetime
import functools
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vernis.connectors.spreadsheets import words
from vernis.connectors.spreadsheets.blocks import Block
from vernis.connectors.spreadsheets.listing import Listing
from vernis.connectors.spreadsheets.mapping import VISITS, SheetMapping
from vernis.connectors.spreadsheets.reading import Opened
from vernis.connectors.spreadsheets.values import money, phones, plain
from vernis.connectors.spreadsheets.values.columns import moments, russian_phones
from vernis.connectors.spreadsheets.values.dates import Dates, second_of
from vernis.connectors.spreadsheets.values.services import services_in
from vernis.connectors.spreadsheets.values.unreadable import Unreadable, is_nothing

NOON = 12 * 3600
MOST_REMEMBERED = 20_000
BOOKING, CANCELLATION, NO_SHOW, RECEIPT, CLIENT = range(5)
KIND = {"bookings": BOOKING, "cancellations": CANCELLATION, "no_shows": NO_SHOW, "receipts": RECEIPT, "clients": CLIENT}
UNSAID = -1
STATUS = {name: number for number, name in enumerate(plain.STATUSES)}
BOOKED, COMPLETED, CANCELLED, MISSED = range(4)

FACTS = pa.schema(
    [
        ("file", pa.int16()),
        ("line", pa.int32()),
        ("part", pa.int16()),
        ("kind", pa.int8()),
        ("client_id", pa.string()),
        ("name", pa.string()),
        ("phone", pa.string()),
        ("second_phone", pa.string()),
        ("email", pa.string()),
        ("birth_year", pa.int16()),
        ("birth_month", pa.int8()),
        ("birth_day", pa.int8()),
        ("gender", pa.string()),
        ("category", pa.string()),
        ("card", pa.string()),
        ("discount", pa.int16()),
        ("how_found", pa.string()),
        ("client_note", pa.string()),
        ("refuses_sms", pa.bool_()),
        ("client_created_at", pa.timestamp("s")),
        ("branch", pa.string()),
        ("appointment_id", pa.string()),
        ("day", pa.int32()),
        ("second", pa.int32()),
        ("created_at", pa.timestamp("s")),
        ("status", pa.int8()),
        ("cancelled_at", pa.timestamp("s")),
        ("cancel_reason", pa.string()),
        ("minutes", pa.int16()),
        ("amount", pa.int64()),
        ("note", pa.string()),
        ("service", pa.string()),
        ("staff", pa.string()),
    ]
)

_ALWAYS = ("file", "line", "part", "kind", *("client_id", "name", "phone", "email", "day", "branch"))
_SAID_BY = {
    "date": ("day", "second", "status"), "time": ("second",), "last_name": ("name",), "first_name": ("name",),
    "patronymic": ("name",), "phone": ("phone", "second_phone", "client_note"),
    "second_phone": ("phone", "second_phone", "client_note"), "birthday": ("birth_year", "birth_month", "birth_day"),
    "client_category": ("category",), "agrees_sms": ("refuses_sms",), "service_category": (),
}  # fmt: skip


def names_of(sheets: Sequence[SheetMapping]) -> frozenset[str]:
    """Return the columns of FACTS about which at least one of the sheets says something."""
    roles = {column.role for sheet in sheets for column in sheet.columns if column.role and sheet.kind in KIND}
    return frozenset(_ALWAYS).union(*(_SAID_BY.get(role, (role,)) for role in roles))


_NAMES = ("name", "last_name", "first_name", "patronymic")
Parse = Callable[[str], tuple[Any, ...]]
Faults = tuple[np.ndarray, list[str]]  # for each cell a number of the reasons, 0 for none


@dataclass
class Refused:
    """Rows that say something wrong: parallel lists."""

    lines: list[int] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    columns: list[str | None] = field(default_factory=list)
    values: list[str | None] = field(default_factory=list)
    cells: list[list[str]] = field(default_factory=list)

    def add(self, line: int, reason: str, column: str | None, value: str | None, cells: Sequence[str]) -> None:
        """Note one row."""
        self.lines.append(line)
        self.reasons.append(reason)
        self.columns.append(column)
        self.values.append(value)
        self.cells.append(list(cells))


class SheetReader:
    """Reads the blocks of one sheet by its mapping."""

    def __init__(
        self, sheet: Opened, mapping: SheetMapping, listing: Listing, *, file: int, country: str, today: datetime.date
    ) -> None:
        self.mapping = mapping
        self.headers = sheet.layout.headers
        self.skipped: Counter[str] = Counter()
        self._listing = listing
        self._file = file
        self._kind = KIND[mapping.kind]
        self._is_visit = mapping.kind in VISITS
        self._places = {
            column.role: column.index
            for column in mapping.columns
            if column.role and (column.role != "amount" or mapping.answer("currency") != "no")
        }
        self._memos: dict[str, dict[str, Any]] = {}
        dates = Dates(day_first=mapping.answer("day_first") != "no", today=today, is_1904=sheet.is_1904)
        at = self._places.get("amount")
        shown = [row[at].strip() for row in sheet.samples if at is not None and at < len(row)]
        decimal = "." if sheet.is_machine else money.decimal_of(shown)
        self._dates = dates
        self._country = country
        self._parsers = self._parsers_of(dates, decimal, country)
        self._dated = ("date", "created_at", "cancelled_at", "client_created_at")

    def read(self, block: Block) -> tuple[pa.Table, Refused]:
        """Return the facts of a block and its refused rows; what is skipped is counted."""
        refused = Refused()
        for one in block.refused:
            refused.add(one.line, one.reason, None, None, one.cells)
        self.skipped.update(block.skipped)
        if not len(block):
            return FACTS.empty_table(), refused
        found, bad = self._columns(block)
        lacking = self._lacking(found, len(block))
        good = self._judged(block, bad, lacking, refused)
        return self._table(block, found, good), refused

    def _columns(self, block: Block) -> tuple[dict[str, list[pa.Array]], dict[str, Faults]]:
        found: dict[str, list[pa.Array]] = {}
        bad: dict[str, Faults] = {}
        for role, at in self._places.items():
            column = block.columns[at]
            if role in ("service", "staff"):
                continue
            found[role], faults = self._column(role, column)
            if faults is not None:
                bad[role] = faults
        if "service" in self._places:
            found["service"], codes = self._services(block.columns[self._places["service"]], found, block)
            if codes is not None:
                bad["service"] = (codes, ["", "no_service", "products"])
        if "staff" in self._places:
            found["staff"] = [self._listing.staff(_texts(block.columns[self._places["staff"]]), block, self._file)]
        return found, bad

    def _column(self, role: str, column: pa.Array) -> tuple[list[pa.Array], Faults | None]:
        if role in self._dated:
            return self._moments(role, column)
        if role in ("phone", "second_phone"):
            return self._phones_of(role, column)
        if role in self._parsers:
            return self._parsed(role, column)
        return [_single_spaced(_texts(column)) if role in _NAMES else _texts(column)], None

    def _moments(self, role: str, column: pa.Array) -> tuple[list[pa.Array], Faults | None]:
        """Return the days and times of a column: the usual spellings at once, the others one by one."""
        days, seconds, done = moments(column, self._dates)
        values = [days, seconds] if role == "date" else [days * 86_400 + np.where(seconds < 0, NOON, seconds)]
        types = self._parsers[role][1]
        fast = [pa.array(one).cast(kind) for one, kind in zip(values, types, strict=True)]
        return self._with_slow(role, column, fast, done)

    def _phones_of(self, role: str, column: pa.Array) -> tuple[list[pa.Array], Faults | None]:
        """Return the phones of a column: the usual spellings at once, the others one by one."""
        encoded = column.dictionary_encode()
        usual = russian_phones(encoded.dictionary, self._country).take(encoded.indices)
        nothing = pa.nulls(len(column), pa.string())
        return self._with_slow(role, column, [usual, nothing, nothing], ~_is_null(usual))

    def _with_slow(
        self, role: str, column: pa.Array, fast: list[pa.Array], done: np.ndarray
    ) -> tuple[list[pa.Array], Faults | None]:
        if done.all():
            return fast, None
        rest = np.nonzero(~done)[0]
        slow, faults = self._parsed(role, column.take(pa.array(rest)))
        places = np.arange(len(column))
        places[rest] = len(column) + np.arange(len(rest))
        arrays = [pa.concat_arrays([one, other]).take(pa.array(places)) for one, other in zip(fast, slow, strict=True)]
        if faults is None:
            return arrays, None
        codes = np.zeros(len(column), np.int16)
        codes[rest] = faults[0]
        return arrays, (codes, faults[1])

    def _parsed(self, role: str, column: pa.Array) -> tuple[list[pa.Array], Faults | None]:
        """Return the values of a column, each text read once; and where it cannot be read, why (0: it can)."""
        parse, types = self._parsers[role]
        memo = self._memos.setdefault(role, {})
        if len(memo) > MOST_REMEMBERED:
            memo.clear()
        encoded = column.dictionary_encode()
        nothing = (None,) * len(types)
        values, codes, reasons = [], [], [""]
        for text in encoded.dictionary.to_pylist():
            if (value := memo.get(text)) is None:
                try:
                    value = parse(text.strip()) if text and not text.isspace() else nothing
                except Unreadable as fault:
                    value = fault.reason
                memo[text] = value
            if isinstance(value, str):
                if value not in reasons:
                    reasons.append(value)
                codes.append(reasons.index(value))
                values.append(nothing)
            else:
                codes.append(0)
                values.append(value)
        arrays = [
            pa.array([value[number] for value in values], kind).take(encoded.indices)
            for number, kind in enumerate(types)
        ]
        if len(reasons) == 1:
            return arrays, None
        return arrays, (np.array(codes, np.int16)[encoded.indices.to_numpy()], reasons)

    def _parsers_of(self, dates: Dates, decimal: str, country: str) -> dict[str, tuple[Parse, tuple[pa.DataType, ...]]]:
        answers = {
            key.partition(":")[2]: answer for key, answer in self.mapping.answers.items() if key.startswith("status:")
        }

        def stamp(text: str) -> tuple[int | None]:
            if is_nothing(text):
                return (None,)
            moment = dates.moment(text)
            return (moment.day * 86_400 + (moment.second if moment.second >= 0 else NOON),)

        def amount(text: str) -> tuple[int | None]:
            return (None if is_nothing(text) else money.amount(text, decimal=decimal),)

        def status(text: str) -> tuple[int | None]:
            found = plain.status(text, answers)
            return (STATUS[found] if found else None,)

        def refuses(text: str) -> tuple[bool | None]:
            return (plain.truth(text),)

        def agrees(text: str) -> tuple[bool | None]:
            said = plain.truth(text)
            return (None if said is None else not said,)

        def both(text: str) -> tuple[str | None, ...]:
            found = phones.phones(text, country)
            return tuple(part or None for part in found)

        whole = (pa.int16(),)
        when = (pa.timestamp("s"),)
        return {
            "date": (lambda text: (None, None) if is_nothing(text) else dates.moment(text), (pa.int32(), pa.int32())),
            "time": (lambda text: (None if is_nothing(text) else second_of(text),), (pa.int32(),)),
            "created_at": (stamp, when),
            "cancelled_at": (stamp, when),
            "client_created_at": (stamp, when),
            "birthday": (
                lambda text: (None, None, None) if is_nothing(text) else dates.birthday(text),
                (pa.int16(), pa.int8(), pa.int8()),
            ),
            "status": (status, (pa.int8(),)),
            "phone": (both, (pa.string(),) * 3),
            "second_phone": (both, (pa.string(),) * 3),
            "email": (lambda text: (plain.email(text) or None,), (pa.string(),)),
            "gender": (lambda text: (plain.gender(text),), (pa.string(),)),
            "discount": (lambda text: (plain.per_cent(text),), whole),
            "minutes": (lambda text: (plain.minutes(text),), whole),
            "amount": (amount, (pa.int64(),)),
            "refuses_sms": (refuses, (pa.bool_(),)),
            "agrees_sms": (agrees, (pa.bool_(),)),
        }

    def _services(
        self, column: pa.Array, found: dict[str, list[pa.Array]], block: Block
    ) -> tuple[list[pa.Array], np.ndarray | None]:
        """Return the services of rows, as lists; and which rows name none (1) or a product (2), in receipts."""
        listing = self._listing
        encoded = column.dictionary_encode()
        lists: list[list[str] | None] = []
        codes = []
        is_receipt = self._kind == RECEIPT
        categories = found["service_category"][0] if "service_category" in found else None
        indices = encoded.indices.to_numpy()
        for number, text in enumerate(encoded.dictionary.to_pylist()):
            if is_nothing(text.strip()):
                lists.append(None)
                codes.append(1 if is_receipt and listing.is_told else 0)
            elif is_receipt and listing.is_product(text):
                lists.append(None)
                codes.append(2)
            else:
                row = functools.partial(_first_with, indices, number)
                titles = services_in(text, listing.titles)
                lists.append([listing.service(title, row, block, self._file, categories) for title in titles])
                codes.append(0)
        taken = pa.array(lists, pa.list_(pa.string())).take(encoded.indices)
        return [taken], np.array(codes, np.int16)[indices] if any(codes) else None

    def _lacking(self, found: dict[str, list[pa.Array]], count: int) -> dict[str, np.ndarray]:
        """Return where a row does not say what it must."""
        lacking = {}
        if self._is_visit:
            lacking["no_date"] = _is_null(found["date"][0])
        nobody = np.ones(count, bool)
        for role in ("client_id", "name", "last_name", "first_name", "phone", "email"):
            if role in found:
                nobody &= _is_null(found[role][0])
        lacking["no_client"] = nobody
        return lacking

    def _judged(
        self,
        block: Block,
        bad: dict[str, Faults],
        lacking: dict[str, np.ndarray],
        refused: Refused,
    ) -> np.ndarray:
        """Return which rows are good; the others are skipped or refused, each for one reason."""
        good = np.ones(len(block), bool)
        for codes, _reasons in bad.values():
            good &= codes == 0
        for missing in lacking.values():
            good &= ~missing
        if "name" in self._places or "last_name" in self._places:
            good &= ~self._may_be_total(block)
        for number in np.nonzero(~good)[0]:
            cells = block.row(int(number))
            line = int(block.lines[number])
            if skip := self._skip_of(cells):
                self.skipped[skip] += 1
                continue
            for role in sorted(bad, key=lambda one: self._places[one]):
                codes, reasons = bad[role]
                if codes[number]:
                    reason, at = reasons[codes[number]], self._places[role]
                    if reason == "products":
                        self.skipped["products"] += 1
                    else:
                        refused.add(line, reason, self.headers[at], cells[at].strip(), cells)
                    break
            else:
                reasons = [reason for reason, missing in lacking.items() if missing[number]]
                if reasons:
                    refused.add(line, reasons[0], None, None, cells)
                else:
                    good[number] = True
        return good

    def _may_be_total(self, block: Block) -> np.ndarray:
        at = self._places.get("name", self._places.get("last_name", 0))
        encoded = block.columns[at].dictionary_encode()
        is_total = [bool(text) and words.is_total(text) for text in encoded.dictionary.to_pylist()]
        return np.array(is_total, bool)[encoded.indices.to_numpy()]

    def _skip_of(self, cells: list[str]) -> str:
        filled = [cell for cell in cells if cell.strip()]
        if not filled:
            return "blank"
        same = sum(
            1 for cell, header in zip(cells, self.headers, strict=True) if cell.strip() and cell.strip() == header
        )
        if same >= 2 and same >= len(filled) * 0.8:
            return "header"
        if words.is_total(filled[0]) or (len(filled) < len(cells) and any(words.is_total(cell) for cell in filled[:2])):
            return "totals"
        return ""

    def _table(self, block: Block, found: dict[str, list[pa.Array]], good: np.ndarray) -> pa.Table:
        count = len(block)
        columns: dict[str, Any] = {
            "file": pa.array(np.full(count, self._file, np.int16)),
            "line": pa.array(block.lines),
            "part": pa.array(np.zeros(count, np.int16)),
            "kind": pa.array(np.full(count, self._kind, np.int8)),
        }
        for role, name in (("client_category", "category"), *((one, one) for one in FACTS.names)):
            if role in found and role not in ("name", "phone", "second_phone", "birthday", "service"):
                columns[name] = found[role][0]
        if "name" in found or "last_name" in found or "first_name" in found:
            columns["name"] = _whole_name(found)
        self._phones(columns, found)
        if "birthday" in found:
            columns |= dict(zip(("birth_year", "birth_month", "birth_day"), found["birthday"], strict=True))
        if "agrees_sms" in found and "refuses_sms" not in found:
            columns["refuses_sms"] = found["agrees_sms"][0]
        if self._is_visit:
            self._visit(columns, found, count)
        if "branch" not in columns and (branch := self.mapping.answer("branch")):
            columns["branch"] = pa.array([branch] * count, pa.string())
        arrays = [columns.get(one.name, pa.nulls(count, one.type)) for one in FACTS]
        table = pa.Table.from_arrays(
            [array.cast(one.type) for array, one in zip(arrays, FACTS, strict=True)], schema=FACTS
        )
        lists = found["service"][0] if "service" in found else None
        if not good.all():
            mask = pa.array(good)
            table = table.filter(mask)
            lists = lists.filter(mask) if lists is not None else None
        return _by_service(table, lists) if lists is not None and self._is_visit else table

    def _phones(self, columns: dict[str, Any], found: dict[str, list[pa.Array]]) -> None:
        if "phone" in found:
            columns["phone"], columns["second_phone"], rest = found["phone"]
            if rest.null_count < len(rest):
                note = columns.get("client_note", pa.nulls(len(rest), pa.string()))
                columns["client_note"] = pc.coalesce(note, rest)
        if "second_phone" in found:
            second = found["second_phone"][0]
            if "phone" in columns:
                second = pc.if_else(pc.fill_null(pc.equal(second, columns["phone"]), False), None, second)
                columns["second_phone"] = pc.coalesce(second, columns["second_phone"])
            else:
                columns["phone"] = second

    def _visit(self, columns: dict[str, Any], found: dict[str, list[pa.Array]], count: int) -> None:
        columns["day"], second = found["date"]
        if "time" in found:
            second = pc.coalesce(pc.if_else(pc.equal(found["time"][0], -1), None, found["time"][0]), second)
        columns["second"] = pc.fill_null(second, UNSAID)
        said = (
            pc.fill_null(found["status"][0], UNSAID) if "status" in found else pa.array(np.full(count, UNSAID, np.int8))
        )
        forced = {CANCELLATION: CANCELLED, NO_SHOW: MISSED}
        if self._kind in forced:
            said = pa.array(np.full(count, forced[self._kind], np.int8))
        elif self._kind == RECEIPT:
            said = pc.if_else(pc.equal(said, UNSAID), COMPLETED, said)
        columns["status"] = said


def _by_service(table: pa.Table, lists: pa.Array) -> pa.Table:
    """Return a row for each service; what belongs to the whole row (amount, minutes) stays with the first."""
    counts = pc.fill_null(pc.list_value_length(lists), 0).to_numpy(zero_copy_only=False)
    if counts.max(initial=0) <= 1:
        values = pc.list_element(lists.filter(pa.array(counts > 0)), 0) if counts.any() else None
        service = pa.nulls(len(table), pa.string())
        if values is not None:
            places = np.cumsum(counts) - 1
            service = values.take(pa.array(np.where(counts > 0, places, 0))) if len(table) else service
            service = pc.if_else(pa.array(counts > 0), service, None)
        return table.set_column(table.schema.get_field_index("service"), FACTS.field("service"), service)
    times = np.maximum(counts, 1)
    rows = np.repeat(np.arange(len(table)), times)
    parts = (np.arange(len(rows)) - np.repeat(np.cumsum(times) - times, times)).astype(np.int16)
    flat = [value for refs in lists.to_pylist() for value in (refs or [None])]
    wide = table.take(pa.array(rows))
    first = pa.array(parts == 0)
    changes = {"part": pa.array(parts), "service": pa.array(flat, pa.string())}
    for name in ("amount", "minutes"):
        changes[name] = pc.if_else(first, wide[name], None)
    for name, values in changes.items():
        wide = wide.set_column(FACTS.get_field_index(name), FACTS.field(name), values)
    return wide


def _texts(column: pa.Array) -> pa.Array:
    """Return a column of texts, blank ones and dashes null."""
    trimmed = pc.utf8_trim_whitespace(column)
    return pc.if_else(pc.is_in(trimmed, _BLANK), None, trimmed)


_BLANK = pa.array(["", "-", "—", "–", "NULL", "null", "None", "n/a", "N/A", "#N/A", "nan"])


def _whole_name(found: dict[str, list[pa.Array]]) -> pa.Array:
    parts = [found[role][0] for role in ("last_name", "name", "first_name", "patronymic") if role in found]
    if len(parts) == 1:
        return parts[0]
    joined = pc.binary_join_element_wise(*parts, " ", null_handling="skip")
    return pc.if_else(pc.equal(joined, ""), None, joined)


def _single_spaced(column: pa.Array) -> pa.Array:
    if not pc.any(pc.match_substring_regex(column, r"[\s\x{a0}]{2}|[\t\n\x{a0}]")).as_py():
        return column
    return pc.replace_substring_regex(column, r"[\s\x{a0}]+", " ")


def _first_with(indices: np.ndarray, number: int) -> int:
    return int(np.argmax(indices == number))


def _is_null(array: pa.Array) -> np.ndarray:
    return pc.is_null(array).to_numpy(zero_copy_only=False)
