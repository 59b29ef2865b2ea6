"""Small data sets as they lie in a folder: text or bytes by file name, and the list that comes of them."""

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import parquet

from vernis.warehouse import runs, snapshot

Files = dict[str, str | bytes]

DAY = date(2026, 5, 12)
APPOINTMENTS = [
    *["appointment_id", "client_id", "branch_id", "staff_id", "service_id", "created_at", "starts_at", "status"],
    *["cancelled_at", "amount"],
]
CONTACTS = ["client_id", "block", "anchor", "made_at", "outcome", "next_on", "staff_id"]
WAITLIST = [
    *["entry_id", "client_id", "branch_id", "service_id", "created_at", "wanted_from", "wanted_until", "closed_on"],
]


def table(columns: list[str], *rows: dict[str, str]) -> str:
    """Return a CSV file; cells that a row does not name are empty."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def visit(**cells: str) -> dict[str, str]:
    """Return a line of appointments: Anna's only visit, 40 days ago, so that she is 10 days overdue."""
    plain = {"appointment_id": "a1", "client_id": "anna", "service_id": "cut", "starts_at": "2026-04-02T10:00"}
    return {**plain, "status": "completed", "amount": "100", **cells}


def appointments(*rows: dict[str, str]) -> str:
    return table(APPOINTMENTS, *rows)


def contacts(*rows: dict[str, str]) -> str:
    plain = {"client_id": "anna", "block": "overdue", "anchor": "cut@2026-04-02", "made_at": "2026-05-11T12:00"}
    return table(CONTACTS, *({**plain, "outcome": "no_answer", **row} for row in rows))


def waitlist(*rows: dict[str, str]) -> str:
    return table(WAITLIST, *({"entry_id": "w1", "client_id": "anna", **row} for row in rows))


GOOD = appointments(visit())


def write_files(folder: Path, files: Files) -> Path:
    """Write the files into a new folder and return it; `appointments` is there in any case."""
    folder.mkdir()
    if not any(name.startswith("appointments.") for name in files):
        files = {"appointments.csv": GOOD, **files}
    for name, content in files.items():
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def as_parquet(columns: dict[str, Any], **options: Any) -> bytes:
    """Return a Parquet file with these columns."""
    sink = pa.BufferOutputStream()
    parquet.write_table(pa.table(columns), sink, **options)
    return sink.getvalue().to_pybytes()


def listed(data: Path, cache: Path, as_of: date = DAY) -> list[dict[str, Any]]:
    """Return the list of a day, from the files to its rows."""
    with snapshot.opened(data, cache) as prepared:
        return runs.worklist(prepared, as_of).table.to_pylist()
