"""The last outcome of one's own can be taken back within a minute, once."""

from __future__ import annotations

import datetime
import uuid
from typing import TYPE_CHECKING

import pytest

from vernis.book.models import Appointment, Consent, Contact
from vernis.book.models.contacts import Block, Outcome
from vernis.worklist.models import Item
from vernis.worklist.operations.booking import book_visit
from vernis.worklist.operations.calls import NothingToUndo, undo_last

if TYPE_CHECKING:
    from tests.worklist.scene import Scene

MINUTE = datetime.timedelta(minutes=1)
MOMENT = datetime.timedelta(microseconds=1)


@pytest.mark.parametrize("outcome", Outcome.values)
@pytest.mark.parametrize("block", Block.values)
def test_every_outcome_in_every_block_can_be_taken_back(scene: Scene, block: str, outcome: str) -> None:
    client = scene.client_in(block)
    before = scene.entries(client)
    scene.record(client, outcome, note="Сказала так")

    undone = undo_last(by=scene.world.olga, now=scene.now + MINUTE)

    assert set(before) <= set(scene.entries(client))
    row = Item.objects.get(client=client, block=block)
    assert (row.closing, row.closed_on, row.contact, row.last_outcome, row.attempts) == ("", None, None, "", 0)
    assert undone.words.note == "Сказала так"
    assert Contact.objects.get(client=client, block=block).undone_at == scene.now + MINUTE


def test_a_minute_later_it_is_too_late(scene: Scene) -> None:
    scene.record(scene.client_in(Block.DUE))

    with pytest.raises(NothingToUndo):
        undo_last(by=scene.world.olga, now=scene.now + MINUTE + MOMENT)


def test_a_call_is_taken_back_once_and_the_one_before_is_left(scene: Scene) -> None:
    first, second = scene.client_in(Block.DUE), scene.client_in(Block.LAPSED)
    scene.record(first)
    scene.record(second, now=scene.now + MOMENT)
    undo_last(by=scene.world.olga, now=scene.now + 2 * MOMENT)

    with pytest.raises(NothingToUndo):
        undo_last(by=scene.world.olga, now=scene.now + 3 * MOMENT)

    assert scene.entries(first) == []
    assert scene.entries(second) != []


def test_nobody_takes_back_what_a_colleague_has_said(scene: Scene) -> None:
    scene.record(scene.client_in(Block.DUE))

    with pytest.raises(NothingToUndo):
        undo_last(by=scene.world.boris, now=scene.now)


def test_with_a_key_only_that_call_is_taken_back(scene: Scene) -> None:
    recorded = scene.record(scene.client_in(Block.DUE))

    with pytest.raises(NothingToUndo):
        undo_last(by=scene.world.olga, now=scene.now, call_key=uuid.uuid4())

    assert undo_last(by=scene.world.olga, now=scene.now, call_key=recorded.call).call == recorded.call


def test_what_was_taken_back_and_is_sent_again_stays_taken_back(scene: Scene) -> None:
    client, key = scene.client_in(Block.DUE), uuid.uuid4()
    entries = scene.entries(client)
    scene.record(client, call_key=key)
    undo_last(by=scene.world.olga, now=scene.now)

    again = scene.record(client, call_key=key, entries=entries)

    assert (again.is_repeat, again.is_undone) == (True, True)
    assert scene.entries(client) == entries


def test_earlier_attempts_still_count(scene: Scene) -> None:
    client = scene.client_in(Block.DUE)
    scene.record(client, Outcome.CALLBACK, next_on=scene.today)
    scene.record(client, Outcome.DECLINED, now=scene.now + MOMENT)

    undo_last(by=scene.world.olga, now=scene.now + MINUTE)

    row = scene.item(client)
    assert (row.closed_at, row.attempts, row.last_outcome) == (None, 1, Outcome.CALLBACK)


def booked(scene: Scene) -> tuple[int, int]:
    """Book on the phone; return client and appointment."""
    client, booking = scene.client_in(Block.DUE), scene.booking()
    done = book_visit(
        client_id=client.pk, by=scene.world.olga, branch_id=booking.branch_id, staff_id=None,
        services=booking.services, starts_at=booking.starts_at, now=scene.now, key=uuid.uuid4(),
        lease_number=scene.take(client).number,
    )  # fmt: skip
    assert done.appointment_id
    return client.pk, done.appointment_id


def test_a_booking_made_with_the_call_is_gone_as_well(scene: Scene) -> None:
    client, appointment = booked(scene)

    undone = undo_last(by=scene.world.olga, now=scene.now)

    assert (undone.appointment_taken_back, undone.appointment_kept) == (True, False)
    assert not Appointment.objects.filter(pk=appointment).exists()
    assert Item.objects.get(client=client).closed_at is None


@pytest.mark.parametrize(
    "change",
    [
        {"status": Appointment.Status.CANCELLED},
        {"starts_at": datetime.datetime(2030, 1, 1, tzinfo=datetime.UTC), "ends_at": None},
    ],
)
def test_a_booking_that_somebody_has_changed_since_stays(scene: Scene, change: dict[str, object]) -> None:
    _client, appointment = booked(scene)
    Appointment.objects.filter(pk=appointment).update(**change)

    undone = undo_last(by=scene.world.olga, now=scene.now)

    assert (undone.appointment_taken_back, undone.appointment_kept) == (False, True)
    assert Appointment.objects.filter(pk=appointment).exists()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([], {"service": True, "advertising": False}),
        ([("advertising", True)], {"service": True, "advertising": True}),
        ([("service", False), ("advertising", False)], {"service": False, "advertising": False}),
    ],
)
def test_consents_are_as_they_were(scene: Scene, before: list[tuple[str, bool]], after: dict[str, bool]) -> None:
    client = scene.client_in(Block.DUE)
    call = {"client": client, "channel": Consent.Channel.CALL, "organization": scene.world.ours.organization}
    for purpose, is_given in before:
        Consent.objects.create(**call, purpose=purpose, is_given=is_given, means="spoken", at=scene.now - MINUTE)
    scene.record(client, Outcome.DO_NOT_CALL)

    undo_last(by=scene.world.olga, now=scene.now + MOMENT)

    events = Consent.objects.filter(client=client, channel=Consent.Channel.CALL).order_by("at", "pk")
    assert {one.purpose: one.is_given for one in events} == after
    assert len(events) == len(before) + 4  # nothing is deleted
