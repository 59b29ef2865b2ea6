"""Files come in from the terminal with the same steps as in the browser."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.command import done, refused, vernis

VISITS = (
    "Client,Phone,Date,Time,Service,Status\n"
    "Inna Roshchina,+7 916 555 01 02,2026-04-13,12:30,Manicure,came\n"
    "Olga Vetrova,+7 916 555 01 03,2026-04-14,12:30,Manicure,no show\n"
    ",,2026-04-14,12:30,Manicure,came\n"
)


@pytest.fixture
def home(tmp_path: Path) -> str:
    """Return where the command finds a business of its own."""
    home = str(tmp_path / "home")
    done("create-owner", "nina@example.com", "--organization", "Studio", VERNIS_HOME=home)
    (tmp_path / "visits.csv").write_text(VISITS, encoding="utf-8")
    return home


def test_files_come_in_are_the_same_again_and_go(home: str, tmp_path: Path) -> None:
    file = tmp_path / "visits.csv"
    planned = done("import", file, "--dry-run", VERNIS_HOME=home)
    assert "Clients: 2 = 2 new" in planned
    mapping = file.with_name("visits.csv.mapping.json")
    assert json.loads(mapping.read_text(encoding="utf-8"))["sheets"]

    came = done("import", file, "--yes", "--mapping", mapping, VERNIS_HOME=home)
    assert "What came in:" in came
    assert "Appointments: 2 = 2 new" in came
    assert "4" in came
    assert "Manicure" in (tmp_path / "visits-refused.csv").read_text(encoding="utf-8-sig")

    again = done("import", file, "--yes", VERNIS_HOME=home)
    assert "Appointments: 2 = 2 as before" in again

    assert done("import", "--undo", "2", VERNIS_HOME=home) == "Taken back; everything is as before.\n"


def test_what_cannot_be_is_refused_in_plain_words(home: str, tmp_path: Path) -> None:
    file = tmp_path / "visits.csv"
    (tmp_path / "letter.pdf").write_bytes(b"%PDF-1.4 nothing")

    assert "letter.pdf" in refused("import", tmp_path / "letter.pdf", VERNIS_HOME=home)
    assert "no branch" in refused("import", file, "--branch", "South", VERNIS_HOME=home)
    assert "no import 9" in refused("import", "--undo", "9", VERNIS_HOME=home)
    assert "Name files" in refused("import", VERNIS_HOME=home)
    asked = vernis("import", file, VERNIS_HOME=home)
    assert (asked.returncode, b"--yes" in asked.stderr) == (2, True)
