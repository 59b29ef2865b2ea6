"""Tables that are in memory already, read by the same code as files."""

from pathlib import Path

import pyarrow as pa

from vernis.warehouse.contracts import CONTRACTS
from vernis.warehouse.reading import Source


class TableSource(Source):
    """One table of a data set that is no file; rows count from 1, as those of Parquet."""

    def __init__(self, name: str, table: pa.Table) -> None:
        self.contract, self.path = CONTRACTS[name], Path(f"{name}.parquet")
        self.unknown_columns = ()
        self._table = table
        self._names = frozenset(table.column_names)

    def __len__(self) -> int:
        """Return how many rows the table has."""
        return self._table.num_rows

    def column(self, name: str) -> pa.ChunkedArray:
        """Return a column as it stands in the table."""
        return self._table.column(name)

    def line_of(self, row: int) -> int:
        """Return the number of a row for people."""
        return row + 1
