"""What can be used but is suspicious is counted and said on the standard error, every time."""

from pathlib import Path

import pytest

from tests.cli.command import vernis
from tests.warehouse.files import APPOINTMENTS, Files, appointments, contacts, table, visit, waitlist, write_files

CLIENTS = "client_id\nanna\n"
UNCLOSED = ["past appointment", "still open"]


def booked(name: str, day: str, **cells: str) -> dict[str, str]:
    return visit(**{"appointment_id": name, "starts_at": day, "status": "booked", **cells})


CASES: dict[str, tuple[Files, int, list[str]]] = {
    "appointments that nobody closed": (
        {
            "appointments.csv": appointments(
                booked("a1", "2026-05-11"),
                booked("a1", "2026-05-11", service_id="dye"),  # the same appointment
                booked("a2", "2026-05-01T23:59"),
                booked("a3", "2026-05-12"),  # today may still be closed
                booked("a4", "2026-06-01"),
                booked(
                    "a5", "2026-05-01", status="cancelled", cancelled_at="2026-05-20"
                ),  # stood on the day, as of 12 May
            )
        },
        3,
        UNCLOSED,
    ),
    "one appointment that nobody closed": (
        {"appointments.csv": appointments(booked("a1", "2026-05-11"))},
        1,
        ["1 past appointment is still open"],
    ),
    "clients that are not listed": (
        {
            "clients.csv": CLIENTS,
            "appointments.csv": appointments(
                visit(),
                visit(client_id="vera"),
                visit(client_id="vera", appointment_id="a2", starts_at="2026-04-03"),
                visit(client_id="zoe"),
            ),
        },
        2,
        ["clients have appointments but are not listed in clients"],
    ),
    "a visit before its own creation": (
        {
            "appointments.csv": appointments(
                visit(created_at="2026-04-03"),
                visit(appointment_id="a2", created_at="2026-04-02T23:00"),  # on the day: usual for those who walk in
                visit(appointment_id="a3", created_at="2026-04-03", status="no_show"),  # no visit
            )
        },
        1,
        ["visit took place before the day its booking was made"],
    ),
    "lines that contradict each other": (
        {
            "appointments.csv": appointments(
                visit(),
                visit(service_id="dye", status="cancelled"),
                visit(service_id="gel", status="no_show"),
                visit(appointment_id="a2"),
                visit(appointment_id="a2", service_id="dye"),
                visit(appointment_id="a2", client_id="vera", status="no_show"),  # another appointment
            )
        },
        1,
        ["appointment has lines of different status"],
    ),
    "services that are not listed": (
        {
            "services.csv": "service_id\ncut\n",
            "appointments.csv": appointments(
                visit(), visit(service_id="dye"), visit(service_id="gel"), visit(service_id="")
            ),
        },
        2,
        ["appointment lines name services that services does not list"],
    ),
    "branches that are not listed": (
        {
            "branches.csv": "branch_id,timezone\nb1,Europe/Moscow\n",
            "appointments.csv": appointments(
                visit(branch_id="b1"), visit(appointment_id="a2", branch_id="b2"), visit(appointment_id="a3")
            ),
        },
        1,
        ["appointment line names a branch that branches does not list", "UTC"],
    ),
    "columns that are not known": (
        {
            "appointments.csv": table([*APPOINTMENTS, "colour", "mood"], visit()),
            "clients.csv": "client_id,colour\nanna,red\n",
        },
        0,
        ["clients.csv: colour, appointments.csv: colour, appointments.csv: mood"],
    ),
}


@pytest.mark.parametrize("name", list(CASES))
def test_it_is_counted_also_when_the_snapshot_is_there(tmp_path: Path, cache: Path, name: str) -> None:
    files, count, parts = CASES[name]
    data = write_files(tmp_path / "data", files)
    arguments = ["worklist", "--data", data, "--cache", cache, "--as-of", "2026-05-12", "--format", "csv"]

    first = vernis(*arguments)
    second = vernis(*arguments)

    assert first.returncode == second.returncode == 0
    assert first.stdout.startswith(b"block,rank,")
    said = first.stderr.decode()
    assert said.startswith(f"Note: {count} " if count else "Note: ")
    assert all(part in said for part in parts)
    assert said.count("\n") == 1
    assert second.stderr == first.stderr
    assert second.stdout == first.stdout


def test_the_notes_are_told_in_russian(tmp_path: Path, cache: Path) -> None:
    data = write_files(tmp_path / "data", CASES["appointments that nobody closed"][0])

    finished = vernis("worklist", "--data", data, "--cache", cache, "--as-of", "2026-05-12", "--lang", "ru")

    assert finished.returncode == 0
    assert "3" in finished.stderr.decode()
    assert "Note" not in finished.stderr.decode()


def test_what_nobody_closed_depends_on_the_day(tmp_path: Path, cache: Path) -> None:
    data = write_files(tmp_path / "data", {"appointments.csv": appointments(visit(), booked("a2", "2026-05-11"))})

    def said(day: str) -> bytes:
        return vernis("worklist", "--data", data, "--cache", cache, "--as-of", day, "--format", "csv").stderr

    assert said("2026-05-11") == b""
    assert said("2026-05-12").startswith(b"Note: 1 past appointment")


@pytest.mark.parametrize("table_name", ["clients", "services", "branches"])
def test_without_a_table_nobody_is_missing_from_it(tmp_path: Path, cache: Path, table_name: str) -> None:
    files: Files = {
        "clients.csv": "client_id\nvera\n",
        "services.csv": "service_id\ndye\n",
        "branches.csv": "branch_id,timezone\nb2,UTC\n",
        "appointments.csv": appointments(visit(branch_id="b1")),
    }
    data = write_files(tmp_path / "data", {name: file for name, file in files.items() if table_name not in name})

    finished = vernis("worklist", "--data", data, "--cache", cache, "--as-of", "2026-05-12")

    assert finished.stderr.count(b"Note: ") == 2
    assert f" {table_name} does not list" not in finished.stderr.decode()
    assert f"listed in {table_name}" not in finished.stderr.decode()


def test_clients_of_calls_and_of_the_waiting_list_need_no_appointments(tmp_path: Path, cache: Path) -> None:
    files: Files = {
        "clients.csv": CLIENTS,
        "contacts.csv": contacts({"client_id": "vera"}),
        "waitlist.csv": waitlist({"client_id": "zoe"}),
    }
    data = write_files(tmp_path / "data", files)

    finished = vernis("worklist", "--data", data, "--cache", cache, "--as-of", "2026-05-12", "--format", "csv")

    assert finished.returncode == 0
    assert b"\nwaitlist,1,zoe,w1," in finished.stdout


def test_more_is_said_to_those_who_ask(tmp_path: Path, cache: Path) -> None:
    data = write_files(tmp_path / "data", {})

    finished = vernis("worklist", "--data", data, "--cache", cache, "--as-of", "2026-05-12", "-v")

    assert finished.returncode == 0
    assert b"Nothing suspicious in the data." in finished.stderr
