"""When we expect the client again: cycles and their intervals (rules.md, section 2)."""

from vernis.engine.calendar import month_of
from vernis.engine.compiled import compilable
from vernis.engine.history import (
    DEFAULT,
    LEARNED,
    NONE,
    SEASON,
    SET,
    TRAIT,
    TRAIT_AND_SEASON,
    Cycle,
    Cycles,
    History,
    Intervals,
    Line,
    Lines,
    Numbers,
    Tables,
)
from vernis.engine.settings import CYCLE, Rules
from vernis.engine.states import UPCOMING, VISIT, state_of


@compilable
def find_cycles(history: History, as_of: int, rules: Rules, tables: Tables, cycles: Cycles) -> int:
    """Fill `cycles` with the client's cycles, one per cycle key with a visit, and return how many there are."""
    lines = history.lines
    count = 0
    for i in range(len(lines)):
        if state_of(lines[i], as_of) == VISIT:
            c = place_of(tables.cycle_of_service[lines[i].service], cycles, count)
            if c == count or speaks_for(lines[i], cycles[c], tables):
                note_last(lines[i], cycles[c], tables)
            count = max(count, c + 1)
    for c in range(count):
        cycle = cycles[c]
        days, source = interval_of(cycle.service, month_of(cycle.last_on), history.traits, rules, tables)
        cycle.interval_days, cycle.interval_source = days, source
        cycle.expected_on = cycle.last_on + days
        cycle.is_booked = False
    if rules.booking_scope == CYCLE:
        note_bookings(lines, as_of, tables, cycles, count)
    return count


@compilable
def note_bookings(lines: Lines, as_of: int, tables: Tables, cycles: Cycles, count: int) -> None:
    """Mark the cycles that have an upcoming line of their own."""
    for i in range(len(lines)):
        if state_of(lines[i], as_of) == UPCOMING:
            c = place_of(tables.cycle_of_service[lines[i].service], cycles, count)
            if c < count:
                cycles[c].is_booked = True


@compilable
def place_of(key: int, cycles: Cycles, count: int) -> int:
    """Return where the cycle stands, or `count` if it is not there."""
    for c in range(count):
        if cycles[c].key == key:
            return c
    return count


@compilable
def speaks_for(line: Line, cycle: Cycle, tables: Tables) -> bool:
    """Tell whether a visit line replaces the one noted: latest day, then start, then amount, then smallest id."""
    if line.day != cycle.last_on:
        return line.day > cycle.last_on
    if line.at != cycle.last_at:
        return line.at > cycle.last_at
    if line.amount != cycle.last_amount:
        return line.amount > cycle.last_amount
    return tables.service_order[line.service] < tables.service_order[cycle.service]


@compilable
def note_last(line: Line, cycle: Cycle, tables: Tables) -> None:
    """Let a visit line speak for the last day of its cycle."""
    cycle.key = tables.cycle_of_service[line.service]
    cycle.last_on, cycle.last_at, cycle.last_amount = line.day, line.at, line.amount
    cycle.service = line.service


@compilable
def interval_of(service: int, month: int, traits: Numbers, rules: Rules, tables: Tables) -> tuple[int, int]:
    """Return the interval in days after a visit in `month`, and where it comes from: the first that is given."""
    days, source = most_specific(tables.service_intervals, service, month, traits)
    if days != NONE:
        return days, source
    if tables.interval_of_service[service] != NONE:
        return tables.interval_of_service[service], SET
    if tables.category_of_service[service] != NONE:
        days, source = most_specific(tables.category_intervals, tables.category_of_service[service], month, traits)
        if days != NONE:
            return days, source
    learned = tables.learned[tables.cycle_of_service[service]]
    if learned != NONE:
        return learned, LEARNED
    return rules.default_interval_days, DEFAULT


@compilable
def most_specific(intervals: Intervals, group: int, month: int, traits: Numbers) -> tuple[int, int]:
    """Return the most specific interval of a service or category: trait and month, then trait, month, plain."""
    best_days, best_source = NONE, NONE
    for i in range(intervals.starts[group], intervals.starts[group + 1]):
        line = intervals.lines[i]
        if is_in_season(line.months, month) and has_trait(traits, line.trait):
            source = source_of(line.months != 0, line.trait != NONE)
            if best_days == NONE or source < best_source or (source == best_source and line.days < best_days):
                best_days, best_source = line.days, source
    return best_days, best_source


@compilable
def is_in_season(months: int, month: int) -> bool:
    """Tell whether a month is among those of an interval; no months mean all year."""
    return months == 0 or (months >> (month - 1)) & 1 == 1


@compilable
def has_trait(traits: Numbers, wanted: int) -> bool:
    """Tell whether the client has the wanted trait; NONE is wanted of nobody."""
    if wanted == NONE:
        return True
    for i in range(len(traits)):  # noqa: SIM110
        if traits[i] == wanted:
            return True
    return False


@compilable
def source_of(has_months: bool, has_trait: bool) -> int:
    """Name the source of a line of `service_intervals`; smaller is more specific."""
    if has_trait:
        return TRAIT_AND_SEASON if has_months else TRAIT
    return SEASON if has_months else SET
