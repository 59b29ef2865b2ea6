"""The worklist as hand-written DuckDB SQL: the baseline the product is compared with."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

EPOCH = date(1970, 1, 1)
INSTANT = "instant"

COLUMNS: dict[str, dict[str, str]] = {
    "branches": {"branch_id": "VARCHAR", "timezone": "VARCHAR"},
    "clients": {"client_id": "VARCHAR", "birthday": "VARCHAR", "traits": "VARCHAR"},
    "services": {"service_id": "VARCHAR", "category": "VARCHAR", "interval_days": "INT"},
    "service_intervals": {
        "service_id": "VARCHAR",
        "category": "VARCHAR",
        "months": "VARCHAR",
        "trait": "VARCHAR",
        "trait_value": "VARCHAR",
        "interval_days": "INT",
    },
    "appointments": {
        "appointment_id": "VARCHAR",
        "client_id": "VARCHAR",
        "branch_id": "VARCHAR",
        "staff_id": "VARCHAR",
        "service_id": "VARCHAR",
        "created_at": INSTANT,
        "starts_at": INSTANT,
        "status": "VARCHAR",
        "cancelled_at": INSTANT,
        "amount": "DECIMAL(18, 2)",
    },
    "contacts": {
        "client_id": "VARCHAR",
        "block": "VARCHAR",
        "anchor": "VARCHAR",
        "made_at": INSTANT,
        "outcome": "VARCHAR",
        "next_on": "DATE",
    },
    "waitlist": {
        "entry_id": "VARCHAR",
        "client_id": "VARCHAR",
        "branch_id": "VARCHAR",
        "service_id": "VARCHAR",
        "created_at": INSTANT,
        "wanted_from": "DATE",
        "wanted_until": "DATE",
        "closed_on": "DATE",
    },
}

RESULT_FIELDS: list[tuple[str, pa.DataType]] = [
    ("block", pa.string()),
    ("rank", pa.int32()),
    ("client_id", pa.string()),
    ("anchor", pa.string()),
    ("branch_id", pa.string()),
    ("cycle_key", pa.string()),
    ("service_id", pa.string()),
    ("last_visit_on", pa.date32()),
    ("expected_on", pa.date32()),
    ("interval_days", pa.int32()),
    ("interval_source", pa.string()),
    ("due_on", pa.date32()),
    ("days_late", pa.int32()),
    ("also_due", pa.string()),
    ("visits_count", pa.int32()),
    ("is_new", pa.bool_()),
    ("is_lead", pa.bool_()),
    ("spent", pa.decimal128(18, 2)),
    ("usual_weekday", pa.int32()),
    ("usual_hour", pa.int32()),
    ("last_staff_id", pa.string()),
    ("attempts", pa.int32()),
    ("last_outcome", pa.string()),
]
RESULT = pa.schema(RESULT_FIELDS)


def worklist(folder: Path, as_of: date, threads: int = 2, memory: str | None = None) -> pa.Table:
    """Return the list of one day (the contract's columns and order of rows) over a folder of Parquet or CSV tables."""
    config: dict[str, Any] = {"threads": threads}
    if memory:
        config["memory_limit"] = memory
    with duckdb.connect(config=config) as con:
        for table in COLUMNS:
            prepare(con, folder, table)
        day = (as_of - EPOCH).days
        con.execute(f"SET VARIABLE d = {day}::INT")
        for name, moment in (("today", 0), ("tomorrow", 1), ("week_before", -7)):
            con.execute(f"SET VARIABLE {name} = TIMESTAMP '{as_of + timedelta(moment)}'")
        *steps, last = statements()
        for step in steps:
            con.execute(step).fetchall()
        result: pa.Table | None = con.sql(last).to_arrow_table()
        assert result is not None
        return result.cast(RESULT)


def statements() -> list[str]:
    """Return the statements of worklist.sql without comments."""
    text = (Path(__file__).parent / "worklist.sql").read_text()
    code = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("--"))
    return [statement for statement in code.split(";\n") if statement.strip()]


def prepare(con: duckdb.DuckDBPyConnection, folder: Path, table: str) -> None:
    """Give a table under its own name: every column there, in its type, instants as wall clock of the branch.

    An offset is resolved by DuckDB's own time zones (the ICU extension, built into the Python package). A view over
    Parquet, so that only what is asked for is read; CSV is read once into a temporary table. Appointments
    get `rn`, the number of the line, and amounts in cents, an empty one 0.
    """
    source, number = source_of(folder, table)
    kind = "VIEW" if source.startswith("read_parquet") else "TABLE"
    found = {name: type_ for name, type_, *_ in con.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}

    zoned = False
    columns = []
    for name, wanted in COLUMNS[table].items():
        if wanted == INSTANT:
            local, offset = instant(name, found.get(name))
            zoned = zoned or offset != "NULL"
            if table == "contacts":
                columns += [f"{local} AS {name}", f"{offset}::TIMESTAMPTZ AS {name}_tz"]
            elif offset == "NULL":
                columns.append(f"{local} AS {name}")
            else:
                columns.append(f"coalesce({local}, timezone(coalesce(zone, 'UTC'), {offset})) AS {name}")
        else:
            columns.append(f"{plain(name, wanted, found.get(name), table)} AS {name}")
    if table == "appointments":
        columns.append(f"{number} AS rn")
    if zoned and "branch_id" in found and table != "contacts":
        source += " t LEFT JOIN (SELECT branch_id AS zone_of, timezone AS zone FROM branches) ON zone_of = t.branch_id"
    elif zoned:
        source = f"(SELECT *, NULL::VARCHAR AS zone FROM {source})"
    con.execute(f"CREATE TEMP {kind} {table} AS SELECT {', '.join(columns)} FROM {source}").fetchall()


def source_of(folder: Path, table: str) -> tuple[str, str]:
    """Return what to read a table from, and the expression that numbers its lines."""
    parquet, csv = folder / f"{table}.parquet", folder / f"{table}.csv"
    if parquet.exists():
        numbered = "true" if table == "appointments" else "false"
        return f"read_parquet('{parquet}', file_row_number = {numbered})", "file_row_number::UINTEGER"
    if csv.exists():
        text = "all_varchar = true, header = true, delim = ',', quote = '\"'"
        return f"read_csv('{csv}', {text})", "(row_number() OVER ())::UINTEGER"
    if table == "appointments":
        raise FileNotFoundError(f"no appointments.parquet or appointments.csv in {folder}")
    return "(SELECT 1 AS nothing WHERE false)", "0"


def plain(name: str, wanted: str, found: str | None, table: str) -> str:
    """Return the expression of a column that is not an instant."""
    if name == "amount":
        if found is None:
            return "0::BIGINT"
        value = f"nullif({name}, '')" if found == "VARCHAR" else name
        return f"coalesce(({value}::{wanted} * 100)::BIGINT, 0)"
    if found is None:
        return "''" if table == "service_intervals" and wanted == "VARCHAR" else f"NULL::{wanted}"
    if table == "service_intervals" and wanted == "VARCHAR":
        return f"coalesce({name}::VARCHAR, '')"
    if wanted == "VARCHAR":
        return name if found == "VARCHAR" else f"{name}::VARCHAR"
    return f"nullif({name}, '')::{wanted}" if found == "VARCHAR" else f"{name}::{wanted}"


def instant(name: str, found: str | None) -> tuple[str, str]:
    """Return two expressions: the instant where it is local, and where it has an offset (each empty otherwise)."""
    if found is None:
        return "NULL::TIMESTAMP", "NULL"
    if found == "TIMESTAMP WITH TIME ZONE":
        return "NULL::TIMESTAMP", name
    if found == "VARCHAR":
        has_offset = f"regexp_matches({name}, '([Zz]|[+-]\\d\\d(:?\\d\\d)?)$') AND length({name}) > 10"
        return (
            f"CASE WHEN NOT ({has_offset}) THEN nullif({name}, '')::TIMESTAMP END",
            f"CASE WHEN {has_offset} THEN {name}::TIMESTAMPTZ END",
        )
    return (name if found == "TIMESTAMP" else f"{name}::TIMESTAMP"), "NULL"
