"""Calls move rows as the rules say; sent from many places, or killed half-way, each is saved whole and once."""

from __future__ import annotations

import datetime
import uuid
from typing import TYPE_CHECKING

import pytest

from tests.processes import in_processes, start
from vernis.accounts.models import User
from vernis.accounts.tenancy import scoped_to
from vernis.book.models import Contact
from vernis.book.models.contacts import Block, Outcome
from vernis.worklist.models import Item
from vernis.worklist.operations.calls import record_call
from vernis.worklist.operations.leases import Held, claim
from vernis.worklist.operations.refresh import refresh_client

if TYPE_CHECKING:
    from tests.worklist.scene import Scene

DAY = datetime.timedelta(days=1)


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
