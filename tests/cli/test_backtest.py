"""`vernis backtest`."""

import csv
import json
from pathlib import Path

import pytest

from tests.cli.command import done, refused
from tests.warehouse.returns.test_returns import write_visits

CUTOFFS = "2025-11-01,2026-01-15"


@pytest.fixture(scope="module")
def visits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_visits(tmp_path_factory.mktemp("visits") / "visits.csv", 250)


def backtest(data: Path, *arguments: object) -> str:
    return done("backtest", "--data", data, "--today", "2026-05-12", "--cutoffs", CUTOFFS, *arguments)


def test_tables_a_page_and_every_prediction(visits: Path, tmp_path: Path) -> None:
    text = backtest(visits, "--predictions", tmp_path / "all.csv", "--html", tmp_path / "page.html", "--lang", "ru")
    with (tmp_path / "all.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    page = (tmp_path / "page.html").read_text(encoding="utf-8")

    assert "MBG/CNBD-k" in text
    assert {row["cutoff"] for row in rows} == set(CUTOFFS.split(","))
    assert {"vernis", "rule", "last_three", "personal_median", "kaplan_meier", "bg_nbd", "mbg_cnbd_k"} <= {
        row["model"] for row in rows
    }
    assert all(0 < float(row["p30"]) <= float(row["p90"]) < 1 for row in rows)
    assert all(row["cutoff"] < row["lo80_on"] <= row["expected_on"] <= row["hi80_on"] for row in rows)
    assert "<svg" in page
    assert "<script" not in page
    assert "http" not in page
    assert '<html lang="ru">' in page


def test_json_has_the_figures(visits: Path) -> None:
    found = json.loads(backtest(visits, "--json"))

    assert found["cutoffs"] == CUTOFFS.split(",")
    assert set(found["horizons"]) == {"30", "90"}
    assert found["horizons"]["30"]["models"]["vernis"]["log_loss"] > 0
    assert found["horizons"]["90"]["log_loss_of_vernis_against"]["rule"]["low"] < 0
    assert found["dates"]["vernis"]["coverage_80"] > 0.6


def test_what_cannot_be_tested_is_refused_in_words(visits: Path, tmp_path: Path) -> None:
    (tmp_path / "few.csv").write_text("client_id,visited_on\na,2026-05-01\nb,2026-05-02\n", encoding="utf-8")

    assert "45" in refused("backtest", "--data", tmp_path / "few.csv")
    assert "no such file" in refused("backtest", "--data", tmp_path / "nowhere")
    assert "2020-01-01" in refused("backtest", "--data", visits, "--cutoffs", "2020-01-01")
    assert "not a day" in refused("backtest", "--data", visits, "--cutoffs", "2020-01-01,x")
