"""What was staged, as short lines that a person can compare."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from vernis.connectors.spreadsheets import Mapping, Source, Staged, guess, read_files, stage
from vernis.connectors.tables import TABLES

TODAY = datetime.date(2026, 5, 12)


def staged(
    folder: Path, *files: tuple[str, bytes], country: str = "RU", answers: dict[str, str] | None = None, **more: Any
) -> tuple[Staged, Mapping]:
    """Write files into a folder, guess and stage them."""
    sources = []
    for number, (name, body) in enumerate(files):
        path = folder / f"upload-{number}"
        path.write_bytes(body)
        sources.append(Source(path, name))
    mapping = guess(read_files(sources), country=country, **more)
    for sheet in range(len(mapping.sheets)):
        for key, answer in (answers or {}).items():
            mapping = mapping.with_answer(sheet, key, answer)
    return stage(sources, mapping, into=folder / "out", country=country, today=TODAY), mapping


def rows(made: Staged, table: str) -> list[dict[str, Any]]:
    """Return the rows of a table, none where there is no such file."""
    path = made.folder / f"{table}.parquet"
    if not path.exists():
        return []
    found = pq.read_table(path)
    assert found.schema.names == TABLES[table].names
    return found.to_pylist()


def told(made: Staged) -> list[str]:
    """Return appointments, or where there are none clients, a line each."""
    return appointments(made) or [client(row) for row in sorted(rows(made, "clients"), key=place)]


def place(row: dict[str, Any]) -> tuple[int, int]:
    """Return where a row stood."""
    return row["file"], row["line"]


def appointments(made: Staged) -> list[str]:
    """Return appointments, a line each, in order of their days."""
    people = {row["ref"]: row for row in rows(made, "clients")}
    services = {row["ref"]: row["title"] for row in rows(made, "services")}
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows(made, "appointments"):
        found.setdefault(row["ref"], []).append(row)
    lines = []
    for same in sorted(found.values(), key=lambda same: (same[0]["starts_at"], place(same[0]))):
        one = same[0]
        who = people[one["client_ref"]]
        when = f"{one['starts_at']:%Y-%m-%d %H:%M}" if one["has_time"] else f"{one['starts_at']:%Y-%m-%d}"
        what = " + ".join(services.get(row["service_ref"], "-") for row in same)
        amounts = [row["amount"] for row in same if row["amount"] is not None]
        parts = [who["name"] or who["external_id"] or who["phone"], when, what, one["status"]]
        lines.append(", ".join([*parts, f"{sum(amounts) / 100:.2f}"] if amounts else parts))
    return lines


def client(row: dict[str, Any]) -> str:
    """Return what is known of a client."""
    parts = [row["name"], row["phone"], row["second_phone"], row["email"]]
    if row["birth_day"]:
        year = row["birth_year"] or "-"
        parts.append(f"{year}-{row['birth_month']:02}-{row['birth_day']:02}")
    parts += [row["gender"], f"{row['discount']}%" if row["discount"] is not None else None]
    parts.append({True: "no sms", False: "sms", None: None}[row["refuses_sms"]])
    return ", ".join(part for part in parts if part)
