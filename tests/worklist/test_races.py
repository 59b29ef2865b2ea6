"""Several processes at once, and processes that are killed: one effect each, all of it or nothing."""

from __future__ import annotations

import datetime
import time
import uuid
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.db.models import Count

from tests.processes import in_processes, start
from vernis.accounts.models import User
from vernis.accounts.tenancy import scoped_to
from vernis.book.models import Appointment, Consent, Contact
from vernis.book.models.contacts import Block, Outcome
from vernis.book.operations.appointments import StaffIsBusy, book_appointment
from vernis.worklist.models import Item, Lease
from vernis.worklist.operations import calls
from vernis.worklist.operations.calls import ItemClosed, LeaseLost, NothingToUndo, record_call, undo_last
from vernis.worklist.operations.leases import Held, claim

if TYPE_CHECKING:
    from tests.worklist.scene import Scene
    from vernis.book.operations.appointments import Booking

    Moment = datetime.datetime

Sent = dict[str, Any]


def record_in_turn(organization: int, person: int, sent: list[Sent]) -> list[bool]:
    """Save calls; say of each whether it was new."""
    by, new = User.objects.get(pk=person), []
    for one in sent:
        with scoped_to(organization):
            new.append(not record_call(by=by, **one).is_repeat)
    return new


def call_at_will(organization: int, person: int, clients: list[int], now: datetime.datetime) -> int:
    """Call clients like somebody who is in a hurry: take one, save an outcome, go on; return how many were saved."""
    by, saved = User.objects.get(pk=person), 0
    for client in clients:
        with scoped_to(organization):
            taken = claim(client_id=client, by=by, now=now)
            entries = list(
                Item.objects.of(organization).filter(client=client, closed_at=None).values_list("block", "anchor")
            )
        if not isinstance(taken, Held) or not entries:
            continue
        try:
            with scoped_to(organization):
                record_call(
                    client_id=client, by=by, lease_number=taken.number, call_key=uuid.uuid4(), entries=entries,
                    outcome=Outcome.DECLINED, now=now,
                )  # fmt: skip
        except (ItemClosed, LeaseLost):
            continue
        saved += 1
    return saved


def book_in_turn(organization: int, person: int, clients: list[int], bookings: list[Booking], now: Moment) -> int:
    """Book each of the clients for a time of its own; return how many times were still free."""
    by, booked = User.objects.get(pk=person), 0
    for client, booking in zip(clients, bookings, strict=True):
        try:
            with scoped_to(organization):
                book_appointment(client_id=client, by=by, booking=booking, now=now)
        except StaffIsBusy:
            continue
        booked += 1
    return booked


def undo(organization: int, person: int, now: datetime.datetime) -> bool:
    """Take back the last call; say whether there was something to take back."""
    try:
        with scoped_to(organization):
            undo_last(by=User.objects.get(pk=person), now=now)
    except NothingToUndo:
        return False
    return True


def record_and_wait(organization: int, person: int, sent: Sent, step: str, mark: str) -> None:
    """Save a call, and stop for ever within a step of it, leaving a mark."""

    def wait(*_arguments: Any, **_named: Any) -> None:
        Path(mark).touch()
        time.sleep(600)

    setattr(calls, step, wait)
    with scoped_to(organization):
        record_call(by=User.objects.get(pk=person), **sent)


def sent_for(scene: Scene, block: str = Block.DUE, outcome: str = Outcome.DECLINED, **others: Any) -> Sent:
    """Return what a page sends about a new client."""
    client = scene.client_in(block)
    return {
        "client_id": client.pk,
        "lease_number": scene.take(client).number,
        "call_key": uuid.uuid4(),
        "entries": scene.entries(client),
        "outcome": outcome,
        "now": scene.now,
        **others,
    }


def test_a_call_sent_many_times_at_once_is_saved_once(shared_scene: Scene) -> None:
    ours, olga = shared_scene.world.ours.organization.pk, shared_scene.world.olga.pk
    with scoped_to(ours):
        sent = [sent_for(shared_scene, booking=None) for _ in range(10)]
        sent += [sent_for(shared_scene, outcome=Outcome.BOOKED, booking=shared_scene.booking()) for _ in range(5)]

    new = in_processes(record_in_turn, [(ours, olga, sent * 3)] * 4)

    assert sum(map(sum, new)) == len(sent)
    with scoped_to(ours):
        keys = [one["call_key"] for one in sent]
        per_call = Contact.objects.filter(call__in=keys).order_by().values("call").annotate(count=Count("pk"))
        assert [one["count"] for one in per_call] == [1] * len(sent)
        assert Appointment.objects.filter(key__isnull=False).count() == 5


def test_people_in_a_hurry_never_call_the_same_client_twice(shared_scene: Scene) -> None:
    world = shared_scene.world
    ours = world.ours.organization.pk
    with scoped_to(ours):
        clients = [shared_scene.client_in(Block.LAPSED).pk for _ in range(30)]
    people = [world.olga.pk, world.boris.pk, world.nina.pk]

    saved = in_processes(
        call_at_will, [(ours, person, clients, shared_scene.now) for person in [*people, world.olga.pk]]
    )

    assert sum(saved) == len(clients)
    with scoped_to(ours):
        assert Contact.objects.filter(client__in=clients).values("client").distinct().count() == len(clients)
        assert Contact.objects.filter(client__in=clients).count() == len(clients)
        assert not Item.objects.filter(client__in=clients, closed_at=None).exists()


def test_a_master_is_booked_once_for_a_time_however_many_book_at_once(shared_scene: Scene) -> None:
    world = shared_scene.world
    ours, staff = world.ours.organization.pk, world.center.staff.pk
    with scoped_to(ours):
        clients = [[shared_scene.client_in(Block.LAPSED).pk for _ in range(10)] for _ in range(4)]
    first = shared_scene.booking(staff_id=staff)
    bookings = [
        replace(first, starts_at=first.starts_at + datetime.timedelta(minutes=20 * number)) for number in range(10)
    ]

    booked = in_processes(book_in_turn, [(ours, world.olga.pk, mine, bookings, shared_scene.now) for mine in clients])

    with scoped_to(ours):
        ours_now = Appointment.objects.filter(lines__staff=staff, starts_at__gt=shared_scene.now, created_by=world.olga)
        times = sorted(set(ours_now.values_list("starts_at", "ends_at")))
    assert sum(booked) == len(times) >= 2
    assert all(end is not None and end <= begin for (_, end), (begin, _) in pairwise(times))


def test_a_call_taken_back_in_several_tabs_is_taken_back_once(shared_scene: Scene) -> None:
    ours, olga = shared_scene.world.ours.organization.pk, shared_scene.world.olga.pk
    with scoped_to(ours):
        record_call(by=shared_scene.world.olga, **sent_for(shared_scene, outcome=Outcome.DO_NOT_CALL))

    undone = in_processes(undo, [(ours, olga, shared_scene.now)] * 4)

    assert sorted(undone) == [False, False, False, True]
    with scoped_to(ours):
        assert Consent.objects.filter(channel=Consent.Channel.CALL, note__gt="").count() == 2


@pytest.mark.parametrize(
    "step", ["book_appointment", "begins", "withdraw_calls", "refresh_after_change", "_say_why_closed"]
)
def test_a_process_killed_while_it_saves_has_saved_nothing(shared_scene: Scene, step: str, tmp_path: Path) -> None:
    ours, olga = shared_scene.world.ours.organization.pk, shared_scene.world.olga
    with scoped_to(ours):
        if step == "withdraw_calls":
            sent = sent_for(shared_scene, outcome=Outcome.DO_NOT_CALL)
        else:
            sent = sent_for(shared_scene, outcome=Outcome.BOOKED, booking=shared_scene.booking())
        client = {"client": sent["client_id"]}
        appointments = Appointment.objects.filter(**client).count()
    process = start(record_and_wait, ours, olga.pk, sent, step, str(tmp_path / "there"))
    while not (tmp_path / "there").exists():
        assert process.is_alive()
        time.sleep(0.01)
    process.kill()
    process.join()

    with scoped_to(ours):
        assert not Contact.objects.filter(**client).exists()
        assert not Consent.objects.filter(**client).exists()
        assert Appointment.objects.filter(**client).count() == appointments
        assert Item.objects.get(**client).closed_at is None
        assert Lease.objects.get(**client).expires_at > shared_scene.now
        assert not record_call(by=olga, **sent).is_repeat  # the page sends it again: now it is saved
        assert Contact.objects.filter(**client).count() == 1
