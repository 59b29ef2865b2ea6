"""Browsers of the people, which have shown that it is they."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.accounts.access import confirmed

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from tests.people import World
    from vernis.accounts.models import User


@pytest.fixture
def nina(world: World, signed_in: Callable[[User], Client]) -> Client:
    """Return the browser of the owner."""
    return confirmed(signed_in(world.nina), world.nina)


@pytest.fixture
def maria(world: World, signed_in: Callable[[User], Client]) -> Client:
    """Return the browser of the manager of one branch."""
    return confirmed(signed_in(world.maria), world.maria)


@pytest.fixture
def pavel(world: World, signed_in: Callable[[User], Client]) -> Client:
    """Return the browser of a stranger, the owner of another organization."""
    return confirmed(signed_in(world.pavel), world.pavel)
