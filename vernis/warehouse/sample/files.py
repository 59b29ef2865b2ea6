"""The sample's files: all of them appear, or none."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from vernis.warehouse.sample.columns import clock_text

Format = Literal["csv", "parquet"]
MARK: Final = ".vernis-sample"  # says that the folder holds a sample and may be written anew
TABLES: Final = (
    "branches", "clients", "services", "service_intervals", "staff", "appointments", "contacts", "waitlist",
)  # fmt: skip
_OURS: Final = {MARK} | {f"{table}.{ending}" for table in TABLES for ending in ("csv", "parquet")}
_ROW_GROUP: Final = 1 << 20


@contextmanager
def whole_or_nothing(folder: Path) -> Iterator[Path]:
    """Give a temporary folder beside `folder`; move its files in when the block ends without an error.

    Earlier sample files in `folder` are replaced or removed. Raises FileExistsError, before anything is done, where
    `folder` is a file or has anything in it that is not an earlier sample.
    """
    folder = folder.resolve()
    _refuse_others(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    workshop = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        fresh = workshop / "sample"
        fresh.mkdir()
        yield fresh
        _refuse_others(folder)
        folder.mkdir(exist_ok=True)
        made = sorted(path.name for path in fresh.iterdir())  # the mark comes first
        for name in made:
            (fresh / name).replace(folder / name)
        for name in sorted(_OURS.difference(made)):
            (folder / name).unlink(missing_ok=True)
    finally:
        shutil.rmtree(workshop)


def _refuse_others(folder: Path) -> None:
    if not folder.exists():
        return
    if not folder.is_dir():
        raise FileExistsError(f"{folder} is a file; the sample needs a folder of its own.")
    found = sorted(path.name for path in folder.iterdir())
    strange = [name for name in found if name not in _OURS]
    if strange:
        raise FileExistsError(f"{folder} contains {strange[0]}, which is not ours; choose an empty folder.")
    if found and MARK not in found:
        raise FileExistsError(f"{folder} contains {found[0]}, which is not of a sample; choose an empty folder.")


class TableFile:
    """One table, written piece by piece; a context manager."""

    def __init__(self, folder: Path, table: str, file_format: Format) -> None:
        self._path = folder / f"{table}.{file_format}"
        self._is_csv = file_format == "csv"
        # Only these have a comma inside a field, and pyarrow quotes all texts or none.
        self._quotes: Literal["needed", "none"] = "needed" if table == "service_intervals" else "none"
        self._writer: pa_csv.CSVWriter | pq.ParquetWriter | None = None

    def __enter__(self) -> "TableFile":
        return self

    def __exit__(self, *_: object) -> None:
        if self._writer is not None:
            self._writer.close()

    def write(self, piece: pa.Table) -> None:
        """Append rows; every piece has the same columns."""
        if self._is_csv:
            piece = _as_text(piece)
        if self._writer is None:
            self._writer = self._open(piece.schema)
        if isinstance(self._writer, pq.ParquetWriter):
            self._writer.write_table(piece, row_group_size=_ROW_GROUP)
        else:
            self._writer.write_table(piece)

    def _open(self, schema: pa.Schema) -> pa_csv.CSVWriter | pq.ParquetWriter:
        if self._is_csv:
            return pa_csv.CSVWriter(self._path, schema, write_options=pa_csv.WriteOptions(quoting_style=self._quotes))
        few: Any = [
            name for name in schema.names if name not in ("appointment_id", "client_id", "phone", "email", "anchor")
        ]
        return pq.ParquetWriter(
            self._path,
            schema,
            compression="zstd",
            compression_level=1,
            use_dictionary=few,
            write_statistics=True,
            store_decimal_as_integer=True,
        )


def _as_text(piece: pa.Table) -> pa.Table:
    columns = []
    for column in piece.columns:
        is_moment = pa.types.is_timestamp(column.type)
        whole = column.combine_chunks()
        columns.append(clock_text(whole) if is_moment else whole.cast(pa.string()))
    return pa.table(columns, names=piece.column_names)
