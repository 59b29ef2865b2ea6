"""What the tests of the book share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from vernis.accounts.tenancy import scoped_to
from vernis.book.signals import facts_changed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.people import World


@pytest.fixture
def ours(world: World) -> Iterator[World]:
    """Work as a job of our organization does: PostgreSQL shows its rows."""
    with scoped_to(world.ours.organization.pk):
        yield world


@pytest.fixture
def told() -> Iterator[list[int]]:
    """Collect the clients of whom it was said that something has changed."""
    heard: list[int] = []

    def listen(client_id: int, **_about: object) -> None:
        heard.append(client_id)

    facts_changed.connect(listen)
    yield heard
    facts_changed.disconnect(listen)
