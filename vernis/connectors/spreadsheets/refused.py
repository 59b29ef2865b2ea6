"""Refused rows as a file that can be mended and brought back."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import IO

import pyarrow.parquet as pq

from vernis.connectors.reasons import sentence
from vernis.connectors.spreadsheets.mapping import Mapping, place_of
from vernis.lib.texts import _

_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def write_refused(folder: Path, mapping: Mapping, file: int, out: IO[bytes]) -> int:
    """Write the refused rows of one file (its number) as CSV for Excel; return how many there are.

    The headers are those of the file, with two more columns behind them: the line and why (in the chosen language).
    Brought back after mending, the file is read like the first one, and those columns are left out.
    """
    path = folder / "refused.parquet"
    if not path.exists():
        return 0
    sheets = [sheet for sheet in mapping.sheets if sheet.file == file]
    widest = max(sheets, key=lambda sheet: len(sheet.columns), default=None)
    headers = [column.header for column in widest.columns] if widest else []
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, delimiter=";")
    writer.writerow([*headers, _("Line"), _("Why it was not brought in")])
    count = 0
    for batch in pq.ParquetFile(path).iter_batches(2000):
        for row in batch.to_pylist():
            if row["file"] != file:
                continue
            cells = [*row["cells"], *[""] * len(headers)][: max(len(headers), len(row["cells"]))]
            why = sentence(row["reason"], value=row["value"] or "")
            if row["column"]:
                why = f"{row['column']}: {why}"
            writer.writerow([*map(_harmless, cells), _spoken(mapping, file, row["line"]), _harmless(why)])
            count += 1
    text.flush()
    text.detach()
    return count


def _spoken(mapping: Mapping, file: int, line: int) -> str:
    sheet, row = place_of(mapping, file, line)
    return f"{sheet}: {row}" if sheet and sum(one.file == file for one in mapping.sheets) > 1 else str(row)


def _harmless(cell: str) -> str:
    """Return a cell that no spreadsheet runs as a formula; phones and numbers stay as they are."""
    is_formula = cell.startswith(_FORMULAS) and not cell[1:].replace(" ", "").replace("-", "").strip("()").isdigit()
    return f"'{cell}" if is_formula and cell != "-" else cell
