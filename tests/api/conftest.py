from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

import pytest

from tests.api.programs import Program, program_of
from tests.people import World
from vernis.accounts.models import User
from vernis.accounts.tenancy import scoped_to
from vernis.api.limits import buckets

Scoped: TypeAlias = Callable[[User], None]


@pytest.fixture(autouse=True)
def full_buckets() -> None:
    """Let no test be slowed down by another."""
    buckets.left.clear()


@pytest.fixture
def site(world: World) -> Program:
    """Return a program of Nina that may do everything."""
    return program_of(world.nina)


@pytest.fixture
def ours(world: World) -> Iterator[World]:
    """Look at the database as the organization of Nina."""
    with scoped_to(world.nina.organization_id):
        yield world
