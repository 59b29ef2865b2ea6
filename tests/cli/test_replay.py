"""`vernis replay`: the sizes of the blocks, day by day."""

import csv
import io
import unicodedata
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.cli.command import done, refused
from tests.reference import BLOCKS, Tables, block_sizes
from vernis.warehouse import runs, snapshot


def replay(data: Path, cache: Path, *more: object) -> str:
    return done(*("replay", "--data", data, "--cache", cache, "--from", "2026-04-20", "--to", "2026-05-12"), *more)


def test_the_sizes_are_those_of_the_lists(sample: Path, cache: Path) -> None:
    found = list(csv.DictReader(io.StringIO(replay(sample, cache, "--format", "csv"))))

    days = [date(2026, 4, 20) + timedelta(days=number) for number in range(23)]
    assert [row["day"] for row in found] == [day.isoformat() for day in days]
    with snapshot.opened(sample, cache) as prepared:
        for row, day in zip(found, days, strict=True):
            sizes = Counter(runs.worklist(prepared, day).table.column("block").to_pylist())
            assert {block: int(row[block]) for block in BLOCKS} == {block: sizes[block] for block in BLOCKS}


def test_the_sizes_are_those_of_the_reference(salon: Path, cache: Path) -> None:
    tables: Tables = {
        path.stem: list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8")))) for path in salon.glob("*.csv")
    }
    expected = block_sizes(tables, [date(2026, 4, 20) + timedelta(days=number) for number in range(23)])

    found = list(csv.DictReader(io.StringIO(replay(salon, cache, "--format", "csv"))))

    assert [{block: int(row[block]) for block in BLOCKS} for row in found] == [
        {block: sizes.get(block, 0) for block in BLOCKS} for sizes in expected.values()
    ]


def test_csv_has_a_line_a_day(salon: Path, cache: Path) -> None:
    lines = replay(salon, cache, "--format", "csv").split("\n")

    assert lines[0] == "day,missed,follow_up,due,overdue,lapsed,rebooked,waitlist,birthday"
    assert lines[1] == "2026-04-20,0,0,0,0,1,0,1,0"
    assert lines[-2] == "2026-05-12,1,1,0,1,1,0,1,1"
    assert len(lines) == 25


def test_the_table_has_a_line_a_day(salon: Path, cache: Path) -> None:
    header, rule, *days = replay(salon, cache).splitlines()

    assert "Overdue" in header
    assert set(rule) <= {"─", " "}
    assert len(days) == 23
    assert days[-1].split() == ["2026-05-12", "1", "1", "0", "1", "1", "0", "1", "1"]


def test_the_chart_shows_every_block(sample: Path, cache: Path) -> None:
    lines = replay(sample, cache, "--format", "chart").splitlines()

    assert sum("→" in line for line in lines) == len(BLOCKS)
    assert any("█" in line for line in lines)
    assert all(len(line) <= 110 for line in lines)
    assert all(unicodedata.category(character)[0] != "C" for line in lines for character in line)


@pytest.mark.parametrize(("first", "last"), [("2026-05-12", "2026-05-12"), ("2025-01-01", "2026-05-12")])
def test_a_chart_may_be_of_one_day_or_of_many(salon: Path, cache: Path, first: str, last: str) -> None:
    chart = done("replay", "--data", salon, "--cache", cache, "--from", first, "--to", last, "--format", "chart")

    assert all(len(line) <= 110 for line in chart.splitlines())


def test_it_speaks_russian(salon: Path, cache: Path) -> None:
    assert "Overdue" not in replay(salon, cache, "--lang", "ru")
    assert "Overdue" not in replay(salon, cache, "--lang", "ru", "--format", "chart")
    assert replay(salon, cache, "--lang", "ru", "--format", "csv").startswith("day,missed,")


@pytest.mark.parametrize("form", ["csv", "table", "chart"])
def test_a_file_has_the_bytes_of_the_output(salon: Path, cache: Path, tmp_path: Path, form: str) -> None:
    assert replay(salon, cache, "--format", form, "--out", tmp_path / "sizes") == ""
    assert (tmp_path / "sizes").read_text(encoding="utf-8") == replay(salon, cache, "--format", form)


def test_the_days_must_be_in_order(salon: Path, cache: Path) -> None:
    said = refused("replay", "--data", salon, "--cache", cache, "--from", "2026-05-12", "--to", "2026-05-11")

    assert said == "Error: --to lies before --from\n"


@pytest.mark.parametrize("missing", ["--from", "--to"])
def test_both_days_are_required(salon: Path, cache: Path, missing: str) -> None:
    days = {"--from": "2026-05-01", "--to": "2026-05-02"}
    del days[missing]

    assert missing in refused("replay", "--data", salon, "--cache", cache, *next(iter(days.items())))
