"""The numbers of rules.md, each with the default that the page gives."""

from typing import NamedTuple

ANY, CYCLE = range(2)
"""Values of `Rules.booking_scope`: which upcoming appointments keep a client off the list."""

USUAL_VISITS = 10
"""Visits that `usual_weekday` and `usual_hour` look at (rules.md, section 1)."""


class Rules(NamedTuple):
    """Settings of the worklist; all in days, except the counts `learned_min_gaps` and `max_attempts`."""

    missed_window_days: int = 7
    missed_call_from: int = 2
    follow_up_day: int = 3
    follow_up_new_from: int = 2
    follow_up_until: int = 7
    due_notice_days: int = 3
    overdue_days: int = 30
    rebooked_horizon_days: int = 14
    rebooked_remind_days: int = 3
    birthday_horizon_days: int = 7
    default_interval_days: int = 30
    learned_min_gaps: int = 20
    learned_windows_days: tuple[int, ...] = (365, 180, 90)
    max_attempts: int = 3
    promised_days: int = 3
    booking_scope: int = ANY
