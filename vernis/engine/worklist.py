"""The rows of one client on day D: every block of rules.md, in its order."""

from typing import NamedTuple

from vernis.engine.blocks import LISTS, birthday, cannot_be_due, follow_up, missed, rebooked, waits
from vernis.engine.calendar import civil, day_of
from vernis.engine.compiled import compilable
from vernis.engine.contacts import LISTED, effect_of
from vernis.engine.cycles import find_cycles
from vernis.engine.facts import Facts, facts_of, usual_times
from vernis.engine.history import (
    BIRTHDAY,
    DUE,
    FOLLOW_UP,
    MISSED,
    NONE,
    OVERDUE,
    REBOOKED,
    WAITLIST,
    Cycles,
    Entry,
    History,
    Rows,
    Tables,
    VisitTimes,
)
from vernis.engine.order import order_of
from vernis.engine.settings import Rules
from vernis.engine.stages import IN_CYCLE, governing_cycle, is_also_due
from vernis.engine.states import UPCOMING, miss_day, state_of


class Question(NamedTuple):
    """What is asked of every client: the day, the settings, the shared tables."""

    as_of: int
    rules: Rules
    tables: Tables


@compilable
def write_worklist(client: int, history: History, question: Question, cycles: Cycles, rows: Rows) -> Facts:
    """Append the rows of one client, without the usual times, to `rows` and return the client's facts."""
    as_of, rules, tables = question.as_of, question.rules, question.tables
    lines, entries = history.lines, history.entries
    facts = facts_of(lines, as_of)

    missed_reason, miss = missed(lines, facts, as_of, rules)
    if missed_reason == LISTS:
        due_on = miss_day(lines[miss]) + rules.missed_call_from
        add_row(client, history, question, facts, MISSED, miss, NONE, due_on, rows)

    reason, visit = follow_up(lines, facts, as_of, rules)
    if reason == LISTS:
        due_on = facts.last_visit_on + rules.follow_up_day
        add_row(client, history, question, facts, FOLLOW_UP, visit, NONE, due_on, rows)

    if cannot_be_due(facts, missed_reason, rules) == LISTS:
        count = find_cycles(history, as_of, rules, tables, cycles)
        stage, governing = governing_cycle(cycles, count, as_of, rules)
        if governing != NONE and stage != IN_CYCLE:
            add_cycle_row(client, history, question, facts, stage, cycles, count, governing, rows)

    if facts.upcoming_count > 0:
        add_rebooked_rows(client, history, question, facts, rows)

    for e in range(len(entries)):
        if waits(entries[e], as_of) == LISTS:
            add_row(client, history, question, facts, WAITLIST, e, NONE, wanted_on(entries[e]), rows)

    reason, birthday_on = birthday(history, facts, as_of, rules)
    if reason == LISTS:
        add_row(client, history, question, facts, BIRTHDAY, civil(birthday_on)[0], NONE, birthday_on, rows)

    return facts


@compilable
def add_rebooked_rows(client: int, history: History, question: Question, facts: Facts, rows: Rows) -> None:
    """Append a row for every upcoming appointment that was made on the day of a visit."""
    lines, as_of, rules = history.lines, question.as_of, question.rules
    for i in range(len(lines)):
        line = lines[i]
        if line.is_first and state_of(line, as_of) == UPCOMING and rebooked(line, lines, as_of, rules) == LISTS:
            due_on = line.day - rules.rebooked_remind_days
            add_row(client, history, question, facts, REBOOKED, i, NONE, due_on, rows)


@compilable
def add_usual_times(history: History, as_of: int, recent: VisitTimes, rows: Rows, before: int) -> None:
    """Fill in when the client usually comes, in the rows from `before` on; only listed clients need it."""
    if rows.counts[0] > before and rows.rows[before].visits_count > 0:
        weekday, hour = usual_times(history.lines, as_of, recent)
        for r in range(before, rows.counts[0]):
            rows.rows[r].usual_weekday, rows.rows[r].usual_hour = weekday, hour


@compilable
def add_row(
    client: int,
    history: History,
    question: Question,
    facts: Facts,
    block: int,
    anchor: int,
    anchor_on: int,
    due_on: int,
    rows: Rows,
) -> int:
    """Append a row unless contacts hide or close it; return its place, or NONE."""
    as_of, rules, tables = question.as_of, question.rules, question.tables
    branch = facts.branch
    if branch == NONE and block == WAITLIST:
        branch = history.entries[anchor].branch
    zone = tables.zone_of_branch[branch]
    effect = effect_of(history.contacts, block, anchor, anchor_on, due_on, zone, as_of, rules, tables)
    if effect.verdict != LISTED:
        return NONE

    r = rows.counts[0]
    rows.counts[0] += 1
    row = rows.rows[r]
    row.block, row.client, row.branch = block, client, branch
    row.anchor, row.anchor_on = anchor, anchor_on
    row.cycle, row.service, row.interval_days, row.interval_source = NONE, NONE, NONE, NONE
    row.expected_on, row.days_late = NONE, NONE
    row.due_on, row.attempts, row.last_outcome = effect.due_on, effect.attempts, effect.last_outcome
    row.last_visit_on, row.visits_count, row.spent = facts.last_visit_on, facts.visits_count, facts.spent
    row.last_staff = facts.last_staff
    row.usual_weekday, row.usual_hour = NONE, NONE
    starts_at = 0
    if block == REBOOKED:
        starts_at = history.lines[anchor].at
    elif block == WAITLIST:
        starts_at = history.entries[anchor].created_at
        row.service = history.entries[anchor].service
    row.first_key, row.second_key, row.third_key = order_of(
        block, facts, effect.due_on, NONE, starts_at, effect.last_outcome
    )
    return r


@compilable
def add_cycle_row(
    client: int,
    history: History,
    question: Question,
    facts: Facts,
    block: int,
    cycles: Cycles,
    count: int,
    governing: int,
    rows: Rows,
) -> None:
    """Append the row of due, overdue or lapsed, with its governing cycle and what else is due."""
    as_of, rules = question.as_of, question.rules
    cycle = cycles[governing]
    due_on = first_day_of(block, cycle.expected_on, rules)
    r = add_row(client, history, question, facts, block, cycle.key, cycle.last_on, due_on, rows)
    if r == NONE:
        return
    row = rows.rows[r]
    row.cycle, row.service = cycle.key, cycle.service
    row.interval_days, row.interval_source = cycle.interval_days, cycle.interval_source
    row.expected_on, row.days_late = cycle.expected_on, as_of - cycle.expected_on
    row.first_key, row.second_key, row.third_key = order_of(
        block, facts, row.due_on, cycle.expected_on, 0, row.last_outcome
    )
    for c in range(count):
        if c != governing and is_also_due(cycles[c], as_of, rules):
            also = rows.also_due[rows.counts[1]]
            rows.counts[1] += 1
            also.row, also.cycle = r, cycles[c].key


@compilable
def first_day_of(block: int, expected_on: int, rules: Rules) -> int:
    """Return the day from which a cycle expected on that day belongs to due, overdue or lapsed (`due_on`)."""
    if block == DUE:
        return expected_on - rules.due_notice_days
    if block == OVERDUE:
        return expected_on + 1
    return expected_on + rules.overdue_days + 1


@compilable
def wanted_on(entry: Entry) -> int:
    """Return `due_on` of a waiting-list entry: `wanted_from`, or the day of creation, or NONE."""
    if entry.wanted_from != NONE:
        return entry.wanted_from
    return NONE if entry.created_at == NONE else day_of(entry.created_at)
