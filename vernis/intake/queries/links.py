"""What the names of a source mean in the book."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vernis.intake import digests
from vernis.intake.models import Link

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vernis.accounts.models import Organization


def objects_of(*, organization: Organization, source: str, kind: str, refs: Iterable[str]) -> dict[str, int]:
    """Return per ref of a source the number in the book; `kind`: client, service, staff, appointment.

    Refs that were never brought in are left out.
    """
    wanted = {digests.of_ref(ref): ref for ref in refs}
    rows = Link.objects.of(organization).filter(source=source, kind=kind, ref__in=wanted)
    return {wanted[bytes(ref)]: object_id for ref, object_id in rows.values_list("ref", "object_id")}
