"""CSV in any usual encoding and with any usual delimiter, a few megabytes at a time, line numbers exact."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from vernis.connectors.spreadsheets.blocks import Block, Refusal, columns_of, columns_of_rows, fitted
from vernis.connectors.spreadsheets.encodings import delimiter_of, encoding_of

HEAD = 1 << 18
PIECES = 8  # further places of a file that are looked at before it is read
PIECE = 1 << 15
READ = 1 << 21  # characters at a time
MOST_LINES = 200  # of one row
csv.field_size_limit(1 << 27)


class Text:
    """A CSV file whose encoding and delimiter have been found."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(HEAD)
            pieces = []
            for number in range(1, PIECES + 1):
                if self.size > HEAD:
                    file.seek(max(HEAD, (self.size - PIECE) * number // PIECES))
                    piece = file.read(PIECE)
                    pieces.append(piece.partition(b"\n")[2].rpartition(b"\n")[0])
        is_wide = b"\x00" in head[:4096] or head[:2] in (b"\xff\xfe", b"\xfe\xff")
        self.encoding = encoding_of(head if is_wide else b"\n".join([head, *pieces]))
        self._pieces = [] if is_wide or self.encoding.startswith("utf-16") else pieces
        text = head.decode(self.encoding, errors="replace").replace("\x00", "")
        lines = text.splitlines()
        self.delimiter = delimiter_of([line + "\n" for line in lines[: min(200, max(1, len(lines) - 1))]])

    def head(self, rows: int) -> list[tuple[int, list[str]]]:
        """Return the first rows with their lines."""
        found = []
        with self._opened() as file:
            for line, cells, _fault in _records(iter(file), self.delimiter, width=0):
                found.append((line, cells))
                if len(found) == rows:
                    break
        return found

    def pieces(self) -> list[list[str]]:
        """Return rows from further down: what they look like, not where they are."""
        text = b"\n".join(self._pieces).decode(self.encoding.removesuffix("-sig"), errors="replace").replace("\x00", "")
        try:
            return [row for row in csv.reader(text.splitlines(), delimiter=self.delimiter) if any(row)]
        except csv.Error:
            return []

    def blocks(self, width: int, *, after: int) -> Iterator[tuple[Block, float]]:
        """Yield the rows below a line, each block with the share of the file that has been read."""
        with self._opened() as file:
            line = 1
            for _row in range(after):
                line += bool(file.readline())
            while lines := file.readlines(READ):
                if '"' in (text := "".join(lines)):
                    lines += _rest_of_row(file, text)
                yield _block(lines, line, width, self.delimiter), min(1.0, _told(file) / max(self.size, 1))
                line += len(lines)

    def _opened(self) -> io.TextIOWrapper:
        errors = "replace" if self.encoding.startswith(("utf-16", "utf-32")) else "surrogateescape"
        return io.TextIOWrapper(self.path.open("rb"), encoding=self.encoding, errors=errors, newline="")


def _told(file: io.TextIOWrapper) -> int:
    """Return how many bytes have been read (the text itself cannot say while it is being iterated)."""
    buffer: Any = file.buffer
    return int(buffer.tell())


def _rest_of_row(file: io.TextIOWrapper, text: str) -> list[str]:
    """Return the lines that still belong to a row whose quotation mark is open at the end of a block."""
    more: list[str] = []
    is_open = text.count('"') % 2 == 1
    while is_open and len(more) < MOST_LINES and (line := file.readline()):
        more.append(line)
        is_open ^= line.count('"') % 2 == 1
    return more


def _block(lines: list[str], first: int, width: int, delimiter: str) -> Block:
    text = "".join(lines)
    if "\x00" in text or "\x1a" in text:
        lines = [line.replace("\x00", "").replace("\x1a", "") for line in lines]
        text = "".join(lines)
    if not _has_strange(text):
        if '"' not in text:
            counts = np.fromiter((line.count(delimiter) for line in lines), np.int32, len(lines))
            if width > 1 and (counts == width - 1).all() and not _has_blank(text, delimiter, width - 1):
                if not text.endswith(("\n", "\r")):
                    text += "\n"
                if "\r" in text:
                    text = text.replace("\r\n", "\n").replace("\r", "\n")
                return Block(
                    _numbers(first, len(lines)), columns_of(text, width, delimiter, rows=len(lines)), len(lines)
                )
        elif (rows := _one_line_each(lines, delimiter)) and all(len(row) == width and any(row) for row in rows):
            return Block(_numbers(first, len(rows)), columns_of_rows(rows, width), len(lines))
    return _careful(lines, first, width, delimiter)


def _numbers(first: int, count: int) -> np.ndarray:
    return np.arange(first, first + count, dtype=np.int32)


def _one_line_each(lines: list[str], delimiter: str) -> list[list[str]]:
    """Return the rows of lines with quotation marks, or nothing where a row takes more than a line."""
    try:
        rows = list(csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return []
    return rows if len(rows) == len(lines) else []


def _has_strange(text: str) -> bool:
    """Say whether there are bytes that are no text, or our own signs."""
    if any(sign in text for sign in "\x1d\x1e\x1f"):
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _has_blank(text: str, delimiter: str, wanted: int) -> bool:
    blank = delimiter * wanted
    return f"\n{blank}\n" in text or f"\n{blank}\r" in text or f"\r{blank}\r" in text or text.startswith(blank + "\n")


def _careful(lines: list[str], first: int, width: int, delimiter: str) -> Block:
    rows, numbers, refused = [], [], []
    skipped: Counter[str] = Counter()
    is_strange = _has_strange("".join(lines))
    for line, raw, fault in _records(iter(lines), delimiter, width=width):
        cells = [cell.translate(_SIGNS) for cell in raw] if is_strange else raw
        if not any(cells) or not any(cell.strip() for cell in cells):
            skipped["blank"] += 1
        elif fault:
            refused.append(Refusal(first + line - 1, fault, _readable(cells)))
        elif is_strange and any("\udc80" <= char <= "\udcff" for char in "".join(cells)):
            refused.append(Refusal(first + line - 1, "not_text", _readable(cells)))
        elif (fit := fitted(cells, width)) is None:
            refused.append(Refusal(first + line - 1, "row_too_long", _readable(cells)))
        else:
            rows.append(fit)
            numbers.append(first + line - 1)
    return Block(np.array(numbers, np.int32), columns_of_rows(rows, width), len(lines), refused, skipped)


def _readable(cells: list[str]) -> tuple[str, ...]:
    return tuple(cell.encode("utf-8", "replace").decode() for cell in cells)


_SIGNS = {29: " ", 30: " ", 31: " ", 0: None, 26: None}


def _records(lines: Iterator[str], delimiter: str, *, width: int) -> Iterator[tuple[int, list[str], str]]:
    """Yield rows with the line they begin at (from 1) and a fault ("row_broken" where a quotation mark never closes).

    A quotation mark that opens a cell by mistake would swallow the lines below it: where every line of a row of several
    is a whole row by itself, they are taken as such, with their marks as they stand.
    """
    feed = _Feed(lines)
    reader = csv.reader(feed, delimiter=delimiter)
    while True:
        feed.begin()
        try:
            cells = next(reader)
        except StopIteration:
            if not feed.taken:
                return
            cells = []
        except (_TooLong, csv.Error):
            cells = []
        start = feed.line - len(feed.taken) + 1
        taken = feed.taken
        is_open = len(taken) > 1 and (not cells or _ends_open(taken, delimiter))
        if len(taken) > 1 and (is_open or _is_rows_in_a_row(taken, delimiter, width)):
            feed.push_back(taken[1:])
            reader = csv.reader(feed, delimiter=delimiter)
            cells = _bare(taken[0], delimiter)
            yield start, cells, "row_broken" if width and len(cells) != width else ""
        elif not cells and taken and taken[0].strip():
            reader = csv.reader(feed, delimiter=delimiter)
            yield start, _bare(taken[0], delimiter), ""
        else:
            yield start, cells, ""


class _TooLong(Exception):
    pass


class _Feed:
    """Lines, of which some can be given back; it knows which have been taken for the present row."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._back: list[str] = []
        self.taken: list[str] = []
        self.line = 0

    def begin(self) -> None:
        self.taken = []

    def push_back(self, lines: list[str]) -> None:
        self._back = lines + self._back
        self.line -= len(lines)

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= MOST_LINES:
            raise _TooLong
        line = self._back.pop(0) if self._back else next(self._lines)
        line = line.replace("\x00", "") if "\x00" in line else line
        self.line += 1
        self.taken.append(line)
        return line


def _bare(line: str, delimiter: str) -> list[str]:
    """Return the cells of one line whose quotation marks mean nothing."""
    return [cell.strip('"') if cell.count('"') in (1, 2) else cell for cell in line.rstrip("\r\n").split(delimiter)]


def _ends_open(lines: list[str], delimiter: str) -> bool:
    """Say whether a row was ended by the end of the file and not by a quotation mark."""
    try:
        list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error as fault:
        return "unexpected end" in str(fault)
    return False


def _is_rows_in_a_row(lines: list[str], delimiter: str, width: int) -> bool:
    expected = width or lines[0].count(delimiter) + 1
    return expected > 2 and all(line.count(delimiter) == expected - 1 for line in lines)
