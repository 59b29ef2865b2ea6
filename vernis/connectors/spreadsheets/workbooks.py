"""XLSX, XLS and ODS: cells as texts that say the same, whatever format they are shown in."""

from __future__ import annotations

import contextlib
import datetime
import zipfile
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import python_calamine

from vernis.connectors.spreadsheets.blocks import ROWS, Block, Refusal, columns_of_rows, fitted
from vernis.connectors.spreadsheets.opening import refusal
from vernis.connectors.spreadsheets.sources import Source

_SIGNS = {29: " ", 30: " ", 31: " ", 0: None}


@contextlib.contextmanager
def _understood(source: Source) -> Iterator[None]:
    """Say in words what the reader has against a file; it panics over some that are damaged."""
    try:
        yield
    except python_calamine.PasswordError:
        raise refusal("password", source.name) from None
    except (python_calamine.CalamineError, OSError, ValueError):
        raise refusal("broken", source.name) from None
    except BaseException as fault:
        if type(fault).__name__ != "PanicException":
            raise
        raise refusal("broken", source.name) from None


class Workbook:
    """A workbook that has been opened."""

    def __init__(self, source: Source, form: str) -> None:
        with _understood(source):
            self._book = python_calamine.CalamineWorkbook.from_path(source.path)
        self._source = source
        self.is_1904 = form == "xlsx" and _counts_from_1904(source)

    def names(self) -> list[str]:
        """Return the names of the sheets that can be seen."""
        seen = python_calamine.SheetVisibleEnum.Visible
        return [
            sheet.name
            for sheet in self._book.sheets_metadata
            if sheet.visible == seen and sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
        ]

    def sheet(self, name: str) -> Cells:
        """Return the cells of a sheet."""
        with _understood(self._source):
            return Cells(self._book.get_sheet_by_name(name))


class Cells:
    """The cells of one sheet, merged cells filled downwards."""

    def __init__(self, sheet: python_calamine.CalamineSheet) -> None:
        self._sheet = sheet
        self.first = (sheet.start or (0, 0))[0] + 1
        self.height = sheet.height
        self.width = sheet.width
        left = (sheet.start or (0, 0))[1]
        self._merged = {}
        for (top, start), (bottom, _end) in sheet.merged_cell_ranges or []:
            for row in range(top + 1, min(bottom, top + 10_000) + 1):
                self._merged[row + 1, start - left] = (top + 1, start - left)
        self._sources = dict.fromkeys(self._merged.values(), "")

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield every row with its number in the sheet."""
        for number, row in enumerate(self._sheet.iter_rows(), self.first):
            cells = [value if isinstance(value, str) else text_of(value) for value in row]
            if self._merged:
                self._fill(number, cells)
            yield number, cells

    def blocks(self, width: int, *, after: int) -> Iterator[tuple[Block, float]]:
        """Yield the rows below a row, each block with the share of the sheet that has been read."""
        rows: list[list[str]] = []
        numbers: list[int] = []
        refused: list[Refusal] = []
        skipped: Counter[str] = Counter()
        for number, raw in self.rows():
            if number <= after:
                continue
            cells = [cell.translate(_SIGNS) for cell in raw] if any(not one.isprintable() for one in raw) else raw
            if not any(cells) or not any(cell.strip() for cell in cells):
                skipped["blank"] += 1
            elif (fit := fitted(cells, width)) is None:
                refused.append(Refusal(number, "row_too_long", tuple(cells)))
            else:
                rows.append(fit)
                numbers.append(number)
            if len(rows) == ROWS:
                yield self._block(rows, numbers, width, refused, skipped), self._share(number)
                rows, numbers, refused, skipped = [], [], [], Counter()
        if rows or refused or skipped:
            yield self._block(rows, numbers, width, refused, skipped), 1.0

    @staticmethod
    def _block(
        rows: list[list[str]], numbers: list[int], width: int, refused: list[Refusal], skipped: Counter[str]
    ) -> Block:
        physical = len(rows) + len(refused) + sum(skipped.values())
        return Block(np.array(numbers, np.int32), columns_of_rows(rows, width), physical, refused, skipped)

    def _share(self, number: int) -> float:
        return min(1.0, (number - self.first + 1) / max(self.height, 1))

    def _fill(self, number: int, cells: list[str]) -> None:
        for column in range(len(cells)):
            if (number, column) in self._sources:
                self._sources[number, column] = cells[column]
            elif not cells[column] and (place := self._merged.get((number, column))):
                cells[column] = self._sources[place]


def text_of(value: Any) -> str:
    """Return a cell as text: dates as ISO, whole numbers without a point."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    return str(value)


def _counts_from_1904(source: Source) -> bool:
    try:
        with zipfile.ZipFile(source.path) as parcel, parcel.open("xl/workbook.xml") as part:
            head = part.read(1 << 16)
    except (KeyError, OSError, zipfile.BadZipFile):
        return False
    return b'date1904="1"' in head or b'date1904="true"' in head
