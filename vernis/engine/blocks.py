"""Membership of the blocks, a function each (rules.md, section 3).

Each returns a reason and what the row hangs on: the first line of an appointment, or a day. The reason is LISTS where
the rules want a row (contacts may still hide it), otherwise why there is none; the list and `explain` read the same
answer.
"""

from vernis.engine.calendar import civil, day_number, day_of, is_leap
from vernis.engine.compiled import compilable
from vernis.engine.facts import Facts, has_visit_since, is_visit_day
from vernis.engine.history import NONE, Entry, History, Line, Lines
from vernis.engine.settings import ANY, Rules
from vernis.engine.states import CANCELLED_BY_NOW, DID_NOT_COME, miss_day, state_of

(
    LISTS,
    NOTHING_MISSED,
    BOOKED_AGAIN,
    CAME_SINCE,
    NO_VISIT,
    TOO_EARLY,
    TOO_LATE,
    IS_BOOKED,
    IS_MISSED,
    EXPECTED_LATER,
    NOT_REBOOKED,
    TOO_FAR,
    NOT_KNOWN_YET,
    NO_LONGER_WANTED,
    ENTRY_CLOSED,
    NO_BIRTHDAY,
    BIRTHDAY_FAR,
) = range(17)


@compilable
def missed(lines: Lines, facts: Facts, as_of: int, rules: Rules) -> tuple[int, int]:
    """Недошедшие: the latest miss of the last days, if nothing is booked and the client has not come since."""
    miss = latest_miss(lines, as_of, rules)
    if miss == NONE:
        return NOTHING_MISSED, NONE
    if facts.upcoming_count > 0:
        return BOOKED_AGAIN, miss
    if has_visit_since(lines, miss_day(lines[miss]), as_of):
        return CAME_SINCE, miss
    return LISTS, miss


@compilable
def latest_miss(lines: Lines, as_of: int, rules: Rules) -> int:
    """Return the latest appointment missed 1 to `missed_window_days` days ago: by miss day, start, id."""
    latest = NONE
    for i in range(len(lines)):
        if lines[i].is_first and state_of(lines[i], as_of) in (CANCELLED_BY_NOW, DID_NOT_COME):
            days_since = as_of - miss_day(lines[i])
            if 1 <= days_since <= rules.missed_window_days and (
                latest == NONE or miss_day(lines[i]) >= miss_day(lines[latest])
            ):
                latest = i
    return latest


@compilable
def follow_up(lines: Lines, facts: Facts, as_of: int, rules: Rules) -> tuple[int, int]:
    """Контроль качества: a few days after the latest visit; a first visit a day earlier."""
    if facts.visits_count == 0:
        return NO_VISIT, NONE
    is_first_visit = facts.last_visit_on == facts.first_visit_on
    days_since = as_of - facts.last_visit_on
    if days_since < (rules.follow_up_new_from if is_first_visit else rules.follow_up_day):
        return TOO_EARLY, NONE
    if days_since > rules.follow_up_until:
        return TOO_LATE, NONE
    return LISTS, first_line(lines, facts.latest_visit)


@compilable
def cannot_be_due(facts: Facts, missed_reason: int, rules: Rules) -> int:
    """Прогноз визитов, уходящие, отток: LISTS if the stage of the cycles decides (section 3.1), else why not."""
    if facts.visits_count == 0:
        return NO_VISIT
    if rules.booking_scope == ANY and facts.upcoming_count > 0:
        return IS_BOOKED
    if missed_reason == LISTS:
        return IS_MISSED
    return LISTS


@compilable
def rebooked(line: Line, lines: Lines, as_of: int, rules: Rules) -> int:
    """ОПЗ: an upcoming appointment that was made on the day of a visit, for a later day."""
    if line.day <= line.created_on or not is_visit_day(lines, line.created_on, as_of):
        return NOT_REBOOKED
    return LISTS if 0 <= line.day - as_of <= rules.rebooked_horizon_days else TOO_FAR


@compilable
def waits(entry: Entry, as_of: int) -> int:
    """Лист ожидания: an entry known on D, not closed, and still wanted."""
    if entry.created_at != NONE and day_of(entry.created_at) > as_of:
        return NOT_KNOWN_YET
    if entry.closed_on != NONE and entry.closed_on <= as_of:
        return ENTRY_CLOSED
    if entry.wanted_until != NONE and entry.wanted_until < as_of:
        return NO_LONGER_WANTED
    return LISTS


@compilable
def birthday(history: History, facts: Facts, as_of: int, rules: Rules) -> tuple[int, int]:
    """День рождения: the next birthday is near, and the client has been here."""
    if facts.visits_count == 0:
        return NO_VISIT, NONE
    if history.birth_month == 0:
        return NO_BIRTHDAY, NONE
    birthday_on = next_birthday(history.birth_month, history.birth_day, as_of)
    return (LISTS if birthday_on - as_of <= rules.birthday_horizon_days else BIRTHDAY_FAR), birthday_on


@compilable
def next_birthday(month: int, day: int, as_of: int) -> int:
    """Return the next birthday from D on; 29 February is kept on 28 February in common years."""
    year = civil(as_of)[0]
    this_year = birthday_in(year, month, day)
    return this_year if this_year >= as_of else birthday_in(year + 1, month, day)


@compilable
def birthday_in(year: int, month: int, day: int) -> int:
    """Return the day of the birthday in a year."""
    if month == 2 and day == 29 and not is_leap(year):
        return day_number(year, 2, 28)
    return day_number(year, month, day)


@compilable
def first_line(lines: Lines, i: int) -> int:
    """Return the first line of the appointment that line `i` belongs to."""
    while not lines[i].is_first:
        i -= 1
    return i
