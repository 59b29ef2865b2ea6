"""Files in: one file a table, CSV or Parquet, with the columns of the contract and nothing silently repaired."""

import csv
import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from vernis.lib.texts import _
from vernis.warehouse.contracts import CONTRACTS, Column, Contract
from vernis.warehouse.errors import DataError, InputError

_LONGEST_RECORD = 1 << 20
"""Arrow reads CSV in blocks of so many bytes, and a record must fit into one."""

ROWS_PER_PIECE = 1 << 20
"""So many rows of a CSV file make a piece."""


class Source:
    """One table of the data set: a file, and its columns as they were written. Grain: one line of the file."""

    def __init__(self, contract: Contract, path: Path) -> None:
        """Open the file and check its header; raises InputError."""
        self.contract, self.path = contract, path
        self._read = _Parquet(path) if path.suffix == ".parquet" else _Csv(path, contract)
        names = self._read.names
        for name in names:
            if names.count(name) > 1:
                raise InputError(path, _("the column stands twice in the header"), line=1, column=name)
        for column in contract.columns:
            if column.is_required and column.name not in names:
                raise InputError(path, self._missing(names), line=1, column=column.name)
        known = {column.name for column in contract.columns}
        self.unknown_columns = tuple(name for name in names if name not in known)
        self._names = frozenset(names) & known

    def __len__(self) -> int:
        """Return how many lines the table has."""
        return self._read.count()

    def has(self, column: str) -> bool:
        """Tell whether the file has the column."""
        return column in self._names

    def column(self, name: str) -> pa.ChunkedArray:
        """Return a column as it stands in the file: text from CSV, any type from Parquet."""
        return self._read.column(name)

    def error(self, row: int, column: Column | str, problem: str) -> InputError:
        """Return the error for row `row` (from 0) of the table."""
        name = column if isinstance(column, str) else column.name
        return InputError(self.path, problem, line=self.line_of(row), column=name)

    def line_of(self, row: int) -> int:
        """Return the line of the file on which row `row` (from 0) begins."""
        return self._read.line_of(row)

    def values(self, row: int) -> tuple[object, ...]:
        """Return what stands in a row, for comparing two rows to the letter."""
        return tuple(self.column(name)[row].as_py() for name in sorted(self._names))

    def parts(self) -> list["Part"]:
        """Return the table in pieces that can be read apart: at least one."""
        return [Part(self, reader, begin) for reader, begin in self._read.parts() or [(self._read, 0)]]

    def _missing(self, names: tuple[str, ...]) -> str:
        if len(names) == 1 and any(mark in names[0] for mark in ";\t|"):
            return _("the required column is missing; columns must be separated by commas")
        return _("the required column is missing; the file has: {names}").format(names=", ".join(names))


class Part(Source):
    """A piece of a table; rows count from 0 at its beginning, errors name the line of the file."""

    def __init__(self, whole: Source, reader: "_Csv | _Parquet | _Rows | _RowGroup", begin: int) -> None:
        self.contract, self.path = whole.contract, whole.path
        self.unknown_columns, self._names = whole.unknown_columns, whole._names
        self._whole, self._part, self.begin = whole, reader, begin

    def __len__(self) -> int:
        return self._part.count()

    def column(self, name: str) -> pa.ChunkedArray:
        """Return a column of the piece."""
        return self._part.column(name)

    def line_of(self, row: int) -> int:
        """Return the line of the file on which row `row` (from 0) of the piece begins."""
        return self._whole.line_of(self.begin + row)


def open_sources(folder: Path) -> dict[str, Source]:
    """Open the tables of a data set, by their names; raises DataError."""
    if not folder.is_dir():
        raise DataError(_("{folder}: there is no such folder").format(folder=folder))
    sources = {}
    for contract in CONTRACTS.values():
        path = path_of(folder, contract.name)
        if path is not None:
            sources[contract.name] = Source(contract, path)
    if "appointments" not in sources:
        raise DataError(
            _("{folder}: appointments.csv or appointments.parquet is missing; only this table is required").format(
                folder=folder
            )
        )
    return sources


def path_of(folder: Path, table: str) -> Path | None:
    """Return the file of a table, None where there is none; raises DataError if there are two."""
    found = [path for path in (folder / f"{table}.csv", folder / f"{table}.parquet") if path.exists()]
    if len(found) > 1:
        raise DataError(_("{first} and {second}: keep one of the two").format(first=found[0], second=found[1]))
    return found[0] if found else None


class _Csv:
    """A CSV file: read whole, once."""

    def __init__(self, path: Path, contract: Contract) -> None:
        self._path = path
        try:
            header = self._records()
            self.names = tuple(next(header)[1])
        except StopIteration:
            raise InputError(path, _("the file is empty; the first line must name the columns"), line=1) from None
        except OSError as error:
            raise InputError(path, str(error.strerror)) from None
        self._wanted = [column.name for column in contract.columns if column.name in self.names]
        self._contract = contract
        self._table: pa.Table | None = None

    def count(self) -> int:
        return self._whole().num_rows

    def column(self, name: str) -> pa.ChunkedArray:
        return self._whole().column(name)

    def line_of(self, row: int) -> int:
        return next(itertools.islice(self._records(), row + 1, None))[0]

    def parts(self) -> list[tuple["_Rows", int]]:
        table = self._whole()
        return [
            (_Rows(table.slice(begin, ROWS_PER_PIECE)), begin) for begin in range(0, table.num_rows, ROWS_PER_PIECE)
        ]

    def _whole(self) -> pa.Table:
        if self._table is None:
            self._table = self._parse()
        return self._table

    def _parse(self) -> pa.Table:
        from pyarrow import csv as arrow_csv  # noqa: PLC0415 (not needed for Parquet)

        text = self._checked_text()
        try:
            table = arrow_csv.read_csv(
                self._path,
                parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
                convert_options=arrow_csv.ConvertOptions(
                    column_types=dict.fromkeys(self._wanted, pa.string()),
                    include_columns=self._wanted,
                    check_utf8=False,  # done
                ),
            )
        except pa.ArrowInvalid as error:
            if next(itertools.islice(self._records(), 1, None), None) is None:  # a header and no line
                return pa.table({name: pa.array([], pa.string()) for name in self._wanted})
            raise self._diagnosis() or InputError(self._path, str(error)) from None
        if _count(text, '"'):
            self._check_quotes(table, _count(text, "\n"))
        return table

    def _checked_text(self) -> pa.Array:
        """Return the whole file as one text, mapped and not copied; raises InputError where it is not UTF-8."""
        content = pa.memory_map(str(self._path)).read_buffer()
        ends = pa.array([0, content.size], pa.int64()).buffers()[1]
        whole = pa.Array.from_buffers(pa.large_binary(), 1, [None, ends, content])
        try:
            text = whole.cast(pa.large_string())
        except pa.ArrowInvalid:
            text = None
        if text is None or _count(text, "\0"):
            for _record in self._records():  # raises at the line
                pass
        return text

    def _check_quotes(self, table: pa.Table, line_ends: int) -> None:
        """Raise InputError where a quote that is not closed has swallowed the end of a line."""
        problem = _("the value runs over several lines; probably a quote is not closed")
        for name in self._wanted:
            for end in "\n\r":
                torn = pc.index(pc.match_substring(table.column(name), end), True).as_py()
                if torn >= 0:
                    raise InputError(self._path, problem, line=self.line_of(torn), column=name)
        if len(self._wanted) < len(self.names) and line_ends > table.num_rows + 1:
            for _record in self._records(is_strict=True):  # a column that is passed over may run over lines, if whole
                pass

    def _diagnosis(self) -> InputError | None:
        """Find the first line that cannot be read as CSV of so many columns."""
        for line, record in self._records():
            if len(record) != len(self.names):
                problem = _("{found} values where the header has {expected} columns").format(
                    found=len(record), expected=len(self.names)
                )
                return InputError(self._path, problem, line=line)
            if sum(map(len, record)) > _LONGEST_RECORD:
                problem = _("the value runs over several lines; probably a quote is not closed")
                return InputError(self._path, problem, line=line)
        return None

    def _records(self, *, is_strict: bool = False) -> Iterator[tuple[int, list[str]]]:
        """Yield every record with the line it begins on; blank lines are passed over.

        Raises InputError where the text is not UTF-8 and, if strict, where a quote is not closed.
        """
        csv.field_size_limit(1 << 30)
        with self._path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            reader = csv.reader(self._decoded(file), strict=is_strict)
            begins = 1
            while True:
                try:
                    record = next(reader)
                except StopIteration:
                    return
                except csv.Error:
                    problem = _("the value runs over several lines; probably a quote is not closed")
                    raise InputError(self._path, problem, line=begins) from None
                if record:
                    yield begins, record
                begins = reader.line_num + 1

    def _decoded(self, lines: Iterator[str]) -> Iterator[str]:
        """Pass on the lines of the file; raise at the first that is not UTF-8."""
        for number, line in enumerate(lines, start=1):
            if "\0" in line or not _is_text(line):
                raise InputError(
                    self._path,
                    _("this is not UTF-8{guess}; save the file as CSV UTF-8").format(guess=_guess(self._path)),
                    line=number,
                )
            yield line


class _Rows:
    """Some rows of a CSV file."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table

    def count(self) -> int:
        return int(self._table.num_rows)

    def column(self, name: str) -> pa.ChunkedArray:
        return self._table.column(name)


class _Parquet:
    """A Parquet file: columns are read when they are asked for."""

    def __init__(self, path: Path) -> None:
        from pyarrow import parquet  # noqa: PLC0415 (not needed for CSV)

        self._path = path
        try:
            self._bytes = pa.memory_map(str(path))
            file = parquet.ParquetFile(self._bytes)
        except (pa.ArrowException, OSError) as error:
            problem = _("this is not a Parquet file: {error}").format(error=str(error).split("\n")[0])
            raise InputError(path, problem) from None
        self.metadata, self._coded = file.metadata, _coded(file)
        self.names = tuple(file.schema_arrow.names)

    def count(self) -> int:
        return int(self.metadata.num_rows)

    def column(self, name: str) -> pa.ChunkedArray:
        return self.read(name)

    def parts(self) -> list[tuple["_RowGroup", int]]:
        groups = [_RowGroup(self, number) for number in range(self.metadata.num_row_groups)]
        begins = itertools.accumulate((group.count() for group in groups), initial=0)
        return list(zip(groups, begins, strict=False))

    def read(self, name: str, group: int | None = None) -> pa.ChunkedArray:
        """Return a column, of one row group or of all."""
        from pyarrow import parquet  # noqa: PLC0415

        try:  # a reader of its own: several threads on one reader can wait for each other forever
            reader = parquet.ParquetFile(self._bytes, metadata=self.metadata, read_dictionary=self._coded)
            if group is None:
                values = reader.read(columns=[name]).column(0)
            else:
                values = reader.read_row_group(group, columns=[name], use_threads=False).column(0)
        except (pa.ArrowException, OSError) as error:
            problem = _("the column cannot be read: {error}").format(error=str(error).split("\n")[0])
            raise InputError(self._path, problem, column=name) from None
        return values.cast(pa.large_string()) if pa.types.is_string_view(values.type) else values

    @staticmethod
    def line_of(row: int) -> int:
        return row + 1


class _RowGroup:
    """One row group of a Parquet file."""

    def __init__(self, file: _Parquet, number: int) -> None:
        self._file, self._number = file, number

    def count(self) -> int:
        return int(self._file.metadata.row_group(self._number).num_rows)

    def column(self, name: str) -> pa.ChunkedArray:
        return self._file.read(name, self._number)


def _coded(file: Any) -> list[str]:
    """Return the columns of text that the Parquet file keeps as dictionaries: they are read as such."""
    names = {field.name for field in file.schema_arrow if pa.types.is_string(field.type)}
    if file.metadata.num_row_groups == 0:
        return []
    group = file.metadata.row_group(0)
    columns = [group.column(place) for place in range(group.num_columns)]
    return [
        column.path_in_schema for column in columns if column.path_in_schema in names and column.has_dictionary_page
    ]


def _count(text: pa.Array, pattern: str) -> int:
    """Count a pattern in one long text."""
    return int(pc.count_substring(text, pattern)[0].as_py())


def _is_text(line: str) -> bool:
    """Tell whether a line has no bytes that could not be decoded (they stand in it as surrogates)."""
    try:
        line.encode()
    except UnicodeEncodeError:
        return False
    return True


def _guess(path: Path) -> str:
    """Name the encoding that the file seems to have, as part of a sentence."""
    head = path.read_bytes()[:65536]
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") or head.count(b"\0") > len(head) // 8:
        return _(" (it looks like UTF-16)")
    letters = sum(map(len, re.findall(rb"[\xC0-\xFF]{2,}", head)))  # in Western encodings they stand alone
    high = sum(byte >= 0x80 for byte in head)
    return _(" (it looks like Windows-1251)") if high and letters > high * 0.8 else ""
