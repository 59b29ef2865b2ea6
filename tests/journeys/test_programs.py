"""The pages about programs in a real browser: a token that works, a webhook, the log; every page looked at by axe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client
from playwright.sync_api import expect

from tests.api.programs import program_of
from tests.browser import DESK, PHONE, axe, does_not_scroll_sideways
from tests.people import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser import LogIn, NewScreen
    from tests.people import World


def open_page(screen: Page, address: str) -> None:
    """Open a page; say the password again where it is asked for."""
    screen.goto(address)
    if "reauthenticate" in screen.url:
        screen.locator("input[type=password]").fill(PASSWORD)
        screen.locator("main form button").first.click()
        screen.wait_for_url(f"**{address}")


@pytest.mark.parametrize("size", [DESK, PHONE])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_accessible_and_fits(
    world: World, new_screen: NewScreen, log_in: LogIn, size: tuple[int, int], scheme: str
) -> None:
    program_of(world.nina, scopes=["clients:read", "clients:write"], branches=[world.center.branch])
    endpoint = world.ours.endpoint.pk
    screen = new_screen(size, color_scheme=scheme)
    log_in(screen, world.nina)
    for address in (
        "/settings/programs/",
        "/settings/programs/tokens/new/",
        "/settings/programs/webhooks/new/",
        f"/settings/programs/webhooks/{endpoint}/",
        f"/settings/programs/webhooks/{endpoint}/log/",
        "/api/docs/",
    ):
        open_page(screen, address)
        axe(screen)
        does_not_scroll_sideways(screen)


def test_a_stranger_reads_how_to_connect(desk: Page, world: World) -> None:
    desk.goto("/api/docs/")

    expect(desk.get_by_role("heading", level=1)).to_be_visible()
    axe(desk)


def test_nina_makes_a_token_uses_it_and_revokes_it(world: World, desk: Page, log_in: LogIn) -> None:
    log_in(desk, world.nina)
    open_page(desk, "/settings/programs/tokens/new/")
    desk.locator("[name=name]").fill("Сайт записи")
    desk.locator("[name=scopes][value='clients:read']").check()
    desk.locator("form.panel button").click()
    text = desk.locator("#secret").input_value()
    axe(desk)

    program = Client(headers={"Authorization": f"Bearer {text}"})
    assert program.get("/api/v1/clients").status_code == 200
    desk.goto("/settings/programs/")
    expect(desk.get_by_text(text)).to_have_count(0)
    desk.get_by_role("row").filter(has_text="Сайт записи").get_by_role("button").click()
    assert program.get("/api/v1/clients").status_code == 401


def test_nina_adds_a_webhook_and_sees_its_log(world: World, desk: Page, log_in: LogIn) -> None:
    log_in(desk, world.nina)
    open_page(desk, "/settings/programs/webhooks/new/")
    desk.locator("[name=url]").fill("http://example.com/")
    desk.locator("form.panel button").click()
    expect(desk.locator(".field__error")).to_be_visible()
    desk.locator("[name=url]").fill("https://example.com/hook?secret=1")
    desk.locator("form.panel button").click()
    assert desk.locator("#secret").input_value().startswith("whsec_")

    desk.goto("/settings/programs/")
    row = desk.get_by_role("row").filter(has_text="https://example.com/hook")
    expect(row.get_by_text("secret=1")).to_have_count(0)
    row.get_by_role("link").first.click()
    desk.locator(".page__head form button").click()
    expect(desk.get_by_text("webhook.test", exact=True)).to_be_visible()
    axe(desk)
