"""`vernis check` says what is wrong in a folder of tables."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.cli.command import done, refused

LINES = """appointment_id,client_id,service_id,starts_at,status
A1,C1,cut,2026-05-01T12:00,booked
A2,C2,cut,2026-05-02T12:10,completed
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "appointments.csv").write_text(LINES, encoding="utf-8")
    return tmp_path


def check(data: Path, *options: str) -> str:
    return done("check", "--data", str(data), "--as-of", "2026-05-12", "--cache", str(data / "cache"), *options)


def test_what_is_wrong_is_said_in_words_with_the_rows(data: Path) -> None:
    text = check(data, "--lang", "en")

    assert "Past bookings that nobody has closed: 1 of 2 (50.0%) [misleads]" in text
    assert "2026-05-01 12:00  C1  A1" in text
    assert "How to mend it" in text
    assert "\x1b" not in text


def test_programs_read_json_and_csv(data: Path) -> None:
    plain = {one["key"]: one for one in json.loads(check(data, "--format", "json"))}
    rows = list(csv.DictReader(check(data, "--format", "csv").splitlines()))

    assert (plain["unclosed"]["count"], plain["unclosed"]["rows"][0]["client_id"]) == (1, "C1")
    assert [row["appointment_id"] for row in rows if row["check"] == "unclosed"] == ["A1"]


def test_one_of_the_two_must_be_named(data: Path) -> None:
    assert "--data" in refused("check")
    assert "--organization" in refused("check", "--data", str(data), "--organization", "1")


def test_bad_data_is_refused_with_its_line(data: Path) -> None:
    (data / "appointments.csv").write_text(LINES.replace("booked", "gone"), encoding="utf-8")

    assert "gone" in refused("check", "--data", str(data))
