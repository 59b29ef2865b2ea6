"""The slow reference against cases worked by hand (tests/cases.py) and the identities of rules.md, section 7."""

import csv
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cases import CASES, DAY, OLD, Case, at, booking, cancelled, entry, no_show, salon, visit
from tests.histories import History, crowded_histories, histories, shuffled, write_csv
from tests.reference import BLOCKS, COLUMNS, STANDINGS, block_sizes, standing, worklist

ONE_OF_FOUR = ["missed", "due", "overdue", "lapsed"]
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
any_history = st.one_of(histories(), crowded_histories())


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES])
def test_the_list_of_the_day_is_as_worked_by_hand(case: Case) -> None:
    rows = worklist(case.tables, case.as_of, case.settings)

    assert [(row["block"], row["client_id"], row["anchor"]) for row in rows] == [
        (expected.block, expected.client_id, expected.anchor) for expected in case.expected
    ]
    for row, expected in zip(rows, case.expected, strict=True):
        assert {column: row[column] for column in expected.values} == expected.values


def test_every_case_has_a_name_of_its_own() -> None:
    assert [name for name, count in Counter(case.name for case in CASES).items() if count > 1] == []


@pytest.mark.parametrize(
    ("client", "lines", "numbers"),
    [
        pytest.param("no_visit", [booking(2)], {}, id="a lead with a booking"),
        pytest.param("no_visit", [no_show(-2)], {}, id="a lead who missed"),
        pytest.param("no_visit", [cancelled(2)], {}, id="someone whose only appointment is ignored"),
        pytest.param("booked", [OLD, booking(2)], {}, id="something is upcoming"),
        pytest.param("missed", [OLD, no_show(-2)], {}, id="the missed condition holds"),
        pytest.param("in_cycle", [visit(-20)], {}, id="expected later"),
        pytest.param("in_cycle", [visit(-70), visit(-20, "w", service_id="dye")], {}, id="one cycle in cycle"),
        pytest.param("due", [visit(-30)], {}, id="expected today"),
        pytest.param("overdue", [OLD], {}, id="expected ten days ago"),
        pytest.param("lapsed", [visit(-61)], {}, id="expected a month and a day ago"),
        pytest.param(
            "overdue", [OLD, booking(2, service_id="dye")], {"booking_scope": "cycle"}, id="another cycle booked"
        ),
        pytest.param("booked", [OLD, booking(2)], {"booking_scope": "cycle"}, id="its only cycle booked"),
    ],
)
def test_a_client_stands_where_section_7_says(
    client: str, lines: list[dict[str, str]], numbers: dict[str, object]
) -> None:
    assert standing(salon(*lines), DAY, numbers) == {"anna": client}


def test_everyone_known_or_named_stands_somewhere() -> None:
    tables = salon(booking(2, created_at=at(1)), clients=[{"client_id": "vera"}], waitlist=[entry(client="olga")])

    assert standing(tables, DAY, {}) == {"olga": "no_visit", "vera": "no_visit"}


def test_a_row_has_every_column_of_the_contract() -> None:
    tables = salon(
        visit(-40, branch_id="north", staff_id="s1", amount="1500.5"),
        visit(-38, "w", service_id="dye", branch_id="north", staff_id="s1", amount="10"),
    )
    overdue = {
        "block": "overdue",
        "rank": 1,
        "client_id": "anna",
        "anchor": "dye@2026-04-04",
        "branch_id": "north",
        "cycle_key": "dye",
        "service_id": "dye",
        "last_visit_on": date(2026, 4, 4),
        "expected_on": date(2026, 5, 4),
        "interval_days": 30,
        "interval_source": "default",
        "due_on": date(2026, 5, 5),
        "days_late": 8,
        "also_due": "cut",
        "visits_count": 2,
        "is_new": False,
        "is_lead": False,
        "spent": Decimal("1510.50"),
        "usual_weekday": 6,
        "usual_hour": 10,
        "last_staff_id": "s1",
        "attempts": 0,
        "last_outcome": None,
    }

    assert worklist(tables, DAY) == [overdue]
    assert list(overdue) == COLUMNS


def test_block_sizes_counts_every_block_of_every_day() -> None:
    none = dict.fromkeys(BLOCKS, 0)
    days = [DAY + timedelta(days=more) for more in (-13, -12, 0, 21)]

    assert block_sizes(salon(OLD), days) == {
        days[0]: {**none, "due": 1},
        days[1]: {**none, "due": 1},
        days[2]: {**none, "overdue": 1},
        days[3]: {**none, "lapsed": 1},
    }


# ---- Section 7: identities ----


@unhurried
@given(any_history)
def test_rows_are_unique_complete_and_in_order(history: History) -> None:
    rows = worklist(*history)

    assert len({(row["block"], row["client_id"], row["anchor"]) for row in rows}) == len(rows)
    assert all(list(row) == COLUMNS and "" not in row.values() for row in rows)
    assert [BLOCKS.index(str(row["block"])) for row in rows] == sorted(BLOCKS.index(str(row["block"])) for row in rows)
    for block in BLOCKS:
        ranks = [row["rank"] for row in rows if row["block"] == block]
        assert ranks == list(range(1, len(ranks) + 1))


@unhurried
@given(any_history)
def test_no_client_is_in_two_of_missed_due_overdue_lapsed(history: History) -> None:
    clients = [row["client_id"] for row in worklist(*history) if row["block"] in ONE_OF_FOUR]

    assert len(clients) == len(set(clients))


@unhurried
@given(any_history)
def test_clients_with_a_visit_stand_in_exactly_the_places_of_section_7(history: History) -> None:
    stands = standing(*history)
    rows = worklist(*history)

    assert set(stands.values()) <= set(STANDINGS)
    for row in rows:
        assert (stands[str(row["client_id"])] == "no_visit") == row["is_lead"]
        if row["block"] in ONE_OF_FOUR and not row["is_lead"]:
            assert stands[str(row["client_id"])] == row["block"]


@unhurried
@given(any_history)
def test_without_contacts_everyone_who_stands_in_a_block_is_listed_in_it(history: History) -> None:
    tables = {name: rows for name, rows in history.tables.items() if name != "contacts"}
    stands = standing(tables, history.as_of, history.settings)
    listed = {
        str(row["client_id"]): row["block"]
        for row in worklist(tables, history.as_of, history.settings)
        if row["block"] in ONE_OF_FOUR and not row["is_lead"]
    }

    assert listed == {client: block for client, block in stands.items() if block in ONE_OF_FOUR}


@unhurried
@given(any_history, st.data())
def test_facts_dated_after_the_day_never_change_its_list(history: History, data: st.DataObject) -> None:
    tables, as_of, numbers = history
    clients = sorted({row["client_id"] for row in tables["appointments"]})
    client = data.draw(st.sampled_from(clients))
    later = (as_of + timedelta(days=data.draw(st.integers(2, 5)))).isoformat()  # two: the day after in every zone
    rows = worklist(*history)
    status = data.draw(st.sampled_from(["booked", "completed", "cancelled", "no_show"]))
    more = {
        "appointments": [
            {"appointment_id": "later", "client_id": client, "created_at": later, "starts_at": later, "status": status}
        ],
        "contacts": [
            {
                "client_id": client,
                "block": str(rows[0]["block"]) if rows else "due",
                "anchor": str(rows[0]["anchor"]) if rows else "a8",
                "made_at": later,
                "outcome": data.draw(st.sampled_from(["reached", "do_not_call", "no_answer"])),
            }
        ],
        "waitlist": [{"entry_id": "later", "client_id": client, "created_at": later}],
    }
    with_more = {name: tables.get(name, []) + more.get(name, []) for name in {*tables, *more}}

    assert worklist(with_more, as_of, numbers) == rows


@unhurried
@given(any_history, st.randoms(use_true_random=False))
def test_the_order_of_input_rows_never_matters(history: History, random: Random) -> None:
    tables, as_of, numbers = history

    assert worklist(shuffled(tables, random), as_of, numbers) == worklist(tables, as_of, numbers)
    assert standing(shuffled(tables, random), as_of, numbers) == standing(tables, as_of, numbers)


@unhurried
@given(any_history)
def test_no_cycle_row_has_an_upcoming_appointment(history: History) -> None:
    tables, as_of, numbers = history
    numbers = {**numbers, "booking_scope": "any"}
    # Booked for everyone, of unknown creation: whoever stands in a cycle block now stood there only without it.
    bookings = [
        {"appointment_id": "upcoming", "client_id": client, "starts_at": as_of.isoformat(), "status": "booked"}
        for client in {row["client_id"] for row in tables["appointments"]}
    ]
    rows = worklist({**tables, "appointments": tables["appointments"] + bookings}, as_of, numbers)

    assert [row for row in rows if row["block"] in ONE_OF_FOUR] == []


# ---- Histories ----


@unhurried
@given(any_history)
def test_no_line_is_generated_twice(history: History) -> None:
    lines = [tuple(sorted(row.items())) for row in history.tables["appointments"]]

    assert len(set(lines)) == len(lines)


@unhurried
@given(history=any_history)
def test_tables_survive_their_files(history: History, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("tables")
    write_csv(history.tables, folder)
    read = {}
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            read[path.stem] = list(csv.DictReader(file))

    assert set(read) == set(history.tables)
    assert worklist(read, history.as_of, history.settings) == worklist(*history)


def test_an_empty_table_is_a_file_with_its_required_columns(tmp_path: Path) -> None:
    write_csv({"appointments": []}, tmp_path)

    assert (tmp_path / "appointments.csv").read_text() == "appointment_id,client_id,starts_at,status\n"
