"""Nasty files: what is in them comes out, or a sentence says what is wrong."""

from __future__ import annotations

import zipfile
from pathlib import Path
from random import Random

import pytest

from tests.connectors.corpus import CASES, Case
from tests.connectors.told import rows, staged, told
from vernis.connectors import reasons
from vernis.connectors.spreadsheets import NotASpreadsheet, NotMapped, Staged
from vernis.lib.texts import speaking


def test_there_are_enough_of_them() -> None:
    assert len(CASES) >= 60
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", [case for case in CASES if not case.error], ids=lambda case: case.name)
def test_what_is_in_a_nasty_file_comes_out(case: Case, tmp_path: Path) -> None:
    made, _mapping = staged(tmp_path, (case.file, case.body), answers=case.answers)

    refused = rows(made, "refused")
    assert told(made) == case.told
    assert {row["line"]: row["reason"] for row in refused} == case.refused
    assert all(row["reason"] in set(reasons.keys()) and row["cells"] for row in refused)
    assert_balanced(made)
    balance = made.balances[0]
    expected = {"header": 1} | case.skipped
    assert balance.skipped == {reason: count for reason, count in expected.items() if count}
    assert balance.folded_by == case.folded
    assert balance.bytes == len(case.body)


@pytest.mark.parametrize("case", [case for case in CASES if case.error], ids=lambda case: case.name)
def test_what_is_no_spreadsheet_is_answered_by_a_sentence(case: Case, tmp_path: Path) -> None:
    for language, letters in (("en", "abcdefgh"), ("ru", "абвгдежзи")):
        with speaking(language), pytest.raises(NotASpreadsheet) as refused:
            staged(tmp_path, (case.file, case.body))
        assert refused.value.key == case.error
        assert case.file in str(refused.value)
        assert set(letters) & set(str(refused.value).lower())


def test_a_workbook_with_encrypted_parts_is_protected(tmp_path: Path) -> None:
    body = bytearray(next(case.body for case in CASES if case.name == "a workbook of texts"))
    at = body.find(b"PK\x01\x02")
    while at >= 0:  # the sign in the directory of the archive
        body[at + 8] |= 1
        at = body.find(b"PK\x01\x02", at + 4)
    with pytest.raises(NotASpreadsheet) as refused:
        staged(tmp_path, ("a.xlsx", bytes(body)))
    assert refused.value.key == "password"


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "big.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as parcel, parcel.open("xl/workbook.xml", "w") as part:
        for _block in range(210):
            part.write(b"\0" * 2**20)
    body = path.read_bytes()
    with pytest.raises(NotASpreadsheet) as refused:
        staged(tmp_path, ("a.xlsx", body))
    assert refused.value.key == "bomb"


def assert_balanced(made: Staged) -> None:
    """Every row of every file has gone somewhere, and somewhere only."""
    for balance in made.balances:
        assert balance.rows == balance.staged + balance.folded + balance.refused + sum(balance.skipped.values())
        assert balance.refused == sum(balance.refused_by.values())
        assert balance.folded == sum(balance.folded_by.values())
        assert set(balance.skipped) | set(balance.folded_by) | set(balance.refused_by) <= set(reasons.keys())
    for table in ("refused", "folded"):
        places = [(row["file"], row["line"]) for row in rows(made, table)]
        assert len(places) == sum(getattr(balance, table) for balance in made.balances)


@pytest.mark.parametrize("seed", range(3))
def test_a_damaged_file_is_read_or_answered_and_nothing_else(seed: int, tmp_path: Path) -> None:
    chance = Random(seed)
    whole = [
        case for case in CASES if case.name in ("an old workbook", "a workbook of texts", "an open document", "cp1251")
    ]
    for _attempt in range(60):
        case = chance.choice(whole)
        body = bytearray(case.body)
        for _byte in range(chance.choice([1, 3, 30])):
            body[chance.randrange(len(body))] = chance.randrange(256)
        try:
            made, _mapping = staged(tmp_path, (case.file, bytes(body)))
        except (NotASpreadsheet, NotMapped) as refused:
            assert str(refused)  # noqa: PT017
        else:
            assert_balanced(made)
