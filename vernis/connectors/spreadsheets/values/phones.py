"""Phones in cells: in any spelling, several in one cell, with an extension, spoiled by Excel."""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

import phonenumbers

from vernis.connectors.spreadsheets import words
from vernis.connectors.spreadsheets.values.unreadable import Unreadable, is_nothing
from vernis.lib.phones import NotAPhone, parsed

RUSSIAN = ("RU", "KZ")
_MANGLED = re.compile(r"\+?(\d)(?:[.,](\d+))?e\+?(\d+)", re.IGNORECASE)
_DIVIDERS = re.compile(r"[,;/|\n]|\s{3,}")
_REMARK = re.compile(r"\([^()\d]*[^\W\d_][^()\d]*\)|[^\W\d_][\w.\-]*(?:\s+[^\W\d_][\w.\-]*)*[:.]?")


class Phones(NamedTuple):
    """The phones of a cell in E.164; `rest` is the whole cell where it says more than that."""

    phone: str
    second: str
    rest: str


@functools.cache
def mobile_pattern() -> str:
    """Return the pattern of mobile numbers of Russia and Kazakhstan, after the 7."""
    patterns = []
    for region in RUSSIAN:
        metadata = phonenumbers.PhoneMetadata.metadata_for_region(region)
        mobile = metadata.mobile if metadata else None
        patterns.append((mobile.national_number_pattern if mobile else None) or r"$^")
    return "|".join(patterns)


def phones(text: str, country: str) -> Phones:
    """Return the phones of a cell. Raises Unreadable; a number that is not whole is refused and never guessed."""
    cleaned = text.strip().strip("'`\"").strip()
    if is_nothing(cleaned) or not re.search(r"\d", cleaned) or not cleaned.strip("0"):
        return Phones("", "", "")
    if found := _MANGLED.fullmatch(re.sub(r"\s", "", cleaned)):
        cleaned = _unmangled(found)
    cleaned = re.sub(r"(?<=\d{7})\.0$", "", cleaned)
    try:
        return Phones(parsed(cleaned, country), "", "")
    except NotAPhone:
        pass
    numbers: list[str] = []
    for part in _parts(cleaned, country):
        try:
            number = parsed(part, country)
        except NotAPhone:
            raise Unreadable("not_a_phone") from None
        if number and number not in numbers:
            numbers.append(number)
    if not numbers:
        raise Unreadable("not_a_phone")
    is_all = len(numbers) <= 2 and not re.search(r"[^\W\d_]", cleaned)
    return Phones(numbers[0], numbers[1] if len(numbers) > 1 else "", "" if is_all else cleaned)


def _unmangled(found: re.Match[str]) -> str:
    """Return the number that Excel shows as 7.9001234567E+10, where all of its digits are still there."""
    digits = found[1] + (found[2] or "")
    if len(digits) != int(found[3]) + 1 or len(digits) < 10:
        raise Unreadable("phone_lost")
    return digits


def _parts(text: str, country: str) -> list[str]:
    """Return the numbers of a cell, without remarks and extensions."""
    found = []
    for part in _DIVIDERS.split(_without_extension(text)):
        bare = _REMARK.sub(" ", part).strip(" .:-")
        if re.search(r"\d", bare):
            found += [bare] if _is_phone(bare, country) else _side_by_side(bare, country)
    return found


def _without_extension(text: str) -> str:
    names = "|".join(re.escape(name) for name in sorted(words.words("extension"), key=len, reverse=True))
    return re.sub(
        rf"[\s,;(]*(?<![^\W\d_])(?:{names})\.?\s*:?\s*\d{{1,6}}\)?(?=$|[\s,;/])", "", text, flags=re.IGNORECASE
    )


def _side_by_side(text: str, country: str) -> list[str]:
    """Return two numbers with only a space between them, if there is one way to see them so."""
    places = [place for place, char in enumerate(text) if char == " "]
    ways = [
        (text[:place], text[place:])
        for place in places
        if _is_phone(text[:place], country) and _is_phone(text[place:], country)
    ]
    return list(ways[0]) if len(ways) == 1 else [text]


def _is_phone(text: str, country: str) -> bool:
    try:
        return bool(parsed(text, country))
    except NotAPhone:
        return False
