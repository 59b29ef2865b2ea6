"""In which encoding a text is, and what divides its cells."""

from __future__ import annotations

import codecs
import csv
import functools
from collections import Counter

from vernis.connectors.spreadsheets import words

CANDIDATES = ("cp1251", "koi8-r", "cp866", "cp1252")
DELIMITERS = ",;\t|"
_SIGNS = "«»№–—“”„…₽°·•"


def encoding_of(sample: bytes) -> str:
    """Return the encoding of a text of which this is a part (its beginning included)."""
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if sample.startswith(mark):
            return name
    head = sample[: 4096 // 2 * 2]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if len(head) > 8 and max(even, odd) > len(head) // 8 and min(even, odd) < max(even, odd) // 4:
        return "utf-16-le" if odd > even else "utf-16-be"
    if sample.isascii():
        return "utf-8"
    good, bad = _utf8_runs(sample)
    if good > 9 * bad:
        return "utf-8"
    high = b"\n".join(line for line in sample.splitlines() if not line.isascii())[: 1 << 16]
    return max(CANDIDATES, key=lambda name: _likelihood(high, name))


def _utf8_runs(sample: bytes) -> tuple[int, int]:
    text = sample.decode("utf-8", errors="surrogateescape")
    bad = sum(1 for char in text[4:-4] if "\udc80" <= char <= "\udcff")  # the ends may be cut in a letter
    good = sum(1 for char in text if char > "\x7f" and not "\udc80" <= char <= "\udcff")
    return good, bad


@functools.cache
def _common() -> dict[str, float]:
    """Return how much a Russian letter speaks for its encoding: the common ones more."""
    lists = (("letters_common", 3.0), ("letters_usual", 2.0), ("letters_rare", 1.0))
    return {letter: weight for name, weight in lists for word in words.words(name) for letter in word}


def _likelihood(sample: bytes, name: str) -> float:
    text = sample.decode(name, errors="replace")
    score, before, common = 0.0, " ", _common()
    for char in text:
        if char > "\x7f":
            lower = char.lower()
            if lower in common:
                score += common[lower]
                if before.isascii() and before.isalpha():
                    score -= 3.0  # within a Latin word
                elif char != lower and before.isalpha() and before.islower():
                    score -= 4.0  # a capital after a small letter
            elif char.isalpha():
                is_in_latin = before.isascii() and before.isalpha()
                score += 2.5 if name == "cp1252" and is_in_latin else -2.0
            elif char not in _SIGNS and char != "\xa0":
                score -= 3.0
        before = char
    return score


def delimiter_of(lines: list[str]) -> str:
    """Return what divides the cells of the first lines of a text."""
    if lines and lines[0].lower().startswith("sep=") and len(lines[0].strip()) == 5:
        return lines[0][4]
    best, most = ",", 0.0
    for delimiter in DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if any(row)]
        except csv.Error:
            continue
        if not widths:
            continue
        (width, times), *_others = Counter(widths).most_common(1)
        if width == 1:  # titles above the table may be most of it
            wide = Counter(one for one in widths if one > 1).most_common(1)
            width, times = wide[0] if wide and wide[0][1] >= 2 else (1, 0)
        score = times / len(widths) * min(width - 1, 4)
        if score > most:
            best, most = delimiter, score
    return best
