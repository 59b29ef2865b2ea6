from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.connectors.yclients.asking import COMPANY, TODAY, Book
from vernis.connectors import tables
from vernis.connectors.yclients import records
from vernis.connectors.yclients.full import FullReading
from vernis.connectors.yclients.people import phone

if TYPE_CHECKING:
    from pathlib import Path

    from tests.yclients_server import Salon
    from vernis.connectors.yclients.client import YClients

NOW = datetime.datetime(2026, 5, 12, 12, 0)


def read_into(book: Book, source: YClients, folder: Path) -> Book:
    reading = FullReading(source, COMPANY, folder, today=TODAY)
    reading.go_on()
    book.take(reading.whole(), NOW)
    return book


def test_each_service_is_a_row_with_its_amount(salon: Salon, source: YClients, tmp_path: Path) -> None:
    book = read_into(Book(tmp_path), source, tmp_path / "reading")
    visit = next(rows for rows in book.appointments.values() if len(rows) == 2)

    assert [row["amount"] for row in visit] == [250_000, 700_000]  # 2500, and 2 of 3500
    assert {row["status"] for row in visit} == {"completed"}
    assert visit[0]["starts_at"] == datetime.datetime(2026, 4, 14, 10, 0)
    assert visit[0]["created_at"] == datetime.datetime(2026, 5, 12, 12, 0)
    assert visit[0]["minutes"] == 60


def test_the_wall_clock_counts_and_not_the_offset() -> None:
    record = {"date": "2026-05-12 10:00:00", "datetime": "2026-05-12T10:00:00+0300"}

    assert records.starts_at(record) == datetime.datetime(2026, 5, 12, 10, 0)
    assert records.starts_at({"datetime": "2026-05-12T10:00:00-0800"}) == datetime.datetime(2026, 5, 12, 10, 0)
    assert records.starts_at({"date": "2026-13-45 10:00"}) is None


@pytest.mark.parametrize(
    ("record", "status"),
    [
        ({"attendance": 1}, "completed"),
        ({"attendance": -1}, "no_show"),
        ({"attendance": 0}, "booked"),
        ({"attendance": 2}, "booked"),
        ({}, "booked"),
        ({"attendance": 1, "deleted": True}, "cancelled"),
        ({"attendance": 7}, None),
        ({"attendance": "came"}, None),
    ],
)
def test_states(record: dict[str, Any], status: str | None) -> None:
    assert records.status(record) == status


def test_a_deleted_record_is_cancelled_when_it_was_changed_last_or_when_we_learn_of_it(
    salon: Salon, source: YClients, tmp_path: Path
) -> None:
    deleted = next(number for number, one in salon.records.items() if one["deleted"])
    book = read_into(Book(tmp_path), source, tmp_path / "first")
    assert book.appointments[str(deleted)][0]["cancelled_at"] == NOW  # it was changed at noon

    del salon.records[deleted]["last_change_date"]
    salon.records[deleted]["last_change_date"] = ""
    read_into(book, source, tmp_path / "second")
    assert book.appointments[str(deleted)][0]["cancelled_at"] == NOW

    reading = FullReading(source, COMPANY, tmp_path / "third", today=TODAY)
    reading.go_on()
    later = NOW + datetime.timedelta(days=3)
    book.take(reading.whole(), later)
    assert book.appointments[str(deleted)][0]["cancelled_at"] == NOW  # learned of once, not again each time

    fresh = Book(tmp_path / "fresh")
    fresh.take(reading.whole(), later)
    assert fresh.appointments[str(deleted)][0]["cancelled_at"] == later


def test_a_refusal_of_sms_is_kept_and_its_absence_is_no_consent(salon: Salon, source: YClients, tmp_path: Path) -> None:
    book = read_into(Book(tmp_path), source, tmp_path / "reading")

    assert {one["name"]: one.get("refuses_sms") for one in book.clients.values()} == {"Анна": None, "Вера": True}


def test_services_bring_their_interval_category_and_price(salon: Salon, source: YClients, tmp_path: Path) -> None:
    book = read_into(Book(tmp_path), source, tmp_path / "reading")
    cut = next(one for one in book.services.values() if one["title"] == "Стрижка")

    assert (cut["interval_days"], cut["category"], cut["price"], cut["minutes"]) == (28, "Волосы", 250_000, 60)
    assert [one["name"] for one in book.staff.values()] == ["Светлана Мастер"]


def test_a_service_that_is_offered_no_more_is_known_from_records(
    salon: Salon, source: YClients, tmp_path: Path
) -> None:
    gone = next(number for number, one in salon.services.items() if one["title"] == "Окрашивание")
    del salon.services[gone]

    book = read_into(Book(tmp_path), source, tmp_path / "reading")
    assert book.services[str(gone)]["title"] == "Окрашивание"


def test_what_cannot_be_understood_is_refused_with_a_reason_and_never_guessed(
    salon: Salon, source: YClients, tmp_path: Path
) -> None:
    anna = next(iter(salon.clients))
    salon.book(None, NOW)
    salon.book(anna, NOW, attendance=9)
    book = read_into(Book(tmp_path), source, tmp_path / "reading")

    assert [row["reason"] for row in book.refused] == ["no_client", "unknown_status"]
    assert len(book.appointments) == 4


def test_a_client_without_a_list_entry_is_known_from_the_record(salon: Salon, source: YClients, tmp_path: Path) -> None:
    anna = next(iter(salon.clients))
    del salon.clients[anna]

    book = read_into(Book(tmp_path), source, tmp_path / "reading")
    assert book.clients[str(anna)]["phone"] == "+79162000101"


def test_hidden_phones_are_counted_and_not_taken_for_phones(salon: Salon, source: YClients, tmp_path: Path) -> None:
    for client in salon.clients.values():
        client["phone"] = "7916*****01"
    reading = FullReading(source, COMPANY, tmp_path / "reading", today=TODAY)
    reading.go_on()
    book = Book(tmp_path)

    assert book.take(reading.whole(), NOW).hidden_phones == 2
    assert not any(one.get("phone") for one in book.clients.values())


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("79162000101", "RU", "+79162000101"),
        (79162000101, "RU", "+79162000101"),
        ("+7 916 200-01-01", "RU", "+79162000101"),
        ("89162000101", "RU", "+79162000101"),
        ("77015049316", "KZ", "+77015049316"),
        ("1315555017", "RU", None),  # one digit is missing
        ("", "RU", None),
        (None, "RU", None),
        ("12", "RU", None),
    ],
)
def test_phones(text: Any, country: str, expected: str | None) -> None:
    assert phone(text, country) == expected


def test_every_table_has_its_columns(source: YClients, tmp_path: Path) -> None:
    from pyarrow import parquet

    read_into(Book(tmp_path), source, tmp_path / "reading")
    for path in (tmp_path / "1").iterdir():
        assert parquet.read_schema(path).names == tables.TABLES[path.stem].names
