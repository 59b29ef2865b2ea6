import csv
from collections import Counter, defaultdict
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from statistics import mean, median, pstdev
from typing import Literal
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq
import pytest

from vernis.warehouse.sample import write_sample

AS_OF = date(2026, 5, 12)
CLIENTS = 3000
Row = dict[str, str]
Tables = dict[str, list[Row]]

COLUMNS = {
    "branches": "branch_id name timezone",
    "clients": "client_id name phone email birthday traits",
    "services": "service_id title category interval_days",
    "service_intervals": "service_id category months trait trait_value interval_days",
    "staff": "staff_id name",
    "appointments": "appointment_id client_id branch_id staff_id service_id created_at starts_at status cancelled_at "
    "amount",
    "contacts": "client_id block anchor made_at outcome next_on staff_id",
    "waitlist": "entry_id client_id branch_id service_id created_at wanted_from wanted_until closed_on",
}
OUTCOMES = {"no_answer", "promised", "booked", "reached", "declined", "callback", "wrong_number", "do_not_call"}
BLOCKS = {"missed", "follow_up", "due", "overdue", "lapsed", "rebooked", "waitlist", "birthday"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    write_sample(folder, clients=CLIENTS, seed=7, as_of=AS_OF)
    return folder


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three chunks of clients, the last with one."""
    folder = tmp_path_factory.mktemp("large")
    write_sample(folder, clients=50_001, seed=3, as_of=AS_OF, lines_per_client=3)
    return folder


@pytest.fixture(scope="module")
def tables(folder: Path) -> Tables:
    return {name: read(folder / f"{name}.csv") for name in COLUMNS}


@pytest.fixture(scope="module")
def lines(tables: Tables) -> list[Row]:
    return tables["appointments"]


@pytest.fixture(scope="module")
def visit_days(lines: list[Row]) -> dict[str, list[date]]:
    days: dict[str, set[date]] = defaultdict(set)
    for line in lines:
        if line["status"] == "completed":
            days[line["client_id"]].add(day(line["starts_at"]))
    return {client: sorted(found) for client, found in days.items()}


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def day(text: str) -> date:
    return date.fromisoformat(text[:10])


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def share(rows: list[Row], column: str, value: str) -> float:
    return sum(row[column] == value for row in rows) / len(rows)


# ---- Files ----


@pytest.mark.parametrize("file_format", ["csv", "parquet"])
def test_the_same_seed_gives_the_same_bytes(tmp_path: Path, file_format: Literal["csv", "parquet"]) -> None:
    for name in ("one", "two"):
        write_sample(tmp_path / name, clients=400, seed=3, as_of=AS_OF, file_format=file_format)

    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_chunks_worked_on_at_once_give_the_same_bytes(large: Path, tmp_path: Path) -> None:
    write_sample(tmp_path, clients=50_001, seed=3, as_of=AS_OF, lines_per_client=3)

    assert contents(tmp_path) == contents(large)
    assert (large / "appointments.parquet").exists()  # from 50,000 clients on


def test_another_seed_gives_another_salon(tmp_path: Path) -> None:
    for seed in (3, 4):
        write_sample(tmp_path / str(seed), clients=400, seed=seed, as_of=AS_OF)

    one, two = contents(tmp_path / "3"), contents(tmp_path / "4")
    assert all(one[f"{name}.csv"] != two[f"{name}.csv"] for name in ("clients", "appointments", "staff"))


def test_parquet_says_the_same_as_csv(tmp_path: Path) -> None:
    write_sample(tmp_path / "c", clients=300, seed=5, as_of=AS_OF, file_format="csv")
    write_sample(tmp_path / "p", clients=300, seed=5, as_of=AS_OF, file_format="parquet")

    for name, columns in COLUMNS.items():
        texts, values = read(tmp_path / "c" / f"{name}.csv"), pq.read_table(tmp_path / "p" / f"{name}.parquet")
        assert values.column_names == columns.split()
        for column in set(columns.split()) - {"created_at", "cancelled_at"}:
            whole = [value.isoformat() if isinstance(value, date) else value for value in values[column].to_pylist()]
            assert [row[column] for row in texts] == ["" if value is None else str(value) for value in whole]


def test_parquet_has_local_moments_days_and_decimals(tmp_path: Path) -> None:
    write_sample(tmp_path, clients=300, seed=5, as_of=AS_OF, file_format="parquet")

    types = {field.name: str(field.type) for field in pq.read_schema(tmp_path / "appointments.parquet")}
    assert types["client_id"] == "string"
    assert types["starts_at"] == types["created_at"] == types["cancelled_at"] == "timestamp[us]"
    assert types["amount"] == "decimal128(12, 2)"
    assert str(pq.read_schema(tmp_path / "contacts.parquet").field("next_on").type) == "date32[day]"


def test_an_earlier_sample_is_replaced_whole(tmp_path: Path) -> None:
    write_sample(tmp_path, clients=50, seed=1, as_of=AS_OF, file_format="csv")
    write_sample(tmp_path, clients=50, seed=1, as_of=AS_OF, file_format="parquet")

    assert {path.name for path in tmp_path.iterdir()} == {".vernis-sample", *(f"{name}.parquet" for name in COLUMNS)}


@pytest.mark.parametrize("name", ["notes.txt", "appointments.csv"])
def test_files_of_others_are_never_touched(tmp_path: Path, name: str) -> None:
    salon = tmp_path / "salon"
    salon.mkdir()
    (salon / name).write_text("mine")

    with pytest.raises(FileExistsError, match=name):
        write_sample(salon, clients=50, seed=1, as_of=AS_OF)

    assert contents(salon) == {name: b"mine"}
    assert list(tmp_path.iterdir()) == [salon]


def test_a_file_in_the_place_of_the_folder_stays(tmp_path: Path) -> None:
    (tmp_path / "salon").write_text("mine")

    with pytest.raises(FileExistsError, match="salon"):
        write_sample(tmp_path / "salon", clients=50, seed=1, as_of=AS_OF)


def test_a_failure_leaves_nothing_behind(tmp_path: Path) -> None:
    def interrupt(step: str, share: float) -> None:
        if step == "visits":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_sample(tmp_path / "salon", clients=50, seed=1, as_of=AS_OF, progress=interrupt)

    assert list(tmp_path.iterdir()) == []


def test_progress_goes_from_step_to_step(tmp_path: Path) -> None:
    told: list[tuple[str, float]] = []

    write_sample(tmp_path, clients=50, seed=1, as_of=AS_OF, progress=lambda step, share: told.append((step, share)))

    assert told == [("plan", 1.0), ("clients", 1.0), ("visits", 1.0), ("contacts", 1.0)]


@pytest.mark.parametrize(("clients", "seed", "lines"), [(0, 1, None), (10, -1, None), (500, 1, 900.0), (50, 1, 0.0)])
def test_impossible_salons_are_refused(tmp_path: Path, clients: int, seed: int, lines: float | None) -> None:
    with pytest.raises(ValueError, match=r"client|seed"):
        write_sample(tmp_path / "s", clients=clients, seed=seed, as_of=AS_OF, lines_per_client=lines)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("clients", [1, 2, 30])
def test_a_tiny_salon_is_a_salon(tmp_path: Path, clients: int) -> None:
    write_sample(tmp_path, clients=clients, seed=1, as_of=AS_OF)

    assert len(read(tmp_path / "clients.csv")) == clients
    assert len(read(tmp_path / "branches.csv")) == 1


@pytest.mark.parametrize("wanted", [4, 20])
def test_lines_per_client_come_out_as_asked(tmp_path: Path, wanted: int) -> None:
    write_sample(tmp_path, clients=2000, seed=9, as_of=AS_OF, lines_per_client=wanted)

    assert len(read(tmp_path / "appointments.csv")) / 2000 == pytest.approx(wanted, rel=0.03)


# ---- The contract ----


def test_every_table_has_its_columns_and_rows(tables: Tables) -> None:
    for name, columns in COLUMNS.items():
        assert list(tables[name][0]) == columns.split()
    assert {line["status"] for line in tables["appointments"]} == {"booked", "completed", "cancelled", "no_show"}
    assert {call["outcome"] for call in tables["contacts"]} == OUTCOMES
    assert {call["block"] for call in tables["contacts"]} == BLOCKS


def test_identifiers_are_unique_and_known(tables: Tables) -> None:
    known = {}
    keys = {"branch_id": "branches", "client_id": "clients", "service_id": "services", "staff_id": "staff"}
    for column, name in keys.items():
        ids = [row[column] for row in tables[name]]
        known[column] = set(ids)
        assert len(known[column]) == len(ids)
    for name in ("appointments", "contacts", "waitlist"):
        for column in known.keys() & tables[name][0].keys():
            assert {row[column] for row in tables[name]} <= known[column]
    owners = {(line["appointment_id"], line["client_id"]) for line in tables["appointments"]}
    assert len(owners) == len({appointment for appointment, _ in owners})
    assert len({tuple(line.values()) for line in tables["appointments"]}) == len(tables["appointments"])


def test_nothing_is_known_before_it_happened(tables: Tables) -> None:
    zones = {row["branch_id"]: ZoneInfo(row["timezone"]) for row in tables["branches"]}

    def local_day(text: str, branch: str) -> date:
        moment = datetime.fromisoformat(text)
        return (moment.astimezone(zones[branch]) if moment.tzinfo else moment).date()

    for line in tables["appointments"]:
        if line["status"] in {"completed", "no_show"}:
            assert day(line["starts_at"]) <= AS_OF
        assert not line["created_at"] or local_day(line["created_at"], line["branch_id"]) <= AS_OF
        assert not line["cancelled_at"] or line["status"] == "cancelled"
        assert not line["cancelled_at"] or local_day(line["cancelled_at"], line["branch_id"]) <= AS_OF
        assert bool(line["amount"]) == (line["status"] in {"completed", "booked"})
    assert max(day(call["made_at"]) for call in tables["contacts"]) <= AS_OF
    for entry in tables["waitlist"]:
        assert day(entry["created_at"]) <= AS_OF
        assert not entry["closed_on"] or day(entry["created_at"]) <= day(entry["closed_on"]) <= AS_OF


def test_lines_of_a_visit_follow_each_other_within_opening_hours(lines: list[Row]) -> None:
    starts = defaultdict(list)
    for line in lines:
        starts[line["appointment_id"]].append(line["starts_at"])
    assert all(times == sorted(set(times)) and day(times[0]) == day(times[-1]) for times in starts.values())
    assert {line["starts_at"][14:] for line in lines} <= {f"{minute:02}:00" for minute in range(0, 60, 15)}
    assert min(line["starts_at"][11:16] for line in lines) == "09:00"
    assert max(line["starts_at"][11:16] for line in lines) < "21:00"


def test_people_are_nobody(tables: Tables) -> None:
    clients = tables["clients"]
    phones = [row["phone"] for row in clients if row["phone"]]
    assert all(phone.startswith("+7000") and len(phone) == 12 for phone in phones)
    assert len(set(phones)) == len(phones)
    assert {row["email"].partition("@")[2] for row in clients} == {"", "example.com", "example.org"}
    birthdays = [row["birthday"] for row in clients if row["birthday"]]
    assert 0.7 < len(birthdays) / len(clients) < 0.8
    assert any(text.startswith("--") for text in birthdays)
    assert any(text.endswith("-02-29") for text in birthdays)
    assert 0.5 < sum("hair_length=" in row["traits"] for row in clients) / len(clients) < 0.95
    assert any("skin=dry" in row["traits"] for row in clients)


def test_the_price_list_leaves_something_to_learn(tables: Tables) -> None:
    lines = tables["service_intervals"]
    plain = {row["category"] for row in lines if row["category"] and not row["months"] and not row["trait"]}
    open_ones = [row for row in tables["services"] if not row["interval_days"] and row["category"] not in {*plain, ""}]
    assert open_ones
    assert any(not row["category"] for row in tables["services"])
    assert {(bool(row["months"]), bool(row["trait"])) for row in lines} == {(a, b) for a in (0, 1) for b in (0, 1)}


def test_networks_grow(tables: Tables, large: Path) -> None:
    branches = pq.read_table(large / "branches.parquet").to_pylist()

    assert len(tables["branches"]) == 3
    assert 20 < len(branches) < 40
    assert len({row["timezone"] for row in branches}) >= 5
    assert len({row["name"] for row in branches}) == len(branches)


# ---- Behaviour ----


def test_bookings_end_as_in_a_salon(lines: list[Row]) -> None:
    past = [line for line in lines if day(line["starts_at"]) < AS_OF]
    cancelled = [line for line in lines if line["status"] == "cancelled"]
    assert 0.07 < share(lines, "status", "cancelled") < 0.10
    assert 0.03 < share(lines, "status", "no_show") < 0.045
    assert 0.004 < share(past, "status", "booked") < 0.015
    assert 0.01 < share(cancelled, "cancelled_at", "") < 0.12
    assert any(day(line["starts_at"]) > AS_OF for line in lines)
    late = sum(line["created_at"][:10] > line["starts_at"][:10] for line in lines)
    assert 0.001 < late / len(lines) < 0.006


def test_moments_are_written_in_every_allowed_way(lines: list[Row]) -> None:
    ways = Counter(line["created_at"][19:] for line in lines if line["created_at"])
    assert {"", "Z", "+05:00", "+03:00"} <= ways.keys()
    assert 0.5 < ways[""] / len(lines) < 0.85
    assert any(not line["created_at"] for line in lines)
    assert {line["starts_at"][19:] for line in lines} == {""}


def test_some_rebook_at_the_visit(lines: list[Row], visit_days: dict[str, list[date]]) -> None:
    local = [line for line in lines if len(line["created_at"]) == 19 and line["created_at"] < line["starts_at"]]
    rebooked = [line for line in local if day(line["created_at"]) in visit_days.get(line["client_id"], [])]
    assert 0.2 < len(rebooked) / len(lines) < 0.4


def test_a_third_comes_once_and_some_never(visit_days: dict[str, list[date]]) -> None:
    assert 0.28 < mean(len(days) == 1 for days in visit_days.values()) < 0.42
    assert 0.03 < 1 - len(visit_days) / CLIENTS < 0.10


def test_people_have_their_own_rhythm(visit_days: dict[str, list[date]]) -> None:
    medians, spreads = [], []
    for days in visit_days.values():
        gaps = [(later - earlier).days for earlier, later in pairwise(days)]
        if len(gaps) >= 5:
            medians.append(median(gaps))
            spreads.append(pstdev(gaps) / mean(gaps))
    assert 22 < median(medians) < 35
    assert pstdev(medians) > 7
    assert sum(spread < 0.25 for spread in spreads) / len(spreads) > 0.15
    assert sum(spread > 0.5 for spread in spreads) / len(spreads) > 0.15


def test_people_have_their_weekday(visit_days: dict[str, list[date]]) -> None:
    shares = [
        Counter(found.weekday() for found in days).most_common(1)[0][1] / len(days)
        for days in visit_days.values()
        if len(days) >= 10
    ]
    assert 0.45 < mean(shares) < 0.8


def test_december_is_full_and_january_empty(tmp_path: Path) -> None:
    write_sample(tmp_path, clients=6000, seed=2, as_of=date(2026, 5, 31), file_format="parquet")
    table = pq.read_table(tmp_path / "appointments.parquet", columns=["starts_at", "service_id", "status"])
    done = [row for row in table.to_pylist() if row["status"] == "completed"]
    months = Counter(row["starts_at"].month for row in done if row["starts_at"].year == 2025)
    usual = median(months.values())
    assert months[12] > 1.15 * usual > usual > months[1]
    pedicures = Counter(row["starts_at"].month for row in done if row["service_id"] in {"S04", "S05", "S06"})
    assert sum(pedicures[month] for month in (6, 7, 8)) > 1.15 * sum(pedicures[month] for month in (1, 2, 3))


def test_calls_have_anchors_of_their_clients(tables: Tables, visit_days: dict[str, list[date]]) -> None:
    owner = {line["appointment_id"]: line["client_id"] for line in tables["appointments"]}
    entries = {row["entry_id"]: row["client_id"] for row in tables["waitlist"]}
    for call in tables["contacts"]:
        anchor, client = call["anchor"], call["client_id"]
        if call["block"] in {"missed", "follow_up", "rebooked"}:
            assert owner[anchor] == client
        elif call["block"] in {"due", "overdue", "lapsed"}:
            cycle, _, last_on = anchor.partition("@")
            assert cycle
            assert date.fromisoformat(last_on) in visit_days[client]
        elif call["block"] == "waitlist":
            assert entries[anchor] == client
        else:
            assert anchor == "2026"
    assert 0.02 < len({call["client_id"] for call in tables["contacts"]}) / CLIENTS < 0.12
    assert any(call["outcome"] == "promised" and call["next_on"] for call in tables["contacts"])
