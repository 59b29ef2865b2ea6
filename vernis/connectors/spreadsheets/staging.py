"""Files and their mapping into Parquet tables, and the balance of every file."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from vernis.connectors.spreadsheets.mapping import Mapping
from vernis.connectors.spreadsheets.reading import Source


@dataclass(frozen=True)
class Balance:
    """Where every row of one file went: rows == staged + folded + refused + sum of skipped, always.

    `lines` are physical lines of a CSV (a row may take several) or rows of a workbook's sheets; `skipped`, `folded_by`
    and `refused_by` count by the keys of `connectors.reasons`.
    """

    file: int
    name: str
    bytes: int
    lines: int
    rows: int
    staged: int
    folded: int
    refused: int
    skipped: dict[str, int]
    folded_by: dict[str, int]
    refused_by: dict[str, int]


@dataclass(frozen=True)
class Staged:
    """What has been written: `tables` counts the rows of each Parquet file (see connectors.tables.TABLES)."""

    folder: Path
    balances: tuple[Balance, ...]
    tables: dict[str, int]


def stage(
    files: Sequence[Source],
    mapping: Mapping,
    *,
    into: Path,
    country: str,
    today: datetime.date,
    progress: Callable[[float], None] | None = None,
) -> Staged:
    """Read all files by the mapping and write `<table>.parquet` into a folder (made if need be, emptied of these).

    `progress` is told the share that is done, 0 to 1, a few times a second; what it raises stops the reading and leaves
    no table. Raises NotASpreadsheet, and NotMapped where the mapping is not enough or belongs to other files.
    """
    raise NotImplementedError
