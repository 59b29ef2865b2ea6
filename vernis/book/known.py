"""What rooms above know of a client: it belongs to "everything we know", on the page and in the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from vernis.book.models import Client

Row = dict[str, Any]
"""A row as it goes into JSON: days and moments ISO 8601, money in hundredths; its keys are words of English."""


class Part(NamedTuple):
    """A part of what is known; `title` is what people read above it."""

    key: str
    title: Any
    rows: Callable[[Client], list[Row]]


PARTS: list[Part] = []


def register(key: str, title: Any, rows: Callable[[Client], list[Row]]) -> None:
    """Let a room's rows be part of what a client may have in the hand; rooms do so in their `apps.ready`.

    What a client must be able to have forgotten, a room forgets on `book.signals.client_erased`.
    """
    PARTS.append(Part(key, title, rows))


def of(client: Client) -> list[tuple[Part, list[Row]]]:
    """Return what all rooms above know."""
    return [(part, part.rows(client)) for part in PARTS]
