"""Order inside a block (rules.md, section 5): three numbers a row, smaller first; ties go by client and anchor."""

from vernis.engine.compiled import compilable
from vernis.engine.facts import Facts
from vernis.engine.history import (
    BIRTHDAY,
    DUE,
    FOLLOW_UP,
    MISSED,
    NO_ANSWER,
    OVERDUE,
    PROMISED,
    REBOOKED,
    WAITLIST,
)


@compilable
def order_of(
    block: int, facts: Facts, due_on: int, expected_on: int, starts_at: int, last_outcome: int
) -> tuple[int, int, int]:
    """Return the three sort keys of a row; `starts_at` is the appointment's start or the entry's creation."""
    more_visits, more_spent = -facts.visits_count, -facts.spent
    if block == MISSED:  # leads first
        return (0 if facts.visits_count == 0 else 1), due_on, more_visits
    if block == FOLLOW_UP:  # first visits first
        return (0 if facts.visits_count == 1 else 1), facts.last_visit_on, more_spent
    if block == DUE:
        return expected_on, more_visits, 0
    if block == OVERDUE:  # finish what was begun
        return (0 if last_outcome in (PROMISED, NO_ANSWER) else 1), more_visits, more_spent
    if block == REBOOKED:
        return due_on, starts_at, 0
    if block == WAITLIST:  # oldest first
        return starts_at, 0, 0
    if block == BIRTHDAY:
        return due_on, more_visits, 0
    return more_visits, more_spent, 0  # lapsed
