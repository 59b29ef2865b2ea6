"""What is in the files, before anybody says what it means."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from vernis.connectors.spreadsheets import words
from vernis.connectors.spreadsheets.blocks import Block
from vernis.connectors.spreadsheets.csvs import Text
from vernis.connectors.spreadsheets.layout import Layout, layout_of
from vernis.connectors.spreadsheets.mapping import ROWS_OF_SHEETS
from vernis.connectors.spreadsheets.opening import form_of, refusal
from vernis.connectors.spreadsheets.sources import Source
from vernis.connectors.spreadsheets.workbooks import Cells, Workbook

HEAD = 240
SAMPLES = 200

__all__ = ["Opened", "Sheet", "Source", "opened", "read_files"]


@dataclass(frozen=True)
class Sheet:
    """One sheet of one file, as far as it must be known to guess.

    `headers` are the names of the columns (a header of two rows or merged cells joined, duplicates numbered, "#3" where
    there is none), `samples` rows below as texts: the first ones, and some from further down. `first_line` is the line
    of the first row below the header.
    """

    file: int
    name: str  # of the sheet; "" in a CSV
    file_name: str
    form: str  # csv, xlsx, xlsb, xls, ods
    headers: tuple[str, ...]
    first_line: int
    samples: tuple[tuple[str, ...], ...]
    number: int = 0  # of the sheet among those of its file that can be seen
    encoding: str = ""
    delimiter: str = ""

    @property
    def fingerprint(self) -> str:
        """The same for the same headers in the same order, whatever the file is called."""
        return fingerprint_of(self.headers)


def fingerprint_of(headers: Sequence[str]) -> str:
    """Return what headers are remembered by."""
    return hashlib.sha256("\x1f".join(words.folded(header) for header in headers).encode()).hexdigest()[:32]


class Opened:
    """A sheet that can be read as often as needed."""

    def __init__(
        self, name: str, number: int, body: Text | Cells, layout: Layout, rows: list[list[str]], *, is_1904: bool
    ) -> None:
        self.name = name
        self.number = number
        self.layout = layout
        self.is_1904 = is_1904
        self.samples = rows
        self._body = body

    @property
    def is_machine(self) -> bool:
        """Say whether numbers were numbers in the file, and not text."""
        return isinstance(self._body, Cells)

    def blocks(self) -> Iterator[tuple[Block, float]]:
        """Yield the rows of the table; lines of the second sheet of a workbook lie above ROWS_OF_SHEETS, and so on."""
        before = self.number * ROWS_OF_SHEETS
        for block, share in self._body.blocks(len(self.layout.headers), after=self.layout.after):
            if before:
                block.lines = block.lines + np.int32(before)
                block.refused = [dataclasses.replace(one, line=one.line + before) for one in block.refused]
            yield block, share


def opened(source: Source) -> tuple[str, list[Opened], Text | None]:
    """Return the form of a file and its sheets that have something in them. Raises NotASpreadsheet."""
    form = form_of(source)
    if form == "csv":
        text = Text(source.path)
        head = text.head(HEAD)
        layout = layout_of(head)
        if layout is None:
            raise refusal("empty", source.name)
        samples = [cells for line, cells in head if line > layout.after] + text.pieces()
        return form, [Opened("", 0, text, layout, samples, is_1904=False)], text
    book = Workbook(source, form)
    found = []
    for number, name in enumerate(book.names()):
        cells = book.sheet(name)
        head = []
        samples = []
        step = max(1, cells.height // HEAD)
        for line, row in cells.rows():
            if len(head) < HEAD:
                head.append((line, row))
            elif line % step == 0:
                samples.append(row)
        if head and (layout := layout_of(head)):
            rows = [row for line, row in head if line > layout.after] + samples
            found.append(Opened(name, number, cells, layout, rows, is_1904=book.is_1904))
    if not found:
        raise refusal("empty", source.name)
    return form, found, None


def read_files(files: Sequence[Source]) -> tuple[Sheet, ...]:
    """Return the sheets of all files that have rows, in order.

    Raises NotASpreadsheet for a file that is none: empty, protected by a password, HTML, a bomb, of another kind.
    """
    found: list[Sheet] = []
    for number, source in enumerate(files):
        form, sheets, text = opened(source)
        ready = [_sheet(number, source, form, sheet, text) for sheet in sheets if _has_rows(sheet)]
        if not ready:
            raise refusal("no_rows", source.name)
        found += ready
    return tuple(found)


def _has_rows(sheet: Opened) -> bool:
    return any(cell.strip() for row in sheet.samples for cell in row)


def _sheet(number: int, source: Source, form: str, sheet: Opened, text: Text | None) -> Sheet:
    width = len(sheet.layout.headers)
    rows = [row for row in sheet.samples if any(cell.strip() for cell in row)]
    kept = rows[:SAMPLES] + [row for row in rows[SAMPLES:] if len(row) >= width][: 10 * SAMPLES : 4]
    return Sheet(
        file=number,
        name=sheet.name,
        file_name=source.name,
        form=form,
        headers=sheet.layout.headers,
        first_line=sheet.layout.after + 1,
        samples=tuple(tuple([*row, *[""] * width][:width]) for row in kept),
        number=sheet.number,
        encoding=text.encoding if text else "",
        delimiter=text.delimiter if text else "",
    )
