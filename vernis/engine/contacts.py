"""What contacts do to rows (rules.md, section 4)."""

from typing import NamedTuple

from vernis.engine.calendar import day_of, wall_clock
from vernis.engine.compiled import compilable
from vernis.engine.history import (
    BIRTHDAY,
    CALLBACK,
    DECLINED,
    DO_NOT_CALL,
    DUE,
    LAPSED,
    NO_ANSWER,
    NONE,
    OVERDUE,
    PROMISED,
    WAITLIST,
    Contact,
    Contacts,
    Tables,
)
from vernis.engine.settings import Rules

LISTED, HIDDEN, CLOSED, CLOSED_BY_EPISODE, NEVER_CALL = range(5)


class Effect(NamedTuple):
    """What the contacts made so far do to one row; `due_on` is also the day on which a hidden row comes back."""

    verdict: int
    due_on: int
    attempts: int
    last_outcome: int  # of the latest contact about the anchor in any block; NONE: never contacted


@compilable
def effect_of(
    contacts: Contacts,
    block: int,
    anchor: int,
    anchor_on: int,
    due_on: int,
    zone: int,
    as_of: int,
    rules: Rules,
    tables: Tables,
) -> Effect:
    """Say whether a row is listed on D, hidden or closed, and when it is due after the contacts made so far."""
    attempts, no_answers, last = 0, 0, NONE
    last_here, last_in_due, last_in_overdue = NONE, NONE, NONE
    for i in range(len(contacts)):
        if made_on(contacts[i], zone, tables) > as_of or not is_about(contacts[i], block, anchor, anchor_on):
            continue
        last = later_of(contacts, last, i, zone, tables)
        if contacts[i].block == block:
            attempts += 1
            no_answers += contacts[i].outcome == NO_ANSWER
            last_here = later_of(contacts, last_here, i, zone, tables)
        if contacts[i].block == DUE:
            last_in_due = later_of(contacts, last_in_due, i, zone, tables)
        if contacts[i].block == OVERDUE:
            last_in_overdue = later_of(contacts, last_in_overdue, i, zone, tables)

    verdict = LISTED
    if must_not_be_called(contacts, zone, as_of, tables):
        verdict = NEVER_CALL
    elif block in (DUE, OVERDUE) and (is_declined(contacts, last_in_due) or is_declined(contacts, last_in_overdue)):
        verdict = CLOSED if is_declined(contacts, last_here) else CLOSED_BY_EPISODE
    elif last_here != NONE:
        verdict, due_on = after_outcome(contacts[last_here], no_answers, zone, as_of, rules, tables)
    return Effect(verdict, due_on, attempts, NONE if last == NONE else contacts[last].outcome)


@compilable
def after_outcome(
    contact: Contact, no_answers: int, zone: int, as_of: int, rules: Rules, tables: Tables
) -> tuple[int, int]:
    """Return verdict and new due day after the latest outcome in this block and anchor (the table of section 4)."""
    next_on = contact.next_on
    if contact.outcome == NO_ANSWER:
        if no_answers >= rules.max_attempts:
            return CLOSED, NONE
        next_on = made_on(contact, zone, tables) + 1
    elif contact.outcome == PROMISED:
        if next_on == NONE:
            next_on = made_on(contact, zone, tables) + rules.promised_days
    elif contact.outcome == CALLBACK:
        if next_on == NONE:
            next_on = made_on(contact, zone, tables) + 1
    else:
        return CLOSED, NONE
    return (HIDDEN if as_of < next_on else LISTED), next_on


@compilable
def must_not_be_called(contacts: Contacts, zone: int, as_of: int, tables: Tables) -> bool:
    """Tell whether the client has asked, by day D, not to be called: no rows in any block."""
    for i in range(len(contacts)):
        if contacts[i].outcome == DO_NOT_CALL and made_on(contacts[i], zone, tables) <= as_of:
            return True
    return False


@compilable
def is_about(contact: Contact, block: int, anchor: int, anchor_on: int) -> bool:
    """Tell whether a contact carries the anchor of a row, whatever block it was made in."""
    if DUE <= block <= LAPSED:
        return contact.cycle == anchor and contact.cycle_on == anchor_on
    if block == WAITLIST:
        return contact.entry == anchor
    if block == BIRTHDAY:
        return contact.year == anchor
    return contact.line == anchor


@compilable
def later_of(contacts: Contacts, i: int, j: int, zone: int, tables: Tables) -> int:
    """Return the later of two contacts (`i` may be NONE): by moment, then outcome as text, then `next_on`."""
    if i == NONE:
        return j
    made_i, made_j = made_at(contacts[i], zone, tables), made_at(contacts[j], zone, tables)
    if made_i != made_j:
        return i if made_i > made_j else j
    if contacts[i].outcome != contacts[j].outcome:
        return i if contacts[i].outcome > contacts[j].outcome else j
    return i if contacts[i].next_on > contacts[j].next_on else j


@compilable
def is_declined(contacts: Contacts, i: int) -> bool:
    """Tell whether a contact (NONE: none) was declined."""
    return i != NONE and contacts[i].outcome == DECLINED


@compilable
def made_on(contact: Contact, zone: int, tables: Tables) -> int:
    """Return the day of a contact in the zone of the row's branch."""
    return day_of(made_at(contact, zone, tables))


@compilable
def made_at(contact: Contact, zone: int, tables: Tables) -> int:
    """Return the moment of a contact as wall clock of the row's branch."""
    return wall_clock(contact.at, zone, tables.zones) if contact.has_offset else contact.at
