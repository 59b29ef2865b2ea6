"""Facts on their way to the rules: of everybody as tables in a folder, of one client straight from the database."""

from __future__ import annotations

import datetime
import hashlib
import json
import shutil
import urllib.parse
from typing import TYPE_CHECKING

import pyarrow as pa
from django.conf import settings
from django.db import connection
from pyarrow import parquet

from vernis.accounts.models import Branch, Organization
from vernis.accounts.tenancy import SETTING
from vernis.book.models import Appointment, Client, Contact, Service, ServiceInterval, WaitlistEntry
from vernis.book.queries import merges
from vernis.book.queries.facts import queries, queries_of_check, queries_of_then
from vernis.warehouse.database import Database, identifier, traits_text, write_facts
from vernis.warehouse.histories import (
    AppointmentRow,
    ClientRow,
    ContactRow,
    EntryRow,
    Ground,
    SmallTables,
    Told,
    ground_of,
    history_of,
)

if TYPE_CHECKING:
    from pathlib import Path


KEPT_THEN = 4
"""So many past states of who stood for whom are kept prepared."""


def home_of(organization_id: int) -> Path:
    """Return the folder of an organization's facts, readable by nobody else."""
    home: Path = settings.HOME / "facts" / str(organization_id)
    for folder in (home.parent, home):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return home


def folder_of(organization_id: int) -> Path:
    """Return the folder of the tables."""
    return home_of(organization_id) / "tables"


def write(organization_id: int) -> dict[str, int]:
    """Write everything the rules may know of an organization; returns counts. Raises DataError.

    Reads what is committed, on a connection of its own.
    """
    counts = write_facts(_database(organization_id), queries(organization_id), folder_of(organization_id))
    (home_of(organization_id) / "written").touch(mode=0o600)
    return counts


def written_then(organization: Organization, day: datetime.date) -> Path | None:
    """Return a folder with the tables as cards stood for each other at the end of a day, written if need be.

    None where they stand for each other as they do now: then the usual tables are right. Raises DataError.
    """
    owners = merges.owners_on(organization, day)
    if owners == merges.survivors(organization):
        return None
    cards = merges.cards_on(organization, day)
    key = hashlib.sha256(json.dumps([sorted(owners.items()), cards], sort_keys=True).encode()).hexdigest()[:16]
    home = home_of(organization.pk) / "then"
    folder, mark = home / key, home / key / "written"
    written = written_at(organization.pk)
    if not mark.exists() or (written and mark.stat().st_mtime < written.timestamp()):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_facts(_database(organization.pk), queries_of_then(organization.pk, owners), folder / "tables")
        _put_back(folder / "tables" / "clients.parquet", cards)
        mark.touch(mode=0o600)
        old = sorted(home.iterdir(), key=lambda one: one.stat().st_mtime)[:-KEPT_THEN]
        for one in old:
            shutil.rmtree(one, ignore_errors=True)
    return folder / "tables"


def _put_back(path: Path, cards: dict[int, tuple[str, str]]) -> None:
    """Give cards the birthday and the traits that they had then."""
    if not cards:
        return
    table = parquet.read_table(path)
    ids = table.column("client_id").cast(pa.string()).to_pylist()
    for place, name in enumerate(("birthday", "traits")):
        then = {identifier(pk): values[place] for pk, values in cards.items()}
        now = table.column(name).cast(pa.string()).to_pylist()
        values = pa.array([then.get(pk, value) for pk, value in zip(ids, now, strict=True)], pa.string())
        table = table.set_column(table.column_names.index(name), name, values)
    parquet.write_table(table, path)


def write_for_check(organization_id: int, folder: Path) -> None:
    """Write what the checks of the data look at, names and phones included; the caller deletes the folder."""
    write_facts(_database(organization_id), queries_of_check(organization_id), folder)


def written_at(organization_id: int) -> datetime.datetime | None:
    """Return when the tables were last written, None if never."""
    try:
        seconds = (home_of(organization_id) / "written").stat().st_mtime
    except FileNotFoundError:
        return None
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC)


def small_tables(organization: Organization) -> SmallTables:
    """Return the rows on which the ground depends; three queries."""
    branches = Branch.objects.of(organization).order_by("pk").values_list("pk", "timezone")
    services = Service.objects.of(organization).order_by("pk").values_list("pk", "category", "interval_days")
    intervals = (
        ServiceInterval.objects.of(organization)
        .order_by("pk")
        .values_list("service_id", "category", "months", "trait", "trait_value", "interval_days")
    )
    return SmallTables((*branches, (0, organization.timezone)), tuple(services), tuple(intervals))


def ground(organization: Organization) -> Ground:
    """Return what all clients of an organization share; raises DataError where it cannot be used."""
    return ground_of(small_tables(organization))


def of_client(client: Client, ground: Ground) -> Told:
    """Return the history of one client; four queries."""
    card = ClientRow(client.birth_month, client.birth_day, traits_text(client.traits).split(";"))
    appointments = Appointment.objects.filter(client=client).values_list(
        "pk", "branch_id", "created_at", "starts_at", "status", "cancelled_at",
        "lines__service_id", "lines__staff_id", "lines__amount",
    )  # fmt: skip
    contacts = Contact.objects.filter(client=client, undone_at=None).values_list(
        "block", "anchor", "made_at", "outcome", "next_on"
    )
    erased = [ContactRow("lapsed", "erased", client.created_at, "do_not_call", None)] if client.erased_at else []
    entries = WaitlistEntry.objects.filter(client=client).values_list(
        "pk", "branch_id", "service_id", "created_at", "wanted_from", "wanted_until", "closed_on"
    )
    return history_of(
        ground,
        card,
        map(AppointmentRow._make, appointments.order_by()),
        [*map(ContactRow._make, contacts.order_by()), *erased],
        map(EntryRow._make, entries.order_by()),
    )


def _database(organization_id: int) -> Database:
    at = connection.settings_dict
    if connection.vendor != "postgresql":
        return Database(str(at["NAME"]), is_postgres=False)
    user, password = (urllib.parse.quote(str(at[key] or ""), safe="") for key in ("USER", "PASSWORD"))
    name = urllib.parse.quote(str(at["NAME"]), safe="")
    query = {"host": at["HOST"], "port": at["PORT"], **(at.get("OPTIONS") or {})}
    options = {key: str(value) for key, value in query.items() if isinstance(value, str | int) and value != ""}
    login = f"{user}:{password}@" if password else f"{user}@" if user else ""
    url = f"postgresql://{login}/{name}?{urllib.parse.urlencode(options)}"
    return Database(url, is_postgres=True, settings={SETTING: str(organization_id)})
