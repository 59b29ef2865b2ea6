"""What is wrong in the data is counted, with its rows."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from vernis.warehouse.check_texts import about
from vernis.warehouse.checks import Finding, Severity, check

TODAY = datetime.date(2026, 5, 12)
HEADER = "appointment_id,client_id,branch_id,staff_id,service_id,created_at,starts_at,status,cancelled_at,amount"


def found(folder: Path, *lines: str, today: datetime.date = TODAY, **tables: str) -> dict[str, Finding]:
    (folder / "appointments.csv").write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return {one.key: one for one in check(folder, today, {"hair": 42})}


FINE = "A1,C1,B1,S1,cut,2026-05-01T10:00,2026-05-04T12:00,completed,,100"


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("unclosed", "A2,C1,B1,S1,cut,2026-05-01T10:00,2026-05-11T12:00,booked,,"),
        ("cancelled_without_moment", "A2,C1,B1,S1,cut,2026-05-01T10:00,2026-05-11T12:00,cancelled,,"),
        ("cancelled_late", "A2,C1,B1,S1,cut,2026-04-01T10:00,2026-05-01T12:00,cancelled,2026-05-09T10:00,"),
        ("future_completed", "A2,C1,B1,S1,cut,2026-05-01T10:00,2026-05-13T12:00,completed,,100"),
        ("missing_created", "A2,C1,B1,S1,cut,,2026-05-11T12:00,completed,,100"),
        ("created_after_start", "A2,C1,B1,S1,cut,2026-05-12T10:00,2026-05-11T12:00,completed,,100"),
        ("at_night", "A2,C1,B1,S1,cut,2026-05-01T10:00,2026-05-11T03:00,completed,,100"),
        ("without_service", "A2,C1,B1,S1,,2026-05-01T10:00,2026-05-11T12:00,completed,,100"),
        ("without_staff", "A2,C1,B1,,cut,2026-05-01T10:00,2026-05-11T12:00,completed,,100"),
        ("without_amount", "A2,C1,B1,S1,cut,2026-05-01T10:00,2026-05-11T12:00,completed,,"),
    ],
)
def test_each_fault_is_counted_once_and_its_row_is_named(tmp_path: Path, key: str, line: str) -> None:
    before = found(tmp_path, FINE)[key]
    after = found(tmp_path, FINE, line)[key]

    assert before.count == 0
    assert before.severity == Severity.FINE
    assert after.count == 1
    assert after.severity != Severity.FINE
    assert (after.rows[0].appointment_id, after.rows[0].client_id) == ("A2", "C1")


def test_a_booking_of_today_or_tomorrow_is_not_unclosed(tmp_path: Path) -> None:
    lines = (f"A{day},C1,B1,S1,cut,2026-05-01T10:00,2026-05-{day}T12:00,booked,," for day in (12, 13))

    assert found(tmp_path, *lines)["unclosed"].count == 0


def test_nights_are_those_of_the_branch(tmp_path: Path) -> None:
    line = "A1,C1,B1,S1,cut,2026-05-01T10:00,2026-05-04T12:30Z,completed,,100"

    assert found(tmp_path, line)["at_night"].count == 0
    branches = "branch_id,timezone\nB1,Asia/Kamchatka\n"
    night = found(tmp_path, line, branches=branches)["at_night"]
    assert (night.count, night.rows[0].at) == (1, "2026-05-05T00:30")


def test_lines_of_one_appointment_are_one_and_contradictions_are_told(tmp_path: Path) -> None:
    lines = (
        "A1,C1,B1,S1,cut,2026-05-01T10:00,2026-05-04T12:00,completed,,100",
        "A1,C1,B1,S2,colour,2026-05-01T10:00,2026-05-04T12:00,cancelled,,",
    )
    said = found(tmp_path, *lines)

    assert (said["contradicting"].count, said["contradicting"].of) == (1, 1)


def test_one_master_with_two_clients_at_once(tmp_path: Path) -> None:
    lines = (
        f"A{client},C{client},B1,S1,cut,2026-05-01T10:00,2026-05-04T12:00,{status},,100"
        for client, status in ((1, "completed"), (2, "booked"), (3, "cancelled"))
    )

    double = found(tmp_path, *lines)["double_booked"]

    assert {row.client_id for row in double.rows} == {"C1", "C2"}


def test_what_is_not_listed_is_told(tmp_path: Path) -> None:
    tables = {"services": "service_id,title\ncolour,Colour\n", "staff": "staff_id,name\nS9,Anna\n"}
    said = found(
        tmp_path, FINE, clients="client_id,name\nC9,Anna\n", staff=tables["staff"], services=tables["services"]
    )

    assert [said[f"unknown_{name}"].count for name in ("services", "staff", "clients")] == [1, 1, 1]


def test_all_at_noon_means_that_nobody_knows_the_hour(tmp_path: Path) -> None:
    lines = [f"A{n},C{n},B1,S1,cut,2026-04-01T10:00,2026-05-{n % 9 + 1:02}T12:00,completed,,1" for n in range(30)]

    assert found(tmp_path, *lines)["no_hours"].count == 30
    mixed = [line.replace("T12", f"T{10 + place % 7}") for place, line in enumerate(lines)]
    assert found(tmp_path, *mixed)["no_hours"].count == 0


CLIENTS = """client_id,name,phone,birthday
C1,Анна Иванова,+7 916 200-01-01,1990-05-12
C2,Мама Анны,8 916 200 01 01,
C3,тест,,
C4,Клиент,+7 916 200-01-02,
C5,Клиентова Анна,+7 916 200-01-03,--03-04
C6,Тестова Мария,+7 916 200-01-04,
"""


def test_cards_are_checked(tmp_path: Path) -> None:
    said = found(tmp_path, FINE, clients=CLIENTS)

    assert said["missing_phone"].count == 1
    assert said["missing_birthday"].count == 4
    assert [row.client_id for row in said["shared_phone"].rows] == ["C1", "C2"]
    assert {row.client_id for row in said["test_clients"].rows} == {"C3", "C4"}


def test_a_card_for_walk_ins_is_found(tmp_path: Path) -> None:
    day = datetime.date(2026, 1, 1)
    lines = [
        f"A{n},{'WALK' if n % 3 else f'C{n}'},B1,S1,cut,2026-01-01T09:00,"
        f"{day + datetime.timedelta(n // 2)}T12:{n % 2}0,completed,,1"
        for n in range(240)
    ]

    assert [row.client_id for row in found(tmp_path, *lines)["collectors"].rows] == ["WALK"]


def test_a_service_without_an_interval_is_proposed_what_was_learned(tmp_path: Path) -> None:
    services = "service_id,title,category,interval_days\ncut,Cut,hair,\ncolour,Colour,colour,30\nold,Old,,\n"

    said = found(tmp_path, FINE, services=services)["without_interval"]

    assert [(row.service_id, row.about) for row in said.rows] == [("cut", "42")]


def test_every_finding_has_words(tmp_path: Path) -> None:
    said = found(tmp_path, FINE, clients=CLIENTS, services="service_id\ncut\n", staff="staff_id\nS1\n")

    assert all(all(about(key)) for key in [*said, "duplicates"])


def test_no_appointments_are_no_fault(tmp_path: Path) -> None:
    assert all(one.severity == Severity.FINE for one in found(tmp_path).values())
