"""The list: works, wrong method, stranger, missing, bad input, twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.people import CANARY, PARROT, World
from vernis.accounts.tenancy import scoped_to
from vernis.book.models import Client as Person
from vernis.worklist.models import Item

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from vernis.accounts.models import User

    SignIn = Callable[[User], Client]


def test_the_list_shows_the_clients_of_a_block(world: World, signed_in: SignIn) -> None:
    response = signed_in(world.olga).get("/", {"block": "due"})

    assert response.status_code == 200
    assert world.center.client.name in response.text
    assert "no-store" in response["Cache-Control"]


def test_it_begins_with_the_next_step_of_the_playbook(world: World, signed_in: SignIn) -> None:
    response = signed_in(world.olga).get("/")

    assert response.context["block_key"] == "missed"
    assert world.center.missed.name in response.text


def test_htmx_gets_only_the_rows_and_what_counts_them(world: World, signed_in: SignIn) -> None:
    response = signed_in(world.olga).get("/", {"block": "due"}, headers={"HX-Request": "true"})

    assert "<html" not in response.text
    assert 'id="blocks"' in response.text
    assert world.center.client.name in response.text


def test_the_list_can_only_be_read(world: World, signed_in: SignIn) -> None:
    assert signed_in(world.olga).post("/").status_code == 405


def test_nobody_sees_it_without_logging_in(world: World, client: Client) -> None:
    response = client.get("/")

    assert response.status_code == 302
    assert response["Location"].startswith("/account/login/")


@pytest.mark.parametrize("block", ["missed", "due", "promises"])
def test_others_never_see_our_clients(world: World, signed_in: SignIn, block: str) -> None:
    page = signed_in(world.olga).get("/", {"block": block}).text

    assert CANARY not in page
    assert PARROT not in page


def test_a_branch_of_somebody_else_is_not_there(world: World, signed_in: SignIn) -> None:
    for branch in (world.north.branch, world.elsewhere.branch):
        assert signed_in(world.olga).get("/", {"branch": branch.pk}).status_code == 404


def test_the_owner_switches_between_branches(world: World, signed_in: SignIn) -> None:
    response = signed_in(world.nina).get("/", {"branch": str(world.north.branch.pk), "block": "due"})

    assert f'data-client="{world.north.client.pk}"' in response.text
    assert f'data-client="{world.center.client.pk}"' not in response.text


def test_a_block_that_does_not_exist_is_not_there(world: World, signed_in: SignIn) -> None:
    assert signed_in(world.olga).get("/", {"block": "everything"}).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        {"visits": "many", "sort": "sideways", "due": "never"},
        {"staff": "9" * 40, "service": "-1"},
        {"after": "nonsense", "step": "x", "client": "²"},
        {"q": "\x00%_'\""},
    ],
)
def test_nonsense_in_the_address_is_left_out(world: World, signed_in: SignIn, query: dict[str, str]) -> None:
    assert signed_in(world.olga).get("/", {"block": "due", **query}).status_code == 200


def test_filters_narrow_the_list(world: World, signed_in: SignIn) -> None:
    olga = signed_in(world.olga)

    assert world.center.client.name in olga.get("/", {"block": "due", "visits": "1"}).text
    assert f'data-client="{world.center.client.pk}"' not in olga.get("/", {"block": "due", "visits": "5"}).text


def test_whoever_is_searched_for_and_not_here_is_found_in_the_base(world: World, signed_in: SignIn) -> None:
    page = signed_in(world.olga).get("/", {"block": "due", "q": "липова"}).text

    assert f"/clients/{world.center.missed.pk}/why/" in page
    assert CANARY not in page
    assert PARROT not in page


def test_an_empty_block_teaches_who_comes_there(world: World, signed_in: SignIn) -> None:
    page = signed_in(world.olga).get("/", {"block": "lapsed"})

    assert page.context["rows"] == []
    assert page.context["teaching"] in page.text


def test_a_page_that_is_read_twice_changes_nothing(world: World, signed_in: SignIn) -> None:
    olga = signed_in(world.olga)
    for _ in range(2):
        olga.get("/", {"block": "due"})

    with scoped_to(world.ours.organization.pk):
        assert Item.objects.filter(closed_at=None, client=world.center.client).count() == 1
        assert not Person.objects.filter(pk=world.center.client.pk, lease__isnull=False).exists()


def test_whoever_serves_sees_the_own_day_and_no_phones(world: World, signed_in: SignIn) -> None:
    page = signed_in(world.timur).get("/").text

    assert "+7 916" not in page
    assert world.center.missed.name not in page


def test_the_printed_list_has_a_line_for_everybody(world: World, signed_in: SignIn) -> None:
    page = signed_in(world.olga).get("/print/", {"block": "due"})

    assert world.center.client.name in page.text
    assert page.text.count('class="line"') == 1
    assert signed_in(world.timur).get("/print/").status_code == 403
    assert signed_in(world.olga).post("/print/").status_code == 405
