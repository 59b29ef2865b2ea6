"""Orders of the list: that of the rules, and others; each a key, so that a page can begin after any row."""

from __future__ import annotations

import datetime
import json
from functools import cmp_to_key
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection
from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.functions import Coalesce, Collate

from vernis.book.models.contacts import Block, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.db.models.expressions import Combinable

    from vernis.worklist.models import Item
    from vernis.worklist.queries.places import ItemRows

Key = tuple[Any, ...]
_NEVER = datetime.date(9999, 12, 31)
_OUTCOMES = ["promised", "no_answer", "callback", "", "reached", "declined", "booked", "wrong_number", "do_not_call"]


class Part(NamedTuple):
    """A part of a key: in the database, of a row at hand, and which way it goes."""

    name: str
    in_database: Callable[[], Combinable | None]  # None: the column of that name
    of_item: Callable[[Item], Any]
    is_descending: bool = False


def _rank(field: str, values: Sequence[str]) -> Combinable:
    whens = [When(**{field: value}, then=Value(place)) for place, value in enumerate(values)]
    return Case(*whens, default=Value(len(values)), output_field=IntegerField())


def _by_letters(path: str) -> Combinable:
    """Order as Python does, by code point: what the database calls alphabetical differs from place to place."""
    return Collate(F(path), "C") if connection.vendor == "postgresql" else F(path)


def _column(name: str, *, is_descending: bool = False) -> Part:
    return Part(name, lambda: None, lambda item: getattr(item, name), is_descending)


_RULES = [_column("first_key"), _column("second_key"), _column("third_key")]
_TIES = [_column("client_id"), Part("by_anchor", lambda: _by_letters("anchor"), lambda item: item.anchor)]
_BLOCK = Part(
    "by_block",
    lambda: _rank("block", Block.values),
    lambda item: Block.values.index(item.block),
)
_ORDERS = {
    "rules": _RULES,
    "name": [Part("by_name", lambda: _by_letters("client__search_name"), lambda item: item.client.search_name)],
    "visits": [_column("visits_count", is_descending=True), *_RULES],
    "sum": [_column("spent", is_descending=True), *_RULES],
    "expected": [
        Part("by_expected", lambda: Coalesce("expected_on", Value(_NEVER)), lambda item: item.expected_on or _NEVER),
        *_RULES,
    ],
    "outcome": [
        Part(
            "by_outcome",
            lambda: _rank("last_outcome", _OUTCOMES),
            lambda item: _OUTCOMES.index(item.last_outcome) if item.last_outcome in _OUTCOMES else len(_OUTCOMES),
        ),
        *_RULES,
    ],
}
SORTS = tuple(_ORDERS)
assert set(_OUTCOMES) == {"", *Outcome.values}


class Order:
    """One order of the list. With several blocks in it, the order of the rules goes block by block."""

    def __init__(self, sort: str, *, all_blocks: bool = False) -> None:
        by_rules = sort not in _ORDERS or sort == "rules"
        parts = [*_ORDERS.get(sort, _RULES), *([] if by_rules or not all_blocks else [_BLOCK]), *_TIES]
        self.parts = [_BLOCK, *parts] if by_rules and all_blocks else parts

    def sorted(self, rows: ItemRows) -> ItemRows:
        """Sort in the database."""
        named = {part.name: expression for part in self.parts if (expression := part.in_database()) is not None}
        return rows.alias(**named).order_by(
            *[f"-{part.name}" if part.is_descending else part.name for part in self.parts]
        )

    def key_of(self, item: Item) -> Key:
        """Return the key of a row."""
        return tuple(part.of_item(item) for part in self.parts)

    def is_before(self, key: Key, other: Key) -> bool:
        """Tell whether one key comes before another."""
        return self._compare(key, other) < 0

    def merged(self, *rows: Sequence[Item]) -> list[Item]:
        """Return rows of several queries in order."""
        key = cmp_to_key(self._compare)
        return sorted((item for some in rows for item in some), key=lambda item: key(self.key_of(item)))

    def later_than(self, key: Key) -> Q:
        """Return what rows after a key satisfy, in rows that were sorted."""
        after, equal = Q(), Q()
        for part, value in zip(self.parts, key, strict=True):
            after |= equal & Q(**{f"{part.name}__{'lt' if part.is_descending else 'gt'}": value})
            equal &= Q(**{part.name: value})
        first, begin = self.parts[0], key[0]
        return (
            Q(**{f"{first.name}__{'lte' if first.is_descending else 'gte'}": begin}) & after
        )  # an index can begin here

    def written(self, key: Key) -> str:
        """Return a key as text for an address."""
        return json.dumps([one.isoformat() if isinstance(one, datetime.date) else one for one in key])

    def place_in(self, text: str) -> Key | None:
        """Return the key that a text means, None where it means none of this order."""
        try:
            values = json.loads(text) if text else None
            if not isinstance(values, list) or len(values) != len(self.parts):
                return None
            return tuple(_read(part, value) for part, value in zip(self.parts, values, strict=True))
        except ValueError:
            return None

    def _compare(self, key: Key, other: Key) -> int:
        for part, one, two in zip(self.parts, key, other, strict=True):
            if one != two:
                return 1 if (one > two) != part.is_descending else -1
        return 0


def _read(part: Part, value: object) -> object:
    if part.name == "by_expected":
        return datetime.date.fromisoformat(str(value))
    if part.name in {"by_name", "by_anchor"}:
        if not isinstance(value, str) or "\0" in value:
            raise ValueError
        return value
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= 2**63:
        raise ValueError
    return value
