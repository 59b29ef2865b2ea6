"""Opening, holding and leaving a card."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from tests.people import World
from vernis.accounts.tenancy import scoped_to
from vernis.worklist.models import Lease
from vernis.worklist.operations import leases

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from vernis.accounts.models import User

    SignIn = Callable[[User], Client]


def holder_of(world: World, person: int) -> User | None:
    with scoped_to(world.ours.organization.pk):
        lease = Lease.objects.filter(client=person, expires_at__gt=timezone.now()).select_related("holder").first()
        return lease.holder if lease else None


def test_opening_a_card_holds_the_client(world: World, signed_in: SignIn) -> None:
    client = world.center.client

    page = signed_in(world.olga).post(f"/clients/{client.pk}/open/")

    assert page.status_code == 200
    assert 'data-held="mine"' in page.text
    assert f'href="tel:{client.phone}"' in page.text
    assert "no-store" in page["Cache-Control"]
    assert holder_of(world, client.pk) == world.olga


def test_opening_it_twice_is_the_same(world: World, signed_in: SignIn) -> None:
    client, olga = world.center.client, signed_in(world.olga)

    first, second = (olga.post(f"/clients/{client.pk}/open/") for _ in range(2))

    assert first.context["lease"].number == second.context["lease"].number


def test_a_colleague_sees_who_is_talking_and_can_save_nothing(world: World, signed_in: SignIn) -> None:
    client = world.center.client
    signed_in(world.olga).post(f"/clients/{client.pk}/open/")

    page = signed_in(world.boris).post(f"/clients/{client.pk}/open/").text

    assert 'data-held="other"' in page
    assert world.olga.name in page
    assert 'id="outcome-form"' not in page
    assert "tel:" not in page


def test_a_card_shows_only_what_is_known(world: World, signed_in: SignIn) -> None:
    page = signed_in(world.olga).post(f"/clients/{world.center.client.pk}/open/").text

    assert world.center.client.note in page
    assert "None" not in page


@pytest.mark.parametrize("what", ["open", "hold", "release", "calls"])
def test_cards_are_for_posting_and_for_those_who_work(world: World, signed_in: SignIn, what: str) -> None:
    url = f"/clients/{world.center.client.pk}/{what}/"

    assert signed_in(world.olga).get(url).status_code == 405
    assert signed_in(world.timur).post(url).status_code == 403


@pytest.mark.parametrize("what", ["open", "hold", "release"])
def test_a_client_of_somebody_else_is_not_there(world: World, signed_in: SignIn, what: str) -> None:
    for place in (world.north, world.elsewhere):
        response = signed_in(world.olga).post(f"/clients/{place.client.pk}/{what}/", {"lease": 1})

        assert response.status_code == 404
        assert place.client.name not in response.text
    assert signed_in(world.olga).post(f"/clients/987654321/{what}/", {"lease": 1}).status_code == 404


def test_a_held_client_stays_held_and_is_let_go(world: World, signed_in: SignIn) -> None:
    client, olga = world.center.client, signed_in(world.olga)
    lease = olga.post(f"/clients/{client.pk}/open/").context["lease"]

    assert olga.post(f"/clients/{client.pk}/hold/", {"lease": lease.number}).status_code == 200
    for _ in range(2):
        assert olga.post(f"/clients/{client.pk}/release/", {"lease": lease.number}).status_code == 204
    assert holder_of(world, client.pk) is None


def test_whoever_has_lost_a_client_is_told_to_whom(world: World, signed_in: SignIn) -> None:
    client, olga = world.center.client, signed_in(world.olga)
    lease = olga.post(f"/clients/{client.pk}/open/").context["lease"]
    with scoped_to(world.ours.organization.pk):
        now = timezone.now()
        leases.release(client_id=client.pk, by=world.olga, number=lease.number, now=now)
        leases.claim(client_id=client.pk, by=world.boris, now=now)

    response = olga.post(f"/clients/{client.pk}/hold/", {"lease": lease.number})

    assert response.status_code == 423
    assert world.boris.name in response.json()["message"]


@pytest.mark.parametrize("number", ["", "x", "-1", "9" * 40])
def test_a_number_that_is_none_is_refused(world: World, signed_in: SignIn, number: str) -> None:
    for what in ("hold", "release"):
        url = f"/clients/{world.center.client.pk}/{what}/"
        assert signed_in(world.olga).post(url, {"lease": number}).status_code == 422


def test_colleagues_are_told_who_is_held(world: World, signed_in: SignIn) -> None:
    client = world.center.client
    signed_in(world.olga).post(f"/clients/{client.pk}/open/")

    told = signed_in(world.boris).get("/held/").json()["clients"]

    assert told[str(client.pk)] == world.olga.name
    assert str(world.north.missed.pk) not in told
    assert str(client.pk) not in signed_in(world.olga).get("/held/").json()["clients"]
    assert signed_in(world.boris).post("/held/").status_code == 405
    assert signed_in(world.timur).get("/held/").status_code == 403
