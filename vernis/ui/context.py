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


class Setting(NamedTuple):
    """A page behind the room "Settings"; rooms register theirs in their `apps.ready`."""

    title: Any
    about: Any  # one line: what is to be found there
    view: str
    icon: str
    may_enter: Callable[[Any], bool]
    place: int


SETTINGS_NAMESPACE = "settings"
ROOMS: list[Room] = []
SETTINGS: list[Setting] = []
SETTINGS_ONLY = {"catalogue", "duplicates", "intake", "programs", "truth"}
"""Namespaces whose pages all lie behind "Settings"."""


def register(*, title: Any, view: str, may_enter: Callable[[Any], bool], place: int) -> None:
    """Put a room into the bar; `may_enter` is asked with the person."""
    ROOMS.append(Room(title, view, view.split(":", maxsplit=1)[0], may_enter, place))
    ROOMS.sort(key=lambda room: room.place)


def register_setting(
    *, title: Any, view: str, may_enter: Callable[[Any], bool], place: int, about: Any = "", icon: str = "settings"
) -> None:
    """Put a page behind the room "Settings"; `may_enter` is asked with the person."""
    SETTINGS.append(Setting(title, about, view, icon, may_enter, place))
    SETTINGS.sort(key=lambda setting: setting.place)


def settings_for(user: Any) -> list[Setting]:
    """Return the pages behind "Settings" that the person may enter."""
    return [setting for setting in SETTINGS if setting.may_enter(user)]


def page(request: HttpRequest) -> dict[str, Any]:
    """Return the look that the person has chosen, and the rooms the person may enter."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"theme": "auto", "rooms": []}
    match = request.resolver_match
    here = match.namespace if match else ""
    if match and (here in SETTINGS_ONLY or any(setting.view == match.view_name for setting in SETTINGS)):
        here = SETTINGS_NAMESPACE
    rooms = [
        {"title": room.title, "url": reverse(room.view), "is_here": room.namespace == here}
        for room in ROOMS
        if room.may_enter(user)
    ]
    return {"theme": user.theme, "rooms": rooms}
