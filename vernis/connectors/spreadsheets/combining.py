"""Bookings, cancellations, no-shows and receipts of the same client and day become appointments.

A booking is cancelled or missed where a report says so, completed where a receipt of that client and day exists, else
it stays as it is. A receipt without a booking is a visit without a time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vernis.connectors.spreadsheets.facts import (
    BOOKED,
    BOOKING,
    CANCELLATION,
    CANCELLED,
    CLIENT,
    COMPLETED,
    MISSED,
    NO_SHOW,
    NOON,
    RECEIPT,
    UNSAID,
)
from vernis.connectors.spreadsheets.grouping import first_of, groups, pairs, ranks
from vernis.connectors.spreadsheets.people import apart
from vernis.connectors.spreadsheets.values.plain import STATUSES
from vernis.connectors.tables import APPOINTMENTS, CLIENTS

DAY = 86_400
NONE = -1
KEPT_CLASS, MISSED_CLASS, CANCELLED_CLASS = range(3)
_CLASS = np.array([KEPT_CLASS, KEPT_CLASS, CANCELLED_CLASS, MISSED_CLASS])  # by status
_SUFFIX = ("", "/no_show", "/cancelled")
_STRENGTH = np.array([2, 3, 0, 1])  # of a status, among lines under one number


@dataclass(frozen=True)
class Combined:
    """What came of the facts of some people. `fate` of a row: -1 staged, else the row it was folded into, and why."""

    clients: pa.Table
    appointments: pa.Table
    fate: np.ndarray
    why: np.ndarray  # of a folded row: a number in FOLDS


FOLDS = ("same_row", "cancelled_booking", "missed_booking", "closed_booking", "receipt_of_missed", "same_client",
         "same_service_again", "newer_row")  # fmt: skip
_WHY = {name: number for number, name in enumerate(FOLDS)}


def combine(facts: pa.Table, keys: pa.Array, *, has_branches: bool) -> Combined:
    """Return clients and appointments of facts (in the order of the files) whose people are named by `keys`."""
    encoded = keys.dictionary_encode()
    names, codes = apart(encoded.dictionary.to_pylist(), encoded.indices.to_numpy().astype(np.int64), facts)
    rows = _Rows(facts, codes, has_branches=has_branches)
    rows.drop_repeats()
    rows.close_bookings()
    rows.pay()
    appointments = rows.appointments(names)
    clients = _clients(facts, codes, names, rows)
    return Combined(clients, appointments, rows.into, rows.why)


class _Rows:
    """The facts of visits as whole numbers."""

    def __init__(self, facts: pa.Table, people: np.ndarray, *, has_branches: bool) -> None:
        self.facts = facts
        self.people = people
        count = len(facts)
        self.kind = _numbers(facts["kind"])
        self.file = _numbers(facts["file"])
        self.day = _numbers(facts["day"])
        self.second = _numbers(facts["second"])
        self.status = _numbers(facts["status"])
        self.amount = _numbers(facts["amount"], none=0)
        self.has_amount = ~pc.is_null(facts["amount"]).to_numpy(zero_copy_only=False)
        self.service, _services = _codes(facts["service"])
        self.staff, _staff = _codes(facts["staff"])
        self.number, self._number_texts = _codes(facts["appointment_id"])
        branch, self._branch_texts = _codes(facts["branch"])
        self.branch = branch if has_branches else np.full(count, NONE)
        self.all_branches = branch
        self.cancelled_at = _numbers(facts["cancelled_at"])
        self.reason_of = np.arange(count)  # whose reason of a cancellation counts
        self.into = np.full(count, NONE, np.int64)
        self.why = np.zeros(count, np.int8)
        self.is_line = self.kind != CLIENT

    def fold(self, rows: np.ndarray, into: np.ndarray, why: str) -> None:
        """Let rows go into others."""
        self.into[rows] = into
        self.why[rows] = _WHY[why]
        self.is_line[rows] = False

    def of_kind(self, *kinds: int) -> np.ndarray:
        """Return the rows of some kinds that still stand."""
        return np.nonzero(self.is_line & np.isin(self.kind, kinds))[0]

    def drop_repeats(self) -> None:
        """Fold what is said twice: in the same file, or in an older and a newer one that overlap; the newer counts."""
        numbered = np.nonzero(self.is_line & (self.number != NONE))[0]
        if len(numbered):
            self._drop_older(numbered)
        for kinds, keys, is_once in (
            ((BOOKING,), (self.day, self.second, self.service, self.staff, self.number), True),
            ((CANCELLATION, NO_SHOW), (self.kind, self.day, self.service, self.number), True),
            ((RECEIPT,), (self.day, self.second, self.service, self.staff, self.number, self.amount), False),
        ):
            rows = self.of_kind(*kinds)
            if not len(rows):
                continue
            group = groups(self.people[rows], *(key[rows] for key in keys))
            if not is_once:  # two of the same in one file are two
                group = groups(group, ranks(groups(group, self.file[rows])))
            self._keep_last(rows, group)

    def _drop_older(self, rows: np.ndarray) -> None:
        group = groups(self.number[rows], self.kind[rows])
        newest = np.full(group.max() + 1, NONE)
        np.maximum.at(newest, group, self.file[rows])
        is_old = self.file[rows] < newest[group]
        if is_old.any():
            first = first_of(group, ~is_old)
            self.fold(rows[is_old], rows[first[group[is_old]]], "newer_row")

    def _keep_last(self, rows: np.ndarray, group: np.ndarray) -> None:
        """Keep of each group the first row of the newest file."""
        order = np.lexsort((np.arange(len(rows)), -self.file[rows], group))
        ordered = group[order]
        starts = np.concatenate([[True], ordered[1:] != ordered[:-1]])
        kept = order[np.maximum.accumulate(np.where(starts, np.arange(len(order)), 0))]
        dropped = order[~starts]
        if len(dropped):
            self.fold(rows[dropped], rows[kept[~starts]], "same_row")

    def close_bookings(self) -> None:
        """Give bookings what the reports of cancellations and no-shows say."""
        for kind, status, why in (
            (CANCELLATION, CANCELLED, "cancelled_booking"),
            (NO_SHOW, MISSED, "missed_booking"),
        ):
            free = {CANCELLED: (UNSAID, BOOKED, COMPLETED, CANCELLED), MISSED: (UNSAID, BOOKED, COMPLETED, MISSED)}[
                status
            ]
            for keys in self._ways():
                bookings = self.of_kind(BOOKING)
                bookings = bookings[np.isin(self.status[bookings], free) & (self.reason_of[bookings] == bookings)]
                found, reports = pairs(bookings, self.of_kind(kind), *keys)
                if status == CANCELLED:
                    said = self.cancelled_at[reports]
                    self.cancelled_at[found] = np.where(said == NONE, self.cancelled_at[found], said)
                self.status[found] = status
                self.reason_of[found] = reports
                self.fold(reports, found, why)

    def _ways(self) -> tuple[tuple[np.ndarray, ...], ...]:
        """Return by what a report finds its booking: the surest first."""
        whole = (self.people, self.day, self.service)
        return ((*whole, self.staff), whole)

    def pay(self) -> None:
        """Give bookings the amounts of their receipts; whoever has a receipt that day came."""
        receipts = self.of_kind(RECEIPT)
        if not len(receipts):
            return
        bookings = self.of_kind(BOOKING)
        self._came(bookings, receipts)
        paid = np.zeros(len(self.people), bool)
        for keys in self._ways():
            free = bookings[~paid[bookings]]
            found, mine = pairs(free, self.of_kind(RECEIPT), *keys)
            is_missed = np.isin(self.status[found], (CANCELLED, MISSED))
            paid[found] = True
            self._take_amount(found[~is_missed], mine[~is_missed], is_first=True)
            self.fold(mine[~is_missed], found[~is_missed], "closed_booking")
            self.fold(mine[is_missed], found[is_missed], "receipt_of_missed")
        self._pay_again(bookings)

    def _came(self, bookings: np.ndarray, receipts: np.ndarray) -> None:
        both = np.concatenate([bookings, receipts])
        group = groups(self.people[both], self.day[both])
        has_receipt = np.zeros(group.max() + 1, bool)
        is_visit = self.status[receipts] == COMPLETED
        has_receipt[group[len(bookings) :][is_visit]] = True
        came = bookings[has_receipt[group[: len(bookings)]] & np.isin(self.status[bookings], (UNSAID, BOOKED))]
        self.status[came] = COMPLETED

    def _take_amount(self, rows: np.ndarray, receipts: np.ndarray, *, is_first: bool) -> None:
        if is_first:
            said = self.has_amount[receipts]
            self.amount[rows[said]] = self.amount[receipts[said]]
        else:
            np.add.at(self.amount, rows, self.amount[receipts])
        self.has_amount[rows] |= self.has_amount[receipts]

    def _pay_again(self, bookings: np.ndarray) -> None:
        """Add what was paid once more for the same service on the same day to the first of its lines."""
        for keys in self._ways():
            left = self.of_kind(RECEIPT)
            if not len(left):
                return
            lines = np.concatenate([bookings[~np.isin(self.status[bookings], (CANCELLED, MISSED))], left])
            group = groups(*(key[lines] for key in keys))
            first = first_of(group, np.ones(len(lines), bool))
            home = lines[first[group]]
            again = np.nonzero((home != lines) & (self.kind[lines] == RECEIPT))[0]
            if keys is not self._ways()[0] and len(keys) == 3:  # another colleague did it: only into a booking
                again = again[self.kind[home[again]] == BOOKING]
            self._take_amount(home[again], lines[again], is_first=False)
            self.fold(lines[again], home[again], "same_service_again")

    def appointments(self, names: list[str]) -> pa.Table:
        """Return the appointments, rows of one together, in the order of the files."""
        lines = np.nonzero(self.is_line)[0]
        if not len(lines):
            return APPOINTMENTS.empty_table()
        self.status[lines[self.status[lines] == UNSAID]] = BOOKED
        self._join_numbered(lines)
        group, suffix = self._grouped(lines)
        count = int(group.max()) + 1
        first = first_of(group, np.ones(len(lines), bool))
        order = np.lexsort((np.arange(len(lines)), first[group]))
        lines, group, suffix = lines[order], group[order], suffix[order]
        first = first_of(group, np.ones(len(lines), bool))
        lead = lines[first]
        status = self._status_of(group, lines, count)
        second = np.full(count, DAY, np.int64)
        np.minimum.at(second, group, np.where(self.second[lines] >= 0, self.second[lines], DAY))
        has_time = second < DAY
        starts = self.day[lead] * DAY + np.where(has_time, second, NOON)
        cancelled = np.full(count, NONE, np.int64)
        np.maximum.at(cancelled, group, np.where(status[group] == CANCELLED, self.cancelled_at[lines], NONE))
        refs = self._refs(lead, suffix[first], names)
        of_lead = {
            "ref": refs,
            "external_id": self.facts["appointment_id"].combine_chunks().take(pa.array(lead)),
            "client_ref": pa.array(names, pa.string()).take(pa.array(self.people[lead])),
            "branch": self._first("branch", group, lines),
            "created_at": self._first("created_at", group, lines),
            "starts_at": pa.array(starts).cast(pa.timestamp("s")),
            "has_time": pa.array(has_time),
            "minutes": self._longest(group, lines, count),
            "status": pa.array(STATUSES, pa.string()).take(pa.array(status)),
            "cancelled_at": pa.array(cancelled, mask=cancelled == NONE).cast(pa.timestamp("s")),
            "cancel_reason": self._first("cancel_reason", group, self.reason_of[lines]),
            "note": self._first("note", group, lines),
        }
        of_line = {
            "staff_ref": self.facts["staff"].take(pa.array(lines)),
            "service_ref": self.facts["service"].take(pa.array(lines)),
            "amount": pa.array(self.amount[lines], mask=~self.has_amount[lines]),
            "file": self.facts["file"].take(pa.array(lines)),
            "line": self.facts["line"].take(pa.array(lines)),
        }
        spread = {name: values.take(pa.array(group)) for name, values in of_lead.items()} | of_line
        return pa.table([spread[one.name] for one in APPOINTMENTS], schema=APPOINTMENTS)

    def _join_numbered(self, lines: np.ndarray) -> None:
        """Let receipts without a number belong to the one numbered appointment of that client and day."""
        lost = lines[(self.kind[lines] == RECEIPT) & (self.number[lines] == NONE)]
        numbered = lines[(self.number[lines] != NONE) & np.isin(self.status[lines], (BOOKED, COMPLETED))]
        if not len(lost) or not len(numbered):
            return
        both = np.concatenate([lost, numbered])
        group = groups(self.people[both], self.day[both])
        in_lost, in_numbered = group[: len(lost)], group[len(lost) :]
        size = group.max() + 1
        low, high = np.full(size, np.iinfo(np.int64).max), np.full(size, NONE)
        np.minimum.at(low, in_numbered, self.number[numbered])
        np.maximum.at(high, in_numbered, self.number[numbered])
        single = (low == high)[in_lost]
        self.number[lost[single]] = low[in_lost[single]]

    def _grouped(self, lines: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the appointment of each line, and which suffix its reference needs."""
        number = self.number[lines]
        is_numbered = number != NONE
        sort = np.where(is_numbered, 0, _CLASS[self.status[lines]])
        person = np.where(is_numbered, NONE, self.people[lines])
        day = np.where(is_numbered, 0, self.day[lines])
        branch = np.where(is_numbered, NONE, self.branch[lines])
        group = groups(number, person, day, branch, sort)
        of_day = groups(number, person, day, branch)
        lowest = np.full(int(of_day.max()) + 1, 9)
        np.minimum.at(lowest, of_day, sort)
        return group, np.where(sort == lowest[of_day], 0, sort)

    def _status_of(self, group: np.ndarray, lines: np.ndarray, count: int) -> np.ndarray:
        strongest = np.full(count, NONE)
        np.maximum.at(strongest, group, _STRENGTH[self.status[lines]])
        return np.array([CANCELLED, MISSED, BOOKED, COMPLETED])[strongest]

    def _refs(self, lead: np.ndarray, suffix: np.ndarray, names: list[str]) -> pa.Array:
        """Return a name for each appointment that is the same whenever its facts are read again."""
        number = self.facts["appointment_id"].combine_chunks().take(pa.array(lead))
        numbered = pc.binary_join_element_wise("id:", number, "")
        is_lost = self.number[lead] != NONE  # a receipt may have got the number of its appointment
        if (lost := np.nonzero(is_lost & _nulls(number))[0]).size:
            texts = np.array([f"id:{self._number_texts[one]}" for one in self.number[lead[lost]]], object)
            spread = np.full(len(lead), None, object)
            spread[lost] = texts
            numbered = pc.coalesce(numbered, pa.array(spread, pa.string()))
        if numbered.null_count == 0:
            return numbered
        days = pa.array(self.day[lead].astype(np.int32)).cast(pa.date32()).cast(pa.string())
        people = pa.array(names, pa.string()).take(pa.array(self.people[lead]))
        branch = self.branch[lead]
        places = pa.array(["", *(f"@{text}" for text in self._branch_texts)], pa.string()).take(pa.array(branch + 1))
        endings = pa.array(_SUFFIX).take(pa.array(suffix))
        told = pc.binary_join_element_wise(people, "@", days, places, endings, "")
        return pc.coalesce(numbered, told)

    def _first(self, name: str, group: np.ndarray, lines: np.ndarray) -> pa.Array:
        """Return for each appointment the first of its values."""
        column = self.facts[name].combine_chunks()
        if column.null_count == len(column):
            return pa.nulls(int(group.max()) + 1, column.type)
        filled = ~pc.is_null(column).to_numpy(zero_copy_only=False)[lines]
        first = first_of(group, filled)
        return column.take(pa.array(np.where(first == NONE, 0, lines[first]), mask=first == NONE))

    def _longest(self, group: np.ndarray, lines: np.ndarray, count: int) -> pa.Array:
        minutes = np.full(count, NONE)
        np.maximum.at(minutes, group, _numbers(self.facts["minutes"])[lines])
        return pa.array(minutes.astype(np.int16), mask=minutes == NONE)


_CLIENT_FIELDS = ("name", "phone", "second_phone", "email", "gender", "category", "card", "discount", "how_found",
                  "branch")  # fmt: skip


def _clients(facts: pa.Table, people: np.ndarray, names: list[str], rows: _Rows) -> pa.Table:
    """Return a row per person: of each field the newest that a list of clients says, else what other files say."""
    is_list = rows.kind == CLIENT
    order = np.lexsort((np.arange(len(people)), np.where(is_list, -rows.file, rows.file), ~is_list))
    person = people[order]
    _seen, dense = np.unique(person, return_inverse=True)
    count = len(_seen)
    place = order[first_of(dense, np.ones(len(person), bool))]
    again = np.nonzero(is_list & (place[np.searchsorted(_seen, people)] != np.arange(len(people))))[0]
    if len(again):
        rows.fold(again, place[np.searchsorted(_seen, people[again])], "same_client")

    def best(name: str, *, only: np.ndarray | None = None) -> pa.Array:
        column = facts[name].combine_chunks()
        if column.null_count == len(column):
            return pa.nulls(count, column.type)
        filled = ~pc.is_null(column).to_numpy(zero_copy_only=False)[order]
        first = first_of(dense, filled if only is None else filled & only[order])
        return column.take(pa.array(np.where(first == NONE, 0, order[first]), mask=first == NONE))

    columns = {name: best(name) for name in _CLIENT_FIELDS}
    dated = ~pc.is_null(facts["birth_day"]).to_numpy(zero_copy_only=False)
    columns |= {name: best(name, only=dated) for name in ("birth_month", "birth_day")}
    columns["birth_year"] = _with(facts["birth_year"], order, first_of(dense, dated[order]))
    refuses = pc.fill_null(facts["refuses_sms"], False).combine_chunks().to_numpy(zero_copy_only=False)
    said = best("refuses_sms")
    strict = first_of(dense, refuses[order]) != NONE  # the stricter counts
    columns |= {
        "ref": pa.array([names[code] for code in _seen], pa.string()),
        "external_id": best("client_id"),
        "note": best("client_note"),
        "refuses_sms": pc.if_else(pa.array(strict), True, said),
        "created_at": best("client_created_at"),
        "file": facts["file"].take(pa.array(place)),
        "line": facts["line"].take(pa.array(place)),
    }
    return pa.table([columns[one.name] for one in CLIENTS], schema=CLIENTS)


def _with(column: pa.ChunkedArray, order: np.ndarray, first: np.ndarray) -> pa.Array:
    return column.combine_chunks().take(pa.array(np.where(first == NONE, 0, order[first]), mask=first == NONE))


def _numbers(column: pa.ChunkedArray, none: int = NONE) -> np.ndarray:
    return pc.fill_null(column.cast(pa.int64()), none).to_numpy().astype(np.int64)


def _nulls(column: pa.Array) -> np.ndarray:
    return pc.is_null(column).to_numpy(zero_copy_only=False)


def _codes(column: pa.ChunkedArray) -> tuple[np.ndarray, list[str]]:
    encoded = column.combine_chunks().dictionary_encode()
    return pc.fill_null(encoded.indices, NONE).to_numpy(zero_copy_only=False).astype(
        np.int64
    ), encoded.dictionary.to_pylist()
