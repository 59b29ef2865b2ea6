"""Amounts as people and programs write them, in hundredths."""

from __future__ import annotations

import functools
import re
from decimal import ROUND_HALF_UP, Decimal

from vernis.connectors.spreadsheets import words
from vernis.connectors.spreadsheets.values.unreadable import Unreadable

MOST = 10**15  # hundredths
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009'’`]")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*[.,]?")


@functools.cache
def _currencies() -> re.Pattern[str]:
    names = sorted([*words.words("currencies"), *words.currency_signs()], key=len, reverse=True)
    return re.compile("(?:" + "|".join(re.escape(name) for name in names) + r")\.?", re.IGNORECASE)


def amount(text: str, *, decimal: str = "") -> int:
    """Return hundredths of an amount; `decimal` is the decimal mark of its column, "" where no value has shown it."""
    bare = _SPACES.sub("", text)
    is_negative = False
    bare = _currencies().sub("", bare).replace("−", "-").replace("–", "-")
    if bare.startswith("(") and bare.endswith(")"):
        bare, is_negative = bare[1:-1], True
    if bare.startswith("-") or bare.endswith("-"):
        bare, is_negative = bare.strip("-"), not is_negative
    bare = bare.removeprefix("+")
    if not _NUMBER.fullmatch(bare):
        if bare.startswith((".", ",")) and _NUMBER.fullmatch("0" + bare):
            bare = "0" + bare
        elif re.fullmatch(r"\d+(?:\.\d+)?[eE][+-]?\d{1,2}", bare) and decimal == ".":
            bare = f"{Decimal(bare):f}"
        else:
            raise Unreadable("not_an_amount")
    hundredths = int((Decimal(_plain(bare.rstrip(".,"), decimal)) * 100).quantize(Decimal(1), ROUND_HALF_UP))
    if hundredths > MOST:
        raise Unreadable("not_an_amount")
    return -hundredths if is_negative else hundredths


def _plain(bare: str, decimal: str) -> str:
    """Return a number with a point, if any: which of its marks divides thousands is seen from where they stand."""
    points, commas = bare.count("."), bare.count(",")
    if points and commas:
        mark = max("., ".strip(), key=bare.rfind)
    elif points + commas == 1:
        mark = "." if points else ","
        whole, _mark, rest = bare.partition(mark)
        if len(rest) == 3 and mark != decimal and 1 <= len(whole) <= 3 and whole != "0":
            mark = ""
    else:
        mark = ""
    if mark and bare.count(mark) > 1:
        raise Unreadable("not_an_amount")
    thousands = [part for part in ".," if part != mark]
    whole, _mark, rest = bare.partition(mark) if mark else (bare, "", "")
    groups = re.split("[" + re.escape("".join(thousands)) + "]", whole)
    if len(groups) > 1 and (any(len(group) != 3 for group in groups[1:]) or not 1 <= len(groups[0]) <= 3):
        raise Unreadable("not_an_amount")
    return "".join(groups) + (f".{rest}" if rest else "")


def decimal_of(texts: list[str]) -> str:
    """Return the decimal mark that the values of a column show, "" if none does."""
    for mark, other in ((".", ","), (",", ".")):
        for text in texts:
            found = re.search(rf"\d{re.escape(mark)}(\d+)\D*$", text)
            if found and (len(found[1]) != 3 or other in text):
                return mark
    return ""


def currency_of(texts: list[str]) -> str:
    """Return the currency whose sign stands in amounts, "" if none does or several do."""
    signs = words.currency_signs()
    found = {
        code
        for text in texts
        for sign, code in signs.items()
        if re.search(rf"(?<![^\W\d_]){re.escape(sign)}(?![^\W\d_])", text.lower())
    }
    return found.pop() if len(found) == 1 else ""
