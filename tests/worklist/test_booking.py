"""Booking from the card."""

from __future__ import annotations

import datetime
import uuid
from typing import TYPE_CHECKING, Any

import pytest

from vernis.book.models import Appointment, Contact
from vernis.book.models.contacts import Block, Outcome
from vernis.book.operations.appointments import (
    BranchIsClosed,
    ServiceNotOffered,
    StaffIsBusy,
    StaffNotThere,
    TimeDoesNotExist,
    TimeIsPast,
    TimeTooFar,
)
from vernis.worklist.models import Item
from vernis.worklist.operations.booking import Booked, book_visit
from vernis.worklist.operations.calls import SaidDifferently

if TYPE_CHECKING:
    from tests.worklist.scene import Scene
    from vernis.book.models import Client


def book(scene: Scene, client: Client, *, key: uuid.UUID | None = None, **others: Any) -> Booked:
    """Book on the phone: in three days at noon, unless said otherwise."""
    number = others.pop("lease_number", None) or scene.take(client).number
    booking = scene.booking(**others)
    return book_visit(
        client_id=client.pk, by=scene.world.olga, branch_id=booking.branch_id, staff_id=booking.staff_id,
        services=booking.services, starts_at=booking.starts_at, now=scene.now, key=key or uuid.uuid4(),
        lease_number=number,
    )  # fmt: skip


def test_a_visit_booked_on_the_phone_closes_the_rows_by_contact(scene: Scene) -> None:
    client = scene.client_in(Block.OVERDUE)

    booked = book(scene, client, staff_id=scene.world.center.staff.pk)

    appointment = Appointment.objects.get(pk=booked.appointment_id or 0)
    line = appointment.lines.get()
    assert appointment.starts_at.astimezone(scene.world.center.branch.zone).hour == 12
    assert (appointment.created_by, line.staff, line.amount) == (scene.world.olga, scene.world.center.staff, 250_000)
    contact = Contact.objects.get(client=client)
    assert (contact.outcome, contact.appointment) == (Outcome.BOOKED, appointment)
    assert scene.item(client).closing == Item.Closing.CONTACTED


def test_a_visit_booked_at_the_desk_is_no_call(scene: Scene) -> None:
    client, booking = scene.client_in(Block.OVERDUE), scene.booking()

    booked = book_visit(
        client_id=client.pk, by=scene.world.boris, branch_id=booking.branch_id, staff_id=None,
        services=booking.services, starts_at=booking.starts_at, now=scene.now, key=uuid.uuid4(),
    )  # fmt: skip

    assert booked.recorded is None
    assert not Contact.objects.filter(client=client).exists()
    assert scene.item(client).closing == Item.Closing.BOOKED


def test_a_booking_sent_again_is_one_booking(scene: Scene) -> None:
    client, key = scene.client_in(Block.DUE), uuid.uuid4()
    number = scene.take(client).number

    first, again = (book(scene, client, key=key, lease_number=number) for _ in range(2))

    assert again.appointment_id == first.appointment_id
    assert Appointment.objects.filter(client=client, status="booked").count() == 1


def test_the_same_key_for_another_time_is_refused(scene: Scene) -> None:
    client, key = scene.client_in(Block.DUE), uuid.uuid4()
    book(scene, client, key=key)

    with pytest.raises(SaidDifferently) as differs:
        book(scene, client, key=key, hour=17)

    assert differs.value.saved.booking
    assert differs.value.saved.booking.starts_at.hour == 12


def test_a_booking_that_is_refused_saves_no_call(scene: Scene) -> None:
    client = scene.client_in(Block.DUE)

    with pytest.raises(TimeIsPast):
        book(scene, client, away=-1)

    assert not Contact.objects.filter(client=client).exists()
    assert scene.item(client).closed_at is None


@pytest.mark.parametrize(
    ("others", "fault"),
    [
        ({"away": -1}, TimeIsPast),
        ({"away": 800}, TimeTooFar),
        ({"services": ()}, ServiceNotOffered),
        ({"services": (10**12,)}, ServiceNotOffered),
        ({"branch_id": 10**12}, BranchIsClosed),
        ({"staff_id": 10**12}, StaffNotThere),
    ],
)
def test_what_cannot_be_is_refused(scene: Scene, others: dict[str, Any], fault: type[Exception]) -> None:
    with pytest.raises(fault):
        book(scene, scene.client_in(Block.DUE), **others)


def test_other_branches_and_their_people_are_not_booked(scene: Scene) -> None:
    client, north = scene.client_in(Block.DUE), scene.world.north

    with pytest.raises(BranchIsClosed):
        book(scene, client, branch_id=north.branch.pk)
    with pytest.raises(StaffNotThere):
        book(scene, client, staff_id=north.staff.pk)


def test_a_master_has_one_client_at_a_time(scene: Scene) -> None:
    staff = scene.world.center.staff.pk
    book(scene, scene.client_in(Block.DUE), staff_id=staff, hour=12)

    with pytest.raises(StaffIsBusy) as busy:
        book(scene, scene.client_in(Block.DUE), staff_id=staff, hour=12)

    assert busy.value.until.astimezone(scene.world.center.branch.zone).hour == 13
    book(scene, scene.client_in(Block.DUE), staff_id=staff, hour=13)
    book(scene, scene.client_in(Block.DUE), staff_id=staff, hour=11)


def test_a_time_that_the_clocks_skip_is_refused(scene: Scene) -> None:
    branch = scene.world.center.branch
    branch.timezone = "Europe/Berlin"
    branch.save()
    booking = scene.booking(starts_at=datetime.datetime(2027, 3, 28, 2, 30))
    client = scene.client_in(Block.DUE)

    with pytest.raises(TimeDoesNotExist):
        book_visit(
            client_id=client.pk, by=scene.world.olga, branch_id=branch.pk, staff_id=None, services=booking.services,
            starts_at=booking.starts_at, now=datetime.datetime(2027, 3, 1, tzinfo=datetime.UTC), key=uuid.uuid4(),
            lease_number=scene.take(client).number,
        )  # fmt: skip
