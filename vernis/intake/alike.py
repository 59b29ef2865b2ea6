"""How alike two names are, in Russian or Latin letters, in any order, with a typo or a pet name."""

from __future__ import annotations

import functools
import re
from enum import IntEnum
from itertools import permutations

from vernis.intake.pet_names import PET_NAMES

_LETTERS = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщыэюяәғқңөұүһіїєґ",
        [
            "a",
            "b",
            "v",
            "g",
            "d",
            "e",
            "e",
            "zh",
            "z",
            "i",
            "i",
            "k",
            "l",
            "m",
            "n",
            "o",
            "p",
            "r",
            "s",
            "t",
            "u",
            "f",
            "h",
            "c",
            "ch",
            "sh",
            "sh",
            "i",
            "e",
            "iu",
            "ia",
            "a",
            "g",
            "k",
            "n",
            "o",
            "u",
            "u",
            "h",
            "i",
            "i",
            "e",
            "g",
        ],
        strict=True,
    )
) | {"ь": "", "ъ": ""}
_LATIN = (
    ("shch", "sh"), ("sch", "sh"), ("kh", "h"), ("tz", "c"), ("ts", "c"), ("tc", "c"), ("ph", "f"), ("ck", "k"),
    ("x", "ks"), ("w", "v"), ("y", "i"), ("j", "i"), ("q", "k"), ("'", ""),
)  # fmt: skip
_FEMININE = re.compile(r"(?<=[^aeiou])a$|aia$|a$")


class Alike(IntEnum):
    """From "different people" to "the same name"."""

    DIFFERENT = 0
    UNKNOWN = 1  # there is no name to compare
    PART = 2  # one says less than the other, and nothing else
    SIMILAR = 3  # a typo, or a pet name
    SAME = 4


@functools.lru_cache(maxsize=1 << 17)
def sound(word: str) -> str:
    """Return what a word sounds like: Наталья, Наталия, Natalya and Nataliia are one."""
    latin = "".join(_LETTERS.get(letter, letter) for letter in word.casefold())
    for written, said in _LATIN:
        latin = latin.replace(written, said)
    latin = re.sub(r"(?<=.)io", "e", latin)
    latin = re.sub(r"i+(?=[aeou])", "", latin)  # Юлия, Yuliya, Iuliia; Дарья, Daria
    return re.sub(r"(.)\1+", r"\1", latin)


@functools.lru_cache(maxsize=1 << 17)
def sounds(name: str) -> tuple[str, ...]:
    """Return the words of a name as they sound; initials, numbers and remarks in brackets are left out."""
    words = re.findall(r"[^\W\d_]+", re.sub(r"\(.*?\)", " ", name.replace("’", "'")))
    return tuple(sound(word) for word in words if len(word) > 1 and word.casefold() not in NO_NAMES)


NO_NAMES = frozenset(
    [
        "клиент",
        "клиентка",
        "гость",
        "client",
        "guest",
        "тест",
        "тестовый",
        "тестовая",
        "test",
        "мама",
        "папа",
        "дочь",
        "сын",
        "муж",
        "жена",
        "подруга",
        "от",
        "новый",
        "новая",
        "без",
        "имени",
        "имя",
        "no",
        "name",
        "unknown",
        "неизвестно",
        "vip",
        "вип",
        "салон",
    ]
)


def alike(one: str, other: str) -> Alike:
    """Compare two names."""
    short, long = sorted((sounds(one), sounds(other)), key=len)
    if not short:
        return Alike.UNKNOWN
    if sorted(short) == sorted(long):
        return Alike.SAME
    best = max(
        (min(_word(word, there) for word, there in zip(short, order, strict=True)) for order in _orders(short, long)),
        default=Alike.DIFFERENT,
    )
    if best <= Alike.PART:
        return Alike.DIFFERENT
    return Alike.PART if len(short) < len(long) and best == Alike.SAME else Alike.SIMILAR


def _orders(short: tuple[str, ...], long: tuple[str, ...]) -> list[tuple[str, ...]]:
    if len(long) > 4:
        return [long[: len(short)]]
    return list(permutations(long, len(short)))


@functools.lru_cache(maxsize=1 << 16)
def _word(one: str, other: str) -> Alike:
    if one == other:
        return Alike.SAME
    mine, theirs = given(one), given(other)
    if mine and theirs:
        return Alike.SIMILAR if mine & theirs else Alike.DIFFERENT
    if _FEMININE.sub("", one) == _FEMININE.sub("", other):  # Иванов and Иванова, Александр and Александра
        return Alike.DIFFERENT
    length = min(len(one), len(other))
    allowed = 0 if length <= 3 else 1 if length <= 7 else 2
    return Alike.SIMILAR if abs(len(one) - len(other)) <= allowed and typos(one, other) <= allowed else Alike.DIFFERENT


def given(word: str) -> frozenset[str]:
    """Return the given names that a word may stand for, as they sound; none where it is no given name."""
    return _given().get(word, frozenset())


@functools.cache
def _given() -> dict[str, frozenset[str]]:
    names: dict[str, set[str]] = {}
    for line in PET_NAMES:
        full, *pets = line.split()
        for word in (full, *pets):
            names.setdefault(sound(word), set()).add(sound(full))
    return {word: frozenset(full) for word, full in names.items()}


def typos(one: str, other: str) -> int:
    """Return how many letters were mistyped, left out, added or swapped (Damerau and Levenshtein, 1964 and 1966)."""
    before: list[int] = []
    above = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        line = [row]
        for column, there in enumerate(other, start=1):
            cost = letter != there
            best = min(above[column] + 1, line[column - 1] + 1, above[column - 1] + cost)
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == there:
                best = min(best, before[column - 2] + 1)
            line.append(best)
        before, above = above, line
    return above[-1]
