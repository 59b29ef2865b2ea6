"""Whatever goes wrong: while it does, nothing wrong is believed; when it stops, we know what the source knows."""

from __future__ import annotations

import datetime
import random
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.connectors.yclients.asking import COMPANY, TODAY, Book, connected, true
from tests.yclients_server import FAULTS, Salon, Server
from vernis.connectors.yclients import changes, errors, nightly
from vernis.connectors.yclients.client import Patience
from vernis.connectors.yclients.full import FullReading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vernis.connectors.yclients.windows import Window

QUICK = Patience(connect=2, silence=0.5, answer=2, attempts=2, first_pause=0.0005, longest_pause=1)


def make_salon(chance: random.Random, count: int) -> Salon:
    """Return a salon with records over two years, most of them on a few days."""
    salon = Salon()
    services = [salon.add_service(f"Услуга {number}", 1000 * number) for number in range(1, 4)]
    clients = [salon.add_client(f"Клиентка {number}", f"791620{number:05d}") for number in range(1, 30)]
    for _ in range(count):
        day = datetime.datetime(2026, 5, 12, 9) - datetime.timedelta(days=chance.choice([0, 1, 2, 30, 300, 700]))
        lines = [(chance.choice(services), chance.randrange(500, 5000), chance.choice([1, 2])) for _ in range(2)]
        salon.book(chance.choice(clients), day, *lines, attendance=chance.choice([1, 1, 1, -1, 0]))
    return salon


def stir(salon: Salon, chance: random.Random) -> None:
    """Let something happen at the reception desk."""
    salon.tick(chance.choice([0, 0.2, 3]))
    number = chance.choice(list(salon.records))
    match chance.randrange(6):
        case 0:
            salon.book(chance.choice(list(salon.clients)), salon.now + datetime.timedelta(days=chance.randrange(20)))
        case 1:
            salon.change(number, attendance=chance.choice([1, -1, 2]))
        case 2:
            salon.change(number, deleted=True)
        case 3:
            day = salon.now + datetime.timedelta(days=chance.randrange(-30, 60))
            salon.change(number, date=f"{day:%Y-%m-%d} 10:00:00")
        case 4:  # nobody will tell us but the night
            recent = [one["id"] for one in salon.records.values() if one["date"] > "2026-05-05"]
            if recent:
                salon.erase(chance.choice(recent))
        case _:
            pass


class Reader:
    """Does what the worker does: reads on and on, and believes only what is whole."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server, self.folder, self.book, self.cursor = server, folder, Book(folder / "book"), ""

    def once(self, is_night: bool) -> bool:
        """Do what is next; return whether it has come to its end."""
        with connected(self.server, QUICK) as source:
            try:
                if not self.cursor:
                    reading = FullReading(source, COMPANY, self.folder / "full", today=TODAY)
                    if not reading.go_on():
                        return False
                    read = reading.whole()
                elif is_night:
                    window = nightly.window_around(TODAY)
                    known = {number for number in self.book.known() if self.starts_in(number, window)}
                    read = nightly.compare(source, COMPANY, window=window, known=known, cursor=self.cursor)
                else:
                    read = changes.read(source, COMPANY, self.cursor)
            except errors.Fault:
                return False
        self.book.take(read, self.server.salon.now)
        self.cursor = read.cursor
        return True

    def starts_in(self, number: int, window: Window) -> bool:
        return window.first <= self.book.appointments[str(number)][0]["starts_at"].date() <= window.last


def unchanged(salon: Salon, before: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Return what was true before and still is."""
    now = true(salon)
    yield from ((ref, said) for ref, said in before.items() if now.get(ref) == said)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 2**32),
    count=st.sampled_from([3, 150, 450, 900]),
    badness=st.sampled_from([0.0, 0.1, 0.4]),
    unrest=st.sampled_from([0.0, 0.05, 0.3]),
    per_page=st.sampled_from([50, 200]),
)
def test_we_end_with_the_truth_and_believe_no_untruth_on_the_way(
    seed: int, count: int, badness: float, unrest: float, per_page: int
) -> None:
    chance = random.Random(seed)
    salon = make_salon(chance, count)
    before = true(salon)
    with tempfile.TemporaryDirectory() as place, Server(salon, per_page=per_page) as server:
        server.faults = lambda _number: chance.choice(FAULTS) if chance.random() < badness else None
        server.before = lambda _number: stir(salon, chance) if chance.random() < unrest else None
        reader = Reader(server, Path(place))
        for turn in range(6):
            if reader.once(is_night=turn % 3 == 2):  # believed: then nothing that was true all the time is missing
                said = reader.book.said()
                assert {ref: said.get(ref) for ref, _ in unchanged(salon, before)} == dict(unchanged(salon, before))

        server.faults = server.before = lambda _number: None
        while not reader.cursor:
            assert reader.once(is_night=False)
        assert reader.once(is_night=True)

        said, truth = reader.book.said(), true(salon)
        assert {ref: one for ref, one in said.items() if ref in truth} == truth
        window = nightly.window_around(TODAY)  # the night asks of no others: what is erased there we never learn
        gone = [ref for ref in said if ref not in truth and reader.starts_in(int(ref), window)]
        assert {said[ref][2] for ref in gone} <= {"cancelled"}
