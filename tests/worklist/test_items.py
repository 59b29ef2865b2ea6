"""The list of a branch: what is on it, in which order, for whom, and at which price."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.people import days
from vernis.book.models import Client
from vernis.book.models.contacts import Block, Outcome
from vernis.book.operations.searching import make_searchable
from vernis.worklist.filters import BadFilter
from vernis.worklist.models import Item
from vernis.worklist.operations.calls import undo_last
from vernis.worklist.queries import items as queries
from vernis.worklist.queries.items import SORTS, Row

if TYPE_CHECKING:
    from tests.worklist.scene import Scene


def rows(scene: Scene, **asked: Any) -> list[Row]:
    asked = {"user": scene.world.olga, "branch": scene.world.center.branch, "now": scene.now, **asked}
    return queries.items(**asked).rows


def names(scene: Scene, **asked: Any) -> list[str]:
    return [row.item.client.name for row in rows(scene, **asked)]


def counts(scene: Scene, block: str) -> tuple[int, int]:
    found = queries.blocks_of_day(user=scene.world.olga, branch=scene.world.center.branch, now=scene.now)
    assert [one.block for one in found] == Block.values
    return next((one.open, one.worked) for one in found if one.block == block)


@pytest.fixture
def many(scene: Scene) -> list[Client]:
    """Return 12 lapsed clients, named and keyed so that every order is another."""
    clients = []
    for number in range(12):
        client = scene.client_in(Block.LAPSED, f"{'абвгдежз'[number % 8]}{number:02} Тестова")
        Item.objects.filter(client=client).update(
            first_key=number % 3, second_key=-(number % 4), third_key=0, visits_count=number % 5,
            spent=number * 7 % 11 * 100, last_outcome=["", "promised", "no_answer"][number % 3],
            expected_on=None if number % 4 == 0 else scene.today - days(number),
        )  # fmt: skip
        clients.append(client)
    return clients


def test_the_order_is_that_of_the_rules(scene: Scene, many: list[Client]) -> None:
    expected = sorted(range(12), key=lambda number: (number % 3, -(number % 4), many[number].pk))

    assert names(scene, block=Block.LAPSED) == [many[number].name for number in expected]


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("block", ["", Block.LAPSED])
def test_pages_hold_every_row_once_in_every_order(scene: Scene, many: list[Client], sort: str, block: str) -> None:
    for client in many[:4]:
        scene.record(client, Outcome.DECLINED)
    whole, paged, after = names(scene, sort=sort, block=block), [], ""
    while True:
        page = queries.items(
            user=scene.world.olga, branch=scene.world.center.branch, now=scene.now, block=block, sort=sort, after=after,
            limit=3,
        )  # fmt: skip
        paged += [row.item.client.name for row in page.rows]
        after = page.after
        if not after:
            break

    assert paged == whole
    assert len(set(whole) & {client.name for client in many}) == 12


def test_other_orders(scene: Scene, many: list[Client]) -> None:
    found = {sort: [row.item for row in rows(scene, block=Block.LAPSED, sort=sort)] for sort in SORTS}

    assert [one.client.name for one in found["name"]] == sorted(client.name for client in many)
    assert [one.visits_count for one in found["visits"]] == sorted(one.visits_count for one in found["rules"])[::-1]
    assert [one.spent for one in found["sum"]] == sorted(one.spent for one in found["rules"])[::-1]
    assert [one.expected_on for one in found["expected"]][-3:] == [None] * 3
    assert [one.last_outcome for one in found["outcome"]] == ["promised"] * 4 + ["no_answer"] * 4 + [""] * 4


@pytest.mark.parametrize("after", ["", "nonsense", "[]", '["a", 2, 3, 4, "b"]', "[1e9, 2, 3, 4, 5]", "{}", "[null]"])
def test_a_page_after_nonsense_is_the_first(scene: Scene, many: list[Client], after: str) -> None:
    assert names(scene, block=Block.LAPSED, after=after) == names(scene, block=Block.LAPSED)


def test_a_worked_row_keeps_its_place_and_is_marked(scene: Scene, many: list[Client]) -> None:
    before = names(scene, block=Block.LAPSED)
    scene.record(many[5], Outcome.DECLINED)

    found = rows(scene, block=Block.LAPSED)

    assert [row.item.client.name for row in found] == before
    assert [row.item.client.name for row in found if row.is_worked] == [many[5].name]
    assert counts(scene, Block.LAPSED) == (11, 1)


def test_what_was_worked_yesterday_is_gone(scene: Scene, many: list[Client]) -> None:
    scene.record(many[5], Outcome.DECLINED)
    Item.objects.filter(client=many[5]).update(closed_on=scene.today - days(1))

    assert many[5].name not in names(scene, block=Block.LAPSED)
    assert counts(scene, Block.LAPSED) == (11, 0)


def test_what_is_taken_back_is_open_again(scene: Scene, many: list[Client]) -> None:
    scene.record(many[5], Outcome.DECLINED)
    undo_last(by=scene.world.olga, now=scene.now)

    assert counts(scene, Block.LAPSED) == (12, 0)
    assert not any(row.is_worked for row in rows(scene, block=Block.LAPSED))


def test_a_booking_at_the_desk_takes_the_row_off(scene: Scene, many: list[Client]) -> None:
    scene.book_at_the_desk(many[5])

    assert many[5].name not in names(scene, block=Block.LAPSED)
    assert counts(scene, Block.LAPSED) == (11, 0)


def test_a_colleagues_client_carries_the_colleagues_name(scene: Scene, many: list[Client]) -> None:
    scene.take(many[0], scene.world.boris)
    scene.take(many[1])

    held = {row.item.client.name: row.held_by for row in rows(scene, block=Block.LAPSED) if row.held_by}

    assert held == {many[0].name: scene.world.boris.name}


def test_a_time_agreed_for_today_is_shown(scene: Scene, many: list[Client]) -> None:
    scene.record(many[2], Outcome.CALLBACK, next_on=scene.today, next_time=datetime.time(18))

    at = {row.item.client.name: row.call_at for row in rows(scene, block=Block.LAPSED) if row.call_at}

    assert at == {many[2].name: datetime.time(18)}


@pytest.mark.parametrize("text", ["берёз", "БЕРЕЗОВА АННА", "+7 (916) 200-01-01", "89162000101"])
def test_clients_are_found_however_they_are_typed(scene: Scene, many: list[Client], text: str) -> None:
    make_searchable(organization_id=scene.world.ours.organization.pk)

    found = set(names(scene, search=text))

    assert found == {scene.world.center.client.name}


def test_a_filter_narrows(scene: Scene, many: list[Client]) -> None:
    found = rows(scene, block=Block.LAPSED, filter={"visits_min": 3})

    assert {row.item.visits_count for row in found} == {3, 4}


def test_a_filter_that_means_nothing_is_refused(scene: Scene) -> None:
    with pytest.raises(BadFilter):
        rows(scene, filter={"shoe_size": 38})


@pytest.mark.parametrize(
    ("name", "branch"), [("olga", "north"), ("maria", "center"), ("pavel", "center"), ("nina", "elsewhere")]
)
def test_lists_of_others_are_empty(scene: Scene, name: str, branch: str) -> None:
    asked = {"user": scene.world.people[name], "branch": getattr(scene.world, branch).branch, "now": scene.now}

    assert queries.items(**asked).rows == []
    assert all(one.total == 0 for one in queries.blocks_of_day(**asked))
    assert queries.open_promises(**asked) == []


def test_rows_without_a_branch_have_a_list_of_their_own(scene: Scene) -> None:
    client = scene.client_in(Block.LAPSED)
    Client.objects.filter(pk=client.pk).update(branch=None)
    Item.objects.filter(client=client).update(branch=None)

    assert client.name not in names(scene, block=Block.LAPSED)
    assert names(scene, block=Block.LAPSED, branch=None) == [client.name]


@pytest.mark.parametrize("count", [1, 30])
def test_a_page_costs_at_most_four_queries_however_long(
    scene: Scene, count: int, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    clients = [scene.client_in(Block.LAPSED, f"{number} Тестова") for number in range(count)]
    scene.record(clients[0], Outcome.DECLINED)
    assert scene.world.olga.branch_ids
    with django_assert_max_num_queries(4):
        for row in rows(scene, block=Block.LAPSED):
            assert row.item.client.name
            assert row.item.service is None or row.item.service.title
            assert row.item.last_staff is None or row.item.last_staff.name
    with django_assert_num_queries(2):
        counts(scene, Block.LAPSED)


class TestPromises:
    def test_promises_and_unanswered_calls_age(self, scene: Scene) -> None:
        promised, silent = scene.client_in(Block.OVERDUE, "А"), scene.client_in(Block.LAPSED, "Б")
        scene.record(promised, Outcome.PROMISED, now=scene.now - days(5))
        scene.record(silent, Outcome.NO_ANSWER)

        found = self.asked(scene)

        assert [(one.contact.client.name, one.days_open) for one in found] == [("А", 5), ("Б", 0)]
        assert found[1].item is None  # hidden until tomorrow, and yet not forgotten

    def test_what_was_said_later_about_the_same_counts(self, scene: Scene) -> None:
        client = scene.client_in(Block.OVERDUE)
        scene.record(client, Outcome.CALLBACK, next_on=scene.today)
        scene.record(client, Outcome.DECLINED, now=scene.now + datetime.timedelta(seconds=1))

        assert self.asked(scene) == []

    def test_who_books_has_kept_the_promise(self, scene: Scene) -> None:
        client = scene.client_in(Block.OVERDUE)
        scene.record(client, Outcome.PROMISED)
        scene.book_at_the_desk(client)

        assert self.asked(scene) == []

    def test_who_wants_no_calls_is_left_alone(self, scene: Scene) -> None:
        client = scene.client_in(Block.OVERDUE)
        scene.record(client, Outcome.PROMISED)
        birthday = scene.add_birthday(client)
        scene.record(
            client, Outcome.DO_NOT_CALL, entries=[("birthday", birthday.anchor)],
            now=scene.now + datetime.timedelta(seconds=1),
        )  # fmt: skip

        assert self.asked(scene) == []

    def test_a_promise_taken_back_was_none(self, scene: Scene) -> None:
        scene.record(scene.client_in(Block.OVERDUE), Outcome.PROMISED)
        undo_last(by=scene.world.olga, now=scene.now)

        assert self.asked(scene) == []

    def test_they_cost_two_queries(self, scene: Scene, django_assert_num_queries: Any) -> None:
        for number in range(5):
            scene.record(scene.client_in(Block.OVERDUE, f"{number}"), Outcome.PROMISED)
        assert scene.world.olga.branch_ids
        with django_assert_num_queries(2):
            assert [one.contact.client.name for one in self.asked(scene)]

    def asked(self, scene: Scene) -> list[queries.Promise]:
        return queries.open_promises(user=scene.world.olga, branch=scene.world.center.branch, now=scene.now)
