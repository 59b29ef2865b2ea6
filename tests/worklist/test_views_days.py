"""Past days, and why a client is on the list or not."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from tests.people import CANARY, PARROT, World

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from vernis.accounts.models import User

    SignIn = Callable[[User], Client]


def yesterday(world: World) -> str:
    return (world.center.branch.today(timezone.now()) - datetime.timedelta(1)).isoformat()


def test_a_past_day_can_be_read(world: World, signed_in: SignIn) -> None:
    page = signed_in(world.olga).get(f"/days/{yesterday(world)}/", {"block": "due"})

    assert page.status_code == 200
    assert "hx-post" not in page.text
    assert CANARY not in page.text
    assert PARROT not in page.text


def test_the_date_picker_leads_to_another_day(world: World, signed_in: SignIn) -> None:
    response = signed_in(world.olga).get(f"/days/{yesterday(world)}/", {"on": "2026-01-05"})

    assert response.status_code == 302
    assert response["Location"].startswith("/days/2026-01-05/")


@pytest.mark.parametrize("day", ["nonsense", "2026-02-30", "2999-01-01", "0001-01-01"])
def test_a_day_that_is_none_is_not_there(world: World, signed_in: SignIn, day: str) -> None:
    olga = signed_in(world.olga)

    assert olga.get(f"/days/{day}/").status_code == 404
    assert olga.get(f"/days/{yesterday(world)}/", {"on": day}).status_code == 404
    assert olga.get(f"/clients/{world.center.client.pk}/why/", {"day": day}).status_code == 404


@pytest.mark.parametrize("query", [{"block": "everything"}, {"branch": "987654321"}])
def test_a_block_or_branch_that_is_none_is_not_there(world: World, signed_in: SignIn, query: dict[str, str]) -> None:
    assert signed_in(world.olga).get(f"/days/{yesterday(world)}/", query).status_code == 404


def test_a_page_number_that_is_none_is_the_first(world: World, signed_in: SignIn) -> None:
    for page in ("0", "x", "9" * 50, "²"):
        query = {"block": "due", "page": page}
        assert signed_in(world.olga).get(f"/days/{yesterday(world)}/", query).status_code == 200


def test_any_client_can_be_asked_why(world: World, signed_in: SignIn) -> None:
    olga = signed_in(world.olga)

    for client in (world.center.client, world.center.missed):
        for query in ({}, {"day": yesterday(world)}):
            page = olga.get(f"/clients/{client.pk}/why/", query)
            assert page.status_code == 200
            assert client.name in page.text


def test_clients_of_others_cannot_be_asked(world: World, signed_in: SignIn) -> None:
    for client in (world.north.client.pk, world.elsewhere.client.pk, 987654321):
        assert signed_in(world.olga).get(f"/clients/{client}/why/").status_code == 404


def test_these_pages_can_only_be_read_by_those_who_work(world: World, signed_in: SignIn) -> None:
    for url in (f"/days/{yesterday(world)}/", f"/clients/{world.center.client.pk}/why/"):
        assert signed_in(world.olga).post(url).status_code == 405
        assert signed_in(world.timur).get(url).status_code == 403
        assert "no-store" in signed_in(world.olga).get(url)["Cache-Control"]
