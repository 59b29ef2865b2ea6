"""What came of a call is saved once, for all rows of the client, or not at all."""

from __future__ import annotations

import datetime
import uuid
from typing import TYPE_CHECKING

import pytest

from tests.people import days
from vernis.accounts.models import User
from vernis.book.models import Client, Consent, Contact
from vernis.book.models.contacts import Block, Outcome
from vernis.worklist.models import Item
from vernis.worklist.operations.calls import (
    DayOutOfReach,
    ItemClosed,
    LeaseLost,
    NotForThisOutcome,
    SaidDifferently,
    record_call,
)
from vernis.worklist.operations.leases import HOLD, Held, claim

if TYPE_CHECKING:
    from tests.worklist.scene import Scene

CLOSES_ALL = [Outcome.BOOKED, Outcome.REACHED, Outcome.DECLINED, Outcome.WRONG_NUMBER, Outcome.DO_NOT_CALL]
HIDES = [Outcome.PROMISED, Outcome.NO_ANSWER, Outcome.CALLBACK]


@pytest.mark.parametrize("outcome", Outcome.values)
@pytest.mark.parametrize("block", Block.values)
def test_every_outcome_in_every_block_ends_the_row_for_today(scene: Scene, block: str, outcome: str) -> None:
    client = scene.client_in(block)
    row = Item.objects.get(client=client, block=block)

    recorded = scene.record(client, outcome, note="Сказала так", entries=[(block, row.anchor)])

    row.refresh_from_db()
    contact = Contact.objects.get(call=recorded.call)
    assert (contact.block, contact.anchor, contact.outcome, contact.note) == (block, row.anchor, outcome, "Сказала так")
    assert (row.closed_at, row.closed_on, row.closing) == (scene.now, scene.today, Item.Closing.CONTACTED)
    assert (row.contact, row.last_outcome, row.attempts) == (contact, outcome, 1)


def test_one_call_serves_all_rows_of_the_client(scene: Scene) -> None:
    client = scene.client_in(Block.DUE)
    scene.add_birthday(client)
    entries = scene.entries(client)

    recorded = scene.record(client, Outcome.REACHED)

    contacts = Contact.objects.filter(call=recorded.call)
    assert {(one.block, one.anchor) for one in contacts} == set(entries)
    assert len({one.key for one in contacts}) == len(entries) == 2
    assert scene.entries(client) == []


def test_a_call_agreed_for_later_today_stays_on_the_list(scene: Scene) -> None:
    client = scene.client_in(Block.DUE)

    scene.record(client, Outcome.CALLBACK, next_on=scene.today, next_time=datetime.time(18))

    assert scene.item(client).closed_at is None
    assert scene.item(client).last_outcome == Outcome.CALLBACK


@pytest.mark.parametrize("away", [0, 90])
def test_a_promise_may_be_as_far_as_ninety_days(scene: Scene, away: int) -> None:
    client = scene.client_in(Block.DUE)

    scene.record(client, Outcome.PROMISED, next_on=scene.today + days(away))

    assert Contact.objects.get(client=client).next_on == scene.today + days(away)


@pytest.mark.parametrize("away", [-1, 91])
def test_a_promise_is_refused_for_a_day_out_of_reach(scene: Scene, away: int) -> None:
    client = scene.client_in(Block.DUE)

    with pytest.raises(DayOutOfReach) as refused:
        scene.record(client, Outcome.PROMISED, next_on=scene.today + days(away))

    assert (refused.value.first, refused.value.last) == (scene.today, scene.today + days(90))
    assert not Contact.objects.filter(client=client).exists()


@pytest.mark.parametrize("outcome", [one for one in Outcome.values if one not in {"promised", "callback"}])
def test_only_promises_and_calls_back_have_a_day(scene: Scene, outcome: str) -> None:
    with pytest.raises(NotForThisOutcome, match="next_on"):
        scene.record(scene.client_in(Block.DUE), outcome, next_on=scene.today)


def test_a_time_needs_its_day(scene: Scene) -> None:
    with pytest.raises(NotForThisOutcome, match="next_time"):
        scene.record(scene.client_in(Block.DUE), Outcome.CALLBACK, next_time=datetime.time(12))


def test_a_call_is_about_a_row(scene: Scene) -> None:
    with pytest.raises(NotForThisOutcome, match="entries"):
        scene.record(scene.client_in(Block.DUE), entries=[])


def test_the_same_words_sent_again_change_nothing(scene: Scene) -> None:
    client, key = scene.client_in(Block.DUE), uuid.uuid4()
    entries = scene.entries(client)
    first = scene.record(client, Outcome.PROMISED, call_key=key, note="Строка\r\nвторая ")

    again = scene.record(
        client, Outcome.PROMISED, call_key=key, entries=entries, note="Строка\nвторая", now=scene.now + HOLD
    )

    assert again.is_repeat
    assert (again.words, again.made_at) == (first.words, first.made_at)
    assert Contact.objects.filter(client=client).count() == 1


def test_a_repeat_is_answered_even_when_a_colleague_has_the_client_by_now(scene: Scene) -> None:
    client, key = scene.client_in(Block.DUE), uuid.uuid4()
    entries, number = scene.entries(client), scene.take(client).number
    scene.record(client, call_key=key, lease_number=number)
    scene.take(client, scene.world.boris)

    again = scene.record(client, call_key=key, entries=entries, lease_number=number)

    assert again.is_repeat


def test_the_same_key_with_other_words_shows_both(scene: Scene) -> None:
    client, key = scene.client_in(Block.DUE), uuid.uuid4()
    entries = scene.entries(client)
    scene.record(client, call_key=key, note="Довольна")

    with pytest.raises(SaidDifferently) as differs:
        scene.record(client, call_key=key, entries=entries, note="Недовольна")

    assert (differs.value.saved.note, differs.value.sent.note) == ("Довольна", "Недовольна")
    assert Contact.objects.get(client=client).note == "Довольна"


def test_a_key_serves_one_client_only(scene: Scene) -> None:
    key = uuid.uuid4()
    scene.record(scene.client_in(Block.DUE), call_key=key)

    with pytest.raises(SaidDifferently):
        scene.record(scene.client_in(Block.DUE, "Ольха Тестова"), call_key=key)


def test_a_lease_that_a_colleague_has_taken_over_saves_nothing(scene: Scene) -> None:
    client = scene.client_in(Block.DUE)
    number = scene.take(client).number
    claim(client_id=client.pk, by=scene.world.boris, now=scene.now + HOLD)

    with pytest.raises(LeaseLost) as lost:
        scene.record(client, lease_number=number, now=scene.now + HOLD)

    assert lost.value.holder == scene.world.boris.name
    assert not Contact.objects.filter(client=client).exists()


def test_a_lease_taken_over_and_let_go_is_lost_as_well(scene: Scene) -> None:
    client, boris = scene.client_in(Block.DUE), scene.world.boris
    number = scene.take(client).number
    taken = claim(client_id=client.pk, by=boris, now=scene.now + HOLD)
    assert isinstance(taken, Held)
    later = taken.until + HOLD

    with pytest.raises(LeaseLost) as lost:
        scene.record(client, lease_number=number, now=later)

    assert lost.value.holder == ""


def test_a_long_call_is_saved_after_its_lease_if_nobody_has_taken_it(scene: Scene) -> None:
    client = scene.client_in(Block.DUE)
    number = scene.take(client).number

    scene.record(client, lease_number=number, now=scene.now + 2 * HOLD)

    assert scene.item(client).closed_at


def test_saving_lets_the_client_go(scene: Scene) -> None:
    client = scene.client_in(Block.DUE)
    scene.record(client, Outcome.CALLBACK, next_on=scene.today)

    assert isinstance(claim(client_id=client.pk, by=scene.world.boris, now=scene.now), Held)


def test_a_row_that_a_colleague_has_closed_keeps_the_words(scene: Scene) -> None:
    client = scene.client_in(Block.DUE)
    entries = scene.entries(client)
    scene.record(client, by=scene.world.boris)

    with pytest.raises(ItemClosed) as closed:
        scene.record(client, entries=entries, note="Очень важно")

    assert closed.value.sent.note == "Очень важно"
    assert (closed.value.by_name, closed.value.closing) == (scene.world.boris.name, Item.Closing.CONTACTED)
    assert closed.value.still_open == frozenset()


def test_where_only_some_rows_are_closed_nothing_is_saved_and_the_others_are_named(scene: Scene) -> None:
    client = scene.client_in(Block.DUE)
    entries = scene.entries(client)

    with pytest.raises(ItemClosed) as closed:
        scene.record(client, entries=[*entries, ("birthday", "2020")])

    assert closed.value.still_open == frozenset(entries)
    assert not Contact.objects.filter(client=client).exists()


def test_a_booking_meanwhile_closes_the_row(scene: Scene) -> None:
    client = scene.client_in(Block.DUE)
    entries = scene.entries(client)
    number = scene.take(client).number
    scene.book_at_the_desk(client)

    with pytest.raises(ItemClosed) as closed:
        scene.record(client, entries=entries, lease_number=number)

    assert closed.value.closing == Item.Closing.BOOKED


def test_who_wants_no_calls_has_no_rows_and_no_consent_to_calls(scene: Scene) -> None:
    client = scene.client_in(Block.DUE)
    scene.add_birthday(client)

    scene.record(client, Outcome.DO_NOT_CALL, entries=scene.entries(client)[:1])

    assert scene.entries(client) == []
    events = Consent.objects.filter(client=client, channel=Consent.Channel.CALL)
    assert {(one.purpose, one.is_given) for one in events} == {("service", False), ("advertising", False)}


@pytest.mark.parametrize("name", ["maria", "pavel"])
def test_nobody_saves_anything_about_clients_of_others(scene: Scene, name: str) -> None:
    client = scene.client_in(Block.DUE)
    person: User = scene.world.people[name]

    with pytest.raises(Client.DoesNotExist):
        record_call(
            client_id=client.pk, by=person, lease_number=scene.take(client).number, call_key=uuid.uuid4(),
            entries=scene.entries(client), outcome=Outcome.REACHED, now=scene.now,
        )  # fmt: skip


def test_saving_costs_the_same_for_one_row_and_for_several(
    scene: Scene, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    client = scene.client_in(Block.DUE)
    scene.add_birthday(client)
    number = scene.take(client).number
    with django_assert_max_num_queries(32):  # type: ignore[operator]
        scene.record(client, lease_number=number)
