"""Lists in parts, in the order of their numbers: a page costs the same wherever it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from vernis.accounts.models import OwnedQuerySet
    from vernis.api.shapes.base import Paging


def page_of(rows: OwnedQuerySet, paging: Paging, shape: Callable[[Any], Any]) -> dict[str, Any]:
    """Return a page of rows, each in its shape."""
    found = list(rows.filter(pk__gt=paging.cursor).order_by("pk")[: paging.limit + 1])
    more = len(found) > paging.limit
    found = found[: paging.limit]
    return {"items": [shape(row) for row in found], "next": found[-1].pk if more else None}
