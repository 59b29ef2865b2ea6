"""The usual spellings of dates and phones, a whole column at a time; what is left over is read one by one."""

from __future__ import annotations

import functools

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vernis.connectors.spreadsheets.values.dates import EARLIEST_YEAR, YEARS_AHEAD, Dates
from vernis.connectors.spreadsheets.values.phones import RUSSIAN, mobile_pattern

_ZERO, _DOT, _SLASH, _DASH, _COLON = b"0./-:"
_LENGTHS = (10, 15, 16, 18, 19)  # a day; with 9:30, 09:30, 9:30:00, 09:30:00
_MONTH_DAYS = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
_SPELLING = r"[\s()\-\x{a0}\x{2010}-\x{2015}]"


def moments(column: pa.Array, dates: Dates) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return days, seconds of the day (-1: none) and which cells have been read: 31.12.2026 9:30, 2026-12-31T09:30:00.

    The others are for `Dates.moment`, which reads these the same way.
    """
    count = len(column)
    days, seconds, done = np.zeros(count, np.int64), np.full(count, -1, np.int64), np.zeros(count, bool)
    offsets = np.frombuffer(column.buffers()[1], np.int32)[column.offset : column.offset + count + 1]
    data = column.buffers()[2]
    text = np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)
    lengths = np.diff(offsets)
    for length in _LENGTHS:
        rows = np.nonzero(lengths == length)[0]
        if len(rows):
            chars = text[offsets[rows][:, None] + np.arange(length)]
            day, second, good = _read(chars, dates)
            days[rows], seconds[rows], done[rows] = day, second, good
    return days, seconds, done


def _read(chars: np.ndarray, dates: Dates) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    digits = chars.astype(np.int64) - _ZERO
    is_digit = (digits >= 0) & (digits <= 9)
    mark = chars[:, 2]
    is_last = (
        np.isin(mark, (_DOT, _SLASH, _DASH)) & (chars[:, 5] == mark) & is_digit[:, [0, 1, 3, 4, 6, 7, 8, 9]].all(axis=1)
    )
    first = chars[:, 4]
    is_first = np.isin(first, (_DOT, _SLASH, _DASH)) & np.isin(chars[:, 7], (_DOT, _SLASH, _DASH))
    is_first &= is_digit[:, [0, 1, 2, 3, 5, 6, 8, 9]].all(axis=1)
    a, b = _two(digits, 0), _two(digits, 3)
    day_first = dates.day_first | (mark == _DOT)
    year = np.where(is_last, _two(digits, 6) * 100 + _two(digits, 8), _two(digits, 0) * 100 + _two(digits, 2))
    month = np.where(is_last, np.where(day_first, b, a), _two(digits, 5))
    day = np.where(is_last, np.where(day_first, a, b), _two(digits, 8))
    good = is_last | is_first
    good &= (
        (year >= EARLIEST_YEAR) & (year <= dates.today.year + YEARS_AHEAD) & (month >= 1) & (month <= 12) & (day >= 1)
    )
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    good &= day <= np.where((month == 2) & ~leap, 28, _MONTH_DAYS[np.where(good, month, 0)])
    second = np.full(len(chars), -1, np.int64)
    if chars.shape[1] > 10:
        second, has_time = _clock(chars, digits, is_digit)
        good &= has_time
    return _number(year, month, day), second, good


def _clock(chars: np.ndarray, digits: np.ndarray, is_digit: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    length = chars.shape[1]
    at = 12 if length in (15, 18) else 13
    places = [*range(11, at), at + 1, at + 2]
    good = np.isin(chars[:, 10], tuple(b" T")) & (chars[:, at] == _COLON)
    hour = digits[:, 11] if at == 12 else _two(digits, 11)
    minute, second = _two(digits, at + 1), np.zeros(len(chars), np.int64)
    if length > 16:
        good &= chars[:, at + 3] == _COLON
        places += [at + 4, at + 5]
        second = _two(digits, at + 4)
    good &= is_digit[:, places].all(axis=1) & (hour < 24) & (minute < 60) & (second < 60)
    return hour * 3600 + minute * 60 + second, good


def _two(digits: np.ndarray, at: int) -> np.ndarray:
    return digits[:, at] * 10 + digits[:, at + 1]


def _number(year: np.ndarray, month: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Return days since 1970-01-01 (Howard Hinnant, "chrono-compatible low-level date algorithms")."""
    year = year - (month <= 2)
    era = year // 400
    of_era = year - era * 400
    of_year = (153 * (month + np.where(month > 2, -3, 9)) + 2) // 5 + day - 1
    return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468


@functools.cache
def _whole() -> str:
    return rf"^(?:\+7|7|8)?(?:{mobile_pattern()})$"


def russian_phones(column: pa.Array, country: str) -> pa.Array:
    """Return the usual mobile numbers of Russia and Kazakhstan in E.164; null for the rest, blank or not."""
    if country not in RUSSIAN:
        return pa.nulls(len(column), pa.string())
    digits = pc.replace_substring_regex(column, _SPELLING, "")
    is_mobile = pc.match_substring_regex(digits, _whole())
    return pc.if_else(is_mobile, pc.binary_join_element_wise("+7", pc.utf8_slice_codeunits(digits, -10), ""), None)
