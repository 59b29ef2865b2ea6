"""What the tests of the application stand on: the databases as in a salon, the world, a browser."""

import pytest
from django.db import connection
from playwright.sync_api import Page

from tests.browser import LogIn, axe, does_not_scroll_sideways
from tests.people import CANARY, World
from vernis.accounts.tenancy import scoped_to
from vernis.book.models import Client


@pytest.mark.django_db
def test_the_database_is_set_as_in_a_salon() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            told = [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
            assert told == ["wal", 2]
        else:
            cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
            assert cursor.fetchone() == (False,)


def test_nobody_of_one_organization_is_in_the_other(world: World) -> None:
    ours = world.ours.organization
    with scoped_to(ours.pk):
        names = list(Client.objects.of(ours).values_list("name", flat=True))

    assert len(names) == 4
    assert not any(CANARY in name for name in names)


def test_a_person_opens_a_page_on_a_desk_and_on_a_phone(world: World, desk: Page, phone: Page, log_in: LogIn) -> None:
    for page in (desk, phone):
        log_in(page, world.olga)
        page.goto("/profile/")

        assert page.get_by_role("heading", name=world.olga.name).is_visible()
        axe(page)
        does_not_scroll_sideways(page)
