"""What every page is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.urls import reverse

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest


class Room(NamedTuple):
    """An entry of the bar; rooms register themselves in their `apps.ready`."""

    title: Any
    view: str  # name of its first page
    namespace: str  # is lit while a page of this namespace is shown
    may_enter: Callable[[Any], bool]
    place: int


ROOMS: list[Room] = []


def register(*, title: Any, view: str, may_enter: Callable[[Any], bool], place: int) -> None:
    """Put a room into the bar; `may_enter` is asked with the person."""
    ROOMS.append(Room(title, view, view.split(":", maxsplit=1)[0], may_enter, place))
    ROOMS.sort(key=lambda room: room.place)


def page(request: HttpRequest) -> dict[str, Any]:
    """Return the look that the person has chosen, and the rooms the person may enter."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"theme": "auto", "rooms": []}
    here = request.resolver_match.namespace if request.resolver_match else ""
    rooms = [
        {"title": room.title, "url": reverse(room.view), "is_here": room.namespace == here}
        for room in ROOMS
        if room.may_enter(user)
    ]
    return {"theme": user.theme, "rooms": rooms}
