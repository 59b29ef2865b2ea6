"""A password alone is not enough where the organization says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from vernis.accounts.models import Organization, SecondFactor

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from tests.people import World
    from vernis.accounts.models import User

pytestmark = pytest.mark.django_db


def require(world: World, whose: str) -> None:
    Organization.objects.filter(pk=world.ours.organization.pk).update(second_factor=whose)


@pytest.mark.parametrize(
    ("whose", "name", "is_led_away"),
    [
        (SecondFactor.ASKED, "nina", False),
        (SecondFactor.MANAGERS, "nina", True),
        (SecondFactor.MANAGERS, "maria", True),
        (SecondFactor.MANAGERS, "olga", False),
        (SecondFactor.EVERYBODY, "olga", True),
        (SecondFactor.EVERYBODY, "timur", True),
    ],
)
def test_whoever_must_have_one_sees_nothing_before(
    world: World, signed_in: Callable[[User], Client], whose: str, name: str, is_led_away: bool
) -> None:
    browser = signed_in(world.people[name])
    require(world, whose)

    answer = browser.get("/")

    assert (answer.status_code, answer.headers.get("Location")) == (
        (302, "/account/2fa/") if is_led_away else (200, None)
    )
    assert browser.get("/account/2fa/").status_code == 200
    assert browser.get("/profile/").status_code == 200


def test_nothing_is_saved_before(world: World, signed_in: Callable[[User], Client]) -> None:
    browser = signed_in(world.nina)
    require(world, SecondFactor.MANAGERS)

    answer = browser.post("/settings/organization/", {"name": "Чужое"})

    assert answer.status_code == 403
    assert Organization.objects.get(pk=world.ours.organization.pk).name == world.ours.organization.name


def test_with_one_everything_opens(world: World, signed_in: Callable[[User], Client]) -> None:
    browser = signed_in(world.nina)
    require(world, SecondFactor.MANAGERS)
    browser.get("/")
    session = browser.session
    session.pop("second_factor")  # what adding one in the browser does
    session.save()
    TOTP.activate(world.nina, generate_totp_secret())

    assert browser.get("/").status_code == 200


def test_putting_it_off_is_not_having_it(world: World, signed_in: Callable[[User], Client]) -> None:
    browser = signed_in(world.nina)
    browser.post("/profile/second-factor/later/")
    require(world, SecondFactor.MANAGERS)

    assert browser.get("/").status_code == 302


def test_another_organization_feels_nothing(world: World, signed_in: Callable[[User], Client]) -> None:
    require(world, SecondFactor.EVERYBODY)

    assert signed_in(world.pavel).get("/").status_code == 200
