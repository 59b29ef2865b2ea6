"""Filters of rows as data: what a playbook's step and the list narrow a block by.

A filter is a JSON object. Its words, all of which must hold for a row:

visited_days_ago        the last visit was exactly so many days ago
expected_in_days        expected exactly so many days from today (0: today, negative: so many days ago)
cancelled_days_ago_min  the missed appointment was cancelled, or not kept, at least so many days ago
visits_min, visits_max  number of visits
attempts_min, attempts_max  contacts about this row in this block
last_outcomes           list of outcomes, one of which was the last; "" is a row without a contact
due                     "now": to be called today; "later": it may wait
is_new, is_lead         true or false: one visit so far, none at all
staff, service          id: served last by, service of the row
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import datetime
    from zoneinfo import ZoneInfo

    from django.db.models import Q

Filter = dict[str, Any]


class BadFilter(Exception):
    """`word` is not one of a filter, or cannot have this value."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


def check(filter: Filter) -> None:  # noqa: A002
    """Raise `BadFilter` where a filter has words or values that mean nothing."""
    raise NotImplementedError


def condition(filter: Filter, *, today: datetime.date, zone: ZoneInfo, worked: bool = False) -> Q:  # noqa: A002
    """Return what rows must satisfy; `worked`: rows closed today, judged as they were before the call."""
    raise NotImplementedError


def describe(filter: Filter) -> list[str]:  # noqa: A002
    """Say a filter in words, one phrase per word of it."""
    raise NotImplementedError
