"""What goes with a client whose card is merged into another one, and whose value each field of the card takes.

Rooms above register the tables of theirs in their `apps.ready`; a test fails on a table that nobody has decided about.
"""

from __future__ import annotations

import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Q

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import Model

    from vernis.book.models import Client

Card = dict[str, Any]


class Side(StrEnum):
    """Whose value a field takes."""

    SURVIVOR = "survivor"
    ABSORBED = "absorbed"
    BOTH = "both"  # of texts and traits
    OTHER = "other"  # the second phone: that of the two first phones which was not chosen


FIELDS: dict[str, tuple[str, ...]] = {
    "name": ("name",),
    "phone": ("phone",),
    "second_phone": ("second_phone",),
    "email": ("email",),
    "birthday": ("birth_year", "birth_month", "birth_day"),
    "branch": ("branch_id",),
    "traits": ("traits",),
    "allergies": ("allergies",),
    "preferences": ("preferences",),
    "wishes": ("wishes",),
    "favourite_line": ("favourite_line",),
    "source": ("source",),
    "note": ("note",),
}
"""What is chosen on the page, and the columns behind it."""

COLUMNS = tuple(column for columns in FIELDS.values() for column in columns)
LONG_TEXTS = ("allergies", "preferences", "wishes", "note")
SIDES: dict[str, tuple[Side, ...]] = {
    name: (
        Side.SURVIVOR,
        Side.ABSORBED,
        *((Side.BOTH,) if name in (*LONG_TEXTS, "traits") else ()),
        *((Side.OTHER,) if name == "second_phone" else ()),
    )
    for name in FIELDS
}
"""What may be chosen for each field."""


class Follower(NamedTuple):
    """A table whose rows go with the client; `where` narrows them."""

    model: type[Model]
    field: str
    where: Q

    @property
    def label(self) -> str:
        """The name of the table in `MovedRow`."""
        return self.model._meta.label_lower


FOLLOWERS: list[Follower] = []
STAYING: dict[str, str] = {}
"""Tables whose rows do not go with the client, and why."""


def goes_along(model: type[Model], *, field: str = "client", where: Q | None = None) -> None:
    """Let the rows of a table go with their client."""
    FOLLOWERS.append(Follower(model, field, where or Q()))


def stays(model: type[Model], why: str) -> None:
    """Leave the rows of a table where they are."""
    STAYING[model._meta.label_lower] = why


def card_of(client: Client) -> Card:
    """Return every column of a card, as it goes into JSON."""
    values = ((field.attname, field.value_from_object(client)) for field in client._meta.concrete_fields)
    return {name: _plain(value) for name, value in values if name != "merged_into_id"}


def outcome(mine: Mapping[str, Any], theirs: Mapping[str, Any], choices: Mapping[str, str]) -> Card:
    """Return what the columns of a card become: `mine` is the survivor's, `theirs` the absorbed one's."""
    card: Card = {}
    for name, columns in FIELDS.items():
        side = choices.get(name, Side.SURVIVOR)
        for column in columns:
            card[column] = _taken(column, side, mine, theirs, choices)
    return card


def defaults(mine: Mapping[str, Any], theirs: Mapping[str, Any], *, theirs_is_later: bool) -> dict[str, str]:
    """Return the choices that lose least; `theirs_is_later`: the absorbed card has the later visit."""
    choices: dict[str, str] = {}
    for name, columns in FIELDS.items():
        ours, other = ([card[column] for column in columns] for card in (mine, theirs))
        choices[name] = Side.ABSORBED if any(other) and not any(ours) else Side.SURVIVOR
        if Side.BOTH in SIDES[name] and any(ours) and any(other) and ours != other:
            choices[name] = Side.BOTH
    if len(theirs["name"].split()) > len(mine["name"].split()):
        choices["name"] = Side.ABSORBED
    if theirs["birth_year"] and not mine["birth_year"]:
        choices["birthday"] = Side.ABSORBED
    if theirs_is_later and theirs["branch_id"]:
        choices["branch"] = Side.ABSORBED
    seconds = {mine["second_phone"], theirs["second_phone"]} - {"", mine["phone"], theirs["phone"]}
    if not seconds and mine["phone"] and theirs["phone"] and mine["phone"] != theirs["phone"]:
        choices["second_phone"] = Side.OTHER
    return choices


def _taken(
    column: str, side: str, mine: Mapping[str, Any], theirs: Mapping[str, Any], choices: Mapping[str, str]
) -> Any:
    if side == Side.ABSORBED:
        return theirs[column]
    if side == Side.BOTH:
        return _joined(mine[column], theirs[column])
    if side == Side.OTHER:
        return mine["phone"] if choices.get("phone") == Side.ABSORBED else theirs["phone"]
    return mine[column]


def _joined(mine: Any, theirs: Any) -> Any:
    if isinstance(mine, dict):
        return {**theirs, **mine}
    return "\n".join(text for text in dict.fromkeys((mine, theirs)) if text)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int | bool | dict | list) else str(value)
