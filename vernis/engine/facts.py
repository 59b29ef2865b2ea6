"""Facts of a client on day D (rules.md, section 1)."""

from typing import NamedTuple

from vernis.engine.compiled import compilable
from vernis.engine.history import DAY_US, HOUR_US, NONE, Line, Lines, VisitTimes
from vernis.engine.settings import USUAL_VISITS
from vernis.engine.states import IGNORED, NOT_KNOWN, UNCLOSED, UPCOMING, VISIT, state_of


class Facts(NamedTuple):
    """One client's facts; a day or code is NONE where there is none."""

    visits_count: int  # distinct visit days
    first_visit_on: int
    last_visit_on: int
    latest_visit: int  # last line of the latest visit
    spent: int
    branch: int
    last_staff: int
    upcoming_count: int  # appointments
    unclosed_count: int


@compilable
def facts_of(lines: Lines, as_of: int) -> Facts:
    """Gather the facts of one client; lines are in order of start."""
    visits_count, first_visit_on, last_visit_on, latest_visit, spent = 0, NONE, NONE, NONE, 0
    latest_known, upcoming_count, unclosed_count = NONE, 0, 0
    for i in range(len(lines)):
        line = lines[i]
        state = state_of(line, as_of)
        if state in (NOT_KNOWN, IGNORED):
            continue
        latest_known = i
        if state == VISIT:
            visits_count += line.day != last_visit_on
            if first_visit_on == NONE:
                first_visit_on = line.day
            last_visit_on = line.day
            latest_visit = i
            spent += line.amount
        elif state == UPCOMING:
            upcoming_count += line.is_first
        elif state == UNCLOSED:
            unclosed_count += line.is_first
    branch, last_staff = NONE, NONE
    if latest_visit != NONE:
        branch, last_staff = lines[latest_visit].branch, lines[latest_visit].staff
    elif latest_known != NONE:
        branch = lines[latest_known].branch
    return Facts(
        visits_count,
        first_visit_on,
        last_visit_on,
        latest_visit,
        spent,
        branch,
        last_staff,
        upcoming_count,
        unclosed_count,
    )


@compilable
def is_visit_day(lines: Lines, day: int, as_of: int) -> bool:
    """Tell whether the client had a visit on that day."""
    for i in range(len(lines)):  # noqa: SIM110 (Numba has no generators)
        if lines[i].day == day and state_of(lines[i], as_of) == VISIT:
            return True
    return False


@compilable
def has_visit_since(lines: Lines, day: int, as_of: int) -> bool:
    """Tell whether the client had a visit on that day or later."""
    for i in range(len(lines)):  # noqa: SIM110
        if lines[i].day >= day and state_of(lines[i], as_of) == VISIT:
            return True
    return False


@compilable
def weekday_of(line: Line) -> int:
    """Return the weekday of an appointment, 1 (Monday) to 7; 1970-01-01 was a Thursday."""
    return (line.day + 3) % 7 + 1


@compilable
def hour_of(line: Line) -> int:
    """Return the hour in which the line starts, 0 to 23."""
    return line.at % DAY_US // HOUR_US


@compilable
def usual_times(lines: Lines, as_of: int, recent: VisitTimes) -> tuple[int, int]:
    """Return the most frequent weekday and hour of the last visits; a tie goes to the value seen most recently.

    `recent` is working space for `USUAL_VISITS` visits.
    """
    visits = 0
    for i in range(len(lines) - 1, -1, -1):
        if visits == USUAL_VISITS:
            break
        if lines[i].is_first and state_of(lines[i], as_of) == VISIT:
            recent[visits].weekday, recent[visits].hour = weekday_of(lines[i]), hour_of(lines[i])
            visits += 1
    weekday, hour, weekday_count, hour_count = NONE, NONE, 0, 0
    for i in range(visits):
        same_weekday, same_hour = 0, 0
        for j in range(i, visits):
            same_weekday += recent[j].weekday == recent[i].weekday
            same_hour += recent[j].hour == recent[i].hour
        if same_weekday > weekday_count:
            weekday, weekday_count = recent[i].weekday, same_weekday
        if same_hour > hour_count:
            hour, hour_count = recent[i].hour, same_hour
    return weekday, hour
