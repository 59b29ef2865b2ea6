"""What rooms above add to the demonstration, so that no page of it is empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime
    import random
    from collections.abc import Callable

    from vernis.accounts.models import Organization

_SEEDS: list[tuple[int, Callable[[Organization, datetime.datetime, random.Random], None]]] = []


def register(seed: Callable[[Organization, datetime.datetime, random.Random], None], *, place: int) -> None:
    """Let a room add its rows to a demonstration; rooms do so in their `apps.ready`. Small places come first."""
    _SEEDS.append((place, seed))
    _SEEDS.sort(key=lambda one: one[0])


def sow(organization: Organization, now: datetime.datetime, chance: random.Random) -> None:
    """Add the rows of all rooms; called inside the organization's scope and a transaction."""
    for _place, seed in _SEEDS:
        seed(organization, now, chance)
