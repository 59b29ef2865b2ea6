"""A scene for the tests of the worklist."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from tests.people import World, make_world
from tests.worklist.scene import Scene
from vernis.accounts.tenancy import scoped_to
from vernis.worklist.models import Lease

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def scene(world: World) -> Iterator[Scene]:
    """Return the world as seen in our organization, with nobody on the phone yet."""
    with scoped_to(world.ours.organization.pk):
        Lease.objects.of(world.ours.organization).delete()
        yield Scene(world, timezone.now())


@pytest.fixture
def shared_scene(transactional_db: None) -> Scene:
    """Return a scene that other processes see: nothing is held back in a transaction of the test."""
    scene = Scene(make_world(), timezone.now())
    with scoped_to(scene.world.ours.organization.pk):
        Lease.objects.of(scene.world.ours.organization).delete()
    return scene
