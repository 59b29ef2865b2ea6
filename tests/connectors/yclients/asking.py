"""The client of the tests: does not wait where nobody watches; and the book that believes what is delivered."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from pyarrow import parquet

from tests.yclients_server import COMPANY, PARTNER, USER, Salon, Server
from vernis.connectors.yclients.client import Keys, Patience, YClients
from vernis.connectors.yclients.delivering import Delivered, deliver
from vernis.connectors.yclients.limits import Limits

if TYPE_CHECKING:
    from pathlib import Path

    from vernis.connectors.yclients.readings import Read

HURRIED = Patience(connect=2, silence=0.5, answer=2, attempts=3, first_pause=0.001, longest_pause=1)
TODAY = datetime.date(2026, 5, 12)


def connected(server: Server, patience: Patience = HURRIED) -> YClients:
    """Return a client that asks as often as it likes."""
    return YClients(server.host, Keys(PARTNER, USER), limits=Limits((10_000, 0.001)), patience=patience)


class Book:
    """What we know: rows of the tables by their refs, the later delivery wins."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.count = folder, 0
        self.appointments: dict[str, list[dict[str, Any]]] = {}
        self.clients: dict[str, dict[str, Any]] = {}
        self.services: dict[str, dict[str, Any]] = {}
        self.staff: dict[str, dict[str, Any]] = {}
        self.refused: list[dict[str, Any]] = []

    def take(self, read: Read, now: datetime.datetime) -> Delivered:
        """Write a reading as tables and believe them."""
        self.count += 1
        folder = self.folder / str(self.count)
        before = {ref: rows[0]["cancelled_at"] for ref, rows in self.appointments.items() if rows[0]["cancelled_at"]}
        delivered = deliver(
            read, folder, branch="Студия", country="RU", now=now, cancelled_before=before, gone=self.appointments
        )
        taken: dict[str, list[dict[str, Any]]] = {}
        for row in self.table(folder, "appointments"):
            taken.setdefault(row["ref"], []).append(row)
        self.appointments.update(taken)
        for name in ("clients", "services", "staff"):
            for row in self.table(folder, name):
                known = getattr(self, name).setdefault(row["ref"], {})
                known.update({key: value for key, value in row.items() if value is not None})
        self.refused = self.table(folder, "refused")
        return delivered

    def table(self, folder: Path, name: str) -> list[dict[str, Any]]:
        """Return the rows of a table."""
        path = folder / f"{name}.parquet"
        rows: list[dict[str, Any]] = parquet.read_table(path).to_pylist() if path.exists() else []
        return rows

    def known(self) -> set[int]:
        """Return the records that we believe in."""
        return {int(ref) for ref, rows in self.appointments.items() if rows[0]["status"] != "cancelled"}

    def said(self) -> dict[str, Any]:
        """Return all that matters of the records."""
        return {
            ref: (
                rows[0]["client_ref"],
                rows[0]["starts_at"],
                rows[0]["status"],
                [(row["service_ref"], row["amount"]) for row in rows],
            )
            for ref, rows in self.appointments.items()
        }


def true(salon: Salon) -> dict[str, Any]:
    """Return the same of the salon, read by other eyes than the program's."""
    nothing: list[tuple[Any, Any]] = [(None, None)]
    states = {1: "completed", -1: "no_show", 0: "booked", 2: "booked"}
    return {
        str(number): (
            str(one["client"]["id"]),
            datetime.datetime.fromisoformat(one["date"]),
            "cancelled" if one["deleted"] else states[one["attendance"]],
            [(str(service["id"]), service["cost"] * service["amount"] * 100) for service in one["services"]] or nothing,
        )
        for number, one in salon.records.items()
    }


__all__ = ["COMPANY", "HURRIED", "TODAY", "Book", "connected", "true"]
