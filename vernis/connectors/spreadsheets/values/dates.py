"""Days and times in every usual form, as wall clock."""

from __future__ import annotations

import datetime
import re
from typing import NamedTuple

from vernis.connectors.spreadsheets import words
from vernis.connectors.spreadsheets.values.unreadable import Unreadable

EPOCH = datetime.date(1970, 1, 1)
EXCEL_1900 = datetime.date(1899, 12, 30)
EXCEL_1904 = datetime.date(1904, 1, 1)
EARLIEST_YEAR = 1980
YEARS_AHEAD = 5
DAY = 86_400

_YEAR_FIRST = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})(?!\d)(.*)", re.DOTALL)
_YEAR_LAST = re.compile(r"(\d{1,2})([-./ ])(\d{1,2})\2(\d{4}|\d{2})(?!\d)(.*)", re.DOTALL)
_SHORT = re.compile(r"(\d{1,2})[./-](\d{1,2})\.?")
_COMPACT = re.compile(r"(19\d\d|20\d\d)(\d\d)(\d\d)(?:T?(\d\d)(\d\d)(\d\d)?)?")
_SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?")
_FRACTION = re.compile(r"[01]?[.,]\d+")
_TIME = re.compile(
    r"(?:t\s*)?(\d{1,2})(?:[:.h-](\d{2}))?(?:[:.](\d{2}))?(?:[.,]\d+)?\s*([ap])?\.?\s*(?(4)m\.?)"
    r"(?:\s*[-–—]\s*\d{1,2}[:.]\d{2}(?:[:.]\d{2})?\s*(?:[ap]\.?m\.?)?)?"  # until when
    r"\s*(z|utc|gmt|[+-]\d\d:?\d\d|[+-]\d\d)?",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+\.?|\d+(?:[:.]\d+)*|\S", re.UNICODE)


class Moment(NamedTuple):
    """A day as a number since 1970-01-01, and the second of the day (-1: no time was said)."""

    day: int
    second: int


class Dates(NamedTuple):
    """How the dates of a column are to be read."""

    day_first: bool
    today: datetime.date
    is_1904: bool = False

    def moment(self, text: str) -> Moment:
        """Return a day of the salon's life, with its time where one is said."""
        year, month, day, second = self.parts(text)
        if year is None:
            raise Unreadable("not_a_date")
        if not EARLIEST_YEAR <= year <= self.today.year + YEARS_AHEAD:
            raise Unreadable("date_out_of_range")
        return Moment(_number(year, month, day), second)

    def birthday(self, text: str) -> tuple[int | None, int, int]:
        """Return year (None: not said), month and day of a birthday."""
        cleaned = text.strip().removeprefix("--")
        try:
            year, month, day, _second = self.parts(cleaned, century_of_birth=True)
            if year is not None and year <= EARLIEST_BIRTH:
                year = None
            _number(year or 2000, month, day)
        except Unreadable:
            raise Unreadable("not_a_birthday") from None
        if year is not None and _number(year, month, day) > (self.today - EPOCH).days:
            raise Unreadable("not_a_birthday")
        return year, month, day

    def parts(self, text: str, *, century_of_birth: bool = False) -> tuple[int | None, int, int, int]:
        """Return year, month, day and second of the day (-1) of a text."""
        text = " ".join(text.replace("\xa0", " ").replace("\u202f", " ").split()).strip("'\"")
        if found := _YEAR_FIRST.fullmatch(text):
            year, month, day = int(found[1]), int(found[2]), int(found[3])
            return year, month, day, self._checked(year, month, day, found[4])
        if found := _YEAR_LAST.fullmatch(text):
            first, second = int(found[1]), int(found[3])
            day, month = (first, second) if self.day_first or found[2] == "." else (second, first)
            year = self._year(found[4], century_of_birth=century_of_birth)
            return year, month, day, self._checked(year, month, day, found[5])
        if found := _COMPACT.fullmatch(text):
            year, month, day = int(found[1]), int(found[2]), int(found[3])
            rest = ":".join(part for part in found.groups()[3:] if part)
            return year, month, day, self._checked(year, month, day, rest)
        if _SERIAL.fullmatch(text):
            return self._from_serial(text)
        if century_of_birth and (found := _SHORT.fullmatch(text)):
            first, second = int(found[1]), int(found[2])
            is_day_first = (self.day_first or "." in text) and "-" not in text
            return None, *((second, first) if is_day_first else (first, second)), -1
        return self._in_words(text.lower(), century_of_birth=century_of_birth)

    def _checked(self, year: int | None, month: int, day: int, rest: str) -> int:
        _number(year or 2000, month, day)
        return second_of(rest, after_date=True)

    def _year(self, digits: str, *, century_of_birth: bool) -> int:
        year = int(digits)
        if len(digits) > 2:
            return year
        ahead = -1 if century_of_birth else YEARS_AHEAD
        return 2000 + year if year <= self.today.year % 100 + ahead else 1900 + year

    def _from_serial(self, text: str) -> tuple[int, int, int, int]:
        number = float(text.replace(",", "."))
        whole = int(number)
        seconds = round((number - whole) * DAY)
        if seconds == DAY:
            whole, seconds = whole + 1, 0
        day = (EXCEL_1904 if self.is_1904 else EXCEL_1900) + datetime.timedelta(days=whole)
        return day.year, day.month, day.day, seconds if "." in text or "," in text else -1

    def _in_words(self, text: str, *, century_of_birth: bool) -> tuple[int | None, int, int, int]:
        names = words.months()
        pieces = [piece.rstrip(".") if piece[0].isalpha() else piece for piece in _WORD.findall(text)]
        pieces = [piece for piece in pieces if piece not in words.words("day_words") and piece not in ",.-/()'"]
        places = [number for number, piece in enumerate(pieces) if piece in names]
        if len(places) != 1:
            raise Unreadable("not_a_date")
        at = places[0]
        month = names[pieces[at]]
        before, after = pieces[:at], pieces[at + 1 :]
        if len(before) == 1 and _is_day(before[0]):  # 5 march 2018
            day, rest = int(before[0]), after
            year_text, rest = (rest[0], rest[1:]) if rest and _is_year(rest[0]) else ("", rest)
        elif not before and after and _is_day(after[0].rstrip("stndrh")):  # march 5, 2018
            day, rest = int(after[0]), after[1:]
            rest = rest[1:] if rest and rest[0] in ("st", "nd", "rd", "th") else rest
            year_text, rest = (rest[0], rest[1:]) if rest and _is_year(rest[0]) else ("", rest)
        elif len(before) == 1 and len(before[0]) == 4 and _is_year(before[0]) and after and _is_day(after[0]):
            year_text, day, rest = before[0], int(after[0]), after[1:]
        else:
            raise Unreadable("not_a_date")
        while rest and (rest[0] in words.words("year_words") or rest[0] in words.words("at_words")):
            rest = rest[1:]
        year = self._year(year_text, century_of_birth=century_of_birth) if year_text else None
        return year, month, day, self._checked(year, month, day, " ".join(rest))


EARLIEST_BIRTH = 1901


def second_of(text: str, *, after_date: bool = False) -> int:  # noqa: C901
    """Return the second of the day of a time: "3:50:00 PM", "15.50", "0,66" of a day; -1 for nothing."""
    cleaned = text.strip(" ,;T").strip()
    if not cleaned:
        return -1
    if after_date:
        first, _space, rest = cleaned.partition(" ")
        cleaned = (
            rest if first.lower() in words.words("at_words") or first.lower().rstrip(".") in _year_words() else cleaned
        )
        if not cleaned:
            return -1
    elif _FRACTION.fullmatch(cleaned):
        return round(float(cleaned.replace(",", ".")) * DAY) % DAY
    elif len(cleaned) in (3, 4) and cleaned.isdigit():
        cleaned = f"{cleaned[:-2]}:{cleaned[-2:]}"
    elif found := re.fullmatch(r"(?:1899-12-3[01]|1900-01-0[01])[T ](.*)", cleaned):
        cleaned = found[1]
    found = _TIME.fullmatch(cleaned)
    if not found or (after_date and not found[2] and not found[4]):
        raise Unreadable("not_a_date" if after_date else "not_a_time")
    hour, minute, second = int(found[1]), int(found[2] or 0), int(found[3] or 0)
    if half := (found[4] or "").lower():
        if not 1 <= hour <= 12:
            raise Unreadable("not_a_date" if after_date else "not_a_time")
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 23 or minute > 59 or second > 59:
        raise Unreadable("not_a_date" if after_date else "not_a_time")
    if (found[5] or "").lower() in ("z", "utc", "gmt"):
        raise Unreadable("moment_in_utc")
    return hour * 3600 + minute * 60 + second


def _year_words() -> frozenset[str]:
    return words.words("year_words")


def _is_day(piece: str) -> bool:
    return piece.isdigit() and len(piece) <= 2


def _is_year(piece: str) -> bool:
    return piece.isdigit() and len(piece) in (2, 4)


def _number(year: int, month: int, day: int) -> int:
    try:
        return (datetime.date(year, month, day) - EPOCH).days
    except (ValueError, OverflowError):
        raise Unreadable("not_a_date") from None


def orders_of(texts: list[str]) -> tuple[int, int, int]:
    """Return how many texts can only be day first, only month first, and either (of those with slashes or dashes)."""
    day_first = month_first = either = 0
    for text in texts:
        found = _YEAR_LAST.fullmatch(text.strip())
        if not found or found[2] == ".":
            continue
        first, second = int(found[1]), int(found[3])
        if first > 12 >= second:
            day_first += 1
        elif second > 12 >= first:
            month_first += 1
        elif first <= 12 and first != second:
            either += 1
    return day_first, month_first, either
