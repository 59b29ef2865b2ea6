"""Tables as a connector writes them, for the tests of the room."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from vernis.connectors.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

AT = datetime.datetime(2026, 5, 12, 12, 0)


class Told:
    """What a source says; `write` puts it into a folder."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = {table: [] for table in TABLES}

    def client(self, ref: str, name: str | None = None, **facts: Any) -> Told:
        """Say something of a client."""
        return self._add("clients", ref=ref, name=name, **facts)

    def service(self, ref: str, title: str | None = None, **facts: Any) -> Told:
        """Say something of a service."""
        return self._add("services", ref=ref, title=title, **facts)

    def staff(self, ref: str, name: str | None = None) -> Told:
        """Say something of one who serves."""
        return self._add("staff", ref=ref, name=name)

    def visit(
        self, ref: str, client_ref: str, starts_at: datetime.datetime, status: str = "completed", **facts: Any
    ) -> Told:
        """Say something of an appointment; again with the same ref: another service of it."""
        facts = {"has_time": True, **facts}
        return self._add("appointments", ref=ref, client_ref=client_ref, starts_at=starts_at, status=status, **facts)

    def _add(self, table: str, **facts: Any) -> Told:
        line = sum(map(len, self.rows.values())) + 2
        self.rows[table].append({"file": 0, "line": line, **facts})
        return self

    def write(self, folder: Path) -> Path:
        """Write a file per table that has rows."""
        folder.mkdir(parents=True, exist_ok=True)
        for table, rows in self.rows.items():
            if rows:
                pq.write_table(pa.Table.from_pylist(rows, schema=TABLES[table]), folder / f"{table}.parquet")
        return folder


def history(clients: int, visits: int) -> Told:
    """Return a history: so many clients with so many visits each, two services, two masters."""
    told = Told()
    for number in range(2):
        told.service(f"s{number}", f"Услуга {number}", external_id=f"s{number}", category="Волосы")
        told.staff(f"m{number}", f"Мастер {number}")
    for number in range(clients):
        phone = f"+7916{number:07d}"
        told.client(f"c{number}", f"Клиент {_word(number)}", external_id=f"c{number}", phone=phone)
    for number in range(clients):
        for visit in range(visits):
            at = AT - datetime.timedelta(days=30 * visit + number % 20 + 1)
            facts: dict[str, Any] = {"staff_ref": f"m{visit % 2}", "amount": 100_000, "minutes": 60}
            told.visit(f"v{number}-{visit}", f"c{number}", at, service_ref="s0", **facts)
            if not number % 3:
                told.visit(f"v{number}-{visit}", f"c{number}", at, service_ref="s1", **facts)
    return told


def _word(number: int) -> str:
    letters = "абвгдежзик"
    return "".join(letters[int(digit)] for digit in str(number))


def names_of(table: Sequence[Any]) -> list[str]:
    """Return names, in order."""
    return sorted(row.name for row in table)
