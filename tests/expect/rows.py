"""The rows of the room in the world of the tests (`tests.people`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime

    from tests.people import House, Place


def of_house(house: House, word: str, now: datetime.datetime) -> dict[str, object]:
    """Write what an organization has whatever the branch; returns the rows by the names that routes call them by."""
    return {}


def of_place(house: House, place: Place, word: str, now: datetime.datetime) -> dict[str, object]:
    """Write one row of everything into a branch; returns the rows by the names that routes call them by."""
    return {}
