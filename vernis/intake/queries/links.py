"""What the names of a source mean in the book."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vernis.accounts.models import Organization


def objects_of(*, organization: Organization, source: str, kind: str, refs: Iterable[str]) -> dict[str, int]:
    """Return per ref of a source the number in the book; `kind`: client, service, staff, appointment.

    Refs that were never brought in are left out.
    """
    raise NotImplementedError
