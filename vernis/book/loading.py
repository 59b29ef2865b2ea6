"""Canonical tables (docs/data.md) from a folder into the database, in bulk: for the demonstration and for measuring.

It is no import for daily use: it only adds, believes the folder, and asks nobody. Identifiers of the folder become
`external_id`; anchors of contacts are rewritten to the numbers that the rows get here.
"""

from __future__ import annotations

import json
import re
import uuid
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection, models, transaction

from vernis.accounts.models import Branch
from vernis.accounts.tenancy import scoped_to
from vernis.book import terms
from vernis.book.models import (
    Appointment,
    AppointmentLine,
    Client,
    Contact,
    SearchTerm,
    Service,
    ServiceInterval,
    Staff,
    WaitlistEntry,
)
from vernis.engine.history import BLOCKS, NONE, OUTCOMES, STATUSES
from vernis.lib import phones
from vernis.warehouse import values
from vernis.warehouse.database import identifier
from vernis.warehouse.progress import Progress, no_progress
from vernis.warehouse.reading import Source, open_sources
from vernis.warehouse.zones import offsets_of

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from vernis.accounts.models import Organization

ROWS_AT_ONCE = 20_000
BY_APPOINTMENT = ("missed", "follow_up", "rebooked")


class Loaded(NamedTuple):
    """What the rows have become: per identifier of the folder the number in the database."""

    branches: Mapping[str, int]
    staff: Mapping[str, int]
    services: Mapping[str, int]
    clients: Mapping[str, int]
    appointments: int


def load_folder(
    *, organization: Organization, folder: Path, now: datetime.datetime, progress: Progress = no_progress
) -> Loaded:
    """Add everything of the folder to an organization, in one transaction; raises DataError."""
    sources = open_sources(folder)
    with scoped_to(organization.pk), transaction.atomic():
        return _Loading(organization, sources, now, progress).load()


class _Loading:
    def __init__(
        self, organization: Organization, sources: dict[str, Source], now: datetime.datetime, progress: Progress
    ) -> None:
        self._organization, self._sources, self._now, self._progress = organization, sources, now, progress
        self._branches: dict[str, int] = {}
        self._zones: dict[str, ZoneInfo] = {}
        self._staff: dict[str, int] = {}
        self._services: dict[str, int] = {}

    def load(self) -> Loaded:
        self._small_tables()
        self._progress("load", 1, 5)
        clients = self._clients()
        self._progress("load", 2, 5)
        appointments = self._appointments(clients)
        self._progress("load", 3, 5)
        entries = self._waitlist(clients)
        self._contacts(clients, appointments, entries)
        self._progress("load", 5, 5)
        return Loaded(self._branches, self._staff, self._services, clients, len(appointments))

    def _texts(self, table: str, name: str) -> list[str]:
        return values.texts(self._sources[table], name).to_pylist()

    def _small_tables(self) -> None:
        of = {"organization": self._organization}
        if "branches" in self._sources:
            names = self._texts("branches", "name")
            for branch_id, name, zone in zip(
                self._texts("branches", "branch_id"), names, self._texts("branches", "timezone"), strict=True
            ):
                branch = Branch.objects.create(
                    **of, name=name or branch_id, timezone=zone, country=self._organization.country,
                    currency=self._organization.currency,
                )  # fmt: skip
                self._branches[branch_id], self._zones[branch_id] = branch.pk, ZoneInfo(zone)
        if "services" in self._sources:
            columns = [self._texts("services", name) for name in ("service_id", "title", "category")]
            days = values.counts_of_days(self._sources["services"], "interval_days").tolist()
            for service_id, title, category, interval in zip(*columns, days, strict=True):
                service = Service.objects.create(
                    **of, title=title or service_id, category=category, external_id=service_id,
                    interval_days=None if interval == NONE else interval,
                )  # fmt: skip
                self._services[service_id] = service.pk
        if "service_intervals" in self._sources:
            texts = [self._texts("service_intervals", name) for name in ("service_id", "category", "months")]
            texts += [self._texts("service_intervals", name) for name in ("trait", "trait_value")]
            days = values.counts_of_days(self._sources["service_intervals"], "interval_days").tolist()
            rows = zip(*texts, days, strict=True)
            ServiceInterval.objects.bulk_create(
                ServiceInterval(
                    **of, service_id=self._services[service] if service else None, category=category, months=months,
                    trait=trait, trait_value=value, interval_days=interval,
                )
                for service, category, months, trait, value, interval in rows
            )  # fmt: skip
        if "staff" in self._sources:
            for staff_id, name in zip(self._texts("staff", "staff_id"), self._texts("staff", "name"), strict=True):
                person = Staff.objects.create(**of, name=name or staff_id, external_id=staff_id)
                self._staff[staff_id] = person.pk

    def _clients(self) -> dict[str, int]:
        source = self._sources.get("clients")
        mentioned = [
            values.codes(self._sources[table], "client_id").texts for table in self._sources if table in WITH_CLIENTS
        ]
        ids = pc.unique(pa.concat_arrays([texts.cast(pa.string()) for texts in mentioned])).to_pylist()
        numbers = dict(zip(ids, _numbers(Client, len(ids)), strict=True))
        cards: dict[str, tuple[str, ...]] = {}
        if source is not None:
            columns = [self._texts("clients", name) for name in ("client_id", "name", "phone", "email")]
            birthdays = source.column("birthday").to_pylist() if source.has("birthday") else [None] * len(source)
            traits = self._texts("clients", "traits")
            cards = {row[0]: tuple(row[1:]) for row in zip(*columns, map(_as_text, birthdays), traits, strict=True)}
        home, since = self._homes()
        country = self._organization.country
        now = _stored(np.array([_micros(self._now)]))[0]

        def rows() -> Iterator[tuple[Any, ...]]:
            for client_id, number in numbers.items():
                name, phone, email, birthday, traits = cards.get(client_id, ("", "", "", "", ""))
                phone = phone if re.fullmatch(r"\+\d{8,15}", phone) else _phone(phone, country)
                year, month, day = _birthday(birthday)
                known = dict(pair.split("=", 1) for pair in traits.split(";") if pair)
                yield (
                    number, self._organization.pk, home.get(client_id), name or client_id, phone, "", email,
                    year, month, day, json.dumps(known, ensure_ascii=False),
                    "", "", "", "", "", "", since.get(client_id, now), now, terms.folded(name or client_id),
                    phones.digits(phone), client_id,
                )  # fmt: skip

        _insert(
            Client, "id organization_id branch_id name phone second_phone email birth_year birth_month birth_day traits"
            " allergies preferences wishes favourite_line source note created_at changed_at search_name search_phone"
            " external_id", rows(),
        )  # fmt: skip
        found_by = (
            (self._organization.pk, number, term.encode())
            for client_id, number in numbers.items()
            for term in sorted(terms.of_client(*(cards.get(client_id) or (client_id, ""))[:2]))
        )
        _insert(SearchTerm, "organization_id client_id term", found_by)
        return numbers

    def _homes(self) -> tuple[dict[str, int], dict[str, str]]:
        """Return of every client the branch of the latest visit, else of the latest appointment, and since when."""
        source = self._sources["appointments"]
        at = self._utc("appointments", "starts_at")
        kept = values.choices(source, "status") == STATUSES.index("completed")
        past = at <= _micros(self._now)
        client = values.codes(source, "client_id")
        texts, branch = client.texts.to_pylist(), self._texts("appointments", "branch_id")
        home, since = {}, {}
        order = np.lexsort((at, kept & past))
        for row in order.tolist():
            if branch[row] in self._branches:
                home[texts[client.codes[row]]] = self._branches[branch[row]]
        first = np.full(len(texts), np.iinfo(np.int64).max)
        np.minimum.at(first, client.codes, np.minimum(at, _micros(self._now)))
        since = dict(zip(texts, _stored(first), strict=True))
        return home, since

    def _utc(self, table: str, name: str) -> np.ndarray[Any, Any]:
        """Return moments of UTC in microseconds, NONE where there is none."""
        source = self._sources[table]
        found = values.instants(source, name)
        has_branch = source.has("branch_id")
        codes = values.codes(source, "branch_id") if has_branch else None
        at = found.at.copy()
        is_local = (found.has_offset == 0) & (at != NONE)
        zones = [self._zones.get(text) for text in codes.texts.to_pylist()] if codes else [None]
        for number, zone in enumerate(zones):
            rows = np.flatnonzero(is_local & (codes.codes == number) if codes else is_local)
            if rows.size:
                offsets = offsets_of(zone or self._organization.zone)
                guess = at[rows] - offsets.offset[np.searchsorted(offsets.since, at[rows], side="right") - 1]
                at[rows] -= offsets.offset[np.searchsorted(offsets.since, guess, side="right") - 1]
        return at

    def _appointments(self, clients: Mapping[str, int]) -> dict[str, int]:
        source = self._sources["appointments"]
        ids = self._texts("appointments", "appointment_id")
        coded = pc.dictionary_encode(pa.array(ids))
        code = coded.indices.to_numpy()
        first = np.full(len(coded.dictionary), len(ids))
        np.minimum.at(first, code, np.arange(len(ids)))
        numbers = np.array(_numbers(Appointment, len(first)))
        client = self._numbers_of("appointments", "client_id", clients)
        branch = self._numbers_of("appointments", "branch_id", self._branches)
        starts = self._utc("appointments", "starts_at")
        start = np.full(len(first), np.iinfo(np.int64).max)
        np.minimum.at(start, code, starts)
        created, cancelled = (
            _stored(self._utc("appointments", name)[first]) for name in ("created_at", "cancelled_at")
        )
        status = values.choices(source, "status")[first].tolist()
        organization = self._organization.pk
        rows = (
            (
                number,
                organization,
                client[row],
                branch[row],
                made,
                begins,
                STATUSES[state],
                gone,
                "",
                None,
                "",
                ids[row],
            )
            for number, row, made, begins, state, gone in zip(
                numbers.tolist(), first.tolist(), created, _stored(start), status, cancelled, strict=True
            )
        )
        _insert(
            Appointment, "id organization_id client_id branch_id created_at starts_at status cancelled_at cancel_reason"
            " created_by_id note external_id", rows,
        )  # fmt: skip
        self._progress("load", 3, 5)
        service = self._numbers_of("appointments", "service_id", self._services)
        staff = self._numbers_of("appointments", "staff_id", self._staff)
        amounts = values.money(source, "amount")
        lines = (
            (number, organization, appointment, of_service, of_staff, amount)
            for number, appointment, of_service, of_staff, amount in zip(
                _numbers(AppointmentLine, len(ids)),
                numbers[code].tolist(),
                service,
                staff,
                amounts.tolist(),
                strict=True,
            )
        )
        _insert(AppointmentLine, "id organization_id appointment_id service_id staff_id amount", lines)
        return dict(zip(coded.dictionary.to_pylist(), numbers.tolist(), strict=True))

    def _numbers_of(self, table: str, name: str, numbers: Mapping[str, int]) -> list[int | None]:
        found = values.codes(self._sources[table], name)
        return np.array([numbers.get(text) for text in found.texts.to_pylist()], object)[found.codes].tolist()

    def _waitlist(self, clients: Mapping[str, int]) -> dict[str, int]:
        source = self._sources.get("waitlist")
        if source is None:
            return {}
        ids = self._texts("waitlist", "entry_id")
        numbers = _numbers(WaitlistEntry, len(ids))
        days = [_days(values.days(source, name)) for name in ("wanted_from", "wanted_until", "closed_on")]
        created = self._utc("waitlist", "created_at")
        created[created == NONE] = _micros(self._now)
        rows = zip(
            numbers, [self._organization.pk] * len(ids), self._numbers_of("waitlist", "client_id", clients),
            self._numbers_of("waitlist", "branch_id", self._branches),
            self._numbers_of("waitlist", "service_id", self._services), [None] * len(ids), _stored(created), *days,
            [""] * len(ids), strict=True,
        )  # fmt: skip
        _insert(
            WaitlistEntry, "id organization_id client_id branch_id service_id staff_id created_at wanted_from"
            " wanted_until closed_on note", rows,
        )  # fmt: skip
        return dict(zip(ids, numbers, strict=True))

    def _contacts(
        self, clients: Mapping[str, int], appointments: Mapping[str, int], entries: Mapping[str, int]
    ) -> None:
        source = self._sources.get("contacts")
        if source is None:
            return
        numbers = self._numbers_of("contacts", "client_id", clients)
        home = dict(
            Client.objects.filter(organization=self._organization, pk__in=set(numbers)).values_list("pk", "branch_id")
        )
        zones = {self._branches[text]: zone for text, zone in self._zones.items()}
        made = values.instants(source, "made_at")
        at = made.at.copy()
        for row, client in enumerate(numbers):
            if not made.has_offset[row]:
                offsets = offsets_of(zones.get(home.get(client) or 0, self._organization.zone))
                at[row] -= offsets.offset[np.searchsorted(offsets.since, at[row], side="right") - 1]
        blocks = [BLOCKS[code] for code in values.choices(source, "block").tolist()]
        outcomes = [OUTCOMES[code] for code in values.choices(source, "outcome").tolist()]
        anchors = [
            self._anchor(block, anchor, appointments, entries)
            for block, anchor in zip(blocks, self._texts("contacts", "anchor"), strict=True)
        ]
        calls: dict[tuple[int | None, int], str] = {}
        rows = (
            (number, self._organization.pk, client, home.get(client or 0), block, anchor,
             calls.setdefault((client, when), _uuid()), _uuid(), "call", stored, outcome, next_on, None, "", None, None,
             None)
            for number, client, block, anchor, when, stored, outcome, next_on in zip(
                _numbers(Contact, len(numbers)), numbers, blocks, anchors, at.tolist(), _stored(at), outcomes,
                _days(values.days(source, "next_on")), strict=True,
            )
        )  # fmt: skip
        _insert(
            Contact, "id organization_id client_id branch_id block anchor call key channel made_at outcome next_on"
            " next_time note made_by_id appointment_id undone_at", rows,
        )  # fmt: skip

    def _anchor(self, block: str, anchor: str, appointments: Mapping[str, int], entries: Mapping[str, int]) -> str:
        """Return what an anchor of the folder is called here; one that means nothing stays as it is."""
        if block in BY_APPOINTMENT:
            return identifier(appointments.get(anchor)) or anchor
        if block == "waitlist":
            return identifier(entries.get(anchor)) or anchor
        key, at, day = anchor.rpartition("@")
        return f"{identifier(self._services[key])}@{day}" if at and key in self._services else anchor


WITH_CLIENTS = ("clients", "appointments", "contacts", "waitlist")


def _numbers(model: type[models.Model], count: int) -> list[int]:
    """Return so many numbers for new rows of a table, which nobody else will get."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table])
            first = cursor.fetchone()[0]
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, first + max(count - 1, 0)])
        else:  # the transaction has the only right to write
            cursor.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {table}")  # noqa: S608 (a name of ours)
            first = cursor.fetchone()[0]
    return list(range(first, first + count))


def _insert(model: type[models.Model], columns: str, rows: Iterable[Sequence[Any]]) -> None:
    """Add rows as the database stores them.

    On PostgreSQL by COPY, through a table of its own: row level security does not let COPY in.
    """
    table, names = model._meta.db_table, columns.split()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            listed = ", ".join(names)
            cursor.execute(f"CREATE TEMPORARY TABLE loading ON COMMIT DROP AS SELECT {listed} FROM {table} LIMIT 0")  # noqa: S608
            with cursor.copy(f"COPY loading ({listed}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            cursor.execute(f"INSERT INTO {table} ({listed}) SELECT {listed} FROM loading")  # noqa: S608
            cursor.execute("DROP TABLE loading")
            return
        sql = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(['%s'] * len(names))})"  # noqa: S608
        remaining = iter(rows)
        while batch := list(islice(remaining, ROWS_AT_ONCE)):
            cursor.executemany(sql, batch)


def _uuid() -> str:
    made = uuid.uuid4()
    return str(made) if connection.vendor == "postgresql" else made.hex


def _micros(moment: datetime.datetime) -> int:
    return int(moment.timestamp()) * 1_000_000


def _stored(at: np.ndarray[Any, Any]) -> list[str | None]:
    """Return moments of UTC, to the second, as the database takes them."""
    seconds = pa.array(at // 1_000_000, mask=at == NONE).cast(pa.timestamp("s"))
    zone = "+00" if connection.vendor == "postgresql" else ""
    return pc.binary_join_element_wise(seconds.cast(pa.string()), zone, "").to_pylist()


def _days(numbers: np.ndarray[Any, Any]) -> list[str | None]:
    return pa.array(numbers, pa.int32(), mask=numbers == NONE).cast(pa.date32()).cast(pa.string()).to_pylist()


def _as_text(birthday: Any) -> str:
    return "" if birthday is None else str(birthday)


def _birthday(text: str) -> tuple[int | None, int | None, int | None]:
    matched = re.fullmatch(r"(?:(\d{4})|-)-(\d\d)-(\d\d)", text)
    if matched is None:
        return None, None, None
    return int(matched[1]) if matched[1] else None, int(matched[2]), int(matched[3])


def _traits(text: str) -> str:
    return json.dumps(dict(pair.split("=", 1) for pair in text.split(";") if pair), ensure_ascii=False)


def _phone(text: str, country: str) -> str:
    try:
        return phones.parsed(text, country)
    except phones.NotAPhone:
        return ""
