"""From the number of clients and a seed to the finished tables."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np

from vernis.warehouse.sample import cards, lists
from vernis.warehouse.sample.appointments import Appointments, in_order_of_creation
from vernis.warehouse.sample.appointments import joined as joined_appointments
from vernis.warehouse.sample.calls import Calls, draw_calls
from vernis.warehouse.sample.calls import joined as joined_calls
from vernis.warehouse.sample.columns import numbered, width_of
from vernis.warehouse.sample.days import HISTORY_DAYS, Calendar, Ints, zone_offsets
from vernis.warehouse.sample.files import Format, TableFile
from vernis.warehouse.sample.lines import LineWriter
from vernis.warehouse.sample.loyalty import find_loyalty, history_days_at
from vernis.warehouse.sample.network import Network, open_network
from vernis.warehouse.sample.people import People, draw_people
from vernis.warehouse.sample.visits import simulate
from vernis.warehouse.sample.waiting import Entries, draw_entries
from vernis.warehouse.sample.waiting import joined as joined_entries

Progress = Callable[[str, float], None]
_CHUNK: Final = 25_000  # clients simulated together
_BLOCK: Final = 700_000  # appointments written together, about a million lines
_WORKERS: Final = 2
_NETWORK, _PEOPLE, _VISITS, _CALLS, _WISHES, _CARDS, _LINES, _DESK = range(8)  # streams of chance


@dataclass(frozen=True)
class Plan:
    """Everything that decides the sample."""

    clients: int
    seed: int
    as_of: date
    loyalty: float
    network: Network

    def stream(self, what: int, part: int = 0) -> np.random.Generator:
        """Return the source of chance of one part of the work, the same whatever else is drawn."""
        return np.random.Generator(np.random.PCG64([self.seed, what, part]))

    @property
    def calendar(self) -> Calendar:
        return Calendar.until(self.as_of, history_days_at(self.loyalty, HISTORY_DAYS))

    @property
    def chunks(self) -> int:
        return -(-self.clients // _CHUNK)

    def people(self, chunk: int, calendar: Calendar) -> People:
        """Return the clients of one chunk."""
        start = chunk * _CHUNK
        count = min(_CHUNK, self.clients - start)
        return draw_people(start, count, self.network, calendar.today, self.stream(_PEOPLE, chunk))

    def appointments(self, people: People, calendar: Calendar) -> Appointments:
        """Return the appointments of a chunk of clients."""
        chance = self.stream(_VISITS, people.start // _CHUNK)
        return simulate(people, self.network, calendar, self.loyalty, chance)


def plan(clients: int, seed: int, as_of: date, lines_per_client: float | None) -> Plan:
    """Return the plan of a sample; finds out how loyal its clients must be for that many lines.

    Raises ValueError where there is no such salon.
    """
    network = open_network(clients, np.random.Generator(np.random.PCG64([seed, _NETWORK])))
    usual = Plan(clients, seed, as_of, 1.0, network)
    if lines_per_client is None:
        return usual
    people = usual.people(0, usual.calendar)

    def mean(loyalty: float) -> float:
        trial = replace(usual, loyalty=loyalty)
        return trial.appointments(people, trial.calendar).line_count / len(people)

    return replace(usual, loyalty=find_loyalty(lines_per_client, mean))


@dataclass(frozen=True)
class _Part:
    people: People
    appointments: Appointments
    calls: Calls
    entries: Entries


def make_tables(plan: Plan, folder: Path, file_format: Format, progress: Progress) -> None:
    """Write the eight tables into `folder`. Steps of progress: clients, visits, contacts."""
    calendar = plan.calendar
    client_ids = numbered("C", np.arange(1, plan.clients + 1), width_of(plan.clients))
    _write_small(plan.network, folder, file_format)

    appointments, calls, entries, made = [], [], [], 0
    phones = int(plan.stream(_CARDS).integers(10**7))
    with TableFile(folder, "clients", file_format) as file:
        for number, part in enumerate(_parts(plan, calendar)):
            file.write(cards.cards(part.people, client_ids, phones, plan.stream(_CARDS, 1 + number)))
            appointments.append(part.appointments)
            calls.append(_moved(part.calls, made))
            entries.append(part.entries)
            made += len(part.appointments)
            progress("clients", (number + 1) / plan.chunks)

    everything = joined_appointments(appointments)
    appointments.clear()
    order = in_order_of_creation(everything)
    width = width_of(len(order))
    offsets = None
    if file_format == "csv":
        first = calendar.first_day - 1
        offsets = (zone_offsets(plan.network.zones, first, calendar.today), first)
    writer = LineWriter(plan.network, calendar, client_ids, offsets, width)
    with TableFile(folder, "appointments", file_format) as file:
        for block, begin in enumerate(range(0, max(len(order), 1), _BLOCK)):
            piece = everything.take(order[begin : begin + _BLOCK])
            file.write(writer.lines(piece, begin + 1, plan.stream(_LINES, block)))
            progress("visits", min(1.0, (begin + _BLOCK) / max(len(order), 1)))

    wishes = joined_entries(entries)
    spoken = _numbered_calls(joined_calls(calls), order)
    spoken = lists.with_waiting_list(spoken, wishes, calendar, plan.stream(_DESK))
    with TableFile(folder, "contacts", file_format) as file:
        file.write(lists.contacts(spoken, plan.network, client_ids, width, plan.stream(_DESK, 1)))
    with TableFile(folder, "waitlist", file_format) as file:
        file.write(lists.waitlist(wishes, client_ids))
    progress("contacts", 1.0)


def _parts(plan: Plan, calendar: Calendar) -> Iterator[_Part]:
    """Yield the chunks in order; two are worked on at a time, no more are kept waiting."""

    def part(chunk: int) -> _Part:
        people = plan.people(chunk, calendar)
        found = joined_appointments([plan.appointments(people, calendar)])
        calls = draw_calls(people, found, calendar, plan.stream(_CALLS, chunk))
        return _Part(people, found, calls, draw_entries(people, calendar, plan.stream(_WISHES, chunk)))

    with ThreadPoolExecutor(_WORKERS) as pool:
        for begin in range(0, plan.chunks, 2 * _WORKERS):
            yield from pool.map(part, range(begin, min(begin + 2 * _WORKERS, plan.chunks)))


def _write_small(network: Network, folder: Path, file_format: Format) -> None:
    tables = {
        "branches": cards.branches(network),
        "staff": cards.staff(network),
        "services": cards.services(),
        "service_intervals": cards.service_intervals(),
    }
    for name, table in tables.items():
        with TableFile(folder, name, file_format) as file:
            file.write(table)


def _moved(calls: Calls, by: int) -> Calls:
    return replace(calls, appointment=np.where(calls.appointment >= 0, calls.appointment + by, -1))


def _numbered_calls(calls: Calls, order: Ints) -> Calls:
    """Return the calls with numbers of appointments in place of places."""
    number = np.empty(len(order) + 1, dtype=np.int64)
    number[order] = np.arange(1, len(order) + 1)
    number[-1] = -1
    return replace(calls, appointment=number[calls.appointment])
