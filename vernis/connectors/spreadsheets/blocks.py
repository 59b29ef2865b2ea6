"""Rows of a sheet in columns, a block at a time: what every reader gives, whatever it reads."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute
import pyarrow.csv

UNIT = "\x1f"  # between cells and rows while they go into columns; no text of a spreadsheet has them
RECORD = "\x1e"
BREAK = "\x1d"  # stands for a line break inside a cell
ROWS = 50_000


@dataclass(frozen=True)
class Refusal:
    """A row that cannot be read at all."""

    line: int
    reason: str
    cells: tuple[str, ...]


@dataclass
class Block:
    """Rows as texts: `columns` of equal length, `lines` where each row begins; and rows that are none.

    `physical` counts lines: a row of a CSV may take several.
    """

    lines: np.ndarray
    columns: list[pa.Array]
    physical: int
    refused: list[Refusal] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)

    def __len__(self) -> int:
        return len(self.lines)

    def row(self, number: int) -> list[str]:
        """Return the cells of one row."""
        return [column[number].as_py() for column in self.columns]


def columns_of(text: str, width: int, delimiter: str, *, rows: int) -> list[pa.Array]:
    """Return the columns of a text of rows that end with a line break and have no quotation marks."""
    if not rows:
        return [pa.array([], pa.string()) for _column in range(width)]
    raw = text.encode()
    names = [str(number) for number in range(width)]
    table = pyarrow.csv.read_csv(
        pa.BufferReader(raw),
        read_options=pyarrow.csv.ReadOptions(use_threads=False, block_size=len(raw) + 1, column_names=names),
        parse_options=pyarrow.csv.ParseOptions(
            delimiter=delimiter, quote_char=False, double_quote=False, ignore_empty_lines=False
        ),
        convert_options=pyarrow.csv.ConvertOptions(
            check_utf8=False, column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
        ),
    )
    assert len(table) == rows, (len(table), rows)
    columns = [column.combine_chunks() for column in table.columns]
    return [column if isinstance(column, pa.Array) else column.chunk(0) for column in columns]


def columns_of_rows(rows: list[list[str]], width: int) -> list[pa.Array]:
    """Return the columns of rows of equal width."""
    text = "".join([UNIT.join(row) + RECORD for row in rows])
    has_breaks = "\n" in text or "\r" in text
    if has_breaks:
        text = text.replace("\r\n", BREAK).replace("\n", BREAK).replace("\r", BREAK)
    columns = columns_of(text.replace(RECORD, "\n"), width, UNIT, rows=len(rows))
    if has_breaks:
        columns = [pa.compute.replace_substring(column, BREAK, "\n") for column in columns]
    return columns


def fitted(cells: list[str], width: int) -> list[str] | None:
    """Return a row as wide as the header; None where it has more that says something."""
    if len(cells) < width:
        return cells + [""] * (width - len(cells))
    return cells[:width] if not any(cell.strip() for cell in cells[width:]) else None
