from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from vernis.connectors.yclients import lists
from vernis.connectors.yclients.answers import Answer
from vernis.connectors.yclients.errors import NotComplete

if TYPE_CHECKING:
    from collections.abc import Callable


class Source:
    """A list of numbers in pages; `changes` happen before the request of that number."""

    def __init__(self, numbers: list[int], *, size: int = 200, says_total: bool = True) -> None:
        self.numbers, self.size, self.says_total, self.asked = numbers, size, says_total, 0
        self.changes: dict[int, Callable[[list[int]], Any]] = {}

    def __call__(self, page: int) -> Answer:
        self.asked += 1
        if self.asked in self.changes:
            self.changes[self.asked](self.numbers)
        shown = self.numbers[(page - 1) * self.size : page * self.size]
        return Answer([{"id": number} for number in shown], len(self.numbers) if self.says_total else None, None)


def test_one_page_is_one_request() -> None:
    source = Source(list(range(1, 150)))

    assert list(lists.whole(source)) == list(range(1, 150))
    assert source.asked == 1


def test_several_pages_are_read_twice_and_must_agree() -> None:
    source = Source(list(range(1, 451)))

    assert sorted(lists.whole(source)) == list(range(1, 451))
    assert source.asked == 6


@pytest.mark.parametrize("size", [50, 200])
@pytest.mark.parametrize("count", [0, 1, 49, 50, 51, 199, 200, 201, 400, 401])
def test_nothing_is_lost_at_the_edges_of_pages_however_long_they_are(count: int, size: int) -> None:
    assert len(lists.whole(Source(list(range(1, count + 1)), size=size))) == count


@pytest.mark.parametrize("count", [0, 50, 120, 200, 400])
def test_a_source_that_says_no_total_is_read_until_a_page_is_empty(count: int) -> None:
    source = Source(list(range(1, count + 1)), size=50, says_total=False)

    assert len(lists.whole(source)) == count


def remove_first(numbers: list[int]) -> None:
    del numbers[0]


def replace_first(numbers: list[int]) -> None:
    numbers[:] = [*numbers[1:], 999]


def test_a_row_that_slips_to_a_page_already_read_is_found() -> None:
    source = Source(list(range(1, 451)))
    source.changes[2] = remove_first  # 201 becomes the last of page 1

    assert 201 in lists.whole(source)


def test_one_that_goes_and_one_that_comes_leave_the_count_as_it_was_and_are_seen_all_the_same() -> None:
    source = Source(list(range(1, 451)))
    source.changes[2] = replace_first

    assert sorted(lists.whole(source)) == [*range(2, 451), 999]


def test_rows_that_come_first_push_others_on_and_none_is_counted_twice() -> None:
    source = Source(list(range(1, 451)))
    source.changes[2] = lambda numbers: numbers.insert(0, 999)

    assert len(lists.whole(source)) == 451


def test_a_list_that_never_holds_still_is_not_believed() -> None:
    source = Source(list(range(1, 451)))
    source.changes = {number: lambda numbers: numbers.insert(0, max(numbers) + 1) for number in range(1, 200)}

    with pytest.raises(NotComplete):
        lists.whole(source)


def test_a_list_that_is_shorter_than_it_says_is_not_believed() -> None:
    def short(page: int) -> Answer:
        return Answer([{"id": 1}, {"id": 2}] if page == 1 else [], 5, None)

    with pytest.raises(NotComplete):
        lists.whole(short)


def test_a_source_that_says_the_same_page_for_ever_is_left() -> None:
    def stuck(_page: int) -> Answer:
        return Answer([{"id": number} for number in range(1, 201)], 1000, None)

    with pytest.raises(NotComplete):
        lists.whole(stuck)
