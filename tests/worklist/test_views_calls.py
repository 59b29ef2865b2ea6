"""Saving what came of a call, and taking it back."""

from __future__ import annotations

import datetime
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from tests.people import World
from vernis.accounts.tenancy import scoped_to
from vernis.book.models import Appointment, Contact
from vernis.worklist.operations import leases

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from vernis.accounts.models import User

    SignIn = Callable[[User], Client]


@pytest.fixture
def olga(world: World, signed_in: SignIn) -> Client:
    return signed_in(world.olga)


def words(world: World, olga: Client, **others: Any) -> dict[str, Any]:
    """Open the card and return what its form sends."""
    item = world.center.item
    lease = olga.post(f"/clients/{item.client_id}/open/").context["lease"]
    return {
        "by": world.olga.pk,
        "lease": lease.number,
        "call_key": str(uuid.uuid4()),
        "entry": f"{item.block}|{item.anchor}",
        "outcome": "no_answer",
        "note": "",
        **others,
    }


def send(world: World, olga: Client, sent: dict[str, Any]) -> Any:
    return olga.post(f"/clients/{world.center.client.pk}/calls/", sent)


def saved(world: World, key: str) -> list[Contact]:
    with scoped_to(world.ours.organization.pk):
        return list(Contact.objects.filter(call=key))


def test_an_outcome_is_saved_and_can_be_taken_back(world: World, olga: Client) -> None:
    sent = words(world, olga, note="гудки")

    response = send(world, olga, sent)

    assert response.status_code == 200
    assert world.center.client.name in response.json()["said"]
    assert [contact.note for contact in saved(world, sent["call_key"])] == ["гудки"]
    assert olga.post(response.json()["undo_url"]).status_code == 200
    assert olga.post(response.json()["undo_url"]).status_code == 410


def test_sent_twice_it_is_saved_once(world: World, olga: Client) -> None:
    sent = words(world, olga)

    assert [send(world, olga, sent).status_code for _ in range(2)] == [200, 200]
    assert len(saved(world, sent["call_key"])) == 1


def test_sent_again_with_other_words_both_are_shown(world: World, olga: Client) -> None:
    sent = words(world, olga, note="первые слова")
    send(world, olga, sent)

    response = send(world, olga, sent | {"note": "другие слова"})

    assert response.status_code == 409
    assert "первые слова" in response.json()["theirs"]
    assert [contact.note for contact in saved(world, sent["call_key"])] == ["первые слова"]


def test_a_callback_has_a_day_and_a_time(world: World, olga: Client) -> None:
    tomorrow = world.center.branch.today(timezone.now()) + datetime.timedelta(1)
    sent = words(world, olga, outcome="callback", callback_on=tomorrow.isoformat(), callback_time="16:00")

    assert send(world, olga, sent).status_code == 200
    contact = saved(world, sent["call_key"])[0]
    assert (contact.next_on, contact.next_time) == (tomorrow, datetime.time(16))


def test_the_next_visit_is_booked_from_the_card(world: World, olga: Client) -> None:
    day = world.center.branch.today(timezone.now()) + datetime.timedelta(3)
    sent = words(
        world, olga, outcome="booked", booked_on=day.isoformat(), booked_time="12:00",
        branch=world.center.branch.pk, service=[world.ours.service.pk], staff=world.center.staff.pk,
    )  # fmt: skip

    assert send(world, olga, sent).status_code == 200
    with scoped_to(world.ours.organization.pk):
        booked = Appointment.objects.get(client=world.center.client, status="booked")
        assert booked.starts_at.astimezone(world.center.branch.zone).hour == 12


def test_a_refusal_keeps_its_reason(world: World, olga: Client) -> None:
    sent = words(world, olga, outcome="declined", reason="дорого", note="перезвонит сама")

    assert send(world, olga, sent).status_code == 200
    assert saved(world, sent["call_key"])[0].note == "дорого\nперезвонит сама"


@pytest.mark.parametrize(
    "wrong",
    [
        {"outcome": "declined"},
        {"outcome": "booked"},
        {"outcome": "maybe"},
        {"outcome": "callback", "callback_on": "1999-01-01"},
        {"outcome": "booked", "booked_on": "2020-01-01", "booked_time": "10:00"},
        {"entry": []},
        {"entry": "nonsense"},
        {"call_key": "nonsense"},
        {"lease": "9" * 40},
        {"note": "а" * 2001},
    ],
)
def test_what_cannot_be_saved_says_why(world: World, olga: Client, wrong: dict[str, Any]) -> None:
    sent = words(world, olga) | wrong

    response = send(world, olga, sent)

    assert response.status_code == 422
    assert response.json()["message"]
    with scoped_to(world.ours.organization.pk):
        assert Contact.objects.filter(client=world.center.client).count() == 1  # the one of the world


def test_a_row_that_is_closed_meanwhile_says_so(world: World, olga: Client) -> None:
    sent = words(world, olga)
    send(world, olga, sent)

    with scoped_to(world.ours.organization.pk):
        lease = leases.claim(client_id=world.center.client.pk, by=world.olga, now=timezone.now())
    assert isinstance(lease, leases.Held)

    response = send(world, olga, sent | {"call_key": str(uuid.uuid4()), "lease": lease.number, "note": "мои слова"})

    assert response.status_code == 410
    assert response.json()["message"]


def test_a_lost_client_is_not_saved(world: World, olga: Client) -> None:
    response = send(world, olga, words(world, olga) | {"lease": 77})

    assert response.status_code == 423


def test_what_another_person_wrote_here_waits_for_that_person(world: World, olga: Client) -> None:
    response = send(world, olga, words(world, olga) | {"by": world.boris.pk})

    assert response.status_code == 403


def test_clients_and_calls_of_others_are_not_there(world: World, olga: Client, signed_in: SignIn) -> None:
    sent = words(world, olga)

    for place in (world.north, world.elsewhere):
        assert olga.post(f"/clients/{place.client.pk}/calls/", sent).status_code == 404
    response = send(world, olga, sent)
    assert signed_in(world.boris).post(response.json()["undo_url"]).status_code == 410
    assert olga.post(f"/calls/{uuid.uuid4()}/undo/").status_code == 410
    assert olga.get(response.json()["undo_url"]).status_code == 405
