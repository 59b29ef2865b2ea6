"""What the nightly runs have learned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vernis.worklist.models import LearnedInterval

if TYPE_CHECKING:
    import datetime

    from vernis.accounts.models import Organization


def learned_by(organization: Organization, day: datetime.date) -> dict[str, int]:
    """Return the learned interval per cycle key: of the latest run up to a day, else of the earliest there is."""
    rows = list(
        LearnedInterval.objects.of(organization).order_by("as_of").values_list("as_of", "cycle_key", "interval_days")
    )
    days = sorted({as_of for as_of, _key, _days in rows})
    if not days:
        return {}
    wanted = max((as_of for as_of in days if as_of <= day), default=days[0])
    return {key: interval for as_of, key, interval in rows if as_of == wanted and key}
