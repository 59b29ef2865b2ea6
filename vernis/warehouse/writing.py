"""The list as CSV, JSON and Parquet, exactly as the contract of the command has it."""

import json
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc


def write_csv(table: pa.Table, file: IO[bytes]) -> None:
    """Write a table as CSV: UTF-8, a header, commas, LF; quotes only where they are needed, empty where null."""
    file.write((",".join(table.column_names) + "\n").encode())
    for batch in table.to_batches(max_chunksize=65536):
        lines = pc.binary_join_element_wise(
            *(_csv(column) for column in batch.columns), ",", null_handling="replace", null_replacement=""
        )
        file.write("\n".join([*lines.to_pylist(), ""]).encode())


def write_json(table: pa.Table, file: IO[bytes]) -> None:
    """Write a table as a JSON array, an object a line; money with two decimals, days as text, null where empty."""
    texts = [
        [_json(value, pa.types.is_decimal(field.type)) for value in _plain(table, field)] for field in table.schema
    ]
    names = [json.dumps(name) for name in table.column_names]
    file.write(b"[")
    for number, row in enumerate(zip(*texts, strict=True)):
        members = ", ".join(f"{name}: {text}" for name, text in zip(names, row, strict=True))
        file.write(f"{',' if number else ''}\n{{{members}}}".encode())
    file.write(b"\n]\n")


def write_parquet(table: pa.Table, file: IO[bytes]) -> None:
    """Write a table as Parquet."""
    from pyarrow import parquet  # noqa: PLC0415

    parquet.write_table(table, file, compression="zstd")


WRITERS = {"csv": write_csv, "json": write_json, "parquet": write_parquet}


def _csv(column: pa.Array) -> pa.Array:
    """Return a column as text, quoted where it must be (RFC 4180)."""
    if not pa.types.is_string(column.type):
        return pc.cast(column, pa.string())
    needs_quotes = pc.match_substring_regex(column, '[",\r\n]')
    if not pc.any(needs_quotes).as_py():
        return column
    doubled = pc.replace_substring(column, '"', '""')
    return pc.if_else(needs_quotes, pc.binary_join_element_wise('"', doubled, '"', ""), column)


def _plain(table: pa.Table, field: pa.Field) -> list[Any]:
    column = table.column(field.name)
    if pa.types.is_date(field.type) or pa.types.is_decimal(field.type):
        column = pc.cast(column, pa.string())
    return column.to_pylist()


def _json(value: Any, is_number: bool) -> str:
    return str(value) if is_number and value is not None else json.dumps(value, ensure_ascii=False)
