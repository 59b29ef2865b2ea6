"""What a source says now, what it said before, and what stands in the book: which of them holds, field by field."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from vernis.intake import digests

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass
class Verdict:
    """What to change, what to leave as people wrote it, and what the source has said now."""

    said: bytes
    changes: dict[str, Any] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)


def weigh(
    fields: Sequence[str], wanted: Mapping[str, Any], said: bytes | memoryview | None, current: Mapping[str, Any]
) -> Verdict:
    """Compare; `said` is None where the source has never spoken of this thing.

    An empty field of the source says nothing. An empty field of the book is filled. A field of the book follows the
    source as long as it is what the source said before; what people have changed since is kept.
    """
    verdict = Verdict(b"")
    parts = []
    for number, name in enumerate(fields):
        before, now = digests.part(said, number), digests.of_value(wanted[name])
        if now in (digests.NOTHING, before):
            parts.append(before)
            continue
        parts.append(now)
        here = digests.of_value(current[name])
        if here == now:
            continue
        if here in (digests.NOTHING, before):
            verdict.changes[name] = wanted[name]
        else:
            verdict.kept.append(name)
    verdict.said = b"".join(parts)
    return verdict
