"""What is known of an appointment on day D (rules.md, section 1)."""

from vernis.engine.compiled import compilable
from vernis.engine.history import CANCELLED, COMPLETED, NO_SHOW, NONE, Line

NOT_KNOWN, IGNORED, VISIT, UPCOMING, UNCLOSED, CANCELLED_BY_NOW, DID_NOT_COME = range(7)


@compilable
def state_of(line: Line, as_of: int) -> int:
    """Return the state that the appointment of a line has at the end of day `as_of`."""
    if line.created_on > as_of:
        return NOT_KNOWN
    if line.status == CANCELLED:
        if line.cancelled_on == NONE and line.day > as_of:
            return IGNORED
        if miss_day(line) <= as_of:
            return CANCELLED_BY_NOW
    elif line.status == NO_SHOW and line.day <= as_of:
        return DID_NOT_COME
    elif line.status == COMPLETED and line.day <= as_of:
        return VISIT
    return UPCOMING if line.day >= as_of else UNCLOSED


@compilable
def miss_day(line: Line) -> int:
    """Return the day on which a cancelled or no-show appointment was missed."""
    if line.status == CANCELLED and line.cancelled_on != NONE:
        return line.cancelled_on
    return line.day
