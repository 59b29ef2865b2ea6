"""`vernis worklist`: the contract that other people's scripts depend on."""

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from tests import reference
from tests.cli.command import done, refused, vernis
from tests.histories import write_csv
from tests.warehouse.files import write_files

COLUMNS = (
    "block,rank,client_id,anchor,branch_id,cycle_key,service_id,last_visit_on,expected_on,interval_days,"
    "interval_source,due_on,days_late,also_due,visits_count,is_new,is_lead,spent,usual_weekday,usual_hour,"
    "last_staff_id,attempts,last_outcome"
)
Ask = Callable[..., str]


@pytest.fixture
def ask(salon: Path, cache: Path) -> Ask:
    return lambda *more: done("worklist", "--data", salon, "--as-of", "2026-05-12", "--cache", cache, *more)


def tables_of(folder: Path) -> reference.Tables:
    return {
        path.stem: list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8")))) for path in folder.glob("*.csv")
    }


def as_text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return "" if value is None else str(value)


def test_csv_is_exactly_this(ask: Ask) -> None:
    assert ask("--format", "csv").split("\n") == [
        COLUMNS,
        "missed,1,vera,a3,,,,,,,,2026-05-12,,,0,false,true,0.00,,,,0,",
        'follow_up,1,"Li, ""Lee""",a2,,,,2026-05-09,,,,2026-05-12,,,1,true,false,100.00,6,18,,0,',
        (
            "overdue,1,anna,cut@2026-04-02,b1,cut,cut,2026-04-02,2026-05-02,30,default,2026-05-12,10,,1,true,false,"
            "1234.50,4,10,m1,1,no_answer"
        ),
        (
            "lapsed,1,zoe,dye; cut@2025-01-01,,dye; cut,dye; cut,2025-01-01,2025-01-31,30,default,2025-03-03,466,,1,"
            "true,false,100.00,3,9,,0,"
        ),
        "waitlist,1,vera,w1,,,cut,,,,,2026-05-13,,,0,false,true,0.00,,,,0,",
        "birthday,1,anna,2026,b1,,,2026-04-02,,,,2026-05-14,,,1,true,false,1234.50,4,10,m1,0,",
        "",
    ]


def test_the_list_of_an_invented_salon_is_that_of_the_reference(sample: Path, cache: Path) -> None:
    expected = reference.worklist(tables_of(sample), date(2026, 5, 12))

    found = done("worklist", "--data", sample, "--as-of", "2026-05-12", "--cache", cache, "--format", "csv")

    rows = list(csv.reader(io.StringIO(found)))
    assert rows[0] == reference.COLUMNS
    assert rows[1:] == [[as_text(row[column]) for column in reference.COLUMNS] for row in expected]


def test_rows_are_sorted_by_block_and_rank(sample: Path, cache: Path) -> None:
    found = done("worklist", "--data", sample, "--as-of", "2026-05-12", "--cache", cache, "--format", "csv")

    rows = list(csv.DictReader(io.StringIO(found)))
    blocks = [block for block, _ in groupby(row["block"] for row in rows)]
    assert blocks == [block for block in reference.BLOCKS if block in blocks]
    assert len(blocks) > 5
    for _, members in groupby(rows, key=lambda row: row["block"]):
        ranks = [int(row["rank"]) for row in members]
        assert ranks == list(range(1, len(ranks) + 1))


def test_json_has_the_same_values(ask: Ask) -> None:
    rows = json.loads(ask("--format", "json"), parse_float=Decimal)
    as_csv = list(csv.DictReader(io.StringIO(ask("--format", "csv"))))

    assert [[*row] for row in rows] == [COLUMNS.split(",")] * len(as_csv)
    assert [{name: as_text(value) for name, value in row.items()} for row in rows] == as_csv
    assert isinstance(rows[0]["rank"], int)
    assert rows[0]["is_lead"] is True
    assert rows[0]["last_visit_on"] is None
    assert rows[2]["spent"] == Decimal("1234.50")


def test_parquet_has_the_same_values_in_types(ask: Ask, tmp_path: Path) -> None:
    out = tmp_path / "list.parquet"

    assert ask("--format", "parquet", "--out", out) == ""

    found = parquet.read_table(out)
    numbers = ["rank", "interval_days", "days_late", "visits_count", "usual_weekday", "usual_hour", "attempts"]
    types: dict[str, Any] = {
        **dict.fromkeys(COLUMNS.split(","), pa.string()),
        **dict.fromkeys(numbers, pa.int32()),
        **dict.fromkeys(["last_visit_on", "expected_on", "due_on"], pa.date32()),
        **dict.fromkeys(["is_new", "is_lead"], pa.bool_()),
        "spent": pa.decimal128(18, 2),
    }
    assert {field.name: field.type for field in found.schema} == types
    assert found.column_names == COLUMNS.split(",")
    as_csv = list(csv.DictReader(io.StringIO(ask("--format", "csv"))))
    assert [{name: as_text(value) for name, value in row.items()} for row in found.to_pylist()] == as_csv


@pytest.mark.parametrize("form", ["csv", "json", "table", "parquet"])
def test_a_file_has_the_bytes_of_the_output(salon: Path, cache: Path, tmp_path: Path, form: str) -> None:
    arguments = ["worklist", "--data", salon, "--as-of", "2026-05-12", "--cache", cache, "--format", form]

    printed = vernis(*arguments)
    silent = vernis(*arguments, "--out", tmp_path / "list")

    assert printed.returncode == silent.returncode == 0
    assert silent.stdout == b""
    assert (tmp_path / "list").read_bytes() == printed.stdout
    assert printed.stderr == silent.stderr == b""


@pytest.mark.parametrize(("form", "nothing"), [("csv", COLUMNS + "\n"), ("json", "[\n]\n")])
def test_nobody_to_call_is_a_list_without_rows(ask: Ask, tmp_path: Path, form: str, nothing: str) -> None:
    data = write_files(tmp_path / "empty", {"appointments.csv": "appointment_id,client_id,starts_at,status\n"})

    assert ask("--data", data, "--format", form) == nothing
    assert json.loads(ask("--data", data, "--format", "json")) == []


def test_the_table_is_for_reading(ask: Ask) -> None:
    lines = ask().splitlines()

    assert lines[0] == "To contact on 12 May 2026: 4 clients"
    assert any(line.startswith("Overdue · 1") for line in lines)
    anna = next(line for line in lines if "Анна Каренина" in line)
    assert [part for part in ("cut", "10 days late", "2 May", "every 30 days", "no answer") if part not in anna] == []
    assert "\x1b" not in "".join(lines)


def test_the_table_of_an_empty_list_says_so(ask: Ask, tmp_path: Path) -> None:
    data = write_files(tmp_path / "empty", {"appointments.csv": "appointment_id,client_id,starts_at,status\n"})

    heading, *lines = ask("--data", data).splitlines()

    assert heading == "To contact on 12 May 2026: 0 clients"
    assert len(lines) == 1
    assert lines[0].startswith("Nobody ")


@pytest.mark.parametrize("place", ["before", "after", "equals", "environment", "system"])
def test_the_table_speaks_russian(salon: Path, cache: Path, place: str) -> None:
    command = ["worklist", "--data", salon, "--as-of", "2026-05-12", "--cache", cache]
    if place == "before":
        found = done("--lang", "ru", *command)
    elif place == "after":
        found = done(*command, "--lang", "ru")
    elif place == "equals":
        found = done(*command, "--lang=ru")
    elif place == "environment":
        found = done(*command, VERNIS_LANG="ru")
    else:
        found = done(*command, VERNIS_LANG="", LANG="ru_RU.UTF-8")

    assert "12 мая 2026" in found
    assert "Overdue" not in found


def test_columns_and_words_of_csv_are_the_same_in_every_language(ask: Ask) -> None:
    assert ask("--format", "csv", "--lang", "ru") == ask("--format", "csv")


@pytest.mark.parametrize("top", [0, 1, 2])
def test_top_shows_so_many_rows_of_a_block(sample: Path, cache: Path, top: int) -> None:
    arguments = ["worklist", "--data", sample, "--as-of", "2026-05-12", "--cache", cache]
    sections = done(*arguments, "--top", top).split("\n\n")[1:]

    for section in sections:
        title, _headers, _rule, *rows = section.splitlines()
        size = int(title.split(" · ")[1].split()[0])
        shown = [row for row in rows if "more" not in row]
        assert len(shown) == (min(size, top) if top else size)
        assert ("more" in rows[-1]) == (0 < top < size)


def test_text_that_looks_like_a_formula_or_a_number_stays_as_it_is(tmp_path: Path, cache: Path) -> None:
    clients = ["=1+1", "007", "1e3", "NA", "null", "2026-05-12", "a\\b", "x'y", "😀", " anna ", "да;нет", "tab\tbed"]
    rows = [
        {"appointment_id": f"a{number}", "client_id": client, "starts_at": "2026-04-02T10:00", "status": "completed"}
        for number, client in enumerate(clients)
    ]
    data = tmp_path / "data"
    data.mkdir()
    write_csv({"appointments": rows}, data)
    arguments = ["worklist", "--data", data, "--as-of", "2026-05-12", "--cache", cache, "--format"]

    lines = done(*arguments, "csv").splitlines()

    assert sorted(line.split(",")[2] for line in lines[1:]) == sorted(clients)
    assert sorted(row["client_id"] for row in json.loads(done(*arguments, "json"))) == sorted(clients)


def test_the_list_of_an_earlier_day_is_that_of_the_reference(sample: Path, cache: Path) -> None:
    expected = reference.worklist(tables_of(sample), date(2026, 3, 8))

    found = done("worklist", "--data", sample, "--as-of", "2026-03-08", "--cache", cache, "--format", "json")

    rows = json.loads(found, parse_float=Decimal)
    assert [[as_text(value) for value in row.values()] for row in rows] == [
        [as_text(row[column]) for column in reference.COLUMNS] for row in expected
    ]


def test_settings_change_the_list(sample: Path, cache: Path, tmp_path: Path) -> None:
    settings = {"overdue_days": 10, "booking_scope": "cycle", "learned_windows_days": [60, 30], "learned_min_gaps": 3}
    file = tmp_path / "settings.toml"
    file.write_text("".join(f"{name} = {json.dumps(value)}\n" for name, value in settings.items()), encoding="utf-8")
    expected = reference.worklist(tables_of(sample), date(2026, 5, 12), settings)

    found = done(
        *("worklist", "--data", sample, "--as-of", "2026-05-12", "--cache", cache, "--format", "csv"),
        *("--settings", file),
    )

    rows = list(csv.reader(io.StringIO(found)))[1:]
    assert rows == [[as_text(row[column]) for column in reference.COLUMNS] for row in expected]


def test_the_day_is_today_unless_it_is_given(salon: Path, cache: Path) -> None:
    today = date.today()
    found = done("worklist", "--data", salon, "--cache", cache)

    assert found.splitlines()[0].split(":")[0].endswith((str(today.year), str(date.today().year)))


@pytest.mark.parametrize(
    ("day", "hint"),
    [
        *(
            (day, "is not a day")
            for day in ("2026-13-01", "12.05.2026", "2026-5-12", "today", "2026-W20-1", "20260512", "")
        ),
        ("1899-12-31", "between 1900 and 2200"),
        ("2201-01-01", "between 1900 and 2200"),
    ],
)
def test_a_day_that_is_none_is_refused(salon: Path, cache: Path, day: str, hint: str) -> None:
    assert hint in refused("worklist", "--data", salon, "--cache", cache, "--as-of", day)


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["--format", "xlsx"], "xlsx"),
        (["--lang", "de"], "de"),
        (["--engine", "dask"], "dask"),
        (["--top", "-1"], "-1"),
        (["--fromat", "csv"], "--format"),
        (["surplus"], "surplus"),
        (["--spark-master", "spark://host:7077"], "--engine spark"),
    ],
)
def test_a_call_that_cannot_be_meant_is_refused(salon: Path, cache: Path, arguments: list[str], hint: str) -> None:
    assert hint in refused("worklist", "--data", salon, "--cache", cache, *arguments)


def test_data_must_be_named(cache: Path) -> None:
    assert "--data" in refused("worklist", "--cache", cache)


@pytest.mark.parametrize("name", ["nowhere", "salon/appointments.csv"])
def test_data_must_be_a_folder(salon: Path, cache: Path, name: str) -> None:
    assert name in refused("worklist", "--data", salon.parent / name, "--cache", cache)


def test_a_folder_of_other_files_is_refused(tmp_path: Path, cache: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "notes.txt").write_text("x")

    assert "appointments.csv" in refused("worklist", "--data", tmp_path / "data", "--cache", cache)
