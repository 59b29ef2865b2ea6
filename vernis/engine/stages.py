"""Where the cycles of a client stand against the visits we expect (rules.md, section 3.1)."""

from vernis.engine.compiled import compilable
from vernis.engine.history import DUE, LAPSED, NONE, OVERDUE, Cycle, Cycles
from vernis.engine.settings import CYCLE, Rules

IN_CYCLE = -1


@compilable
def stage_of(late: int, rules: Rules) -> int:
    """Return the stage of a cycle `late` days after its expected day (negative: before)."""
    if late < -rules.due_notice_days:
        return IN_CYCLE
    if late <= 0:
        return DUE
    if late <= rules.overdue_days:
        return OVERDUE
    return LAPSED


@compilable
def governing_cycle(cycles: Cycles, count: int, as_of: int, rules: Rules) -> tuple[int, int]:
    """Return the client's stage and the cycle that governs it; NONE and NONE when every cycle is booked."""
    due, overdue, in_cycle, lapsed = NONE, NONE, NONE, NONE
    for c in range(count):
        if not counts(cycles[c], rules):
            continue
        stage = stage_of(as_of - cycles[c].expected_on, rules)
        if stage == DUE:
            due = earliest(cycles, due, c)
        elif stage == OVERDUE:
            overdue = latest(cycles, overdue, c)
        elif stage == IN_CYCLE:
            in_cycle = earliest(cycles, in_cycle, c)
        else:
            lapsed = latest(cycles, lapsed, c)
    if due != NONE:
        return DUE, due
    if overdue != NONE:
        return OVERDUE, overdue
    if in_cycle != NONE:
        return IN_CYCLE, in_cycle
    if lapsed != NONE:
        return LAPSED, lapsed
    return NONE, NONE


@compilable
def counts(cycle: Cycle, rules: Rules) -> bool:
    """Tell whether a cycle takes part: with `booking_scope` cycle, one with an upcoming line of its own does not."""
    return rules.booking_scope != CYCLE or not cycle.is_booked


@compilable
def is_also_due(cycle: Cycle, as_of: int, rules: Rules) -> bool:
    """Tell whether a cycle is due or overdue, so that one call serves it as well."""
    return counts(cycle, rules) and stage_of(as_of - cycle.expected_on, rules) in (DUE, OVERDUE)


@compilable
def earliest(cycles: Cycles, a: int, b: int) -> int:
    """Return the cycle expected first (`a` may be NONE); a tie goes to the smaller key."""
    if a == NONE:
        return b
    if cycles[a].expected_on != cycles[b].expected_on:
        return a if cycles[a].expected_on < cycles[b].expected_on else b
    return a if cycles[a].key < cycles[b].key else b


@compilable
def latest(cycles: Cycles, a: int, b: int) -> int:
    """Return the cycle expected last (`a` may be NONE); a tie goes to the smaller key."""
    if a == NONE:
        return b
    if cycles[a].expected_on != cycles[b].expected_on:
        return a if cycles[a].expected_on > cycles[b].expected_on else b
    return a if cycles[a].key < cycles[b].key else b
