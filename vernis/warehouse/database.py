"""The facts of one organization, from its database into the canonical tables (docs/data.md) as Parquet.

Works in a process of its own (`write_facts`): on SQLite because two copies of the library in one process undo each
other's file locks, and everywhere so that a million rows leave neither memory nor a held interpreter behind. Which
tables the database has is said by the caller, as queries.
"""

import contextlib
import filecmp
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from vernis.engine.history import DAY_US
from vernis.lib.days import EARLIEST, LATEST, number_of
from vernis.lib.texts import _
from vernis.warehouse.contracts import CONTRACTS, Kind
from vernis.warehouse.errors import DataError

BATCH_ROWS = 65_536
ROWS_PER_GROUP = 1 << 18
ID_DIGITS = 10
"""Numbers as identifiers are padded, so that their order as text is that of the numbers."""


class Query(NamedTuple):
    """What to ask for one table: SQL, and the names of its columns, each with `int` or `str` for SQLite's sake."""

    sql: str
    columns: dict[str, str]


class Database(NamedTuple):
    """Where the facts lie: the path of a SQLite file, or the URL of a PostgreSQL database."""

    address: str
    is_postgres: bool
    settings: dict[str, str] = {}  # noqa: RUF012 (of the PostgreSQL transaction)


def write_facts(database: Database, queries: Mapping[str, Query], folder: Path) -> dict[str, int]:
    """Write the tables into the folder; a table that has not changed keeps its file.

    `queries` has the tables of the contract, the lines of appointments as `lines`. All are read as of one moment.
    Returns how many rows each table has and, as `out_of_range`, how many appointments lie outside of the years that the
    rules know and were left out. Raises DataError.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    job = [database._asdict(), {name: query._asdict() for name, query in queries.items()}, str(folder)]
    done = subprocess.run(
        [sys.executable, "-m", "vernis.warehouse.database"],
        input=json.dumps(job).encode(),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip().splitlines() or [str(done.returncode)]
        raise DataError(_("The facts could not be read from the database: {reason}").format(reason=reason[-1]))
    counts: dict[str, int] = json.loads(done.stdout)
    return counts


def export(database: Database, queries: Mapping[str, Query], folder: Path) -> dict[str, int]:
    """Do the work of `write_facts` in this process."""
    counts = {}
    with _connected(database) as connection:
        read = {name: _read(connection, query, database.is_postgres) for name, query in queries.items()}
        lines = read.pop("lines")
    for name in list(read):
        table = canonical(name, read.pop(name))
        if name == "appointments":
            wanted = _in_range(table.column("starts_at"))
            counts["out_of_range"] = table.num_rows - int(pc.sum(wanted).as_py() or 0)
            table = _with_lines(table.filter(wanted), lines)
        counts[name] = table.num_rows
        _write(folder / f"{name}.parquet", table)
    return counts


def canonical(name: str, table: pa.Table) -> pa.Table:
    """Return a table of the database as the contract has it."""
    kinds = {column.name: column.kind for column in CONTRACTS[name].columns}
    return pa.table({name: _canonical(kinds.get(name), table.column(name)) for name in table.column_names})


def identifier(number: int | None) -> str:
    """Return a number of the database as an identifier, empty where there is none."""
    return "" if number is None else f"{number:0{ID_DIGITS}}"


def traits_text(traits: Any) -> str:
    """Return traits as the contract writes them; what could not be told apart there is left out."""
    pairs = traits.items() if isinstance(traits, dict) else ()
    written = ((str(trait).strip(), str(value).strip()) for trait, value in pairs if value is not None)
    return ";".join(sorted(f"{trait}={value}" for trait, value in written if _is_plain(trait, value)))


def is_in_range(day: Any) -> bool:
    """Tell whether a day lies in the years that the rules know."""
    return bool(EARLIEST <= day <= LATEST)


def _is_plain(trait: str, value: str) -> bool:
    return bool(trait and value) and ";" not in trait + value and "=" not in trait


def _canonical(kind: Kind | None, values: pa.ChunkedArray) -> Any:
    if kind is Kind.IDENTIFIER:
        return _identifiers(values) if pa.types.is_integer(values.type) else values
    if kind is Kind.INSTANT:
        return _moments(values)
    if kind is Kind.DAY:
        return _days(values)
    if kind is Kind.MONEY:
        return _money(values)
    if kind is Kind.TRAITS:
        return _mapped(values, lambda text: traits_text(json.loads(text or "{}")))
    if kind is Kind.DAYS_COUNT:
        return values.cast(pa.int32())
    return values


def _identifiers(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return numbers as identifiers; those that repeat as a dictionary."""
    if not values.num_chunks:
        return pa.chunked_array([pa.array([], pa.string())])
    coded = pc.dictionary_encode(values).unify_dictionaries().combine_chunks()
    coded = coded.chunk(0) if isinstance(coded, pa.ChunkedArray) else coded
    if len(coded.dictionary) > len(coded) // 4:
        return pa.chunked_array([_padded(values.combine_chunks())])
    return pa.chunked_array([pa.DictionaryArray.from_arrays(coded.indices, _padded(coded.dictionary))])


def _padded(numbers: pa.Array) -> pa.Array:
    return pc.utf8_lpad(numbers.cast(pa.string()), ID_DIGITS, "0")


def _moments(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return moments of UTC; SQLite has them as text."""
    if pa.types.is_string(values.type):
        values = values.cast(pa.timestamp("us"))
    values = values.cast(pa.timestamp("us", "UTC"))
    return pc.if_else(_in_range(values), values, pa.scalar(None, values.type))


def _in_range(moments: pa.ChunkedArray) -> pa.ChunkedArray:
    """Tell of moments whether they lie in the years that the rules know, in every zone; nulls do not."""
    numbers = moments.cast(pa.int64())
    first, last = number_of(EARLIEST) + 2, number_of(LATEST) - 2
    inside = pc.and_(pc.greater_equal(numbers, first * DAY_US), pc.less(numbers, last * DAY_US))
    return pc.fill_null(inside, False)


def _days(values: pa.ChunkedArray) -> pa.ChunkedArray:
    days = values.cast(pa.date32())
    inside = pc.and_(pc.greater_equal(days, EARLIEST), pc.less_equal(days, LATEST))
    return pc.if_else(pc.fill_null(inside, False), days, pa.scalar(None, pa.date32()))


def _money(hundredths: pa.ChunkedArray) -> pa.Array:
    """Return hundredths as decimals with two places."""
    numbers = hundredths.combine_chunks().to_numpy(zero_copy_only=False).astype(np.int64)
    words = np.empty((len(numbers), 2), np.int64)
    words[:, 0], words[:, 1] = numbers, numbers >> 63
    return pa.Array.from_buffers(pa.decimal128(18, 2), len(numbers), [None, pa.py_buffer(words.tobytes())])


def _mapped(values: pa.ChunkedArray, change: Any) -> pa.ChunkedArray:
    """Return texts changed, each distinct one once."""
    coded = pc.dictionary_encode(pc.fill_null(values, "")).combine_chunks()
    coded = coded.chunk(0) if isinstance(coded, pa.ChunkedArray) else coded
    changed = pa.array([change(text) for text in coded.dictionary.to_pylist()], pa.string())
    return pa.chunked_array([changed.take(coded.indices)])


def _with_lines(appointments: pa.Table, lines: pa.Table) -> pa.Table:
    """Return appointments line by line; one without lines is a line without a service."""
    appointments = appointments.combine_chunks()
    number = appointments.column("number").to_numpy()
    if (number[1:] <= number[:-1]).any():
        order = np.argsort(number)
        appointments, number = appointments.take(pa.array(order)), number[order]
    owner = lines.column("appointment").to_numpy()
    of_line = np.searchsorted(number, owner)
    known = of_line < len(number)
    known[known] = number[of_line[known]] == owner[known]
    if not known.all():
        lines, of_line = lines.filter(pa.array(known)), of_line[known]
    bare = np.flatnonzero(np.bincount(of_line, minlength=len(number)) == 0)
    rows = np.concatenate([of_line, bare])
    own = pa.array(np.arange(len(rows)), mask=np.arange(len(rows)) >= len(of_line))
    amounts = np.concatenate([lines.column("amount").to_numpy(), np.zeros(len(bare), np.int64)])
    columns = {
        name: appointments.column(name).take(pa.array(rows)) for name in appointments.column_names if name != "number"
    }
    columns |= {name: _identifiers(lines.column(name)).take(own) for name in ("service_id", "staff_id")}
    columns["line_id"] = lines.column("line_id").take(own)
    columns["amount"] = _money(pa.chunked_array([amounts]))
    return pa.table(columns)


def _write(path: Path, table: pa.Table) -> None:
    """Write a file, unless the same stands there already."""
    new = path.with_suffix(".new")
    parquet.write_table(
        table, new, compression="none", row_group_size=ROWS_PER_GROUP, write_statistics=False,
        use_dictionary=[field.name for field in table.schema if pa.types.is_dictionary(field.type)] + ["status"],
    )  # fmt: skip
    new.chmod(0o600)
    if path.exists() and filecmp.cmp(path, new, shallow=False):
        new.unlink()
    else:
        new.replace(path)


@contextlib.contextmanager
def _connected(database: Database) -> Iterator[Any]:
    """Connect for reading, in one transaction that sees one moment and changes nothing."""
    if database.is_postgres:
        from adbc_driver_postgresql import dbapi  # noqa: PLC0415

        with dbapi.connect(database.address) as connection, connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            for name, value in database.settings.items():
                cursor.execute("SELECT set_config($1, $2, true)", (name, value))
                cursor.fetchall()
            yield connection
            connection.rollback()
    else:
        from adbc_driver_sqlite import dbapi  # noqa: PLC0415

        with dbapi.connect(f"{Path(database.address).resolve().as_uri()}?mode=ro") as connection:
            yield connection
            connection.rollback()


def _read(connection: Any, query: Query, is_postgres: bool) -> pa.Table:
    """Return all rows of a query.

    ADBC guesses SQLite's types from the first rows, which may be empty there: so a row with a value in every column
    goes before them.
    """
    sql = query.sql
    if not is_postgres:
        example = ", ".join("0" if kind == "int" else "''" for kind in query.columns.values())
        sql = f"SELECT {example} UNION ALL {sql}"
    with connection.cursor() as cursor:
        if not is_postgres:
            cursor.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": str(BATCH_ROWS)})
        cursor.execute(sql)
        table = cursor.fetch_arrow_table().rename_columns(list(query.columns))
    return table if is_postgres else table.slice(1)


def main() -> None:
    """Read a job from standard input and say what was done on standard output."""
    database, queries, folder = json.load(sys.stdin)
    os.umask(0o077)
    asked = {name: Query(**query) for name, query in queries.items()}
    print(json.dumps(export(Database(**database), asked, Path(folder))))


if __name__ == "__main__":
    main()
