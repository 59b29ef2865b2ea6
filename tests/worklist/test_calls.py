"""What came of a call is saved once, moves the rows as the rules say, and can be taken back for a minute."""

from __future__ import annotations

import datetime
import uuid
from typing import TYPE_CHECKING

import pytest

from tests.processes import in_processes, start
from vernis.accounts.models import User
from vernis.accounts.tenancy import scoped_to
from vernis.book.models import Consent, Contact
from vernis.book.models.contacts import Block, Outcome
from vernis.worklist.models import Item
from vernis.worklist.operations.calls import (
    DayOutOfReach,
    ItemClosed,
    LeaseLost,
    NotForThisOutcome,
    NothingToUndo,
    SaidDifferently,
    record_call,
    undo_last,
)
from vernis.worklist.operations.refresh import refresh_client

if TYPE_CHECKING:
    from tests.worklist.scene import Scene

SECOND, DAY = datetime.timedelta(seconds=1), datetime.timedelta(days=1)


@pytest.mark.parametrize("block", Block.values)
@pytest.mark.parametrize("outcome", [one for one in Outcome.values if one != Outcome.BOOKED])
def test_every_outcome_takes_the_row_of_every_block_off_the_list(scene: Scene, block: str, outcome: str) -> None:
    client = scene.client_in(block)

    scene.record(client, outcome)

    item = scene.item(client)
    assert item.closed_at == scene.now
    assert item.closing == Item.Closing.CONTACTED
    assert item.contact is not None
    assert item.contact.outcome == outcome


@pytest.mark.parametrize(
    ("outcome", "next_on", "comes_back_after"),
    [
        pytest.param(Outcome.NO_ANSWER, None, 1, id="nobody answered: the next day"),
        pytest.param(Outcome.CALLBACK, None, 1, id="call back: the next day"),
        pytest.param(Outcome.CALLBACK, 2, 2, id="call back on a day"),
        pytest.param(Outcome.PROMISED, None, 3, id="promised: three days"),
        pytest.param(Outcome.PROMISED, 5, 5, id="promised for a day"),
        pytest.param(Outcome.REACHED, None, None, id="reached: never"),
        pytest.param(Outcome.DECLINED, None, None, id="declined: not in this block"),
    ],
)
def test_rows_come_back_when_the_rules_say(
    scene: Scene, outcome: str, next_on: int | None, comes_back_after: int | None
) -> None:
    client = scene.client_in(Block.OVERDUE)
    day = scene.today + next_on * DAY if next_on else None
    scene.record(client, outcome, next_on=day)

    back = []
    for after in range(1, 8):
        refresh_client(client_id=client.pk, now=scene.now + after * DAY)
        if Item.objects.filter(client=client, block=Block.OVERDUE, closed_at=None).exists():
            back.append(after)

    assert back[:1] == ([comes_back_after] if comes_back_after else [])


def test_three_calls_nobody_answers_are_enough(scene: Scene) -> None:
    client = scene.client_in(Block.OVERDUE)
    for day in range(3):
        scene.now += DAY if day else datetime.timedelta()
        refresh_client(client_id=client.pk, now=scene.now)
        scene.record(client, Outcome.NO_ANSWER)

    refresh_client(client_id=client.pk, now=scene.now + DAY)

    assert not Item.objects.filter(client=client, closed_at=None).exists()


def test_one_call_serves_all_reasons_of_a_client(scene: Scene) -> None:
    client = scene.client_in(Block.FOLLOW_UP)
    birthday = scene.today + DAY
    type(client).objects.filter(pk=client.pk).update(birth_month=birthday.month, birth_day=birthday.day)
    refresh_client(client_id=client.pk, now=scene.now)

    recorded = scene.record(client, Outcome.REACHED)

    contacts = Contact.objects.filter(call=recorded.call)
    assert {one.block for one in contacts} == {Block.FOLLOW_UP, Block.BIRTHDAY}
    assert len({one.key for one in contacts}) == 2
    assert not Item.objects.filter(client=client, closed_at=None).exists()


def test_sent_again_it_is_saved_once(scene: Scene) -> None:
    client = scene.client_in(Block.DUE)
    held, entries, key = scene.take(client), scene.entries(client), uuid.uuid4()
    said = {"call_key": key, "entries": entries, "lease_number": held.number, "note": "ждёт смс"}
    first = scene.record(client, Outcome.PROMISED, **said)

    again = [scene.record(client, Outcome.PROMISED, **said) for _ in range(20)]

    assert Contact.objects.filter(client=client).count() == 1
    assert {one.call for one in again} == {first.call}
    assert all(one.is_repeat for one in again)


def test_other_words_under_the_same_key_are_refused_and_both_are_kept(scene: Scene) -> None:
    client = scene.client_in(Block.DUE)
    held, entries, key = scene.take(client), scene.entries(client), uuid.uuid4()
    said = {"call_key": key, "entries": entries, "lease_number": held.number}
    scene.record(client, Outcome.REACHED, note="всё хорошо", **said)

    with pytest.raises(SaidDifferently) as differently:
        scene.record(client, Outcome.REACHED, note="перезвонить вечером", **said)

    assert differently.value.saved.note == "всё хорошо"
    assert differently.value.sent.note == "перезвонить вечером"


def test_a_lease_that_was_lost_saves_nothing(scene: Scene) -> None:
    client = scene.client_in(Block.DUE)
    held = scene.take(client)
    scene.now = held.until + SECOND
    scene.take(client, scene.world.boris)

    with pytest.raises(LeaseLost):
        scene.record(client, lease_number=held.number)

    assert not Contact.objects.filter(client=client).exists()


def test_a_row_closed_by_a_colleague_says_who_and_keeps_the_words(scene: Scene) -> None:
    client = scene.client_in(Block.DUE)
    entries = scene.entries(client)
    scene.record(client, by=scene.world.boris)

    with pytest.raises(ItemClosed) as closed:
        scene.record(client, entries=entries, note="мои слова")

    assert closed.value.by_name == scene.world.boris.name
    assert closed.value.sent.note == "мои слова"


def test_who_asks_not_to_be_called_is_in_no_block_and_calls_are_withdrawn(scene: Scene) -> None:
    client = scene.client_in(Block.LAPSED)

    scene.record(client, Outcome.DO_NOT_CALL)

    refresh_client(client_id=client.pk, now=scene.now + DAY)
    assert not Item.objects.filter(client=client, closed_at=None).exists()
    withdrawn = Consent.objects.filter(client=client, channel=Consent.Channel.CALL, is_given=False)
    assert {one.purpose for one in withdrawn} == set(Consent.Purpose.values)


@pytest.mark.parametrize("days", [-1, 91])
def test_a_promise_lies_within_reach(scene: Scene, days: int) -> None:
    client = scene.client_in(Block.DUE)

    with pytest.raises(DayOutOfReach):
        scene.record(client, Outcome.PROMISED, next_on=scene.today + days * DAY)


def test_only_promises_and_calls_have_a_day(scene: Scene) -> None:
    client = scene.client_in(Block.DUE)

    with pytest.raises(NotForThisOutcome) as fault:
        scene.record(client, Outcome.REACHED, next_on=scene.today)

    assert fault.value.field == "next_on"


def test_within_a_minute_the_last_outcome_is_taken_back_once(scene: Scene) -> None:
    client = scene.client_in(Block.OVERDUE)
    before = scene.item(client).pk
    scene.record(client, Outcome.DECLINED)

    undone = undo_last(by=scene.world.olga, now=scene.now + 59 * SECOND)

    assert undone.client_id == client.pk
    item = Item.objects.get(client=client, closed_at=None)
    assert item.pk == before
    assert Contact.objects.get(client=client).undone_at is not None
    with pytest.raises(NothingToUndo):
        undo_last(by=scene.world.olga, now=scene.now + 59 * SECOND)


@pytest.mark.parametrize(("person", "after"), [("olga", 61), ("boris", 1)], ids=["after a minute", "somebody else's"])
def test_what_is_older_or_of_others_stays(scene: Scene, person: str, after: int) -> None:
    client = scene.client_in(Block.OVERDUE)
    scene.record(client, Outcome.DECLINED)

    with pytest.raises(NothingToUndo):
        undo_last(by=scene.world.people[person], now=scene.now + after * SECOND)


def send(organization: int, person: int, client: int, key: uuid.UUID, lease: int, moment: datetime.datetime) -> bool:
    """Send one outcome again and again; return whether one of them was the first."""
    was_first = False
    with scoped_to(organization):
        by = User.objects.get(pk=person)
        known = list(Item.objects.filter(client=client).values_list("block", "anchor").distinct())
    for _turn in range(10):
        with scoped_to(organization):
            recorded = record_call(
                client_id=client, by=by, lease_number=lease, call_key=key, entries=known, outcome=Outcome.REACHED,
                now=moment,
            )  # fmt: skip
        was_first |= not recorded.is_repeat
    return was_first


def test_sent_from_many_places_at_once_it_is_saved_once(shared_scene: Scene) -> None:
    world, key = shared_scene.world, uuid.uuid4()
    with scoped_to(world.ours.organization.pk):
        client = shared_scene.client_in(Block.DUE)
        held = shared_scene.take(client)

    work = (world.ours.organization.pk, world.olga.pk, client.pk, key, held.number, shared_scene.now)
    firsts = in_processes(send, [work] * 4)

    assert sum(firsts) == 1
    with scoped_to(world.ours.organization.pk):
        assert Contact.objects.filter(client=client).count() == 1


def keep_recording(organization: int, person: int, clients: list[int], moment: datetime.datetime) -> None:
    """Save an outcome for one client after the other."""
    from vernis.worklist.operations.leases import Held, claim

    for client in clients:
        with scoped_to(organization):
            by = User.objects.get(pk=person)
            held = claim(client_id=client, by=by, now=moment)
            assert isinstance(held, Held)
            entries = list(Item.objects.filter(client=client, closed_at=None).values_list("block", "anchor"))
            record_call(
                client_id=client, by=by, lease_number=held.number, call_key=uuid.uuid4(), entries=entries,
                outcome=Outcome.REACHED, now=moment,
            )  # fmt: skip


def test_killed_in_the_middle_a_call_is_saved_whole_or_not_at_all(shared_scene: Scene) -> None:
    world = shared_scene.world
    with scoped_to(world.ours.organization.pk):
        clients = [shared_scene.client_in(Block.OVERDUE, f"Клиент {number}").pk for number in range(60)]
    child = start(keep_recording, world.ours.organization.pk, world.olga.pk, clients, shared_scene.now)
    while True:
        with scoped_to(world.ours.organization.pk):
            if Contact.objects.filter(client__in=clients).count() >= 5:
                break
        assert child.is_alive()
    child.kill()
    child.join()

    with scoped_to(world.ours.organization.pk):
        called = set(Contact.objects.filter(client__in=clients).values_list("client", flat=True))
        closed = set(Item.objects.filter(client__in=clients, closed_at__isnull=False).values_list("client", flat=True))
    assert called == closed
    assert 5 <= len(called) < 60
