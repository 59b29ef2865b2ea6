"""Months as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vernis.lib import months


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("", []),
        ("5", [5]),
        ("4-9", [4, 5, 6, 7, 8, 9]),
        ("11-2", [1, 2, 11, 12]),
        ("11,12,1,2,3", [1, 2, 3, 11, 12]),
        (" 1 , 3 ", [1, 3]),
        ("1-2,6", [1, 2, 6]),
    ],
)
def test_months_are_read(text: str, inside: list[int]) -> None:
    assert months.parsed(text) == sum(1 << (month - 1) for month in inside)


@pytest.mark.parametrize("text", ["0", "13", "4-13", "0-3", "may", "4–9", "4-", "-9", "4--9", "4,,9", "1.5", "٤", "\0"])
def test_what_names_no_months_is_refused(text: str) -> None:
    with pytest.raises(months.NotMonths):
        months.parsed(text)


@pytest.mark.parametrize(("mask", "text"), [(0b111111000, "4-9"), (0b110000000011, "11-2"), (0b101, "1,3"), (0b1, "1")])
def test_months_are_written_short(mask: int, text: str) -> None:
    assert months.written(mask) == text


@given(st.integers(0, 4094))
def test_what_is_written_is_read_again(mask: int) -> None:
    assert months.parsed(months.written(mask)) == mask
