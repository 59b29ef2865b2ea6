"""What rooms above put on a client's card: on the whole card, and on the card of the call."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from django.template.loader import render_to_string

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable

    from django.http import HttpRequest

    from vernis.accounts.models import User
    from vernis.book.models import Client

Shown = tuple[str, dict[str, Any]]
"""A template and what it is given."""


class Where(StrEnum):
    """A place on a card."""

    HEAD = "head"  # of the whole card, under the name: what must be known before anything is done
    MAIN = "main"  # of the whole card, the wide column
    SIDE = "side"  # of the whole card, the narrow column
    CALL = "call"  # of the card of the call, after what to say


class Panel(NamedTuple):
    """A panel; `make` is asked with the person, the client and the moment, and may have nothing to show."""

    where: Where
    place: int
    make: Callable[[User, Client, datetime.datetime], Shown | None]


PANELS: list[Panel] = []


def register(make: Callable[[User, Client, datetime.datetime], Shown | None], *, where: Where, place: int) -> None:
    """Put a panel on the card; rooms do so in their `apps.ready`. Small places come first."""
    PANELS.append(Panel(where, place, make))
    PANELS.sort(key=lambda panel: (panel.where, panel.place))


def shown(request: HttpRequest, client: Client, now: datetime.datetime, *wheres: Where) -> dict[str, list[str]]:
    """Return the panels of a client as HTML, by place."""
    found: dict[str, list[str]] = {where: [] for where in wheres}
    for panel in PANELS:
        if panel.where in found and (show := panel.make(request.user, client, now)):  # type: ignore[arg-type]
            template, context = show
            found[panel.where].append(render_to_string(template, {"client": client, **context}, request))
    return found
