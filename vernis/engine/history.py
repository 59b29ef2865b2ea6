"""What the rules read and write: one client's history, the tables shared by all clients, and rows.

Days are whole numbers since 1970-01-01, moments are microseconds of the wall clock since then, money is in hundredths.
Identifiers are codes; the warehouse keeps the texts. A history is lists of these records (one client, interpreted) or
record arrays of the same fields (a bucket, compiled): the rules index them, ask their length and name their fields,
nothing else. `Day`, `Moment` and so on say how wide a field is in a record array.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple, TypeAlias

import numpy.typing as npt

NONE = -(2**31)
"""No value. As a day it lies before every other day: an appointment created on NONE has always been known."""

DAY_US = 86_400_000_000
HOUR_US = 3_600_000_000

BOOKED, COMPLETED, CANCELLED, NO_SHOW = range(4)
STATUSES = ("booked", "completed", "cancelled", "no_show")

MISSED, FOLLOW_UP, DUE, OVERDUE, LAPSED, REBOOKED, WAITLIST, BIRTHDAY = range(8)
BLOCKS = ("missed", "follow_up", "due", "overdue", "lapsed", "rebooked", "waitlist", "birthday")

# In the order of the alphabet, so that comparing codes compares texts.
BOOKED_NOW, CALLBACK, DECLINED, DO_NOT_CALL, NO_ANSWER, PROMISED, REACHED, WRONG_NUMBER = range(8)
OUTCOMES = ("booked", "callback", "declined", "do_not_call", "no_answer", "promised", "reached", "wrong_number")

TRAIT_AND_SEASON, TRAIT, SEASON, SET, LEARNED, DEFAULT = range(6)
INTERVAL_SOURCES = ("trait+season", "trait", "season", "set", "learned", "default")

Flag = Annotated[int, "i1"]
Code = Annotated[int, "i4"]
Day = Annotated[int, "i4"]
Count = Annotated[int, "i4"]
Moment = Annotated[int, "i8"]
Money = Annotated[int, "i8"]
Key = Annotated[int, "i8"]

Numbers: TypeAlias = Sequence[int] | npt.NDArray[Any]
Counters: TypeAlias = list[int] | npt.NDArray[Any]


@dataclass(slots=True)
class Line:
    """One appointment line: a service in an appointment of the client.

    Lines of a history are ordered by start of the appointment, `appointment_id`, and inside an appointment by the
    line's own start, amount, then `service_id` and `staff_id` backwards: so the last line of a visit is the one that
    speaks for it. The fields from `day` to `branch` are the same on all lines of an appointment.
    """

    at: Moment  # the line's own start
    amount: Money
    day: Day  # day(starts_at) of the appointment
    created_on: Day  # day(created_at); NONE: always known
    cancelled_on: Day  # day(cancelled_at); NONE: not given
    branch: Code
    service: Code
    staff: Code
    status: Flag
    is_first: Flag  # the line opens an appointment


Lines: TypeAlias = Sequence[Line] | npt.NDArray[Any]


@dataclass(slots=True)
class Contact:
    """One contact with the client.

    What the anchor text may mean is spelt out: the first line of the appointment with that id, a cycle and its last
    day, a waiting-list entry, a year; NONE where it does not mean that.
    """

    at: Moment  # wall clock, or UTC where has_offset
    next_on: Day
    line: Code
    cycle: Code
    cycle_on: Day
    entry: Code
    year: Code
    has_offset: Flag
    block: Flag
    outcome: Flag


Contacts: TypeAlias = Sequence[Contact] | npt.NDArray[Any]


@dataclass(slots=True)
class Entry:
    """One waiting-list entry; those of a client are ordered by `entry_id`."""

    created_at: Moment  # wall clock of the entry's branch; NONE: not given
    wanted_from: Day
    wanted_until: Day
    closed_on: Day
    service: Code
    branch: Code


Entries: TypeAlias = Sequence[Entry] | npt.NDArray[Any]


class History(NamedTuple):
    """Everything known of one client."""

    lines: Lines
    contacts: Contacts
    entries: Entries
    traits: Numbers  # codes of trait=value
    birth_month: int  # 0: not known
    birth_day: int


@dataclass(slots=True)
class Interval:
    """One line of `service_intervals`."""

    months: Code  # bit m - 1 is month m; 0: all year
    trait: Code  # code of trait=value; NONE: for everybody
    days: Count


IntervalRecords: TypeAlias = Sequence[Interval] | npt.NDArray[Any]


class Intervals(NamedTuple):
    """`service_intervals`, grouped: the lines of group g are those from starts[g] to starts[g + 1]."""

    starts: Numbers
    lines: IntervalRecords


@dataclass(slots=True)
class Offset:
    """Offset of a zone from UTC, valid from a moment (UTC) on; both in microseconds."""

    since: Moment
    offset: Moment


OffsetRecords: TypeAlias = Sequence[Offset] | npt.NDArray[Any]


class Zones(NamedTuple):
    """Offsets of every zone: those of zone z are from starts[z] to starts[z + 1]."""

    starts: Numbers
    offsets: OffsetRecords


class Tables(NamedTuple):
    """What all clients share. Cycle codes are in the order of their keys as text."""

    cycle_of_service: Numbers
    service_order: Numbers  # place of the service_id among all, as text
    interval_of_service: Numbers  # services.interval_days; NONE: not set
    category_of_service: Numbers  # group in category_intervals; NONE: no category
    service_intervals: Intervals
    category_intervals: Intervals
    learned: Numbers  # per cycle; NONE: not learned
    zone_of_branch: Numbers
    zones: Zones


@dataclass(slots=True)
class Cycle:
    """Working space for one cycle of a client: one client and one service category."""

    last_at: Moment = 0
    last_amount: Money = 0
    key: Code = 0
    service: Code = 0
    last_on: Day = 0
    expected_on: Day = 0
    interval_days: Count = 0
    interval_source: Flag = 0
    is_booked: Flag = 0


Cycles: TypeAlias = Sequence[Cycle] | npt.NDArray[Any]


@dataclass(slots=True)
class VisitTime:
    """Working space for weekday and hour of one visit."""

    weekday: Code = 0
    hour: Code = 0


VisitTimes: TypeAlias = Sequence[VisitTime] | npt.NDArray[Any]


@dataclass(slots=True)
class Row:
    """One row of the worklist.

    `anchor` is the first line of the appointment, the cycle, the entry or the year, as the block has it; `anchor_on`
    the last day of the cycle. The keys order the rows inside a block, smaller first.
    """

    spent: Money = 0
    first_key: Key = 0
    second_key: Key = 0
    third_key: Key = 0
    client: Code = 0
    anchor: Code = 0
    anchor_on: Day = NONE
    branch: Code = 0
    cycle: Code = NONE
    service: Code = NONE
    last_visit_on: Day = NONE
    expected_on: Day = NONE
    interval_days: Count = NONE
    interval_source: Code = NONE
    due_on: Day = NONE
    days_late: Count = NONE
    visits_count: Count = 0
    usual_weekday: Code = NONE
    usual_hour: Code = NONE
    last_staff: Code = NONE
    attempts: Count = 0
    last_outcome: Code = NONE
    block: Flag = 0


RowRecords: TypeAlias = Sequence[Row] | npt.NDArray[Any]


@dataclass(slots=True)
class AlsoDue:
    """A further cycle that the call of a row serves."""

    row: Code = 0
    cycle: Code = 0


AlsoDueRecords: TypeAlias = Sequence[AlsoDue] | npt.NDArray[Any]


class Rows(NamedTuple):
    """Where rows are written: `counts` holds how many rows and how many further cycles there are so far."""

    counts: Counters
    rows: RowRecords
    also_due: AlsoDueRecords
