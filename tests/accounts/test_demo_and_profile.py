"""The one-click way in, the language, the own page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from tests.people import PASSWORD, World
from vernis.accounts.models import Organization, User

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(world: World, settings: Any) -> World:
    """Make `ours` the demonstration."""
    settings.IS_DEMO = True
    Organization.objects.filter(pk=world.ours.organization.pk).update(is_demo=True)
    return world


def test_in_the_demonstration_one_click_is_enough(demo: World, client: Client) -> None:
    page = client.get("/account/login/").content.decode()

    assert f"/demo/enter/{demo.olga.pk}/" in page
    assert f"/demo/enter/{demo.pavel.pk}/" not in page
    assert client.post(f"/demo/enter/{demo.olga.pk}/").status_code == 302
    assert client.get("/profile/").status_code == 200


@pytest.mark.parametrize("name", ["pavel", "gleb"])
def test_nobody_else_is_entered_by_one_click(demo: World, client: Client, name: str) -> None:
    assert client.post(f"/demo/enter/{demo.people[name].pk}/").status_code == 404
    assert client.get("/profile/").status_code == 302


def test_outside_the_demonstration_there_is_no_such_page(demo: World, client: Client, settings: Any) -> None:
    settings.IS_DEMO = False

    assert client.post(f"/demo/enter/{demo.olga.pk}/").status_code == 404
    assert "/demo/enter/" not in client.get("/account/login/").content.decode()


def test_looking_at_the_way_in_enters_nobody(demo: World, client: Client) -> None:
    assert client.get(f"/demo/enter/{demo.olga.pk}/").status_code == 405
    assert client.get("/profile/").status_code == 302


def test_the_owner_of_the_demonstration_is_asked_for_no_password(demo: World, client: Client) -> None:
    client.post(f"/demo/enter/{demo.nina.pk}/")

    assert client.get("/settings/rules/").status_code == 200


def test_the_language_is_chosen_before_coming_in(world: World, client: Client) -> None:
    assert client.get("/account/login/").headers["Content-Language"] == "ru"

    response = client.post("/language/", {"language": "en", "next": "/account/login/"})

    assert response.headers["Location"] == "/account/login/"
    page = client.get("/account/login/")
    assert "Come in" in page.content.decode()
    assert page.headers["Content-Language"] == "en"


def test_the_language_of_a_person_goes_along(world: World, signed_in: Callable[[User], Client]) -> None:
    client = signed_in(world.olga)

    client.post("/language/", {"language": "en", "next": "/profile/"})

    assert User.objects.get(pk=world.olga.pk).language == "en"
    assert signed_in(world.olga).get("/profile/").headers["Content-Language"] == "en"


@pytest.mark.parametrize("where", ["https://evil.example/", "//evil.example/", ""])
def test_a_choice_of_language_leads_nowhere_else(client: Client, world: World, where: str) -> None:
    response = client.post("/language/", {"language": "xx", "next": where})

    assert response.headers["Location"] == "/"
    assert "vernis_language" not in response.cookies


def test_the_own_page_saves_name_language_and_look(world: World, signed_in: Callable[[User], Client]) -> None:
    client = signed_in(world.olga)

    response = client.post("/profile/", {"name": "Ольга Новая", "language": "ru", "theme": "dark", "role": "owner"})

    assert response.status_code == 302
    olga = User.objects.get(pk=world.olga.pk)
    assert (olga.name, olga.theme, olga.role) == ("Ольга Новая", "dark", "operator")
    assert 'data-theme="dark"' in client.get("/profile/").content.decode()
    assert client.post("/profile/", {"name": "", "theme": "pink"}).status_code == 422


def test_one_logs_out_everywhere_else(world: World) -> None:
    here, there = Client(), Client()
    for client in (here, there):
        client.post("/account/login/", {"login": world.olga.email, "password": PASSWORD})

    assert here.post("/profile/sessions/end/").status_code == 302

    assert here.get("/profile/").status_code == 200
    assert there.get("/profile/").status_code == 302


def test_an_owner_without_a_second_factor_is_asked_until_later(world: World, nina: Client) -> None:
    assert "/profile/second-factor/later/" in nina.get("/profile/").content.decode()

    nina.post("/profile/second-factor/later/")

    assert "/profile/second-factor/later/" not in nina.get("/profile/").content.decode()


def test_others_are_not_asked(world: World, signed_in: Callable[[User], Client]) -> None:
    assert "/profile/second-factor/later/" not in signed_in(world.olga).get("/profile/").content.decode()
