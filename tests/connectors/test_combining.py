"""Bookings, cancellations, no-shows and receipts become appointments; the same facts keep their names."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.connectors.test_corpus import assert_balanced
from tests.connectors.told import appointments, rows, staged
from vernis.connectors.spreadsheets import staging

BOOKINGS = "Code,Staff,Service,Date,Time\n"
CANCELLED = "Cancel Date,Code,Service,Staff,Booking Date\n"
MISSED = "Date,Code,Service,Staff\n"
RECEIPTS = "Receipt,Date,Description,Client,Staff,Quantity,Amount\n"
SERVICES = "Code,Desc,Cate,Price\nSHCW,Women's hair cut,STYLE,102\nSBD,Blowdry,STYLE,40\n"


def salon(**files: str) -> tuple[tuple[str, bytes], ...]:
    names = {"bookings": "Bookings.csv", "cancelled": "Cancellations.csv", "missed": "No-Show Report.csv",
             "receipts": "Receipts.csv", "services": "Service Listing.csv"}  # fmt: skip
    heads = {"bookings": BOOKINGS, "cancelled": CANCELLED, "missed": MISSED, "receipts": RECEIPTS, "services": ""}
    return tuple((names[kind], (heads[kind] + body).encode()) for kind, body in files.items())


def test_a_report_and_a_receipt_say_what_became_of_a_booking(tmp_path: Path) -> None:
    made, _mapping = staged(
        tmp_path,
        *salon(
            bookings="ANNA1,JJ,SHCW,03/25/2026,3:50:00 PM\nBELA1,JJ,SHCW,03/25/2026,4:00:00 PM\n"
            "CORA1,JJ,SBD,03/25/2026,5:00:00 PM\nDINA1,JJ,SBD,03/25/2026,6:00:00 PM\n",
            cancelled="03/24/2026,BELA1,SHCW,JJ,03/25/2026\n03/20/2026,EVA1,SBD,JJ,03/26/2026\n",
            missed="03/25/2026,CORA1,SBD,JJ\n",
            receipts="1,03/25/2026,Women's hair cut,ANNA1,JJ,1,102\n2,03/25/2026,Shampoo 250ml,ANNA1,JJ,1,30\n"
            "3,03/27/2026,Blowdry,FAYE1,JJ,1,40\n4,03/27/2026,,FAYE1,JJ,1,9\n",
            services=SERVICES,
        ),
        country="CA",
    )

    assert appointments(made) == [
        "ANNA1, 2026-03-25 15:50, Women's hair cut, completed, 102.00",
        "BELA1, 2026-03-25 16:00, Women's hair cut, cancelled",
        "CORA1, 2026-03-25 17:00, Blowdry, no_show",
        "DINA1, 2026-03-25 18:00, Blowdry, booked",
        "EVA1, 2026-03-26, Blowdry, cancelled",
        "FAYE1, 2026-03-27, Blowdry, completed, 40.00",
    ]
    assert_balanced(made)
    receipts = made.balances[3]
    assert receipts.folded_by == {"closed_booking": 1}
    assert receipts.skipped == {"header": 1, "products": 1}
    assert receipts.refused_by == {"no_service": 1}
    cancelled = next(row for row in rows(made, "appointments") if row["client_ref"] == "id:BELA1")
    assert str(cancelled["cancelled_at"]) == "2026-03-24 12:00:00"


def test_one_of_two_equal_bookings_is_cancelled_by_one_report(tmp_path: Path) -> None:
    made, _mapping = staged(
        tmp_path,
        *salon(
            bookings="ANNA1,JJ,SHCW,03/25/2026,3:00:00 PM\nANNA1,MO,SHCW,03/25/2026,4:00:00 PM\n",
            cancelled="03/24/2026,ANNA1,SHCW,MO,03/25/2026\n",
        ),
    )

    assert appointments(made) == ["ANNA1, 2026-03-25 15:00, SHCW, booked", "ANNA1, 2026-03-25 16:00, SHCW, cancelled"]
    assert {row["ref"] for row in rows(made, "appointments")} == {
        "id:ANNA1@2026-03-25",
        "id:ANNA1@2026-03-25/cancelled",
    }


def test_a_cancellation_does_not_change_the_name_of_an_appointment(tmp_path: Path) -> None:
    booking = "ANNA1,JJ,SHCW,03/25/2026,3:00:00 PM\n"
    (tmp_path / "before").mkdir()
    (tmp_path / "after").mkdir()
    before, _mapping = staged(tmp_path / "before", *salon(bookings=booking))
    after, _mapping = staged(
        tmp_path / "after", *salon(bookings=booking, cancelled="03/24/2026,ANNA1,SHCW,JJ,03/25/2026\n")
    )

    assert [row["ref"] for row in rows(before, "appointments")] == [row["ref"] for row in rows(after, "appointments")]
    assert [row["status"] for row in rows(after, "appointments")] == ["cancelled"]


def test_an_older_and_a_newer_export_that_overlap_say_everything_once(tmp_path: Path) -> None:
    head = "ID записи;Дата визита;Время;Клиент;Телефон;Услуга;Статус\r\n"
    old = (
        head
        + "1;05.03.2026;10:00;Анна;89001234567;Стрижка;Ожидание\r\n2;06.03.2026;11:00;Ира;89007654321;Бокс;Ожидание\r\n"
    )
    new = (
        head + "2;06.03.2026;12:30;Ира;89007654321;Бокс;Пришел\r\n3;07.03.2026;11:00;Ира;89007654321;Бокс;Ожидание\r\n"
    )
    made, _mapping = staged(tmp_path, ("Записи 1.csv", old.encode()), ("Записи 2.csv", new.encode()))

    assert appointments(made) == [
        "Анна, 2026-03-05 10:00, Стрижка, booked",
        "Ира, 2026-03-06 12:30, Бокс, completed",
        "Ира, 2026-03-07 11:00, Бокс, booked",
    ]
    assert made.balances[0].folded_by == {"newer_row": 1}
    assert [row["ref"] for row in rows(made, "appointments")] == ["id:1", "id:2", "id:3"]
    assert_balanced(made)


def test_a_list_of_clients_with_numbers_and_bookings_with_phones_are_the_same_people(tmp_path: Path) -> None:
    clients = (
        "ID клиента;Имя;Телефон;Дата рождения\r\n7;Иванова Анна;89001234567;05.03.1990\r\n8;Ким Мария;89007654321;\r\n"
    )
    bookings = (
        "Дата;Клиент;Телефон;Услуга\r\n05.03.2026;Анна;+7 900 123-45-67;Стрижка\r\n06.03.2026;Ким Мария;;Бокс\r\n"
    )
    made, _mapping = staged(tmp_path, ("Клиенты.csv", clients.encode()), ("Записи.csv", bookings.encode()))

    assert {row["ref"] for row in rows(made, "clients")} == {"id:7", "id:8"}
    assert appointments(made) == ["Иванова Анна, 2026-03-05, Стрижка, booked", "Ким Мария, 2026-03-06, Бокс, booked"]
    assert_balanced(made)


def test_several_services_of_one_day_are_one_appointment_that_begins_with_the_first(tmp_path: Path) -> None:
    made, _mapping = staged(
        tmp_path, *salon(bookings="ANNA1,JJ,SHCW,03/25/2026,3:00:00 PM\nANNA1,MO,CFC,03/25/2026,1:30:00 PM\n")
    )

    assert appointments(made) == ["ANNA1, 2026-03-25 13:30, SHCW + CFC, booked"]


def test_a_receipt_for_a_cancelled_booking_is_pointed_out(tmp_path: Path) -> None:
    made, _mapping = staged(
        tmp_path,
        *salon(
            bookings="ANNA1,JJ,SBD,03/25/2026,3:00:00 PM\n",
            cancelled="03/25/2026,ANNA1,SBD,JJ,03/25/2026\n",
            receipts="1,03/25/2026,Blowdry,ANNA1,JJ,1,55\n",
            services=SERVICES,
        ),
    )

    assert appointments(made) == ["ANNA1, 2026-03-25 15:00, Blowdry, cancelled"]
    assert made.balances[2].folded_by == {"receipt_of_missed": 1}


@pytest.mark.parametrize("size", [3, 50])
def test_many_people_fall_into_parts_and_come_out_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    lines = [f"{day:02}.03.2026;Имя {who};8900{who:07};Услуга {who % 3}\r\n" for who in range(40) for day in (1, 9, 9)]
    body = ("Дата;Клиент;Телефон;Услуга\r\n" + "".join(lines)).encode()
    (tmp_path / "whole").mkdir()
    (tmp_path / "parts").mkdir()
    whole, _mapping = staged(tmp_path / "whole", ("Записи.csv", body))
    monkeypatch.setattr(staging, "ROWS_OF_A_BUCKET", size)
    parts, _mapping = staged(tmp_path / "parts", ("Записи.csv", body))

    assert sorted(appointments(parts)) == sorted(appointments(whole))
    assert parts.balances == whole.balances
    assert_balanced(parts)


def test_a_daughter_with_the_phone_of_her_mother_does_not_become_her_mother(tmp_path: Path) -> None:
    bookings = (
        "Дата;Клиент;Телефон;Услуга\r\n05.03.2026;Мария;89001234567;Бокс\r\n06.03.2026;Анна;89001234567;Стрижка\r\n"
    )
    clients = "ID клиента;Имя;Телефон\r\n7;Иванова Анна;89001234567\r\n"
    made, _mapping = staged(tmp_path, ("Записи.csv", bookings.encode()), ("Клиенты.csv", clients.encode()))

    assert appointments(made) == ["Мария, 2026-03-05, Бокс, booked", "Иванова Анна, 2026-03-06, Стрижка, booked"]
    assert {row["ref"] for row in rows(made, "clients")} == {"id:7", "id:7/мария"}
    assert {row["external_id"] for row in rows(made, "clients")} == {"7", None}
    assert_balanced(made)
