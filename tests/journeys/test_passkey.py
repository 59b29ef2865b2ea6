"""Second factors in a real browser: a passkey of a virtual authenticator, and the codes of a phone."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from tests.browser import axe, does_not_scroll_sideways
from tests.people import PASSWORD, World

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser import LogIn
    from vernis.accounts.models import User

pytestmark = pytest.mark.django_db(transaction=True)


def with_authenticator(page: Page) -> None:
    """Give the browser a fingerprint reader that always knows the finger."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def by_localhost(page: Page, path: str) -> str:
    """Return the address by name: browsers allow no passkeys for bare numbers."""
    base = str(page.context._impl_obj._options["baseURL"])
    return base.replace("127.0.0.1", "localhost") + path


def come_in(page: Page, person: User) -> None:
    """Type e-mail and password."""
    page.get_by_label(re.compile("^(E-mail|Почта)$")).fill(person.email)
    page.get_by_label(re.compile("^(Password|Пароль)$")).fill(PASSWORD)
    page.locator("main form button.button--primary").click()
    page.wait_for_url(lambda url: "/login/" not in url)


def test_the_owner_adds_a_passkey_and_comes_in_with_it(world: World, desk: Page) -> None:
    with_authenticator(desk)
    desk.goto(by_localhost(desk, "/account/login/?next=/profile/"))
    axe(desk)
    come_in(desk, world.nina)
    desk.goto(by_localhost(desk, "/account/2fa/webauthn/add/"))
    desk.locator("#id_password").fill(PASSWORD)
    desk.locator("main form button[type=submit]").click()
    desk.locator("#id_name").wait_for()
    axe(desk)
    desk.locator("#id_name").fill("Мой телефон")
    desk.locator("#id_passwordless").check()
    desk.locator("#mfa_webauthn_add").click()
    desk.wait_for_url(lambda url: "/add/" not in url)
    assert Authenticator.objects.filter(user=world.nina, type="webauthn").count() == 1

    desk.goto(by_localhost(desk, "/profile/"))
    axe(desk)
    desk.locator("main form[action='/account/logout/'] button").click()
    desk.locator("#passkey_login").wait_for()
    desk.goto(by_localhost(desk, "/account/login/?next=/profile/"))
    desk.locator("#passkey_login").click()
    desk.wait_for_url(re.compile("^[^?]*/profile/"))

    assert world.nina.name in desk.locator("h1").inner_text()


def test_the_code_of_a_phone_is_asked_for(world: World, phone: Page, log_in: LogIn) -> None:
    phone.goto("/account/login/?next=/profile/")
    does_not_scroll_sideways(phone)
    come_in(phone, world.nina)
    phone.goto("/account/2fa/totp/activate/")
    phone.locator("#id_password").fill(PASSWORD)
    phone.locator("main form button[type=submit]").click()
    phone.locator("#authenticator_secret").wait_for()
    axe(phone)
    does_not_scroll_sideways(phone)
    assert phone.locator("img.qr").evaluate("image => image.naturalWidth") > 100
    secret = phone.locator("#authenticator_secret").input_value()
    phone.locator("#id_code").fill(code(secret))
    phone.locator("main form button[type=submit]").click()
    phone.wait_for_url(re.compile("recovery-codes"))
    axe(phone)
    phone.goto("/account/2fa/")
    axe(phone)
    does_not_scroll_sideways(phone)

    phone.goto("/profile/")
    phone.locator("main form[action='/account/logout/'] button").click()
    phone.locator("#passkey_login").wait_for()
    phone.goto("/account/login/?next=/profile/")
    come_in(phone, world.nina)
    phone.wait_for_url(re.compile("/account/2fa/authenticate/"))
    axe(phone)
    phone.goto("/profile/")
    assert "/account/" in phone.url.partition("?")[0]  # the password alone is not enough
    phone.goto("/account/2fa/authenticate/")
    phone.locator("#id_code").fill(code(secret, later=1))
    phone.locator("main form button[type=submit]").first.click()
    phone.wait_for_url(lambda url: "authenticate" not in url.partition("?")[0])
    phone.goto("/profile/")

    assert world.nina.name in phone.locator("h1").inner_text()


def code(secret: str, later: int = 0) -> str:
    """Return the code that a phone would show now, or `later` half minutes from now."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + later)))
