"""Why a client is on the list, or why not: the rules' own functions, asked for their reasons."""

from typing import NamedTuple

from vernis.engine import blocks
from vernis.engine.calendar import civil
from vernis.engine.contacts import Effect, effect_of, must_not_be_called
from vernis.engine.cycles import find_cycles
from vernis.engine.facts import Facts, facts_of
from vernis.engine.history import (
    BIRTHDAY,
    DUE,
    FOLLOW_UP,
    MISSED,
    NONE,
    OVERDUE,
    REBOOKED,
    WAITLIST,
    Cycle,
    History,
)
from vernis.engine.stages import IN_CYCLE, counts, governing_cycle, is_also_due, stage_of
from vernis.engine.states import UPCOMING, miss_day, state_of
from vernis.engine.worklist import Question, first_day_of, wanted_on


class Answer(NamedTuple):
    """What one block says of the client: on the list, or the reason why not.

    `reason` is one of `engine.blocks`; `effect` is there where the rules want a row, and says whether contacts hide it.
    `anchor` and `anchor_on` are those of the row, or what the reason speaks of; `due_on` is before contacts.
    """

    block: int
    reason: int
    anchor: int
    anchor_on: int
    due_on: int
    effect: Effect | None


class CycleView(NamedTuple):
    """One cycle of the client and where it stands; `stage` is DUE, OVERDUE, LAPSED or `stages.IN_CYCLE`."""

    cycle: Cycle
    late: int
    stage: int
    counts: bool
    is_governing: bool
    is_also_due: bool


class Explanation(NamedTuple):
    """Everything the rules know of a client on D."""

    facts: Facts
    must_not_be_called: bool
    cycles: list[CycleView]
    upcoming: list[int]  # first lines of upcoming appointments
    answers: list[Answer]


def explain(history: History, question: Question) -> Explanation:
    """Ask every block about the client; grain: an answer per block, and one per booking and waiting-list entry."""
    as_of, rules, tables = question
    lines, entries = history.lines, history.entries
    facts = facts_of(lines, as_of)
    zone = tables.zone_of_branch[facts.branch if facts.branch != NONE else 0]

    def answer(block: int, reason: int, anchor: int, anchor_on: int = NONE, due_on: int = NONE) -> Answer:
        effect = None
        if reason == blocks.LISTS:
            branch = entries[anchor].branch if block == WAITLIST and facts.branch == NONE else facts.branch
            row_zone = tables.zone_of_branch[branch]
            effect = effect_of(history.contacts, block, anchor, anchor_on, due_on, row_zone, as_of, rules, tables)
        return Answer(block, reason, anchor, anchor_on, due_on, effect)

    answers = []
    missed_reason, miss = blocks.missed(lines, facts, as_of, rules)
    due_on = NONE if miss == NONE else miss_day(lines[miss]) + rules.missed_call_from
    answers.append(answer(MISSED, missed_reason, miss, due_on=due_on))

    reason, visit = blocks.follow_up(lines, facts, as_of, rules)
    answers.append(answer(FOLLOW_UP, reason, visit, due_on=facts.last_visit_on + rules.follow_up_day))

    working_space = [Cycle() for _ in range(len(lines) + 1)]
    count = find_cycles(history, as_of, rules, tables, working_space)
    stage, governing = governing_cycle(working_space, count, as_of, rules)
    views = [
        CycleView(
            cycle,
            as_of - cycle.expected_on,
            stage_of(as_of - cycle.expected_on, rules),
            counts(cycle, rules),
            c == governing,
            c != governing and is_also_due(cycle, as_of, rules),
        )
        for c, cycle in enumerate(working_space[:count])
    ]
    reason = blocks.cannot_be_due(facts, missed_reason, rules)
    if reason == blocks.LISTS and governing == NONE:
        reason = blocks.IS_BOOKED
    if reason != blocks.LISTS:
        answers.append(answer(DUE, reason, NONE))
    else:
        cycle = working_space[governing]
        reason, block = (blocks.EXPECTED_LATER, DUE) if stage == IN_CYCLE else (blocks.LISTS, stage)
        due_on = first_day_of(block, cycle.expected_on, rules)
        answers.append(answer(block, reason, cycle.key, cycle.last_on, due_on))

    upcoming = [i for i in range(len(lines)) if lines[i].is_first and state_of(lines[i], as_of) == UPCOMING]
    for i in upcoming:
        reason = blocks.rebooked(lines[i], lines, as_of, rules)
        answers.append(answer(REBOOKED, reason, i, due_on=lines[i].day - rules.rebooked_remind_days))
    answers += [
        answer(WAITLIST, blocks.waits(entry, as_of), e, due_on=wanted_on(entry)) for e, entry in enumerate(entries)
    ]
    reason, birthday_on = blocks.birthday(history, facts, as_of, rules)
    year = NONE if birthday_on == NONE else civil(birthday_on)[0]
    answers.append(answer(BIRTHDAY, reason, year, due_on=birthday_on))
    silent = must_not_be_called(history.contacts, zone, as_of, tables)
    return Explanation(facts, silent, views, upcoming, answers)


def leaves_on(stage: int, expected_on: int, question: Question) -> int:
    """Return the first day on which the row of a cycle is no longer in its block; NONE for lapsed."""
    if stage == DUE:
        return expected_on + 1
    return expected_on + question.rules.overdue_days + 1 if stage == OVERDUE else NONE
