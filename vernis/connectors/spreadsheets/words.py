"""The words of the trade (`words.toml`), folded for comparing."""

from __future__ import annotations

import functools
import re
import tomllib
from pathlib import Path


@functools.cache
def _file() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))


def folded(text: str) -> str:
    """Return a text as it is compared: lower case, one kind of yo, punctuation and underscores as single spaces."""
    lowered = text.lower().replace("ё", "е").replace("№", " no ")
    return " ".join(re.sub(r"[\s\W_]+", " ", lowered).split())


@functools.cache
def headers() -> dict[str, tuple[str, ...]]:
    """Return by folded header the roles it can mean."""
    found: dict[str, list[str]] = {}
    for role, names in _file()["headers"].items():
        for name in names:
            found.setdefault(folded(name), []).append(role)
    return {name: tuple(roles) for name, roles in found.items()}


@functools.cache
def kind_words() -> dict[str, tuple[str, ...]]:
    """Return by kind what the name of a file or a sheet can contain."""
    return {kind: tuple(names) for kind, names in _file()["kinds"].items()}


@functools.cache
def statuses() -> dict[str, str]:
    """Return by folded word the status it means."""
    return {folded(word): status for status, words in _file()["statuses"].items() for word in words}


@functools.cache
def words(name: str) -> frozenset[str]:
    """Return one of the lists of words, as written."""
    return frozenset(_file()["words"][name])


@functools.cache
def months() -> dict[str, int]:
    """Return by word the number of the month."""
    return {word: number for number, line in enumerate(_file()["words"]["months"], 1) for word in line.split()}


@functools.cache
def currency_signs() -> dict[str, str]:
    """Return by sign or word its currency."""
    return {sign: str(code) for sign, code in _file()["currency_of"].items()}


def is_total(text: str) -> bool:
    """Say whether a cell begins a line of totals: "Итого", "Всего:", "Total for May"."""
    start = folded(text)
    return any(start == word or start.startswith(word + " ") for word in words("totals"))
