"""What things of the source are in the book, for one step at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vernis.book.queries.merges import survivors
from vernis.intake.models import Change, Link

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vernis.accounts.models import Organization
    from vernis.intake.models import Import


class Known(NamedTuple):
    """A thing that the source has spoken of before (`said`), or in this very import."""

    object_id: int
    said: bytes
    link: Link | None  # None: it is written only at the end of this step


_PLANNED = Link()


class Links:
    """Finds and keeps links. Without an import (a plan) nothing is written, but what would be is known."""

    def __init__(self, organization: Organization, source: str, of_import: Import | None) -> None:
        self._organization, self._source, self._import = organization, source, of_import
        self._fresh: dict[tuple[str, bytes], Known] = {}
        self._survivors: dict[int, int] | None = None
        self._new: list[Link] = []
        self._said: list[Link] = []
        self._changes: list[Change] = []

    def find(self, kind: Link.Kind, refs: Iterable[bytes]) -> dict[bytes, Known]:
        """Return what is known of these things."""
        wanted = set(refs)
        found = {ref: known for ref in wanted if (known := self._fresh.get((kind, ref)))}
        rows = Link.objects.of(self._organization).filter(source=self._source, kind=kind, ref__in=wanted - set(found))
        for link in rows:
            found[bytes(link.ref)] = Known(self._standing(kind, link.object_id), bytes(link.said), link)
        return found

    def _standing(self, kind: Link.Kind, object_id: int) -> int:
        """Return the thing itself; of a client whose card was merged into another one the card that stands for it."""
        if kind != Link.Kind.CLIENT:
            return object_id
        if self._survivors is None:
            self._survivors = survivors(self._organization)
        return self._survivors.get(object_id, object_id)

    def objects_of_source(self, kind: Link.Kind, object_ids: Iterable[int]) -> set[int]:
        """Return which of these things of the book the source has a word of its own for."""
        rows = Link.objects.of(self._organization).filter(kind=kind, object_id__in=set(object_ids), source=self._source)
        return set(rows.values_list("object_id", flat=True))

    def add(self, kind: Link.Kind, ref: bytes, object_id: int, said: bytes, *, is_created: bool) -> Link:
        """Note that a thing of the source is this thing of the book."""
        if self._import is None and kind == Link.Kind.APPOINTMENT:
            return _PLANNED  # nothing refers to an appointment: millions of them need not be remembered
        link = Link(
            organization=self._organization, source=self._source, kind=kind, ref=ref, object_id=object_id, said=said,
            of_import=self._import, is_created=is_created,
        )  # fmt: skip
        self._fresh[kind, ref] = Known(object_id, said, None)
        self._new.append(link)
        return link

    def change(self, link: Link, *, said: bytes, before: dict[str, list[object]], is_new: bool) -> None:
        """Note what the source says now, and what that has changed in the book."""
        if self._import is None:
            return
        if before or not is_new:
            self._changes.append(
                Change(
                    organization=self._organization, of_import=self._import, link=link, kind=link.kind,
                    object_id=link.object_id, before=before, said_before=None if is_new else bytes(link.said),
                )
            )  # fmt: skip
        if not is_new:
            link.said = said
            self._said.append(link)

    def renumber(self, kind: Link.Kind, numbers: dict[int, int]) -> None:
        """Note the numbers that the database gave to things made in this step."""
        rows: list[Link | Change] = [*self._new, *self._changes]
        for row in rows:
            if row.kind == kind and row.object_id in numbers:
                row.object_id = numbers[row.object_id]

    def flush(self) -> None:
        """Write everything noted since the last step, in the caller's transaction."""
        if self._import is not None:
            Link.objects.bulk_create(self._new)
            Link.objects.bulk_update(self._said, ["said"], batch_size=200)
            Change.objects.bulk_create(self._changes)
            self._fresh.clear()
        self._new, self._said, self._changes = [], [], []
