"""The floor under every engine: read and really decode the columns of `appointments` that the list needs."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bench.worklist_sql import COLUMNS

NEEDED = list(COLUMNS["appointments"])


class Scan(NamedTuple):
    """Seconds of the faster way, and which it was."""

    seconds: float
    way: str


def scan(folder: Path, threads: int = 2) -> Scan:
    """Read the needed columns of appointments.parquet with pyarrow and with DuckDB; return the faster.

    Every value is decoded: pyarrow materialises each row group, DuckDB hashes each value (`count` or `min` of a bare
    column would be answered from the statistics of the file and is no scan).
    """
    path = folder / "appointments.parquet"
    ways: dict[str, Callable[[Path, int], None]] = {"pyarrow": with_pyarrow, "DuckDB": with_duckdb}
    return min(Scan(timed(way, path, threads), name) for name, way in ways.items())


def timed(way: Callable[[Path, int], None], path: Path, threads: int) -> float:
    start = time.perf_counter()
    way(path, threads)
    return time.perf_counter() - start


def with_pyarrow(path: Path, threads: int) -> None:
    """Decode a row group at a time; touching is a count of nulls computed from the decoded arrays."""
    pa.set_cpu_count(threads)
    file = pq.ParquetFile(path)
    columns = [name for name in NEEDED if name in file.schema_arrow.names]
    for group in range(file.num_row_groups):
        table = file.read_row_group(group, columns=columns, use_threads=True)
        for column in table.columns:
            values = pc.binary_length(column) if pa.types.is_string(column.type) else column
            pc.count(values, mode="only_valid")


def with_duckdb(path: Path, threads: int) -> None:
    """Hash every value of every column."""
    with duckdb.connect(config={"threads": threads}) as con:
        columns = [name for name in pq.read_schema(path).names if name in NEEDED]
        sums = ", ".join(f"bit_xor(hash({column}))" for column in columns)
        con.execute(f"SELECT {sums} FROM read_parquet('{path}')").fetchall()
