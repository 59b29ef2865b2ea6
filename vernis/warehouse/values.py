"""Columns in: text or typed values become whole numbers, and whatever cannot is an error with its place.

Every function takes a source and a column of it and returns an array with one value a line; NONE where the cell is
empty. They raise InputError at the first line that cannot be read.
"""

import datetime
import re
from collections.abc import Sequence
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from vernis.engine.history import DAY_US, NONE
from vernis.lib import months
from vernis.lib.days import EARLIEST, LATEST, number_of
from vernis.lib.texts import _
from vernis.warehouse.contracts import CHOICES, Column
from vernis.warehouse.reading import Source
from vernis.warehouse.zones import Offsets, wall_clocks

Numbers = npt.NDArray[Any]

_FIRST, _LAST = number_of(EARLIEST), number_of(LATEST)
_OFFSET = r"[T ].*([Zz]|[+-]\d\d(:?\d\d)?)$"
_MOST_DAYS = 3660
_MOST_MONEY = 10**12
_UNITS = {"s": 10**6, "ms": 10**3, "us": 1}  # in microseconds
_NOT_ZONES = ("Factory", "localtime", "posixrules")
"""Files that stand beside the time zones and are none, or mean another one on every machine."""


class Codes(NamedTuple):
    """A column as codes: `texts[codes[i]]` is what stands in line i; an empty cell is the empty text."""

    texts: pa.Array
    codes: Numbers


class Instants(NamedTuple):
    """Moments in microseconds: wall clock, or UTC where `has_offset`; NONE where the cell is empty."""

    at: Numbers
    has_offset: Numbers


def texts(source: Source, name: str) -> pa.ChunkedArray:
    """Return a column of identifiers or texts; empty cells are empty texts."""
    values = _texts_as_stored(source, name)
    if pa.types.is_dictionary(values.type):
        values = pc.fill_null(values.cast(values.type.value_type), "")
    return values


def _texts_as_stored(source: Source, name: str) -> pa.ChunkedArray:
    """Return a column of identifiers or texts, as a dictionary where the file has one."""
    column = source.contract.column(name)
    if not source.has(name):
        return pa.chunked_array([pa.array([""] * len(source), pa.string())])
    values = source.column(name)
    kind = values.type.value_type if pa.types.is_dictionary(values.type) else values.type
    if pa.types.is_null(kind) or pa.types.is_integer(kind):
        values = values.cast(pa.string())
    elif not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)):
        raise source.error(0, column, _("text is expected here, not {type}").format(type=kind))
    if values.null_count and not pa.types.is_dictionary(values.type):
        values = pc.fill_null(values, "")
    return values


def codes(source: Source, name: str) -> Codes:
    """Return a column of identifiers or texts as codes."""
    values = _texts_as_stored(source, name)
    if not pa.types.is_dictionary(values.type):
        values = pc.dictionary_encode(values)
    values = values.unify_dictionaries().combine_chunks()
    if isinstance(values, pa.ChunkedArray):
        values = values.chunk(0) if values.num_chunks else pa.array([], pa.dictionary(pa.int32(), pa.string()))
    dictionary = values.dictionary.cast(pa.string())
    indices = values.indices
    if indices.null_count or dictionary.null_count:
        dense = pc.fill_null(dictionary.take(indices), "").dictionary_encode()
        dictionary, indices = dense.dictionary, dense.indices
    found = Codes(dictionary, indices.to_numpy(zero_copy_only=False).astype(np.int32, copy=False))
    if source.contract.column(name).is_required:
        empty = pc.index(found.texts, "").as_py()
        if empty >= 0 and (rows := np.flatnonzero(found.codes == empty)).size:
            raise source.error(int(rows[0]), name, _("the cell is empty, but the column is required"))
    return found


def choices(source: Source, name: str) -> Numbers:
    """Return a column with few allowed values as their numbers in the contract."""
    column = source.contract.column(name)
    found, allowed = codes(source, name), CHOICES[column.kind]
    numbers = np.array([allowed.index(text) if text in allowed else -1 for text in found.texts.to_pylist()], np.int8)
    taken = numbers[found.codes] if found.codes.size else np.array([], np.int8)
    if (wrong := np.flatnonzero(taken < 0)).size:
        row = int(wrong[0])
        raise source.error(
            row,
            column,
            _('"{value}" is not known; use one of: {allowed}').format(
                value=found.texts[int(found.codes[row])], allowed=", ".join(allowed)
            ),
        )
    return taken


def days(source: Source, name: str) -> Numbers:
    """Return a column of days as whole numbers since 1970-01-01."""
    if not source.has(name):
        return np.full(len(source), NONE, np.int32)
    column, values = source.contract.column(name), _cells(source.column(name))
    if pa.types.is_integer(values.type):
        raise _wrong_type(source, column, values)
    try:
        taken = values.cast(pa.date32())
    except pa.ArrowInvalid:
        raise _first_unreadable(source, column, values, pa.date32(), _day_hint()) from None
    except pa.ArrowNotImplementedError:
        raise _wrong_type(source, column, values) from None
    numbers = _filled(pc.cast(taken, pa.int32()), np.int32)
    _check_range(source, column, numbers, 1)
    return numbers


def instants(source: Source, name: str) -> Instants:
    """Return a column of moments. Seconds may carry up to six decimals; a bare day is its midnight."""
    count = len(source)
    column = source.contract.column(name)
    if not source.has(name):
        return Instants(np.full(count, NONE, np.int64), np.zeros(count, np.int8))
    values = _cells(source.column(name))
    kind = values.type
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        has_offset = np.full(count, pa.types.is_timestamp(kind) and kind.tz is not None, np.int8)
        at = _moments(source, column, values)
    elif pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind):
        at, has_offset = _instants_from_text(source, column, values)
    else:
        raise _wrong_type(source, column, values)
    _check_range(source, column, at, DAY_US)
    if column.is_required and (empty := np.flatnonzero(at == NONE)).size:
        raise source.error(int(empty[0]), column, _("the cell is empty, but the column is required"))
    return Instants(at, has_offset)


def as_wall_clock(instants: Instants, zone: Numbers, offsets: Sequence[Offsets]) -> Numbers:
    """Return moments as wall clock, line by line in its zone (an index into `offsets`)."""
    at = instants.at
    with_offset = instants.has_offset.astype(bool) & (at != NONE)
    if not with_offset.any():
        return at
    at = at.copy()
    for number, zone_offsets in enumerate(offsets):
        lines = np.flatnonzero(with_offset & (zone == number))
        if lines.size:
            at[lines] = wall_clocks(at[lines], zone_offsets)
    return at


def day_numbers(at: Numbers) -> Numbers:
    """Return the days of wall-clock moments, NONE where there is none."""
    return np.where(at == NONE, NONE, at // DAY_US).astype(np.int32)


def money(source: Source, name: str) -> Numbers:
    """Return a column of money in hundredths; an empty cell is 0."""
    count = len(source)
    if not source.has(name):
        return np.zeros(count, np.int64)
    column, values = source.contract.column(name), _cells(source.column(name))
    kind = values.type
    if pa.types.is_floating(kind) or pa.types.is_integer(kind):
        amounts = _filled(values.cast(pa.float64(), safe=False), np.float64, empty=0)
        _check_amounts(source, column, amounts, 1)
        return np.rint(amounts * 100).astype(np.int64)
    hundredths = pa.decimal128(18, 2)
    try:
        is_exact = pa.types.is_decimal128(kind) and kind.scale == 2 and kind.precision <= 18  # then 64 bits hold it
        found = _hundredths(values if is_exact else values.cast(hundredths))
    except pa.ArrowInvalid:
        raise _first_unreadable(source, column, values, hundredths, _money_hint()) from None
    except pa.ArrowNotImplementedError:
        raise _wrong_type(source, column, values) from None
    _check_amounts(source, column, found, 100)
    return found


def counts_of_days(source: Source, name: str) -> Numbers:
    """Return a column of intervals in whole days, 1 to 3660."""
    if not source.has(name):
        return np.full(len(source), NONE, np.int32)
    column, values = source.contract.column(name), _cells(source.column(name))
    if pa.types.is_boolean(values.type) or pa.types.is_temporal(values.type):
        raise _wrong_type(source, column, values)
    hint = _("a whole number of days from 1 to {most} is expected").format(most=_MOST_DAYS)
    try:
        taken = values.cast(pa.int32())
    except pa.ArrowInvalid:
        raise _first_unreadable(source, column, values, pa.int32(), hint) from None
    except pa.ArrowNotImplementedError:
        raise _wrong_type(source, column, values) from None
    numbers = _filled(taken, np.int32)
    wrong = np.flatnonzero(((numbers < 1) | (numbers > _MOST_DAYS)) & (numbers != NONE))
    if wrong.size:
        raise source.error(int(wrong[0]), column, hint)
    if column.is_required and (empty := np.flatnonzero(numbers == NONE)).size:
        raise source.error(int(empty[0]), column, _("the cell is empty, but the column is required"))
    return numbers


def birthdays(source: Source, name: str) -> tuple[Numbers, Numbers]:
    """Return month and day of birthdays (YYYY-MM-DD or --MM-DD), 0 and 0 where the cell is empty."""
    count = len(source)
    if not source.has(name):
        return np.zeros(count, np.int8), np.zeros(count, np.int8)
    column, values = source.contract.column(name), _cells(source.column(name))
    if pa.types.is_date(values.type) or pa.types.is_timestamp(values.type):
        values = pc.strftime(values.cast(pa.date32()), format="%Y-%m-%d")
    if not (pa.types.is_string(values.type) or pa.types.is_large_string(values.type) or pa.types.is_null(values.type)):
        raise _wrong_type(source, column, values)
    found = pc.dictionary_encode(values.cast(pa.string())).combine_chunks()
    months, month_days = [0], [0]
    for number, text in enumerate(found.dictionary.to_pylist()):
        day = _birthday(text)
        if day is None:
            row = int(np.flatnonzero(found.indices.to_numpy(zero_copy_only=False) == number)[0])
            hint = _('"{value}" is not a birthday; use 1990-05-12, or --05-12 without a year').format(value=text)
            raise source.error(row, column, hint)
        if text[:1].isdigit() and not EARLIEST.year <= int(text[:4]) <= LATEST.year:
            row = int(np.flatnonzero(found.indices.to_numpy(zero_copy_only=False) == number)[0])
            raise source.error(row, column, _range_problem())
        months.append(day[0])
        month_days.append(day[1])
    place = pc.fill_null(found.indices, -1).to_numpy(zero_copy_only=False) + 1
    return np.array(months, np.int8)[place], np.array(month_days, np.int8)[place]


def month_masks(source: Source, name: str) -> Numbers:
    """Return months as bits (bit m - 1 is month m) from `4-9` or `11,12,1`; 0 where the cell is empty: all year."""
    return np.array([_months(source, name, row, text) for row, text in enumerate(_list(source, name))], np.int32)


def traits(source: Source, name: str) -> tuple[list[list[str]], Numbers]:
    """Return sets of traits as texts `trait=value`, from `hair_length=long;skin=dry`, and the set of every line."""
    found = codes(source, name)
    sets: list[list[str]] = []
    for number, text in enumerate(found.texts.to_pylist()):
        pairs = [pair.partition("=") for pair in text.split(";") if pair.strip()]
        for trait, equals, value in pairs:
            if not (trait.strip() and equals and value.strip()):
                row = int(np.flatnonzero(found.codes == number)[0])
                hint = _('"{value}" is not a trait; write trait=value, several separated by ;')
                raise source.error(row, name, hint.format(value=trait + equals + value))
        sets.append(sorted({f"{trait.strip()}={value.strip()}" for trait, _equals, value in pairs}))
    return sets, found.codes


def zones(source: Source, name: str) -> list[ZoneInfo]:
    """Return time zones by their IANA names."""
    found = []
    for row, text in enumerate(_list(source, name)):
        try:
            if text in _NOT_ZONES or text.startswith(("posix/", "right/")):
                raise ValueError
            found.append(ZoneInfo(text))
        except (ValueError, OSError, KeyError):
            hint = _('"{value}" is not a time zone; use a name like Europe/Moscow or Asia/Almaty').format(value=text)
            raise source.error(row, name, hint) from None
    return found


def check_unique(source: Source, name: str) -> None:
    """Raise InputError at the first line whose identifier stood before."""
    values = texts(source, name)
    if pc.count_distinct(values).as_py() == len(source) and not pc.any(pc.equal(values, "")).as_py():
        return
    seen: dict[str, int] = {}
    for row, text in enumerate(_list(source, name)):
        if not text:
            raise source.error(row, name, _("the cell is empty, but the column is required"))
        if text in seen:
            problem = _('"{value}" has stood before, on line {line}').format(
                value=text, line=source.line_of(seen[text])
            )
            raise source.error(row, name, problem)
        seen[text] = row


def _list(source: Source, name: str) -> list[str]:
    return texts(source, name).to_pylist()


def _cells(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column with empty texts as nulls."""
    if pa.types.is_dictionary(values.type):
        values = values.cast(values.type.value_type)
    if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
        empty = pc.equal(values, "")
        if pc.any(empty).as_py():
            values = pc.if_else(empty, pa.scalar(None, values.type), values)
    return values


def _filled(values: Any, dtype: Any, empty: int = NONE) -> Numbers:
    if values.null_count:
        values = pc.fill_null(values, pa.scalar(empty, values.type))
    return np.asarray(values.to_numpy()).astype(dtype, copy=False)


def _moments(source: Source, column: Column, values: pa.ChunkedArray) -> Numbers:
    """Return moments of any unit; those out of range are found before they could overflow."""
    if pa.types.is_timestamp(values.type) and values.type.unit == "ns":
        return _filled(values.cast(pa.timestamp("us", values.type.tz), safe=False).cast(pa.int64()), np.int64)
    if pa.types.is_date32(values.type):
        numbers, unit = _filled(values.cast(pa.int32()), np.int64), DAY_US
    else:
        numbers = _filled(values.cast(pa.int64()), np.int64)
        unit = _UNITS["ms" if pa.types.is_date64(values.type) else values.type.unit]
    _check_range(source, column, numbers, DAY_US // unit)
    return np.where(numbers == NONE, NONE, numbers * unit) if unit > 1 else numbers


def _instants_from_text(source: Source, column: Column, values: pa.ChunkedArray) -> tuple[Numbers, Numbers]:
    naive, aware = pa.timestamp("us"), pa.timestamp("us", "UTC")
    try:
        return _filled(values.cast(naive).cast(pa.int64()), np.int64), np.zeros(len(values), np.int8)
    except pa.ArrowInvalid:
        pass  # some have an offset, or some cannot be read
    has_offset = pc.fill_null(pc.match_substring_regex(values, _OFFSET), False)
    nothing = pa.scalar(None, values.type)
    at = np.full(len(values), NONE, np.int64)
    for kind, part in (
        (naive, pc.if_else(has_offset, nothing, values)),
        (aware, pc.if_else(has_offset, values, nothing)),
    ):
        try:
            moments = _filled(part.cast(kind).cast(pa.int64()), np.int64)
        except pa.ArrowInvalid:
            raise _first_unreadable(source, column, part, kind, _instant_hint()) from None
        at = np.where(moments == NONE, at, moments)
    return at, has_offset.to_numpy().astype(np.int8)


def _hundredths(amounts: Any) -> Numbers:
    """Return decimal128(18, 2) values as whole hundredths, straight from their 128-bit form."""
    if isinstance(amounts, pa.ChunkedArray):
        return np.concatenate([_hundredths(chunk) for chunk in amounts.chunks] or [np.array([], np.int64)])
    words = np.frombuffer(amounts.buffers()[1], np.int64)
    numbers = words[2 * amounts.offset : 2 * (amounts.offset + len(amounts)) : 2]
    if amounts.null_count:
        return np.where(amounts.is_valid().to_numpy(zero_copy_only=False), numbers, 0)
    return numbers


def _check_range(source: Source, column: Column, numbers: Numbers, unit: int) -> None:
    wrong = np.flatnonzero(((numbers < _FIRST * unit) | (numbers >= (_LAST + 1) * unit)) & (numbers != NONE))
    if wrong.size:
        raise source.error(int(wrong[0]), column, _range_problem())


def _range_problem() -> str:
    return _("the date lies outside of {first} to {last}").format(first=EARLIEST.year, last=LATEST.year)


def _check_amounts(source: Source, column: Column, amounts: Numbers, unit: int) -> None:
    """Raise InputError at the first amount that is no number or so large that sums could overflow."""
    if amounts.size and not (amounts.min() >= -_MOST_MONEY * unit and amounts.max() <= _MOST_MONEY * unit):
        wrong = np.flatnonzero(~(np.abs(amounts) <= _MOST_MONEY * unit))
        raise source.error(int(wrong[0]), column, _("this is not an amount of money"))


def _first_unreadable(source: Source, column: Column, values: pa.ChunkedArray, kind: Any, hint: str) -> Exception:
    """Find the first value that the type refuses; each distinct text is tried once."""
    found = pc.dictionary_encode(values).combine_chunks()
    refused = np.zeros(len(found.dictionary) + 1, bool)
    for number, value in enumerate(found.dictionary):
        try:
            pa.array([value.as_py()], values.type).cast(kind)
        except pa.ArrowInvalid:
            refused[number] = True
    rows = np.flatnonzero(refused[pc.fill_null(found.indices, len(refused) - 1).to_numpy(zero_copy_only=False)])
    row = int(rows[0]) if rows.size else 0
    return source.error(row, column, _('"{value}" cannot be read; {hint}').format(value=values[row], hint=hint))


def _wrong_type(source: Source, column: Column, values: pa.ChunkedArray) -> Exception:
    return source.error(0, column, _("values of type {type} cannot be used here").format(type=values.type))


def _birthday(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return 0, 0
    matched = re.fullmatch(r"(?:(\d{4})|-)-(\d\d)-(\d\d)", text, re.ASCII)
    if matched is None:
        return None
    try:
        day = datetime.date(int(matched[1] or 2000), int(matched[2]), int(matched[3]))
    except ValueError:
        return None
    return day.month, day.day


def _months(source: Source, name: str, row: int, text: str) -> int:
    try:
        return months.parsed(text)
    except months.NotMonths:
        raise source.error(row, name, _months_hint().format(value=text)) from None


def _day_hint() -> str:
    return _("a day is written 2026-05-12")


def _instant_hint() -> str:
    return _("a time is written 2026-05-12T14:30, with an offset (+05:00) or local to the branch")


def _money_hint() -> str:
    return _("an amount is written 1200.50, with at most two decimals")


def _months_hint() -> str:
    return _('"{value}" are not months; write 4-9, or 11,12,1')


def raise_empty(source: Source, name: str, row: int) -> None:
    """Raise the error for a required cell that is empty."""
    raise source.error(row, name, _("the cell is empty, but the column is required"))
