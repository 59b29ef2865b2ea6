"""The tables of the daily work: `contacts` and `waitlist`."""

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vernis.warehouse.sample.calls import BIRTHDAY, BLOCKS, CALLBACK, DUE, LAPSED, NO_ANSWER, OUTCOMES, PROMISED, Calls
from vernis.warehouse.sample.catalogue import CYCLES, DESK, SERVICES
from vernis.warehouse.sample.columns import Column, dates, joined, moments, numbered, picked
from vernis.warehouse.sample.days import DAY, Calendar
from vernis.warehouse.sample.episodes import NOBODY
from vernis.warehouse.sample.network import Network
from vernis.warehouse.sample.waiting import Entries

_WAITLIST: Final = len(BLOCKS)


def with_waiting_list(calls: Calls, entries: Entries, calendar: Calendar, rng: np.random.Generator) -> Calls:
    """Return the calls and, for a third of the entries, one about the wish; all in order of time.

    The anchor of these is the number of the entry, in `appointment`.
    """
    day = entries.created // DAY + 1 + rng.integers(0, 2, len(entries.created))
    was_called = (rng.random(len(day)) < 0.35) & (day < calendar.today)
    was_called &= (entries.closed_on == NOBODY) | (entries.closed_on >= day)
    number = np.flatnonzero(was_called)
    outcome = rng.choice([NO_ANSWER, PROMISED, CALLBACK], len(number), p=[0.6, 0.1, 0.3])
    nothing = np.full(len(number), -1)
    wishes = Calls(
        client=entries.client[number],
        block=np.full(len(number), _WAITLIST),
        appointment=number + 1,
        cycle=nothing,
        anchor_on=nothing,
        made=day[number] * DAY + rng.integers(10 * 60, 19 * 60, len(number)),
        outcome=outcome,
        next_on=np.where(outcome == NO_ANSWER, NOBODY, day[number] + 3),
        branch=entries.branch[number],
    )
    columns = {name: np.concatenate([getattr(calls, name), getattr(wishes, name)]) for name in vars(calls)}
    both = Calls(**columns)
    return both.take(np.lexsort((both.block, both.client, both.made)))


def contacts(calls: Calls, network: Network, client_ids: Column, width: int, rng: np.random.Generator) -> pa.Table:
    """Return `contacts`, one row per call; `calls.appointment` holds the numbers the identifiers are made of."""
    desk = network.staff_first[calls.branch] + network.chairs_first[calls.branch, DESK]
    desk = desk + rng.integers(0, 2, len(desk))
    staff_ids = numbered("M", np.arange(1, len(network.level) + 1), 4)
    return pa.table(
        {
            "client_id": picked(client_ids, calls.client),
            "block": picked([*BLOCKS, "waitlist"], calls.block),
            "anchor": _anchors(calls, width),
            "made_at": moments(calls.made),
            "outcome": picked(list(OUTCOMES), calls.outcome),
            "next_on": dates(calls.next_on, calls.next_on == NOBODY),
            "staff_id": picked(staff_ids, desk),
        }
    )


def _anchors(calls: Calls, width: int) -> Column:
    number = np.maximum(calls.appointment, 0)
    day = dates(np.maximum(calls.anchor_on, 0)).cast(pa.string())
    cycle = joined("@", picked(list(CYCLES), np.maximum(calls.cycle, 0)), day)
    year = pc.utf8_slice_codeunits(day, start=0, stop=4)
    anchor = pc.if_else(pa.array(calls.block == _WAITLIST), numbered("W", number, 6), numbered("A", number, width))
    anchor = pc.if_else(pa.array((calls.block >= DUE) & (calls.block <= LAPSED)), cycle, anchor)
    return pc.if_else(pa.array(calls.block == BIRTHDAY), year, anchor)


def waitlist(entries: Entries, client_ids: Column) -> pa.Table:
    """Return `waitlist`, one row per wish, in order of client."""
    return pa.table(
        {
            "entry_id": numbered("W", np.arange(1, len(entries.client) + 1), 6),
            "client_id": picked(client_ids, entries.client),
            "branch_id": numbered("B", entries.branch + 1, 3),
            "service_id": picked([service.service_id for service in SERVICES], entries.service),
            "created_at": moments(entries.created),
            "wanted_from": dates(entries.wanted_from, entries.wanted_from == NOBODY),
            "wanted_until": dates(entries.wanted_until, entries.wanted_until == NOBODY),
            "closed_on": dates(entries.closed_on, entries.closed_on == NOBODY),
        }
    )
