from __future__ import annotations

import datetime
import itertools
from typing import TYPE_CHECKING

import pytest

from tests.connectors.yclients.asking import COMPANY, TODAY, Book, connected, true
from tests.yclients_server import Salon, Server
from vernis.connectors.yclients import changes, errors, nightly, windows
from vernis.connectors.yclients.full import FullReading
from vernis.connectors.yclients.windows import TooMany, Window

if TYPE_CHECKING:
    from pathlib import Path

    from vernis.connectors.yclients.client import YClients

NOON = datetime.datetime(2026, 5, 12, 12, 0)


def crowd(salon: Salon, count: int, *, days: int = 30) -> None:
    """Add many records."""
    service, client = next(iter(salon.services)), next(iter(salon.clients))
    for number in range(count):
        starts = datetime.datetime(2026, 3, 1, 10, 0) + datetime.timedelta(days=number % days, minutes=number)
        salon.book(client, starts, (service, 1000, 1), attendance=1)


def test_the_whole_history_comes_with_deleted_records(source: YClients, salon: Salon, tmp_path: Path) -> None:
    reading = FullReading(source, COMPANY, tmp_path / "reading", today=TODAY)
    assert reading.progress.done == 0

    assert reading.go_on()
    book = Book(tmp_path)
    book.take(reading.whole(), NOON)

    assert reading.progress.done == reading.progress.total
    assert book.said() == true(salon)
    assert {rows[0]["status"] for rows in book.appointments.values()} == {
        "completed", "booked", "no_show", "cancelled",
    }  # fmt: skip


def test_a_window_with_too_many_records_becomes_narrower_ones(source: YClients, salon: Salon) -> None:
    crowd(salon, 500)
    narrower = windows.read(source, COMPANY, Window(datetime.date(2026, 1, 1), datetime.date(2026, 12, 31)))

    assert isinstance(narrower, TooMany)
    assert sum(window.days for window in narrower.windows) == 365
    found = windows.read_all(source, COMPANY, Window(datetime.date(2026, 1, 1), datetime.date(2026, 12, 31)))
    assert len(found) == 503


def test_one_day_with_more_records_than_a_page_is_read_page_by_page(
    source: YClients, salon: Salon, server: Server
) -> None:
    crowd(salon, 450, days=1)
    day = Window(datetime.date(2026, 3, 1), datetime.date(2026, 3, 1))
    before = len(server.asked)

    found = windows.read(source, COMPANY, day)

    assert not isinstance(found, TooMany)
    assert len(found) == 450
    assert len(server.asked) - before == 6


def test_a_reading_goes_on_where_it_was_cut_off(server: Server, salon: Salon, tmp_path: Path) -> None:
    crowd(salon, 700)
    server.faults = lambda number: "unavailable" if 12 <= number <= 14 or 20 <= number <= 22 else None
    finished, cuts = False, 0
    while not finished:
        with connected(server) as source:  # a new process each time
            reading = FullReading(source, COMPANY, tmp_path / "reading", today=TODAY)
            done = reading.progress.done
            try:
                finished = reading.go_on(is_time_up=lambda: True)
            except errors.Unavailable:
                cuts += 1
            assert reading.progress.done >= done
    book = Book(tmp_path)
    book.take(reading.whole(), NOON)

    assert cuts == 2
    assert book.said() == true(salon)
    asked = [said for said in server.asked if "start_date" in said]
    assert len(asked) - len(set(asked)) == 6  # only what was refused was asked for again


def test_half_a_line_at_the_end_of_what_was_read_is_no_harm(source: YClients, tmp_path: Path, salon: Salon) -> None:
    reading = FullReading(source, COMPANY, tmp_path / "reading", today=TODAY)
    reading.go_on(is_time_up=lambda: True)
    with (tmp_path / "reading/records.jsonl").open("a") as out:
        out.write('{"id": 99999, "date": "20')  # killed here
    again = FullReading(source, COMPANY, tmp_path / "reading", today=TODAY)
    again.go_on()
    book = Book(tmp_path)
    book.take(again.whole(), NOON)

    assert book.said() == true(salon)


def test_what_is_not_whole_is_not_delivered(server: Server, source: YClients, tmp_path: Path) -> None:
    reading = FullReading(source, COMPANY, tmp_path / "reading", today=TODAY)
    server.faults = lambda number: "cut" if number > 9 else None
    with pytest.raises(errors.Cut):
        reading.go_on()

    with pytest.raises(ValueError, match="not at its end"):
        reading.whole()


def test_what_is_moved_into_a_window_already_read_is_caught_by_the_changes(
    server: Server, salon: Salon, source: YClients, tmp_path: Path
) -> None:
    crowd(salon, 300)
    moved = max(salon.records)

    def move(number: int) -> None:
        if number == 9:  # the latest years have been read
            salon.tick()
            salon.change(moved, date="2026-12-01 10:00:00")

    server.before = move
    reading = FullReading(source, COMPANY, tmp_path / "reading", today=TODAY)
    reading.go_on()

    assert reading.whole().records[moved]["date"] == "2026-12-01 10:00:00"


@pytest.mark.parametrize("shift", [-14, -6, 0, 9, 14])
def test_changes_are_found_whatever_zone_the_source_means(
    server: Server, source: YClients, salon: Salon, shift: int
) -> None:
    server.zone_of_changed_after = datetime.timedelta(hours=shift)
    cursor = changes.begin(source, COMPANY)
    known = max(salon.records)
    salon.tick(3)
    salon.change(known, attendance=1)
    changed = changes.read(source, COMPANY, cursor)
    assert known in changed.records

    salon.tick(3)
    salon.change(known, deleted=True)
    assert changes.read(source, COMPANY, changed.cursor).records[known]["deleted"] is True


def test_one_record_from_the_year_2099_blinds_nobody(source: YClients, salon: Salon) -> None:
    wild, known = min(salon.records), max(salon.records)
    salon.change(wild, last_change_date="2099-01-01T00:00:00+0300")
    cursor = changes.read(source, COMPANY, "2026-05-12T11:00:00").cursor
    salon.tick(60)
    salon.change(known, attendance=1)

    assert known in changes.read(source, COMPANY, cursor).records


def test_a_record_that_has_vanished_is_asked_for_before_it_is_believed_gone(
    server: Server, source: YClients, salon: Salon, tmp_path: Path
) -> None:
    book = Book(tmp_path)
    reading = FullReading(source, COMPANY, tmp_path / "reading", today=TODAY)
    reading.go_on()
    book.take(reading.whole(), NOON)
    coming = next(number for number, one in salon.records.items() if one["date"] > "2026-05-12")
    salon.erase(coming)
    window = nightly.window_around(TODAY)

    server.faults = lambda _number: "page_of_a_proxy" if server.asked[-1].startswith("GET /api/v1/record/") else None
    with pytest.raises(errors.BadAnswer):
        nightly.compare(source, COMPANY, window=window, known={coming}, cursor=reading.whole().cursor)

    server.faults = lambda _number: None
    read = nightly.compare(source, COMPANY, window=window, known={coming}, cursor=reading.whole().cursor)
    book.take(read, NOON)

    assert read.gone == {coming}
    assert book.appointments[str(coming)][0]["status"] == "cancelled"
    assert book.appointments[str(coming)][0]["cancelled_at"] == NOON
    assert book.appointments[str(coming)][0]["amount"] == 250_000


def test_a_record_that_has_moved_out_of_the_nights_window_is_not_gone(source: YClients, salon: Salon) -> None:
    coming = next(number for number, one in salon.records.items() if one["date"] > "2026-05-12")
    salon.change(coming, date="2028-01-01 10:00:00", last_change_date="2020-01-01 00:00:00")

    read = nightly.compare(
        source, COMPANY, window=nightly.window_around(TODAY), known={coming}, cursor="2026-05-12T00:00:00"
    )
    assert not read.gone
    assert read.records[coming]["date"] == "2028-01-01 10:00:00"


def test_if_nearly_everything_has_vanished_nothing_is_believed(source: YClients) -> None:
    with pytest.raises(errors.Vanished):
        nightly.compare(
            source, COMPANY, window=nightly.window_around(TODAY), known=range(1, 100), cursor="2026-05-12T00:00:00"
        )


def test_an_empty_list_that_says_it_is_longer_is_no_news(server: Server, source: YClients) -> None:
    server.faults = lambda _number: "list_of_nothing"

    with pytest.raises(errors.Fault):
        changes.read(source, COMPANY, "2026-05-12T00:00:00")


def test_records_that_come_and_go_between_pages_lose_no_other(server: Server, source: YClients, salon: Salon) -> None:
    crowd(salon, 600, days=1)
    fixed = set(salon.records)
    newest = itertools.cycle(sorted(fixed)[-3:])

    def stir(number: int) -> None:
        if number < 8:
            salon.change(next(newest), date="2026-03-01 23:59:00")
            salon.book(next(iter(salon.clients)), datetime.datetime(2026, 3, 1, 23, 30))

    server.before = stir
    day = Window(datetime.date(2026, 3, 1), datetime.date(2026, 3, 1))

    assert {number for number in fixed if salon.records[number]["date"].startswith("2026-03-01")} <= set(
        windows.read_all(source, COMPANY, day)
    )
