"""The history of one client from rows of the database, without files: equal to what a snapshot of them holds.

`Ground` is what all clients share; it depends on a few small tables only and is kept for as long as they stay the same.
"""

import datetime
import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pyarrow as pa

from vernis.engine.history import BLOCKS, NONE, OUTCOMES, STATUSES, Contact, Entry, History, Line, Tables
from vernis.engine.settings import Rules
from vernis.engine.worklist import Question
from vernis.lib.days import EARLIEST, LATEST, number_of
from vernis.warehouse.catalogue import read_catalogue
from vernis.warehouse.database import canonical, identifier
from vernis.warehouse.loading import Shared, shared_from, tables_as_lists
from vernis.warehouse.tables import TableSource

EPOCH = datetime.datetime(1970, 1, 1)  # noqa: DTZ001 (wall clock)
UTC_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
MICROSECOND = datetime.timedelta(microseconds=1)


class SmallTables(NamedTuple):
    """The rows of the small tables, as the database has them: hashable, so that what follows from them is kept."""

    branches: tuple[tuple[int, str], ...]  # number, time zone
    services: tuple[tuple[int, str, int | None], ...]  # number, category, interval
    intervals: tuple[tuple[int | None, str, str, str, str, int], ...]


class Ground(NamedTuple):
    """What all clients share, as the rules want it, with the codes of what the database has."""

    shared: Shared
    tables: Tables  # as plain Python
    service: Mapping[str, int]
    branch: Mapping[str, int]
    trait: Mapping[str, int]
    cycle: Mapping[str, int]
    zones: Sequence[ZoneInfo]  # per branch code


class AppointmentRow(NamedTuple):
    """One line of an appointment; one without lines has a single row without service, staff and amount."""

    appointment: int
    branch: int | None
    created_at: datetime.datetime | None
    starts_at: datetime.datetime
    status: str
    cancelled_at: datetime.datetime | None
    service: int | None
    staff: int | None
    amount: int | None


class ContactRow(NamedTuple):
    """One contact."""

    block: str
    anchor: str
    made_at: datetime.datetime
    outcome: str
    next_on: datetime.date | None


class EntryRow(NamedTuple):
    """One waiting-list entry."""

    entry: int
    branch: int | None
    service: int | None
    created_at: datetime.datetime
    wanted_from: datetime.date | None
    wanted_until: datetime.date | None
    closed_on: datetime.date | None


class ClientRow(NamedTuple):
    """What the card says that matters to the rules."""

    birth_month: int | None
    birth_day: int | None
    traits: Sequence[str]  # trait=value


class Told(NamedTuple):
    """A history with the texts behind its codes."""

    history: History
    appointment_ids: list[str]
    entry_ids: list[str]
    staff: list[str]


@functools.lru_cache(maxsize=64)
def ground_of(small: SmallTables) -> Ground:
    """Return what follows from the small tables; raises InputError where they cannot be used."""
    columns = {
        "branches": ("branch_id", "timezone"),
        "services": ("service_id", "category", "interval_days"),
        "service_intervals": ("service_id", "category", "months", "trait", "trait_value", "interval_days"),
    }
    types = {"branch_id": pa.int64(), "service_id": pa.int64(), "interval_days": pa.int64()}
    sources = {}
    for (name, names), rows in zip(columns.items(), small, strict=True):
        arrays = [
            pa.array([row[place] for row in rows], types.get(column, pa.string())) for place, column in enumerate(names)
        ]
        sources[name] = TableSource(name, canonical(name, pa.table(arrays, names=names)))
    catalogue = read_catalogue(sources, None)  # type: ignore[arg-type]
    catalogue.needs_offsets = True
    shared = shared_from(catalogue.as_json())
    zones = [catalogue.zones[zone] for zone in catalogue.zone_of_branch.tolist()]
    texts = (catalogue.services.texts, catalogue.branches.texts, catalogue.traits.texts, shared.cycles)
    service, branch, trait, cycle = ({text: code for code, text in enumerate(known)} for known in texts)
    return Ground(shared, tables_as_lists(shared.tables), service, branch, trait, cycle, zones)


def question_of(ground: Ground, as_of: datetime.date, rules: Rules, learned: Mapping[str, int]) -> Question:
    """Return what the rules are asked on a day, with the learned intervals per cycle key."""
    return Question(
        number_of(as_of),
        rules,
        ground.tables._replace(learned=[learned.get(key, NONE) for key in ground.shared.cycles]),
    )


def history_of(
    ground: Ground,
    client: ClientRow,
    appointments: Iterable[AppointmentRow],
    contacts: Iterable[ContactRow],
    entries: Iterable[EntryRow],
) -> Told:
    """Return the history of one client."""
    rows = [row for row in appointments if _is_in_range(row.starts_at)]
    texts = ["", *sorted({identifier(row.staff) for row in rows if row.staff is not None})]
    staff = {text: code for code, text in enumerate(texts)}
    lines, line_ids = _lines(ground, rows, staff)
    entry_ids, waiting = _entries(ground, entries)
    first = {text: place for place, text in reversed(list(enumerate(line_ids)))}
    place = {text: number for number, text in enumerate(entry_ids)}
    month, day = _birthday(client.birth_month, client.birth_day)
    history = History(
        lines,
        [_contact(ground, row, first, place) for row in contacts if _is_in_range(row.made_at)],
        waiting,
        sorted(ground.trait[text] for text in client.traits if text in ground.trait),
        month,
        day,
    )
    return Told(history, line_ids, entry_ids, texts)


def _lines(ground: Ground, rows: list[AppointmentRow], staff: Mapping[str, int]) -> tuple[list[Line], list[str]]:
    """Return the lines in the order of histories (`engine.history.Line`), and the appointment of each."""
    order = ground.tables.service_order

    def line(row: AppointmentRow) -> Line:
        branch = ground.branch[identifier(row.branch or 0)]
        zone = ground.zones[branch]
        at = wall_clock(row.starts_at, zone)
        return Line(
            at=at // MICROSECOND,
            amount=row.amount or 0,
            day=at.days,
            created_on=NONE if row.created_at is None else _day_in(row.created_at, zone),
            cancelled_on=NONE if row.cancelled_at is None else _day_in(row.cancelled_at, zone),
            branch=branch,
            service=ground.service[identifier(row.service)],
            staff=staff[identifier(row.staff)],
            status=STATUSES.index(row.status),
            is_first=0,
        )

    made = [(line(row), row.appointment) for row in rows]
    made.sort(key=lambda pair: (pair[0].at, pair[1], pair[0].amount, -order[pair[0].service], -pair[0].staff))
    before = None
    for found, appointment in made:
        found.is_first = int(appointment != before)
        before = appointment
    return [found for found, _appointment in made], [identifier(appointment) for _found, appointment in made]


def _entries(ground: Ground, rows: Iterable[EntryRow]) -> tuple[list[str], list[Entry]]:
    found, ordered = [], sorted(rows, key=lambda row: row.entry)
    for row in ordered:
        branch = ground.branch[identifier(row.branch or 0)]
        is_known = _is_in_range(row.created_at)
        found.append(
            Entry(
                created_at=wall_clock(row.created_at, ground.zones[branch]) // MICROSECOND if is_known else NONE,
                wanted_from=_day(row.wanted_from),
                wanted_until=_day(row.wanted_until),
                closed_on=_day(row.closed_on),
                service=ground.service[identifier(row.service)],
                branch=branch,
            )
        )
    return [identifier(row.entry) for row in ordered], found


def _contact(ground: Ground, row: ContactRow, first: Mapping[str, int], place: Mapping[str, int]) -> Contact:
    cycle, cycle_on = _cycle_anchor(ground, row.anchor)
    return Contact(
        at=(row.made_at - UTC_EPOCH) // MICROSECOND,
        next_on=_day(row.next_on),
        line=first.get(row.anchor, NONE),
        cycle=cycle,
        cycle_on=cycle_on,
        entry=place.get(row.anchor, NONE),
        year=int(row.anchor) if re.fullmatch(r"[0-9]{4}", row.anchor) else NONE,
        has_offset=1,
        block=BLOCKS.index(row.block),
        outcome=OUTCOMES.index(row.outcome),
    )


def _cycle_anchor(ground: Ground, anchor: str) -> tuple[int, int]:
    """Return what `cycle_key@last_on` means."""
    key, at, day = anchor.rpartition("@")
    if not at or key not in ground.cycle or not re.fullmatch(r"\d{4}-\d\d-\d\d", day, re.ASCII):
        return NONE, NONE
    try:
        return ground.cycle[key], number_of(datetime.date.fromisoformat(day))
    except ValueError:
        return NONE, NONE


def wall_clock(moment: datetime.datetime, zone: ZoneInfo) -> datetime.timedelta:
    """Return a moment as time since 1970 on the wall clock of a zone."""
    return moment.astimezone(zone).replace(tzinfo=None) - EPOCH


def _day_in(moment: datetime.datetime, zone: ZoneInfo) -> int:
    return wall_clock(moment, zone).days if _is_in_range(moment) else NONE


def _day(day: datetime.date | None) -> int:
    return number_of(day) if day is not None and EARLIEST <= day <= LATEST else NONE


def _is_in_range(moment: datetime.datetime) -> bool:
    return FIRST <= moment < LAST


FIRST, LAST = (
    datetime.datetime.combine(day + datetime.timedelta(days=days), datetime.time(), datetime.UTC)
    for day, days in ((EARLIEST, 2), (LATEST, -2))
)


def _birthday(month: int | None, day: int | None) -> tuple[int, int]:
    """Return a birthday, 0 and 0 where it is not known or there is no such day."""
    try:
        datetime.date(2000, month or 0, day or 0)
    except ValueError:
        return 0, 0
    return month or 0, day or 0
