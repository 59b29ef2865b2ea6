"""Intervals learned from the gaps between visits (rules.md, section 2, source 4).

A gap runs between two consecutive visit days of one client in one cycle. Which gaps there are depends on D only through
what is known on D: a visit entered late splits a gap from the day it became known. So every gap carries the days
between which it stands, and any past D is answered from the same table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy.typing as npt

from vernis.engine.compiled import compilable
from vernis.engine.history import COMPLETED, NONE, Code, Count, Counters, Day, Lines, Numbers

Column = Any

LONGEST_WINDOW_DAYS = 1096
"""Gaps longer than the longest window that settings may name are of no use and are not kept."""

FOREVER = 2**31 - 1


@dataclass(slots=True)
class Gap:
    """One gap; it stands on D if known_on <= D < replaced_on."""

    service: Code = 0  # stands for the cycle
    began_on: Day = 0
    days: Count = 0
    known_on: Day = 0
    replaced_on: Day = 0


GapRecords: TypeAlias = Sequence[Gap] | npt.NDArray[Any]


class Gaps(NamedTuple):
    """Where gaps are written: `counts[0]` holds how many there are so far, written or, for want of room, not."""

    counts: Counters
    gaps: GapRecords


@compilable
def write_gaps(lines: Lines, cycle_of_service: Numbers, gaps: Gaps) -> None:
    """Append the gaps of one client; lines are in order of start. A cycle NONE has nothing to learn.

    Here a cycle is a service that stands for it, so that gaps stay right whatever cycles there will be.
    """
    for i in range(len(lines)):
        cycle = cycle_of_service[lines[i].service]
        if cycle != NONE and lines[i].status == COMPLETED and opens_visit_day(lines, i, cycle, cycle_of_service):
            write_gaps_ending_at(lines, i, cycle, cycle_of_service, gaps)


@compilable
def write_gaps_ending_at(lines: Lines, i: int, cycle: int, cycle_of_service: Numbers, gaps: Gaps) -> None:
    """Append the gaps that end on the visit day that line `i` opens: back to each day it ever followed directly."""
    ended_on = lines[i].day
    known_on = visit_known_on(lines, i, cycle, cycle_of_service)
    replaced_on = FOREVER
    for j in range(i - 1, -1, -1):
        if ended_on - lines[j].day > LONGEST_WINDOW_DAYS or replaced_on <= known_on:
            break
        if (
            lines[j].status == COMPLETED
            and cycle_of_service[lines[j].service] == cycle
            and opens_visit_day(lines, j, cycle, cycle_of_service)
        ):
            earlier_known_on = visit_known_on(lines, j, cycle, cycle_of_service)
            if max(known_on, earlier_known_on) < replaced_on:
                if gaps.counts[0] < len(gaps.gaps):
                    gap = gaps.gaps[gaps.counts[0]]
                    gap.service, gap.began_on, gap.days = cycle, lines[j].day, ended_on - lines[j].day
                    gap.known_on, gap.replaced_on = max(known_on, earlier_known_on), replaced_on
                gaps.counts[0] += 1
            replaced_on = min(replaced_on, earlier_known_on)


@compilable
def opens_visit_day(lines: Lines, i: int, cycle: int, cycle_of_service: Numbers) -> bool:
    """Tell whether line `i` is the first of its cycle among the kept appointments of its day."""
    for j in range(i - 1, -1, -1):
        if lines[j].day != lines[i].day:
            break
        if lines[j].status == COMPLETED and cycle_of_service[lines[j].service] == cycle:
            return False
    return True


@compilable
def visit_known_on(lines: Lines, i: int, cycle: int, cycle_of_service: Numbers) -> int:
    """Return the first D on which the visit of the cycle on the day of line `i` is known; line `i` opens that day."""
    known_on = NONE
    for j in range(i, len(lines)):
        if lines[j].day != lines[i].day:
            break
        if lines[j].status == COMPLETED and cycle_of_service[lines[j].service] == cycle:
            line_known_on = max(lines[j].day, lines[j].created_on)
            known_on = line_known_on if known_on == NONE else min(known_on, line_known_on)
    return known_on


@compilable
def note_gaps(
    gaps: GapRecords, cycle_of_service: Numbers, window_days: int, first_on: int, last_on: int, changes: Column
) -> None:
    """Note from which day to which the gaps of at most `window_days` count: those that had the full window to end in.

    `changes[day - first_on, cycle, days]` is how many gaps of that length begin to count on a day, less those that
    cease to; the running total over the days is the histogram of each day from `first_on` to `last_on`.
    """
    for n in range(len(gaps)):
        gap = gaps[n]
        begins = max(gap.began_on + window_days, gap.known_on, first_on)
        ends = gap.replaced_on
        if gap.days <= window_days and begins <= last_on and begins < ends:
            cycle = cycle_of_service[gap.service]
            changes[begins - first_on, cycle, gap.days] += 1
            if ends <= last_on:
                changes[ends - first_on, cycle, gap.days] -= 1


@compilable
def median_gap(counts: Column, min_gaps: int) -> int:
    """Return the median gap in days, rounded half up, of `counts[days]` gaps; NONE with fewer than `min_gaps`."""
    total = 0
    for days in range(len(counts)):
        total += counts[days]
    if total < max(min_gaps, 1):
        return NONE
    low, high = gap_at(counts, (total - 1) // 2), gap_at(counts, total // 2)
    return (low + high + 1) // 2


@compilable
def gap_at(counts: Column, place: int) -> int:
    """Return the gap that stands at `place` (from 0) among all gaps in order."""
    passed = 0
    for days in range(len(counts)):
        passed += counts[days]
        if passed > place:
            return days
    return NONE
