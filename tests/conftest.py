"""What tests of several rooms share."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from django.test import Client

from tests.people import World, make_world
from vernis.warehouse import bucketing, learning, runs

if TYPE_CHECKING:
    from collections.abc import Callable

    from vernis.accounts.models import User

os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
pytest_plugins = ["tests.browser", "tests.real_data"]


@pytest.fixture(params=["interpreted", "compiled"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run the rules as they stand, or compiled, whatever the size of the data."""
    limit = 10**9 if request.param == "interpreted" else -1
    monkeypatch.setattr(runs, "INTERPRET_UP_TO", limit)
    monkeypatch.setattr(learning, "INTERPRET_UP_TO", limit)
    monkeypatch.setattr(bucketing, "COMPILE_FROM", limit)
    return str(request.param)


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Collect the files for the browser before the first page is made: their names are those of their contents."""
    call_command("collectstatic", interactive=False, verbosity=0)


@pytest.fixture(scope="session")
def base_url() -> str | None:
    """Give no address: each screen has that of the live server (the browser plugin's own fixture warns)."""
    return None


@pytest.fixture
def world(db: None) -> World:
    """Return everybody and everything of `tests.people`."""
    return make_world()


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """Return a function that gives a person's browser without a screen (Django's test client)."""

    def sign_in(person: User, **options: Any) -> Client:
        client = Client(**options)
        client.force_login(person)
        return client

    return sign_in
