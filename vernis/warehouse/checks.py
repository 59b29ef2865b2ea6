"""Truth of the data: what is wrong in a data set, counted, with the rows. Written once, over the canonical tables.

Every check says how many of how many rows are wrong and names them by their ids; what that spoils and how it is mended
stands in `check_texts`.
"""

import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from vernis.engine.history import DAY_US, NONE, STATUSES
from vernis.engine.settings import Rules
from vernis.lib.days import number_of
from vernis.warehouse import values
from vernis.warehouse.reading import Source, open_sources
from vernis.warehouse.zones import offsets_of

Numbers = npt.NDArray[Any]

HOUR_US = 3_600_000_000
NIGHT_ENDS, NIGHT_BEGINS = 6, 23
"""Visits between these hours of the branch's clock are doubted."""

COLLECTOR_VISITS, COLLECTOR_PER_YEAR = 60, 150
"""So many visits in all, and so many in a year, has no person: somebody books walk-ins on this card."""

LATE_DAYS = 2
"""A cancellation noted so many days after the time of the visit is somebody tidying up."""

MANY, SOME = 0.10, 0.01
MOST_ROWS = 1_000
_TEST = re.compile(
    r"^\W*(тест\w*|test\w*|проверка|клиент\w*|client|гость|guest|walk.?in|прохожий|без имени|нет имени|no ?name|"
    r"новый клиент|новая|мастер|админ\w*|администратор|admin|салон|x+|х+|\d+|[a-zа-я])\W*\d*\W*$",
    re.IGNORECASE,
)


class Severity(StrEnum):
    """How bad it is."""

    BAD = "bad"  # figures that rest on it mislead
    DOUBTFUL = "doubtful"
    NOTE = "note"  # good to know
    FINE = "fine"


class Row(NamedTuple):
    """One row that is wrong; ids as the data set has them, empty where they say nothing."""

    client_id: str = ""
    appointment_id: str = ""
    staff_id: str = ""
    service_id: str = ""
    at: str = ""  # wall clock of the branch
    about: str = ""  # a number or text that belongs to the check: learned days, a phone


class Finding(NamedTuple):
    """What one check has found: `count` of `of` are wrong; `rows`: the first of them. `of` 0: nothing to look at."""

    key: str
    count: int  # type: ignore[assignment]  # what tuple.count does nobody needs here
    of: int
    rows: list[Row]
    severity: Severity

    @property
    def share(self) -> float:
        """How much of it is wrong, 0 to 1."""
        return self.count / self.of if self.of else 0.0


def check(folder: Path, as_of: datetime.date, learned: Mapping[str, int] | None = None) -> list[Finding]:
    """Return what every check says of a data set on a day, the worst first; raises DataError.

    `learned`: the learned interval by cycle key, to be proposed for services without one.
    """
    return checked(open_sources(folder), as_of, learned)


def checked(
    sources: Mapping[str, Source], as_of: datetime.date, learned: Mapping[str, int] | None = None
) -> list[Finding]:
    """Return what every check says of tables that are open."""
    data = _Data(sources, number_of(as_of), learned)
    findings = [one for run in CHECKS for one in run(data)]
    order = list(Severity)
    return sorted(findings, key=lambda one: (order.index(one.severity), -one.share, one.key))


class _Data:
    """The columns that checks look at. Appointments by line; an appointment by its first line."""

    def __init__(self, sources: Mapping[str, Source], today: int, learned: Mapping[str, int] | None) -> None:
        self.sources, self.today, self.learned = sources, today, learned
        lines = sources["appointments"]
        zones = _zones(sources)
        branch = np.array([zones[0].get(text, len(zones[1]) - 1) for text in _list(lines, "branch_id")], np.int64)
        self.appointment, self.client = _list(lines, "appointment_id"), _list(lines, "client_id")
        self.staff, self.service = _list(lines, "staff_id"), _list(lines, "service_id")
        self.status = values.choices(lines, "status")
        self.starts = values.as_wall_clock(values.instants(lines, "starts_at"), branch, zones[1])
        self.created = values.as_wall_clock(values.instants(lines, "created_at"), branch, zones[1])
        self.cancelled = values.as_wall_clock(values.instants(lines, "cancelled_at"), branch, zones[1])
        self.amount = values.money(lines, "amount")
        self.day = values.day_numbers(self.starts)
        seen: dict[tuple[str, str], int] = {}
        for place, key in enumerate(zip(self.client, self.appointment, strict=True)):
            seen.setdefault(key, place)
        self.first = np.array(list(seen.values()), np.int64)

    def has(self, table: str, column: str) -> bool:
        """Tell whether the data set has a column."""
        return table in self.sources and self.sources[table].has(column)

    def finding(
        self, key: str, wrong: Numbers, of: int, limits: tuple[float, float, Severity] = (MANY, SOME, Severity.NOTE),
        about: Callable[[int], str] = lambda _place: "",
    ) -> Finding:  # fmt: skip
        """Return the finding about lines, by their places."""
        latest = sorted(map(int, wrong), key=lambda place: -int(self.starts[place]))[:MOST_ROWS]
        rows = [
            Row(
                self.client[place], self.appointment[place], self.staff[place], self.service[place],
                _wall(int(self.starts[place])), about(place),
            )
            for place in latest
        ]  # fmt: skip
        return Finding(key, len(wrong), of, rows, _severity(len(wrong), of, limits))


def _bookings(data: _Data) -> list[Finding]:
    """Check appointments, each by its first line."""
    first, status, day = data.first, data.status[data.first], data.day[data.first]
    starts, cancelled, created = data.starts[first], data.cancelled[first], data.created[first]
    is_past, came = day < data.today, status == _COMPLETED
    off = status == _CANCELLED
    hour = starts % DAY_US // HOUR_US
    has_hours = starts % DAY_US != 0
    at_night = came & has_hours & ((hour < NIGHT_ENDS) | (hour >= NIGHT_BEGINS))
    known = created != NONE
    strict = (0.05, 0.005, Severity.NOTE)
    return [
        data.finding("unclosed", first[is_past & (status == _BOOKED)], int(is_past.sum()), strict),
        data.finding("cancelled_without_moment", first[off & (cancelled == NONE)], int(off.sum())),
        data.finding(
            "cancelled_late",
            first[off & (cancelled != NONE) & (cancelled // DAY_US >= day + LATE_DAYS)], int(off.sum()),
        ),
        data.finding("future_completed", first[came & (day > data.today)], int((day > data.today).sum()), strict),
        data.finding("missing_created", first[~known], len(first)),
        data.finding("created_after_start", first[known & (created // DAY_US > day)], int(known.sum())),
        data.finding("at_night", first[at_night], int((came & has_hours).sum()), strict),
        _same_hour(data, first[came], starts[came]),
        _contradicting(data),
    ]  # fmt: skip


def _same_hour(data: _Data, places: Numbers, starts: Numbers) -> Finding:
    """All at one time of day: the source knows the day only."""
    times, counts = np.unique(starts % DAY_US, return_counts=True)
    if len(places) < 20 or counts.max() < 0.9 * len(places):
        return data.finding("no_hours", places[:0], len(places))
    return data.finding("no_hours", places[starts % DAY_US == times[counts.argmax()]], len(places))


def _contradicting(data: _Data) -> Finding:
    statuses: dict[tuple[str, str], set[int]] = {}
    for key, status in zip(zip(data.client, data.appointment, strict=True), data.status.tolist(), strict=True):
        statuses.setdefault(key, set()).add(status)
    wrong = [place for place in data.first if len(statuses[data.client[place], data.appointment[place]]) > 1]
    return data.finding("contradicting", np.array(wrong, np.int64), len(data.first))


def _lines(data: _Data) -> list[Finding]:
    """Check lines: what was done, by whom, for how much."""
    count, came = len(data.client), data.status == _COMPLETED
    no_service = np.flatnonzero([not service for service in data.service])
    no_staff = np.flatnonzero([not staff for staff in data.staff])
    found = [
        data.finding("without_service", no_service, count),
        data.finding("without_staff", no_staff, count, (0.5, 0.2, Severity.NOTE)),
        data.finding("without_amount", np.flatnonzero(came & (data.amount == 0)), int(came.sum()), (0.5, 0.2, _NOTE)),
    ]
    for table, column, mine in (
        ("services", "service_id", data.service),
        ("staff", "staff_id", data.staff),
        ("clients", "client_id", data.client),
    ):
        if table in data.sources:
            listed = {*_list(data.sources[table], column), ""}
            found.append(data.finding(f"unknown_{table}", np.flatnonzero([text not in listed for text in mine]), count))
    return [*found, _double_booked(data)]


def _double_booked(data: _Data) -> Finding:
    """One master with two clients at one moment."""
    holds = np.isin(data.status, (_BOOKED, _COMPLETED)) & (data.starts % DAY_US != 0)
    at: dict[tuple[str, int], dict[str, int]] = {}
    for place in np.flatnonzero(holds):
        if data.staff[place]:
            at.setdefault((data.staff[place], int(data.starts[place])), {}).setdefault(data.client[place], int(place))
    wrong = [place for clients in at.values() if len(clients) > 1 for place in clients.values()]
    held = sum(len(clients) for clients in at.values())
    return data.finding("double_booked", np.array(wrong, np.int64), held, (0.2, 0.03, Severity.NOTE))


def _clients(data: _Data) -> list[Finding]:
    """Check cards."""
    source = data.sources.get("clients")
    found = [_collectors(data)]
    if source is None:
        return found
    ids = _list(source, "client_id")
    for key, column, limits in (
        ("missing_phone", "phone", (0.3, 0.05, _NOTE)),
        ("missing_birthday", "birthday", (0.8, 0.5, _NOTE)),
    ):
        cells = _raw(source, column) if source.has(column) else [""] * len(ids)
        rows = [Row(client_id=pk) for pk, cell in zip(ids, cells, strict=True) if not cell]
        found.append(_of_cards(key, rows, len(ids), limits))
    if source.has("phone"):
        found.append(_shared_phones(ids, _list(source, "phone")))
    if source.has("name"):
        names = _list(source, "name")
        rows = [Row(client_id=pk, about=name) for pk, name in zip(ids, names, strict=True) if _TEST.match(name)]
        found.append(_of_cards("test_clients", rows, len(ids), (0.02, 0.0, Severity.DOUBTFUL)))
    return found


def _shared_phones(ids: Sequence[str], phones: Sequence[str]) -> Finding:
    under: dict[str, list[str]] = {}
    for pk, phone in zip(ids, phones, strict=True):
        if digits := re.sub(r"\D", "", phone)[-10:]:
            under.setdefault(digits, []).append(pk)
    shared = sorted((clients for clients in under.values() if len(clients) > 1), key=len, reverse=True)
    rows = [Row(client_id=pk, about=str(len(clients))) for clients in shared for pk in clients]
    return _of_cards("shared_phone", rows, sum(map(len, under.values())), (0.2, 0.02, _NOTE))


def _collectors(data: _Data) -> Finding:
    """Cards with more visits than a person has."""
    visits = data.first[data.status[data.first] == _COMPLETED]
    days: dict[str, list[int]] = {}
    for place in visits:
        days.setdefault(data.client[place], []).append(int(data.day[place]))
    rows = []
    for client, mine in days.items():
        years = max((max(mine) - min(mine)) / 365, 1 / 4)
        if len(mine) >= COLLECTOR_VISITS and len(mine) / years >= COLLECTOR_PER_YEAR:
            rows.append(Row(client_id=client, about=str(len(mine))))
    rows.sort(key=lambda row: -int(row.about))
    return _of_cards("collectors", rows, len(days), (0.01, 0.0, Severity.DOUBTFUL))


def _services(data: _Data) -> list[Finding]:
    """Check intervals, with what the data itself says."""
    source = data.sources.get("services")
    if source is None:
        return []
    ids, categories = _list(source, "service_id"), _list(source, "category")
    days = values.counts_of_days(source, "interval_days")
    plain = set(_list(data.sources["service_intervals"], "category")) if "service_intervals" in data.sources else set()
    used = {service for service in data.service if service}
    learned = data.learned or {}
    rows = [
        Row(service_id=pk, about=str(learned.get(category or pk, "")))
        for pk, category, interval in zip(ids, categories, days, strict=True)
        if pk in used and interval == NONE and category not in plain - {""}
    ]
    of = len(used & set(ids))
    return [Finding("without_interval", len(rows), of, rows[:MOST_ROWS], _severity(len(rows), of, (0.5, 0.0, _NOTE)))]


CHECKS = (_bookings, _lines, _clients, _services)
_BOOKED, _COMPLETED, _CANCELLED = (STATUSES.index(name) for name in ("booked", "completed", "cancelled"))
_NOTE = Severity.NOTE


def _of_cards(key: str, rows: list[Row], of: int, limits: tuple[float, float, Severity]) -> Finding:
    return Finding(key, len(rows), of, rows[:MOST_ROWS], _severity(len(rows), of, limits))


def _severity(count: int, of: int, limits: tuple[float, float, Severity]) -> Severity:
    bad, doubtful, least = limits
    if not count or not of:
        return Severity.FINE
    share = count / of
    return Severity.BAD if share > bad else Severity.DOUBTFUL if share > doubtful else least


def _zones(sources: Mapping[str, Source]) -> tuple[dict[str, int], list[Any]]:
    """Return the place of each branch's zone, and the zones; the last one is UTC."""
    source = sources.get("branches")
    utc = offsets_of(ZoneInfo("UTC"))
    if source is None:
        return {}, [utc]
    zones = [offsets_of(zone) for zone in values.zones(source, "timezone")]
    return {branch: place for place, branch in enumerate(_list(source, "branch_id"))}, [*zones, utc]


def _list(source: Source, name: str) -> list[str]:
    if not source.has(name):
        return [""] * len(source)
    found: list[str] = values.texts(source, name).to_pylist()
    return found


def _raw(source: Source, name: str) -> list[Any]:
    return list(source.column(name).to_pylist())


def _wall(at: int) -> str:
    if at == NONE:
        return ""
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=at)  # noqa: DTZ001 (wall clock)
    return moment.isoformat(timespec="minutes")


def learned_of(folder: Path, cache: Path | None, as_of: datetime.date, rules: Rules) -> dict[str, int]:
    """Return the interval that each cycle of a data set has learned by a day; raises DataError."""
    from vernis.warehouse import runs, snapshot  # noqa: PLC0415 (the rules are needed only here)

    with snapshot.opened(folder, cache) as prepared:
        found = runs.worklist(prepared, as_of, rules)
    return {key: days for key, days in found.learned.items() if days != NONE}
