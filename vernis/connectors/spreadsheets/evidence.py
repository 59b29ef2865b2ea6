"""What the values of a column look like."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass

from vernis.connectors.spreadsheets import words
from vernis.connectors.spreadsheets.values import money, plain
from vernis.connectors.spreadsheets.values.dates import Dates, second_of
from vernis.connectors.spreadsheets.values.unreadable import Unreadable, is_nothing

_CODE = re.compile(r"(?=.*\d)[\w.?*#\-/]{2,20}")
_PHONE = re.compile(r"[+\d(][\d\s()\-+.,;/\u00a0\u2010-\u2015]{8,40}(?:\s*\D{1,20}\d{0,6})?|\d[.,]\d+[eE]\+?\d{2}")
_PERSON = re.compile(r"[^\W\d_][^\W\d_'’.\-]*(?:\s+[^\W\d_][^\W\d_'’.\-]*\.?){0,3}")
_LATEST = datetime.date(2190, 1, 1)


@dataclass(frozen=True)
class Looks:
    """Shares (0 to 1) of the filled values that look like something."""

    values: tuple[str, ...]
    share: dict[str, float]
    is_unique: bool
    is_counted: bool  # 1, 2, 3
    has_clock: bool

    @property
    def filled(self) -> int:
        """How many values there are."""
        return len(self.values)


def looks_of(cells: list[str]) -> Looks:
    """Return what the values of a column look like."""
    values = tuple(cell.strip() for cell in cells if not is_nothing(cell.strip()))
    some = values[:120]
    share = {name: _share(some, test) for name, test in _TESTS.items()}
    numbers = [int(value) for value in some if value.isdigit()]
    is_counted = (
        len(numbers) > 2
        and len(numbers) == len(some)
        and numbers[:50] == list(range(numbers[0], numbers[0] + len(numbers[:50])))
    )
    has_clock = sum(":" in value for value in some) > len(some) / 2
    return Looks(values, share, len(set(values)) == len(values), is_counted, has_clock)


def _share(values: tuple[str, ...], test: Callable[[str], bool]) -> float:
    return sum(map(test, values)) / len(values) if values else 0.0


def _reads(read: Callable[[str], object]) -> Callable[[str], bool]:
    def test(text: str) -> bool:
        try:
            read(text)
        except Unreadable:
            return False
        return True

    return test


def _is_date(text: str) -> bool:
    for day_first in (True, False):
        try:
            year, _month, _day, _second = Dates(day_first=day_first, today=_LATEST).parts(text)
        except Unreadable as fault:
            if fault.reason == "moment_in_utc":
                return True
            continue
        return year is not None and 1900 <= year < 2200
    return False


def _is_birthday(text: str) -> bool:
    return _is_date(text) or any(
        _reads(Dates(day_first=day_first, today=_LATEST).birthday)(text) for day_first in (True, False)
    )


def _is_moment(text: str) -> bool:
    for day_first in (True, False):
        try:
            return Dates(day_first=day_first, today=_LATEST).parts(text)[3] > 0
        except Unreadable:
            continue
    return False


def _is_phone(text: str) -> bool:
    digits = sum(char.isdigit() for char in text)
    return _PHONE.fullmatch(text) is not None and digits >= 9 and not _is_date(text)


def _is_person(text: str) -> bool:
    return _PERSON.fullmatch(text) is not None and any(char.islower() for char in text) and text[:1].isupper()


_TESTS: dict[str, Callable[[str], bool]] = {
    "date": _is_date,
    "moment": _is_moment,
    "birthday": _is_birthday,
    "time": _reads(second_of),
    "phone": _is_phone,
    "email": lambda text: "@" in text and _reads(plain.email)(text),
    "number": lambda text: _reads(money.amount)(text.replace("%", "")) or bool(re.fullmatch(r"\d+\D{0,8}", text)),
    "truth": lambda text: plain.truth(text) is not None,
    "gender": lambda text: plain.gender(text) is not None,
    "length": _reads(plain.minutes),
    "status": lambda text: words.folded(text) in words.statuses(),
    "code": lambda text: _CODE.fullmatch(text) is not None and not any(char.islower() for char in text),
    "name": _is_person,
}
