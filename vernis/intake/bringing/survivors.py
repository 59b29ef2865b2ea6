"""Cards that were merged: what a source says of one is said of the card that stands for it now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vernis.book.models import Client

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vernis.accounts.models import Organization


def survivors_of(organization: Organization, client_ids: Iterable[int]) -> dict[int, int]:
    """Return for cards that were merged into others the card that stands for each; others are left out."""
    if not hasattr(Client, "merged_into"):
        return {}
    into: dict[int, int] = {}
    asked = set(client_ids)
    while asked:
        rows: Any = Client.objects.of(organization).filter(pk__in=asked).exclude(merged_into=None)
        found = dict(rows.values_list("pk", "merged_into_id"))
        into |= found
        asked = set(found.values()) - set(into)
    for pk in into:
        while into[pk] in into:
            into[pk] = into[into[pk]]
    return into
