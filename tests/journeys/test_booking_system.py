"""An owner connects a booking system, sees how it goes, and what happens when its keys are withdrawn."""

from __future__ import annotations

import datetime
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from tests.browser import axe
from vernis.accounts.tenancy import scoped_to
from vernis.intake.models import Connection, Reading

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser import LogIn, NewScreen
    from tests.people import World

SHOTS = os.environ.get("VERNIS_SHOTS")


def look(page: Page, name: str) -> None:
    """Check a page in light and dark; keep a picture where somebody wants to look."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        axe(page)
        assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
        if SHOTS:
            width = page.evaluate("() => window.innerWidth")
            page.screenshot(path=Path(SHOTS) / f"{name}-{width}-{scheme}.png", full_page=True)


@pytest.mark.parametrize("size", [(1366, 768), (360, 740)])
def test_the_pages_of_a_connection(world: World, new_screen: NewScreen, log_in: LogIn, size: tuple[int, int]) -> None:
    now = timezone.now()
    place = world.center.connection
    with scoped_to(world.ours.organization.pk):
        for minutes in (5, 10, 15):
            Reading.objects.create(
                organization=world.ours.organization, connection=place, kind="changes", records=140, changed=minutes,
                at=now - datetime.timedelta(minutes=minutes),
            )  # fmt: skip
        Connection.objects.filter(pk=world.north.connection.pk).update(
            wants_all=True, whole_at=None, fresh_at=None, done=2000, total=6700, night_at=None
        )
    page = new_screen(size)
    log_in(page, world.nina)
    page.goto("/settings/import/connections/")
    look(page, "connections")
    page.goto(f"/settings/import/connections/{place.pk}/")
    look(page, "connection")
    page.goto(f"/settings/import/connections/{world.north.connection.pk}/")
    look(page, "reading")

    with scoped_to(world.ours.organization.pk):
        Connection.objects.filter(pk=place.pk).update(
            fault="unauthorized", failing_since=now, fresh_at=now - datetime.timedelta(hours=2), next_at=now,
            failures=3, hidden_phones=12, refused_count=3,
        )  # fmt: skip
        Reading.objects.create(
            organization=world.ours.organization, connection=place, kind="changes", at=now, fault="unauthorized"
        )
    page.goto(f"/settings/import/connections/{place.pk}/")
    look(page, "refused")
    page.goto("/")
    assert page.get_by_text("YCLIENTS").count()
    look(page, "list")
    page.goto(f"/settings/import/connections/companies/{place.access_id}/")
    page.goto("/settings/import/connections/new/")
    if page.locator("input[type=password][name=password]").count() and "reauthenticate" in page.url:
        from tests.people import PASSWORD

        page.fill("input[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/connections/new/")
    look(page, "connect")
