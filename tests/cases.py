"""Hand-worked cases: every cell and border of rules.md as a few lines of data and the whole list that follows.

The day is Tuesday 12 May 2026 unless a case says otherwise, and numbers are days from it: `visit(-40)` was 40 days
ago. Nobody has an interval unless the case gives one, so that a client is expected 30 days after the last visit:
`visit(-20)` is a client in cycle, of whom nothing is listed, and `visit(-40)` one who is 10 days overdue.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from tests.reference import Row, Tables

DAY = date(2026, 5, 12)


@dataclass(frozen=True)
class Expected:
    """One row of the list, with those of its columns that the case is about."""

    block: str
    client_id: str
    anchor: str
    values: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """Tables, the day, settings that differ from the defaults, and the whole list in its order."""

    name: str
    tables: Tables
    expected: list[Expected]
    as_of: date = DAY
    settings: dict[str, object] = field(default_factory=dict)


# ---- Words the cases are written in ----


def d(offset: int) -> date:
    return DAY + timedelta(days=offset)


def on(offset: int) -> str:
    return d(offset).isoformat()


def at(offset: int, clock: str = "10:00") -> str:
    return f"{on(offset)}T{clock}"


def line(status: str, offset: int, name: str, client: str, clock: str, **cells: str) -> Row:
    start = at(offset, clock)
    row = {"appointment_id": name, "client_id": client, "service_id": "cut", "starts_at": start, "status": status}
    return {**row, **cells}


def visit(offset: int, name: str = "v", client: str = "anna", clock: str = "10:00", **cells: str) -> Row:
    return line("completed", offset, name, client, clock, **cells)


def booking(offset: int, name: str = "b", client: str = "anna", clock: str = "10:00", **cells: str) -> Row:
    return line("booked", offset, name, client, clock, **cells)


def cancelled(offset: int, name: str = "x", client: str = "anna", clock: str = "10:00", **cells: str) -> Row:
    return line("cancelled", offset, name, client, clock, **cells)


def no_show(offset: int, name: str = "n", client: str = "anna", clock: str = "10:00", **cells: str) -> Row:
    return line("no_show", offset, name, client, clock, **cells)


def call(made: int, outcome: str, block: str, anchor: str, clock: str = "12:00", **cells: str) -> Row:
    row = {"client_id": "anna", "block": block, "anchor": anchor, "made_at": at(made, clock), "outcome": outcome}
    return {**row, **cells}


def entry(name: str = "w", client: str = "anna", **cells: str) -> Row:
    return {"entry_id": name, "client_id": client, **cells}


def salon(*lines: Row, **tables: list[Row]) -> Tables:
    return {"appointments": list(lines), **tables}


def row(block: str, anchor: str, client: str = "anna", **values: object) -> Expected:
    return Expected(block, client, anchor, values)


def service(name: str, interval: str = "", category: str = "") -> Row:
    return {"service_id": name, "interval_days": interval, "category": category}


def branch(name: str, zone: str) -> Row:
    return {"branch_id": name, "timezone": zone}


OLD = visit(-40)
OVERDUE = row("overdue", "cut@2026-04-02")
MISSED = row("missed", "x")


# ---- Section 1: what is known on D, and the state of it. A client with something upcoming is not overdue ----

KNOWN = [
    Case("a booking made today is known", salon(OLD, booking(5, created_at=at(0))), []),
    Case(
        "a booking made at the last second of today is known", salon(OLD, booking(5, created_at=at(0, "23:59:59"))), []
    ),
    Case(
        "a booking made at midnight tomorrow is not known", salon(OLD, booking(5, created_at=at(1, "00:00"))), [OVERDUE]
    ),
    Case("a booking of unknown creation is known on every day", salon(OLD, booking(5)), []),
    Case("a booking written down after its start is not known before", salon(visit(-4, created_at=at(1))), []),
    Case(
        "an appointment was created when its first line was created (reading 2)",
        salon(OLD, booking(5, created_at=at(1)), booking(5, service_id="dye", created_at=at(-1))),
        [],
    ),
    Case(
        "lines without a creation do not hide that of the other line (reading 2)",
        salon(OLD, booking(5), booking(5, service_id="dye", created_at=at(1))),
        [OVERDUE],
    ),
    Case("a client without any appointment known is on no list", salon(booking(2, created_at=at(1))), []),
]

STATES = [
    Case("cancelled yesterday: missed", salon(OLD, cancelled(5, cancelled_at=at(-1))), [MISSED]),
    Case("cancelled today: neither missed yet nor a booking", salon(OLD, cancelled(5, cancelled_at=at(0))), [OVERDUE]),
    Case("cancelled tomorrow: today it still stands", salon(OLD, cancelled(5, cancelled_at=at(1))), []),
    Case("cancelled yesterday still stood the day before", salon(OLD, cancelled(5, cancelled_at=at(-1))), [], d(-2)),
    Case("cancelled at an unknown moment, starting yesterday: missed that day", salon(OLD, cancelled(-1)), [MISSED]),
    Case("cancelled at an unknown moment, starting today: cancelled today", salon(OLD, cancelled(0)), [OVERDUE]),
    Case("cancelled at an unknown moment, starting tomorrow: ignored", salon(OLD, cancelled(1)), [OVERDUE]),
    Case(
        "cancelled only tomorrow although it started yesterday: unclosed, no booking and no miss",
        salon(OLD, cancelled(-1, cancelled_at=at(1))),
        [OVERDUE],
    ),
    Case("cancelled only tomorrow, starting today: upcoming", salon(OLD, cancelled(0, cancelled_at=at(1))), []),
    Case("no-show yesterday: missed", salon(OLD, no_show(-1)), [row("missed", "n")]),
    Case("no-show today: neither missed yet nor a booking", salon(OLD, no_show(0)), [OVERDUE]),
    Case("no-show tomorrow: today it is upcoming", salon(OLD, no_show(1)), []),
    Case("completed today: a visit, the cycle begins again", salon(OLD, visit(0, "w")), []),
    Case("completed tomorrow: today it is upcoming", salon(OLD, visit(1, "w")), []),
    Case(
        "completed tomorrow: today it can be rebooked",
        salon(visit(-20), visit(1, "w", created_at=at(-20))),
        [row("rebooked", "w")],
    ),
    Case("completed today: no longer rebooked", salon(visit(-20), visit(0, "w", created_at=at(-20))), []),
    Case("booked for today: upcoming", salon(OLD, booking(0)), []),
    Case("booked for yesterday: unclosed, neither a visit nor a booking", salon(OLD, booking(-1)), [OVERDUE]),
    Case(
        "completed wins over the cancelled line of the same appointment (reading 2)",
        salon(visit(-35), cancelled(-35, "v", service_id="dye", cancelled_at=at(-36))),
        [row("overdue", "cut@2026-04-07", also_due="dye")],
    ),
    Case("completed wins over no-show (reading 2)", salon(visit(-20), no_show(-20, "v", service_id="dye")), []),
    Case(
        "no-show wins over booked (reading 2)",
        salon(OLD, booking(-1, "n"), no_show(-1, service_id="dye")),
        [row("missed", "n")],
    ),
    Case(
        "booked wins over cancelled (reading 2)",
        salon(OLD, booking(5, "x"), cancelled(5, service_id="dye", cancelled_at=at(-1))),
        [],
    ),
    Case(
        "an appointment was cancelled when its last line was cancelled (reading 2)",
        salon(OLD, cancelled(5, cancelled_at=at(-9)), cancelled(5, service_id="dye", cancelled_at=at(-1))),
        [row("missed", "x", due_on=d(1))],
    ),
    Case(
        "the same number at two clients is two appointments (reading 1)",
        salon(OLD, no_show(-1, "v", "vera")),
        [row("missed", "v", "vera"), OVERDUE],
    ),
]

FACTS = [
    Case(
        "visits in another branch are visits of the client",
        salon(visit(-45, "u", branch_id="north"), visit(-40, branch_id="south", amount="5")),
        [row("overdue", "cut@2026-04-02", branch_id="south", visits_count=2)],
    ),
    Case(
        "visits count by days, spent by lines of visits",
        salon(
            visit(-50, "t", amount="10"),
            visit(-40, "u", amount="20.5"),
            visit(-40, "u", service_id="dye", amount=""),
            visit(-40, clock="18:00", amount="-0.25"),
            no_show(-30, amount="1000"),
            booking(-30, amount="1000"),
        ),
        [row("overdue", "cut@2026-04-02", visits_count=2, spent=Decimal("30.25"), is_new=False, also_due="dye")],
    ),
    Case(
        "of visits with the same start the largest number as text is the latest",
        salon(visit(-40, "a10", branch_id="ten"), visit(-40, "a9", branch_id="nine")),
        [row("overdue", "cut@2026-04-02", branch_id="nine", visits_count=1, is_new=True, spent=Decimal("0.00"))],
    ),
    Case(
        "the branch is that of the latest visit, whatever is booked elsewhere later",
        salon(visit(-20, branch_id="north"), booking(3, created_at=at(-20), branch_id="south")),
        [row("rebooked", "b", branch_id="north")],
    ),
    Case(
        "the branch of an appointment is that of its earliest line (reading 5)",
        salon(visit(-40, clock="11:00", branch_id="a"), visit(-40, branch_id="c"), visit(-40, branch_id="b")),
        [row("overdue", "cut@2026-04-02", branch_id="b")],
    ),
    Case(
        "the branch of a lead is that of the latest known appointment",
        salon(no_show(-2, branch_id="north"), booking(-1, branch_id="south")),
        [row("missed", "n", branch_id="south", is_lead=True, is_new=False, visits_count=0, spent=Decimal("0.00"))],
    ),
    Case(
        "the branch of a lead is not that of an ignored cancellation (reading 6)",
        salon(no_show(-2, branch_id="north"), cancelled(5, branch_id="south")),
        [row("missed", "n", branch_id="north")],
    ),
    Case(
        "the usual times of a lead are empty, as are the last visit and staff",
        salon(no_show(-2, staff_id="s")),
        [row("missed", "n", usual_weekday=None, usual_hour=None, last_visit_on=None, last_staff_id=None)],
    ),
    Case(
        "the usual weekday and hour are each the most frequent",
        salon(visit(-40, "c"), visit(-41, "b", clock="18:00"), visit(-48, "a", clock="18:59")),
        [row("overdue", "cut@2026-04-02", usual_weekday=3, usual_hour=18)],  # two Wednesdays, then a Thursday
    ),
    Case(
        "a tie of the usual weekday and hour goes to the one seen last",
        salon(visit(-40, "a"), visit(-41, "b", clock="18:00")),
        [row("overdue", "cut@2026-04-02", usual_weekday=4, usual_hour=10)],
    ),
    Case(
        "only the last ten visits make the usual times",
        salon(
            *[visit(-100 - 7 * number, f"old{number}", clock="18:00") for number in range(9)],
            *[visit(-49 - 7 * number, f"e{number}", clock="09:00") for number in range(4)],
            *[visit(-41 - 7 * number, f"f{number}") for number in range(2)],
            visit(-40, "z", clock="11:00"),
        ),
        # 11:00, then twice 10:00, four times 09:00; of the nine at 18:00 only three are among the last ten
        [row("overdue", "cut@2026-04-02", usual_hour=9, usual_weekday=2, visits_count=16)],
    ),
    Case(
        "a visit is an appointment for the usual times, not a day (reading 7)",
        salon(
            visit(-40, "a", clock="18:00"),
            visit(-40, "b", clock="18:30"),
            visit(-41, "c"),
            visit(-48, "d", clock="11:00"),
        ),
        [row("overdue", "cut@2026-04-02", usual_weekday=4, usual_hour=18)],
    ),
    Case(
        "the hour of an appointment is that of its earliest line (reading 1)",
        salon(visit(-40, clock="11:00"), visit(-40, clock="09:00")),
        [row("overdue", "cut@2026-04-02", usual_hour=9)],
    ),
    Case(
        "the last staff is that of the latest visit's latest line",
        salon(
            visit(-40, staff_id="z"),
            visit(-40, clock="11:00", staff_id="m"),
            visit(-41, "w", clock="23:00", staff_id="q"),
        ),
        [row("overdue", "cut@2026-04-02", last_staff_id="m")],
    ),
    Case(
        "of lines with one start the last staff has the largest amount, then the smallest service and staff",
        salon(
            visit(-40, staff_id="a", amount="9.9"),
            visit(-40, staff_id="f", service_id="dye", amount="10"),
            visit(-40, staff_id="e", amount="10"),
            visit(-40, staff_id="d", amount="10.00"),
        ),
        [row("overdue", "cut@2026-04-02", last_staff_id="d", also_due="dye")],
    ),
    Case(
        "an appointment over midnight is one visit on the day it began (reading 1)",
        salon(visit(-40, clock="23:30"), visit(-39, clock="00:30", service_id="dye")),
        [row("overdue", "cut@2026-04-02", visits_count=1, last_visit_on=d(-40), usual_hour=23, also_due="dye")],
    ),
]

ALMATY = [branch("almaty", "Asia/Almaty")]  # five hours before UTC
NEW_YORK = [branch("ny", "America/New_York")]

ZONES = [
    Case(
        "an instant with an offset has the day of its branch",
        salon(OLD, booking(0, branch_id="almaty", starts_at=f"{on(-1)}T19:00:00Z"), branches=ALMATY),
        [],
    ),
    Case(
        "one second earlier it was yesterday there",
        salon(OLD, booking(0, branch_id="almaty", starts_at=f"{on(-1)}T18:59:59Z"), branches=ALMATY),
        [OVERDUE],
    ),
    Case(
        "an instant without an offset is already local",
        salon(OLD, booking(0, branch_id="almaty", starts_at=at(-1, "19:00")), branches=ALMATY),
        [OVERDUE],
    ),
    Case(
        "a bare date is midnight at the branch",
        salon(OLD, booking(0, branch_id="ny", starts_at=on(0)), branches=NEW_YORK),
        [],
    ),
    Case(
        "a branch that is not listed is in UTC (reading 4)",
        salon(OLD, booking(0, branch_id="gone", starts_at=f"{on(-1)}T23:59:59Z"), branches=ALMATY),
        [OVERDUE],
    ),
    Case(
        "an appointment without a branch is in UTC (reading 4)",
        salon(OLD, booking(0, starts_at=f"{on(0)}T04:00:00+05:00"), branches=ALMATY),
        [OVERDUE],
    ),
    Case(
        "the creation has the day of the branch",
        salon(OLD, booking(5, branch_id="almaty", created_at=f"{on(0)}T19:00:00Z"), branches=ALMATY),
        [OVERDUE],
    ),
    Case(
        "the cancellation has the day of the branch",
        salon(OLD, cancelled(5, branch_id="almaty", cancelled_at=f"{on(-2)}T19:00:00Z"), branches=ALMATY),
        [row("missed", "x", due_on=d(1), branch_id=None)],
    ),
    Case(
        "visits are compared by the clock on the wall, also in the hour that comes twice (reading 4)",
        salon(
            visit(0, "a", starts_at="2025-11-02T05:50:00Z", branch_id="ny", staff_id="first"),  # 01:50 in summer time
            visit(0, "b", starts_at="2025-11-02T06:10:00Z", branch_id="ny", staff_id="second"),  # 01:10 in winter time
            branches=NEW_YORK,
        ),
        [row("overdue", "cut@2025-11-02", last_staff_id="first", usual_hour=1)],
        as_of=date(2025, 12, 5),
    ),
]


# ---- Section 2: cycles ----


def interval(days: str, **cells: str) -> Row:
    return {"interval_days": days, **cells}


def cycle_row(anchor: str, days: int, source: str, **values: object) -> Expected:
    """Return the row of a client with a visit on 2 April: overdue by 10 days with 30, due with 40 to 43, ..."""
    late = 40 - days
    block = "lapsed" if late > 30 else "overdue" if late > 0 else "due"
    expected_on = date(2026, 4, 2) + timedelta(days=days)
    known: dict[str, object] = {"interval_days": days, "interval_source": source, "days_late": late}
    return Expected(block, "anna", anchor, {**known, "expected_on": expected_on, **values})


HAIR = [service("cut", "", "hair")]
LONG = [{"client_id": "anna", "traits": "hair_length=long;skin=dry"}]
ALL_LINES = [
    interval("11", service_id="cut", months="4", trait="skin", trait_value="dry"),
    interval("12", service_id="cut", trait="skin", trait_value="dry"),
    interval("13", service_id="cut", months="4"),
    # 14: services.interval_days
    interval("15", category="hair", months="4", trait="skin", trait_value="dry"),
    interval("16", category="hair", trait="skin", trait_value="dry"),
    interval("17", category="hair", months="4"),
    interval("18", category="hair"),
]


def from_line(number: int, source: str, with_own: bool) -> Case:
    """Return the case in which only the lines from `number` on are there: the first of them counts."""
    days = int(ALL_LINES[number]["interval_days"])
    own = [service("cut", "14" if with_own else "", "hair")]
    return Case(
        f"of the intervals {days} to 18, most specific first, {days} counts: {source}",
        salon(OLD, clients=LONG, services=own, service_intervals=ALL_LINES[number:][::-1]),
        [cycle_row("hair@2026-04-02", days, source)],
    )


def months_case(months: str, matches: bool) -> Case:
    return Case(
        f"April is {'one' if matches else 'none'} of the months {months}",
        salon(OLD, service_intervals=[interval("20", service_id="cut", months=months)]),
        [cycle_row("cut@2026-04-02", 20 if matches else 30, "season" if matches else "default")],
    )


CYCLES = [
    Case(
        "the cycle is the category of the service",
        salon(OLD, services=HAIR),
        [cycle_row("hair@2026-04-02", 30, "default", cycle_key="hair", service_id="cut")],
    ),
    Case(
        "the cycle is the service where the category is empty",
        salon(OLD, services=[service("cut")]),
        [cycle_row("cut@2026-04-02", 30, "default", cycle_key="cut")],
    ),
    Case(
        "a service that is not listed has no category (reading 9)",
        salon(OLD),
        [cycle_row("cut@2026-04-02", 30, "default", cycle_key="cut")],
    ),
    Case(
        "a visit without a service is a cycle of the empty key (reading 8)",
        salon(visit(-40, service_id="")),
        [cycle_row("@2026-04-02", 30, "default", cycle_key=None, service_id=None)],
    ),
    Case(
        "services of one category are one cycle",
        salon(visit(-40), visit(-20, "w", service_id="dye"), services=[*HAIR, service("dye", "", "hair")]),
        [],
    ),
    Case(
        "the service of the cycle is that of the latest line of the last day",
        salon(
            visit(-40, clock="11:00"),
            visit(-40, service_id="dye", amount="9"),
            services=[*HAIR, service("dye", "", "hair")],
        ),
        [row("overdue", "hair@2026-04-02", service_id="cut")],
    ),
    Case(
        "of lines with one start the service of the largest amount",
        salon(
            visit(-40, amount="9.50"),
            visit(-40, service_id="dye", amount="10"),
            services=[*HAIR, service("dye", "", "hair")],
        ),
        [row("overdue", "hair@2026-04-02", service_id="dye")],
    ),
    Case(
        "of lines with one start and amount the smallest service",
        salon(
            visit(-40, service_id="dye", amount="10"),
            visit(-40, amount="10.00"),
            services=[*HAIR, service("dye", "", "hair")],
        ),
        [row("overdue", "hair@2026-04-02", service_id="cut")],
    ),
    Case(
        "a category and a service without one are one cycle if they are called the same",
        salon(visit(-40), visit(-20, "w", service_id="hair"), services=HAIR),
        [],
    ),
    from_line(0, "trait+season", with_own=True),
    from_line(1, "trait", with_own=True),
    from_line(2, "season", with_own=True),
    Case(
        "the interval of the service itself comes before all lines of its category: set",
        salon(OLD, clients=LONG, services=[service("cut", "14", "hair")], service_intervals=ALL_LINES[3:]),
        [cycle_row("hair@2026-04-02", 14, "set")],
    ),
    from_line(3, "trait+season", with_own=False),
    from_line(4, "trait", with_own=False),
    from_line(5, "season", with_own=False),
    from_line(6, "set", with_own=False),
    Case(
        "a trait of another value does not match, nor a trait and a season of which only one does",
        salon(
            OLD,
            clients=LONG,
            service_intervals=[
                interval("20", service_id="cut", trait="skin", trait_value="oily"),
                interval("20", service_id="cut", trait="skin", trait_value="dry", months="5"),
                interval("20", service_id="cut", trait="skin", trait_value="oily", months="4"),
                interval("20", service_id="cut", trait="eyes", trait_value="dry"),
            ],
        ),
        [cycle_row("cut@2026-04-02", 30, "default")],
    ),
    Case(
        "of two equally specific lines the smaller interval",
        salon(
            OLD,
            clients=LONG,
            service_intervals=[
                interval("20", service_id="cut", trait="skin", trait_value="dry"),
                interval("19", service_id="cut", trait="hair_length", trait_value="long"),
                interval("21", service_id="cut", trait="skin", trait_value="dry"),
            ],
        ),
        [cycle_row("cut@2026-04-02", 19, "trait")],
    ),
    months_case("4-9", matches=True),
    months_case("1-4", matches=True),
    months_case("5-9", matches=False),
    months_case("11,12,1,2,3", matches=False),
    months_case("11,12,1,2,3,4", matches=True),
    months_case("11-4", matches=True),
    months_case("11-3", matches=False),
    months_case("4", matches=True),
    Case(
        "the month is that of the last visit, not of today or of the expected day",
        salon(OLD, service_intervals=[interval("20", service_id="cut", months="5")]),
        [cycle_row("cut@2026-04-02", 30, "default")],
    ),
    Case(
        "an interval of the default by the settings",
        salon(OLD),
        [cycle_row("cut@2026-04-02", 25, "default")],
        settings={"default_interval_days": 25},
    ),
]


def gaps(*lengths: int, last: int) -> list[Row]:
    """Return the visits of a regular client: the last so many days ago, the gaps before it, latest first."""
    offsets = [-last - sum(lengths[:number]) for number in range(len(lengths) + 1)]
    return [visit(offset, f"g{offset}", "regular") for offset in offsets]


def learned_case(name: str, visits: list[Row], days: int, source: str, *, least: int, windows: list[int]) -> Case:
    """Return a case with a regular client, who is in cycle, and anna, whose interval is learned from the regular."""
    settings: dict[str, object] = {"learned_min_gaps": least, "learned_windows_days": windows}
    return Case(name, salon(OLD, *visits), [cycle_row("cut@2026-04-02", days, source)], settings=settings)


LEARNED = [
    learned_case(
        "a gap is learned from another client of the cycle", gaps(20, last=0), 20, "learned", least=1, windows=[20]
    ),
    learned_case(
        "a gap that began a day later than D - w is not used",
        gaps(19, last=0),
        30,
        "default",
        least=1,
        windows=[20],
    ),
    learned_case(
        "a gap that began a day earlier is used if it is not longer",
        gaps(19, last=2),
        19,
        "learned",
        least=1,
        windows=[20],
    ),
    learned_case(
        "a gap that is longer than the window is not used", gaps(21, last=0), 30, "default", least=1, windows=[20]
    ),
    learned_case(
        "the median of an odd number of gaps is the middle one",
        gaps(20, 4, 5, last=0),
        5,
        "learned",
        least=3,
        windows=[20],
    ),
    learned_case(
        "the median of an even number of gaps is rounded half up",
        gaps(15, 6, 15, 8, last=2),
        12,  # 6, 8, 15, 15: 11.5
        "learned",
        least=4,
        windows=[15],
    ),
    learned_case(
        "one gap too few in the first window: the second is used",
        gaps(10, 10, 12, 25, 30, last=0),
        10,  # one gap began 60 days ago or earlier (of 30 days, 87 days ago); two are of 10 days, 10 and 20 days ago
        "learned",
        least=2,
        windows=[60, 10],
    ),
    learned_case(
        "the first window with enough gaps is used although a later one has more",
        gaps(10, 10, 12, 25, 28, last=0),
        28,  # only the gap of 28 days began 60 days ago or earlier, 85 days ago
        "learned",
        least=1,
        windows=[60, 10],
    ),
    learned_case(
        "enough gaps in no window: not learned", gaps(10, 10, last=0), 30, "default", least=3, windows=[60, 10]
    ),
    Case(
        "two visits on one day are no gap, and a no-show ends none",
        salon(
            OLD,
            visit(-20, "p", "regular"),
            visit(-20, "q", "regular"),
            no_show(-12, "r", "regular"),
            visit(0, "s", "regular"),
        ),
        [cycle_row("cut@2026-04-02", 20, "learned")],
        settings={"learned_min_gaps": 1, "learned_windows_days": [20]},
    ),
    Case(
        "gaps of another cycle teach nothing",
        salon(OLD, visit(-20, "p", "regular", service_id="dye"), visit(0, "s", "regular", service_id="dye")),
        [cycle_row("cut@2026-04-02", 30, "default")],
        settings={"learned_min_gaps": 1, "learned_windows_days": [20]},
    ),
    Case(
        "gaps across two services of one category are gaps of the cycle",
        salon(
            OLD,
            visit(-20, "p", "regular", service_id="dye"),
            visit(0, "s", "regular"),
            services=[*HAIR, service("dye", "", "hair")],
        ),
        [cycle_row("hair@2026-04-02", 20, "learned")],
        settings={"learned_min_gaps": 1, "learned_windows_days": [20]},
    ),
    Case(
        "a visit after D ends no gap yet",
        salon(OLD, visit(-20, "p", "regular"), visit(1, "s", "regular")),
        [cycle_row("cut@2026-04-02", 30, "default")],
        settings={"learned_min_gaps": 1, "learned_windows_days": [20]},
    ),
    Case(
        "20 gaps that began 90 days ago or earlier are learned with the numbers of the page",
        # 26 visits 15 days apart, the last 10 days ago: 20 gaps began 100 to 385 days ago, 14 of them over 180
        salon(OLD, *gaps(*[15] * 25, last=10)),
        [cycle_row("cut@2026-04-02", 15, "learned")],
    ),
    Case(
        "19 gaps that began 90 days ago or earlier are not learned with the numbers of the page",
        salon(OLD, *gaps(*[15] * 24, last=10)),
        [cycle_row("cut@2026-04-02", 30, "default")],
    ),
]


# ---- Section 3: blocks ----


def missed_days_ago(number: int, listed: bool) -> Case:
    return Case(
        f"a miss {number} days ago is {'listed' if listed else 'not listed'}",
        salon(no_show(-number)),
        [row("missed", "n", due_on=d(2 - number), cycle_key=None, service_id=None, expected_on=None)] if listed else [],
    )


MISSED_BLOCK = [
    missed_days_ago(0, listed=False),
    missed_days_ago(1, listed=True),
    missed_days_ago(2, listed=True),
    missed_days_ago(7, listed=True),
    missed_days_ago(8, listed=False),
    Case(
        "a booking cancelled in advance was missed on the day it was cancelled",
        salon(cancelled(20, cancelled_at=at(-7))),
        [row("missed", "x", due_on=d(-5))],
    ),
    Case("a client with anything upcoming has not missed", salon(no_show(-2), booking(9)), []),
    Case(
        "a visit on the day of the miss takes it away",
        salon(no_show(-2), visit(-2, clock="08:00")),
        [
            row("follow_up", "v"),
        ],
    ),
    Case("a visit after the miss takes it away", salon(no_show(-2), visit(-1)), []),
    Case(
        "a visit the day before the miss does not",
        salon(no_show(-1), visit(-2)),
        [row("missed", "n"), row("follow_up", "v")],
    ),
    Case(
        "of two misses the one of the later day is listed",
        salon(cancelled(10, "x1", cancelled_at=at(-3)), no_show(-2, "n1")),
        [row("missed", "n1")],
    ),
    Case(
        "of two misses of one day the one that was to start later is listed",
        salon(cancelled(10, "x1", cancelled_at=at(-2)), no_show(-2, "x2")),
        [row("missed", "x1")],
    ),
    Case(
        "of two misses of one day and start the larger number as text is listed",
        salon(no_show(-2, "a10"), no_show(-2, "a9")),
        [row("missed", "a9")],
    ),
    Case(
        "a miss of today does not hide the earlier one",
        salon(no_show(-3, "n1"), no_show(0, "n2")),
        [row("missed", "n1")],
    ),
    Case("a client who has missed is not overdue, a miss too long ago leaves it", salon(OLD, no_show(-8)), [OVERDUE]),
    Case("an unclosed booking is no miss", salon(booking(-2)), []),
]


def visited_days_ago(number: int, first: bool, listed: bool) -> Case:
    earlier = [] if first else [visit(-20, "u")]
    return Case(
        f"the {'first' if first else 'second'} visit {number} days ago is {'followed up' if listed else 'left alone'}",
        salon(*earlier, visit(-number)),
        [row("follow_up", "v", due_on=d(3 - number), is_new=first, last_visit_on=d(-number))] if listed else [],
    )


FOLLOW_UP_BLOCK = [
    visited_days_ago(1, first=True, listed=False),
    visited_days_ago(2, first=True, listed=True),
    visited_days_ago(2, first=False, listed=False),
    visited_days_ago(3, first=True, listed=True),
    visited_days_ago(3, first=False, listed=True),
    visited_days_ago(7, first=True, listed=True),
    visited_days_ago(7, first=False, listed=True),
    visited_days_ago(8, first=True, listed=False),
    visited_days_ago(8, first=False, listed=False),
    Case(
        "the follow-up has the branch and the staff of the visit",
        salon(visit(-20, "u", branch_id="south"), visit(-3, branch_id="north", staff_id="s1")),
        [row("follow_up", "v", branch_id="north", last_staff_id="s1", service_id=None)],
    ),
    Case("only the latest visit is followed up", salon(visit(-5, "u"), visit(-1)), []),
    Case(
        "of two visits of the day the later is followed up, and two visits of one day are still the first",
        salon(visit(-2, "v1", clock="18:00"), visit(-2, "v2")),
        [row("follow_up", "v1", is_new=True, visits_count=1)],
    ),
    Case(
        "of two visits of one start the larger number",
        salon(visit(-3, "a9"), visit(-3, "a10")),
        [row("follow_up", "a9")],
    ),
    Case("a booking does not stop the follow-up", salon(visit(-3), booking(20)), [row("follow_up", "v")]),
    Case(
        "a miss after the visit does not stop the follow-up",
        salon(visit(-3), no_show(-1)),
        [row("missed", "n"), row("follow_up", "v")],
    ),
]


def late_by(late: int, block: str, due_on: int) -> Case:
    offset = -30 - late
    values: dict[str, object] = {"days_late": late, "expected_on": d(-late), "due_on": d(due_on), "attempts": 0}
    return Case(
        f"expected {late} days ago: {block or 'in cycle'}",
        salon(visit(offset)),
        [Expected(block, "anna", f"cut@{on(offset)}", values)] if block else [],
    )


def two_cycles(name: str, cut_late: int, dye_late: int, expected: list[Expected]) -> Case:
    """Return a client expected for a cut (30 days) and for a dye (60 days), so many days ago each."""
    lines = [visit(-30 - cut_late, "c"), visit(-60 - dye_late, "e", service_id="dye")]
    return Case(name, salon(*lines, services=[service("cut", "30"), service("dye", "60")]), expected)


def cut(block: str, late: int, **values: object) -> Expected:
    return Expected(block, "anna", f"cut@{on(-30 - late)}", {"cycle_key": "cut", "days_late": late, **values})


def dye(block: str, late: int, **values: object) -> Expected:
    return Expected(block, "anna", f"dye@{on(-60 - late)}", {"cycle_key": "dye", "days_late": late, **values})


SCOPE: dict[str, object] = {"booking_scope": "cycle"}

CYCLE_BLOCKS = [
    late_by(-4, "", 0),
    late_by(-3, "due", 0),
    late_by(-1, "due", -2),
    late_by(0, "due", -3),
    late_by(1, "overdue", 0),
    late_by(30, "overdue", -29),
    late_by(31, "lapsed", 0),
    late_by(400, "lapsed", -369),
    two_cycles("step 1: of two due cycles the earliest expected day governs", -1, -3, [cut("due", -1, also_due="dye")]),
    two_cycles("step 1: a due cycle comes before an overdue one", 5, -2, [dye("due", -2, also_due="cut")]),
    two_cycles("step 1: a due cycle comes before one in cycle", 0, -20, [cut("due", 0, also_due=None)]),
    two_cycles(
        "step 1: a due cycle comes before a lapsed one, which is not listed with it",
        50,
        0,
        [dye("due", 0, also_due=None)],
    ),
    two_cycles(
        "step 2: of two overdue cycles the latest expected day governs", 20, 10, [dye("overdue", 10, also_due="cut")]
    ),
    two_cycles("step 2: an overdue cycle comes before one in cycle", 1, -20, [cut("overdue", 1, also_due=None)]),
    two_cycles("step 2: an overdue cycle comes before a lapsed one", 30, 31, [cut("overdue", 30, also_due=None)]),
    two_cycles("step 3: a lapsed cycle beside one in cycle is no row", 31, -4, []),
    two_cycles("step 3: all in cycle is no row", -10, -4, []),
    two_cycles("step 4: of lapsed cycles the latest expected day governs", 60, 31, [dye("lapsed", 31, also_due=None)]),
    two_cycles("a tie of due cycles goes to the smaller key", -1, -1, [cut("due", -1, also_due="dye")]),
    two_cycles("a tie of overdue cycles goes to the smaller key", 9, 9, [cut("overdue", 9, also_due="dye")]),
    two_cycles("a tie of lapsed cycles goes to the smaller key", 90, 90, [cut("lapsed", 90)]),
    Case(
        "other cycles are listed in order of their keys",
        salon(
            visit(-31, "a", service_id="nails"),
            visit(-30, "b", service_id="lash"),
            visit(-29, "c", service_id="brow"),
            visit(-62, "d", service_id="Zoo"),
            visit(-40, "e", service_id="Tan"),
        ),
        [row("due", "lash@2026-04-12", also_due="Tan;brow;nails")],
    ),
    Case("any booking keeps a client off the list", salon(OLD, booking(0, service_id="dye")), []),
    Case(
        "with scope cycle a booking of another cycle does not",
        salon(OLD, booking(0, service_id="dye")),
        [OVERDUE],
        settings=SCOPE,
    ),
    Case("with scope cycle a booking of the cycle does", salon(OLD, booking(0)), [], settings=SCOPE),
    Case(
        "with scope cycle a booking of the category does",
        salon(OLD, booking(0, service_id="dye"), services=[*HAIR, service("dye", "", "hair")]),
        [],
        settings=SCOPE,
    ),
    Case(
        "with scope cycle a booked cycle neither governs nor is listed with the other (reading 12)",
        salon(
            visit(-32, "v1"), visit(-33, "v2", service_id="dye"), booking(1, "b1", service_id="nails"), booking(2, "b2")
        ),
        [row("overdue", "dye@2026-04-09", also_due=None)],
        settings=SCOPE,
    ),
    Case(
        "with scope cycle a line of the booking is enough",
        salon(OLD, booking(2, service_id="dye"), booking(2)),
        [],
        settings=SCOPE,
    ),
    Case(
        "with scope cycle a lapsed cycle is lapsed although another is booked that would be in cycle",
        salon(visit(-70, "v1"), visit(-10, "v2", service_id="dye"), booking(2, service_id="dye")),
        [row("lapsed", "cut@2026-03-03")],
        settings=SCOPE,
    ),
    Case(
        "with scope cycle a miss counts only with nothing upcoming at all (reading 11)",
        salon(OLD, no_show(-1), booking(2, service_id="dye")),
        [OVERDUE],
        settings=SCOPE,
    ),
    Case(
        "with scope cycle a client who has missed is not overdue",
        salon(OLD, no_show(-1)),
        [row("missed", "n")],
        settings=SCOPE,
    ),
    Case(
        "the notice can be longer",
        salon(visit(-25)),
        [row("due", "cut@2026-04-17", due_on=d(0))],
        settings={"due_notice_days": 5},
    ),
    Case(
        "overdue can be shorter",
        salon(visit(-38)),
        [row("lapsed", "cut@2026-04-04", due_on=d(0))],
        settings={"overdue_days": 7},
    ),
]


def rebooked_ahead(number: int, listed: bool) -> Case:
    return Case(
        f"a rebooked visit {number} days ahead is {'listed' if listed else 'not listed'}",
        salon(visit(-20), booking(number, created_at=at(-20, "23:59:59"))),
        [row("rebooked", "b", due_on=d(number - 3), cycle_key=None, service_id=None)] if listed else [],
    )


REBOOKED_BLOCK = [
    rebooked_ahead(0, listed=True),
    rebooked_ahead(1, listed=True),
    rebooked_ahead(14, listed=True),
    rebooked_ahead(15, listed=False),
    Case("booked the day after the visit is not rebooked", salon(visit(-20), booking(2, created_at=at(-19))), []),
    Case("booked the day before the visit is not rebooked", salon(visit(-20), booking(2, created_at=at(-21))), []),
    Case(
        "booked before the visit of the day is rebooked all the same",
        salon(visit(-20), booking(2, created_at=at(-20, "00:00"))),
        [row("rebooked", "b")],
    ),
    Case("a booking of unknown creation is never rebooked", salon(visit(-20), booking(2)), []),
    Case(
        "an appointment on the day it was made is not rebooked",
        salon(visit(0), booking(0, clock="18:00", created_at=at(0))),
        [],
    ),
    Case(
        "an appointment for the day after it was made is rebooked",
        salon(visit(0), booking(1, clock="00:00", created_at=at(0))),
        [row("rebooked", "b")],
    ),
    Case(
        "the visit of another client does not count",
        salon(visit(-20, client="vera"), booking(2, created_at=at(-20))),
        [],
    ),
    Case(
        "every rebooked appointment has its row",
        salon(visit(-20), booking(2, "b1", created_at=at(-20)), booking(1, "b2", created_at=at(-20))),
        [row("rebooked", "b2"), row("rebooked", "b1")],
    ),
    Case(
        "any earlier visit will do",
        salon(visit(-20), visit(-19, "w"), booking(2, created_at=at(-20))),
        [row("rebooked", "b")],
    ),
    Case(
        "a rebooked appointment that was cancelled is not listed",
        salon(visit(-20), cancelled(2, created_at=at(-20), cancelled_at=at(0))),
        [],
    ),
    Case(
        "the creation of an appointment is that of its first line (reading 2)",
        salon(visit(-20), booking(2, created_at=at(-20)), booking(2, service_id="dye", created_at=at(-19))),
        [row("rebooked", "b")],
    ),
]

WAITLIST_BLOCK = [
    Case(
        "an entry of today is listed",
        salon(waitlist=[entry(created_at=at(0))]),
        [row("waitlist", "w", due_on=d(0), is_lead=True)],
    ),
    Case("an entry of tomorrow is not", salon(waitlist=[entry(created_at=at(1, "00:00"))]), []),
    Case("an entry closed today is not", salon(waitlist=[entry(created_at=at(-1), closed_on=on(0))]), []),
    Case(
        "an entry closed tomorrow is",
        salon(waitlist=[entry(created_at=at(-1), closed_on=on(1))]),
        [row("waitlist", "w", due_on=d(-1))],
    ),
    Case(
        "an entry wanted until today is",
        salon(waitlist=[entry(created_at=at(-1), wanted_until=on(0))]),
        [row("waitlist", "w")],
    ),
    Case("an entry wanted until yesterday is not", salon(waitlist=[entry(created_at=at(-1), wanted_until=on(-1))]), []),
    Case(
        "an entry wanted from a later day has its work on that day",
        salon(waitlist=[entry(created_at=at(-1), wanted_from=on(9))]),
        [row("waitlist", "w", due_on=d(9))],
    ),
    Case(
        "an entry of unknown creation is known (reading 14)",
        salon(waitlist=[entry(wanted_from=on(2))]),
        [row("waitlist", "w", due_on=d(2))],
    ),
    Case(
        "without creation and wish its day is empty (reading 14)",
        salon(waitlist=[entry()]),
        [row("waitlist", "w", due_on=None)],
    ),
    Case(
        "the row has the service of the entry and the branch of the client (reading 15)",
        salon(visit(-20, branch_id="north"), waitlist=[entry(branch_id="south", service_id="dye", created_at=at(0))]),
        [row("waitlist", "w", branch_id="north", service_id="dye", cycle_key=None, visits_count=1)],
    ),
    Case(
        "a client without any known appointment has the branch of the entry (reading 15)",
        salon(cancelled(9, branch_id="north"), waitlist=[entry(branch_id="south", created_at=at(0))]),
        [row("waitlist", "w", branch_id="south", service_id=None, spent=Decimal("0.00"))],
    ),
    Case(
        "an entry was created on a day of its own branch",
        salon(waitlist=[entry(branch_id="almaty", created_at=f"{on(0)}T19:00:00Z")], branches=ALMATY),
        [],
    ),
    Case(
        "a booking does not close an entry",
        salon(booking(2), waitlist=[entry(created_at=at(0))]),
        [row("waitlist", "w")],
    ),
]


def born(birthday: str, expected: list[Expected], as_of: date = DAY) -> Case:
    first_visit = {**visit(0), "starts_at": (as_of - timedelta(days=20)).isoformat()}
    clients = [{"client_id": "anna", "birthday": birthday}]
    title = f"a birthday of {birthday} is {'listed' if expected else 'not listed'} on {as_of}"
    return Case(title, salon(first_visit, clients=clients), expected, as_of)


BIRTHDAY_BLOCK = [
    born("1990-05-11", []),
    born("1990-05-12", [row("birthday", "2026", due_on=d(0))]),
    born("1990-05-19", [row("birthday", "2026", due_on=d(7))]),
    born("1990-05-20", []),
    born("--05-19", [row("birthday", "2026", due_on=d(7))]),
    born("--01-02", [row("birthday", "2027", due_on=date(2027, 1, 2))], date(2026, 12, 26)),
    born("--01-02", [], date(2026, 12, 25)),
    born("1992-02-29", [row("birthday", "2027", due_on=date(2027, 2, 28))], date(2027, 2, 21)),
    born("1992-02-29", [row("birthday", "2027", due_on=date(2027, 2, 28))], date(2027, 2, 28)),
    born("1992-02-29", [], date(2027, 2, 20)),
    born("1992-02-29", [], date(2027, 3, 1)),
    born("--02-29", [], date(2028, 2, 21)),
    born("--02-29", [row("birthday", "2028", due_on=date(2028, 2, 29))], date(2028, 2, 22)),
    born("--02-29", [row("birthday", "2028", due_on=date(2028, 2, 29))], date(2028, 2, 29)),
    Case("a lead has no birthday", salon(booking(2), clients=[{"client_id": "anna", "birthday": "--05-12"}]), []),
    Case(
        "a stranger to the appointments has no birthday",
        salon(clients=[{"client_id": "anna", "birthday": "--05-12"}]),
        [],
    ),
    Case(
        "a birthday does not depend on the other blocks",
        salon(visit(-40, branch_id="north"), clients=[{"client_id": "anna", "birthday": "--05-13"}]),
        [OVERDUE, row("birthday", "2026", branch_id="north", cycle_key=None)],
    ),
]


# ---- Section 4: contacts, with a client 10 days overdue whose anchor is cut@2026-04-02 ----

ANCHOR = "cut@2026-04-02"
SINCE = d(-9)  # the day after the expected one


def called(name: str, calls: list[Row], expected: list[Expected], *more: Row) -> Case:
    return Case(name, salon(OLD, *more, contacts=calls), expected)


def overdue_call(made: int, outcome: str, clock: str = "12:00", **cells: str) -> Row:
    return call(made, outcome, "overdue", ANCHOR, clock, **cells)


def still(due_on: date, attempts: int, last_outcome: str | None) -> list[Expected]:
    return [row("overdue", ANCHOR, due_on=due_on, attempts=attempts, last_outcome=last_outcome)]


CONTACTS = [
    called("nobody called", [], still(SINCE, 0, None)),
    called("booked closes the row", [overdue_call(-5, "booked")], []),
    called("reached closes the row", [overdue_call(-5, "reached")], []),
    called("declined closes the row", [overdue_call(-5, "declined")], []),
    called("wrong number closes the row", [overdue_call(-5, "wrong_number")], []),
    called("no answer today hides the row", [overdue_call(0, "no_answer")], []),
    called("no answer yesterday: today again", [overdue_call(-1, "no_answer")], still(d(0), 1, "no_answer")),
    called(
        "no answer long ago: due since the day after", [overdue_call(-5, "no_answer")], still(d(-4), 1, "no_answer")
    ),
    called(
        "two times no answer",
        [overdue_call(-3, "no_answer"), overdue_call(-2, "no_answer")],
        still(d(-1), 2, "no_answer"),
    ),
    called(
        "three times no answer close the row",
        [overdue_call(-4, "no_answer"), overdue_call(-3, "no_answer"), overdue_call(-2, "no_answer")],
        [],
    ),
    called(
        "three times no answer on one day close the row",
        [overdue_call(-2, "no_answer", clock) for clock in ("10:00", "11:00", "12:00")],
        [],
    ),
    called(
        "the third no answer in another block does not count",
        [overdue_call(-4, "no_answer"), overdue_call(-3, "no_answer"), call(-15, "no_answer", "due", ANCHOR)],
        still(d(-2), 2, "no_answer"),
    ),
    called(
        "after three times no answer a promise counts (reading 19)",
        [overdue_call(-5, "no_answer", clock) for clock in ("10:00", "11:00", "12:00")]
        + [overdue_call(-4, "promised")],
        still(d(-1), 4, "promised"),
    ),
    called(
        "three times no answer around a promise close the row while no answer is the latest (reading 19)",
        [
            overdue_call(-8, "no_answer"),
            overdue_call(-7, "promised"),
            overdue_call(-3, "no_answer"),
            overdue_call(-2, "no_answer"),
        ],
        [],
    ),
    called("promised two days ago hides the row", [overdue_call(-2, "promised")], []),
    called("promised three days ago: today again", [overdue_call(-3, "promised")], still(d(0), 1, "promised")),
    called("promised for tomorrow hides the row", [overdue_call(-9, "promised", next_on=on(1))], []),
    called("promised for today", [overdue_call(-1, "promised", next_on=on(0))], still(d(0), 1, "promised")),
    called(
        "promised for a day that has passed",
        [overdue_call(-4, "promised", next_on=on(-2))],
        still(d(-2), 1, "promised"),
    ),
    called("callback today hides the row until tomorrow", [overdue_call(0, "callback")], []),
    called("callback yesterday: today again", [overdue_call(-1, "callback")], still(d(0), 1, "callback")),
    called("callback for tomorrow hides the row", [overdue_call(-4, "callback", next_on=on(1))], []),
    called("callback for today, made today", [overdue_call(0, "callback", next_on=on(0))], still(d(0), 1, "callback")),
    called(
        "no answer has no next day of its own",
        [overdue_call(-1, "no_answer", next_on=on(5))],
        still(d(0), 1, "no_answer"),
    ),
    called(
        "the latest outcome counts",
        [overdue_call(-1, "no_answer"), overdue_call(-2, "reached")],
        still(d(0), 2, "no_answer"),
    ),
    called(
        "of outcomes of one moment the larger as text counts (reading 16)",
        [overdue_call(-1, "promised", next_on=on(5)), overdue_call(-1, "callback", next_on=on(0))],
        [],
    ),
    called("a contact of tomorrow does not count", [overdue_call(1, "reached", "00:00")], still(SINCE, 0, None)),
    called(
        "a contact of another anchor does not count",
        [call(-1, "reached", "overdue", "cut@2026-04-03")],
        still(SINCE, 0, None),
    ),
    called(
        "a contact of another client does not count",
        [{**overdue_call(-1, "reached"), "client_id": "vera"}],
        still(SINCE, 0, None),
    ),
    called(
        "a contact of another block and the same anchor is the last outcome, and no attempt",
        [call(-12, "reached", "due", ANCHOR)],
        still(SINCE, 0, "reached"),
    ),
    called("declined when due closes overdue", [call(-12, "declined", "due", ANCHOR)], []),
    called(
        "declined when due, then something else when due: overdue is open (reading 18)",
        [call(-12, "declined", "due", ANCHOR), call(-11, "no_answer", "due", ANCHOR)],
        still(SINCE, 0, "no_answer"),
    ),
    called(
        "declined when due closes overdue although overdue has a later outcome (reading 18)",
        [call(-12, "declined", "due", ANCHOR), overdue_call(-5, "no_answer")],
        [],
    ),
    called(
        "declined in lapsed does not close overdue",
        [call(-5, "declined", "lapsed", ANCHOR)],
        still(SINCE, 0, "declined"),
    ),
    Case(
        "declined when overdue closes due",
        salon(visit(-30), contacts=[call(-1, "declined", "overdue", "cut@2026-04-12")]),
        [],
    ),
    Case(
        "declined when due and overdue does not close lapsed",
        salon(
            visit(-61),
            contacts=[
                call(-31, "declined", "due", "cut@2026-03-12"),
                call(-3, "declined", "overdue", "cut@2026-03-12"),
            ],
        ),
        [row("lapsed", "cut@2026-03-12", attempts=0, last_outcome="declined")],
    ),
    Case(
        "declined in lapsed closes lapsed",
        salon(visit(-61), contacts=[call(0, "declined", "lapsed", "cut@2026-03-12")]),
        [],
    ),
    Case(
        "a new visit begins a new episode",
        salon(OLD, visit(-31, "w"), contacts=[overdue_call(-32, "declined")]),
        [row("overdue", "cut@2026-04-11", attempts=0, last_outcome=None)],
    ),
    called("do not call today: no rows", [overdue_call(0, "do_not_call")], []),
    called("do not call tomorrow: today still", [overdue_call(1, "do_not_call", "00:00")], still(SINCE, 0, None)),
    Case(
        "do not call of any anchor, long ago, takes the client out of every block",
        salon(
            OLD,
            visit(-3, "w"),
            booking(2, created_at=at(-3)),
            clients=[{"client_id": "anna", "birthday": "--05-13"}],
            waitlist=[entry()],
            contacts=[call(-300, "do_not_call", "birthday", "2025"), call(-200, "reached", "birthday", "2025")],
        ),
        [],
    ),
    Case(
        "a client whose missed row is closed is still not overdue (reading 11)",
        salon(OLD, no_show(-2), contacts=[call(-1, "reached", "missed", "n")]),
        [],
    ),
    Case(
        "a client whose missed row is hidden is still not overdue (reading 11)",
        salon(OLD, no_show(-2), contacts=[call(0, "no_answer", "missed", "n")]),
        [],
    ),
    Case(
        "a closed row of the governing cycle takes the other cycles with it",
        salon(
            visit(-31, "a"),
            visit(-32, "b", service_id="dye"),
            contacts=[call(0, "reached", "overdue", "cut@2026-04-11")],
        ),
        [],
    ),
    Case(
        "a missed row can be called again",
        salon(no_show(-2), contacts=[call(-1, "no_answer", "missed", "n")]),
        [row("missed", "n", due_on=d(0), attempts=1, last_outcome="no_answer")],
    ),
    Case(
        "an appointment rebooked, then missed: the reminder is no attempt of the missed block",
        salon(visit(-20), no_show(-1, created_at=at(-20)), contacts=[call(-3, "reached", "rebooked", "n")]),
        [row("missed", "n", attempts=0, last_outcome="reached", due_on=d(1))],
    ),
    Case("the follow-up is closed", salon(visit(-3), contacts=[call(0, "reached", "follow_up", "v")]), []),
    Case(
        "the reminder is closed",
        salon(visit(-20), booking(2, created_at=at(-20)), contacts=[call(0, "reached", "rebooked", "b")]),
        [],
    ),
    Case(
        "the waiting client promised",
        salon(waitlist=[entry()], contacts=[call(-3, "promised", "waitlist", "w")]),
        [row("waitlist", "w", due_on=d(0))],
    ),
    Case(
        "the congratulation of last year does not close this year's",
        salon(
            visit(-20),
            clients=[{"client_id": "anna", "birthday": "--05-12"}],
            contacts=[call(-365, "reached", "birthday", "2025")],
        ),
        [row("birthday", "2026", attempts=0, last_outcome=None)],
    ),
    Case(
        "a contact has the day of the row's branch",
        salon(
            visit(-40, branch_id="almaty"),
            contacts=[{**overdue_call(0, "reached"), "made_at": f"{on(0)}T19:00:00Z"}],
            branches=ALMATY,
        ),
        still(SINCE, 0, None),
    ),
    Case(
        "no answer on a day of the row's branch: hidden until the next day there",
        salon(
            visit(-40, branch_id="almaty"),
            contacts=[{**overdue_call(0, "no_answer"), "made_at": f"{on(-1)}T19:00:00Z"}],
            branches=ALMATY,
        ),
        [],
    ),
    Case(
        "a contact with a waiting client without appointments has the day of the entry's branch",
        salon(
            waitlist=[entry("w1", branch_id="almaty"), entry("w2", branch_id="ny")],
            contacts=[{**call(0, "do_not_call", "waitlist", "w1"), "made_at": f"{on(0)}T19:00:00Z"}],
            branches=[*ALMATY, *NEW_YORK],
        ),
        [row("waitlist", "w1", branch_id="almaty")],  # there it is tomorrow already, in New York it is today
    ),
]


# ---- Section 5: order ----


def clients_in_order(name: str, tables: Tables, block: str, clients: list[str], anchors: list[str]) -> Case:
    rows = [
        Expected(block, client, anchor, {"rank": rank})
        for rank, (client, anchor) in enumerate(zip(clients, anchors, strict=True), start=1)
    ]
    return Case(name, tables, rows)


def visits_of(client: str, last: int, count: int, amount: str = "0") -> list[Row]:
    """Return `count` visits on consecutive days, the last of them on day `last`, the whole amount at the last."""
    return [visit(last - day, f"{client}{day}", client, amount="0" if day else amount) for day in range(count)]


ORDER = [
    clients_in_order(
        "missed: leads first, then the earlier day, then more visits, then client",
        salon(
            *[no_show(-1, "n", client) for client in ("a", "b", "c", "d", "lead")],
            no_show(-2, "n", "e"),
            no_show(-2, "n", "lead2"),
            *visits_of("a", -20, 1),
            *visits_of("b", -20, 2),
            *visits_of("c", -20, 2),
            *visits_of("d", -20, 1),
            *visits_of("e", -20, 1),
        ),
        "missed",
        ["lead2", "lead", "e", "b", "c", "a", "d"],
        ["n"] * 7,
    ),
    clients_in_order(
        "follow-up: first visits first, then the oldest, then more spent, then client",
        salon(
            *visits_of("a", -4, 2, "100"),
            *visits_of("b", -5, 2, "1"),
            *visits_of("c", -4, 2, "100.01"),
            *visits_of("d", -4, 2, "100"),
            *visits_of("first", -3, 1, "1"),
        ),
        "follow_up",
        ["first", "b", "c", "a", "d"],
        ["first0", "b0", "c0", "a0", "d0"],
    ),
    clients_in_order(
        "due: the earliest expected day, then more visits, then client",
        salon(*visits_of("a", -29, 1), *visits_of("b", -30, 1), *visits_of("c", -29, 2), *visits_of("d", -29, 1)),
        "due",
        ["b", "c", "a", "d"],
        ["cut@2026-04-12", "cut@2026-04-13", "cut@2026-04-13", "cut@2026-04-13"],
    ),
    clients_in_order(
        "overdue: promised and no answer first, then more visits, then more spent, then client",
        salon(
            *visits_of("a", -40, 1, "5"),
            *visits_of("b", -40, 1, "6"),
            *visits_of("c", -40, 2),
            *visits_of("d", -40, 1, "5"),
            *visits_of("promised", -40, 1),
            *visits_of("silent", -40, 2),
            *visits_of("later", -40, 1),
            contacts=[
                {**overdue_call(-5, "promised"), "client_id": "promised"},
                {**overdue_call(-5, "no_answer"), "client_id": "silent"},
                {**overdue_call(-5, "callback"), "client_id": "later"},
            ],
        ),
        "overdue",
        ["silent", "promised", "c", "b", "a", "d", "later"],
        [ANCHOR] * 7,
    ),
    clients_in_order(
        "lapsed: more visits, then more spent, then client, whatever the outcome",
        salon(
            *visits_of("a", -70, 1, "5"),
            *visits_of("b", -71, 1, "6"),
            *visits_of("c", -72, 2),
            *visits_of("d", -70, 1, "5"),
            contacts=[{**call(-2, "no_answer", "lapsed", "cut@2026-03-03"), "client_id": "d"}],
        ),
        "lapsed",
        ["c", "b", "a", "d"],
        ["cut@2026-03-01", "cut@2026-03-02", "cut@2026-03-03", "cut@2026-03-03"],
    ),
    clients_in_order(
        "rebooked: the day of work, after contacts, then the start, then client, then anchor",
        salon(
            *visits_of("anna", -20, 1),
            *visits_of("b", -20, 1),
            booking(2, "k9", created_at=at(-20)),
            booking(2, "k10", created_at=at(-20)),
            booking(2, "k0", clock="09:00", created_at=at(-20)),
            booking(5, "k8", created_at=at(-20)),
            booking(1, "k7", created_at=at(-20)),
            booking(2, "k", "b", created_at=at(-20)),
            contacts=[call(-1, "no_answer", "rebooked", "k7")],
        ),
        "rebooked",
        ["anna", "anna", "anna", "b", "anna", "anna"],
        ["k0", "k10", "k9", "k", "k7", "k8"],  # k7: work is on day 0 since nobody answered
    ),
    clients_in_order(
        "waitlist: the oldest first, unknown creation before all (reading 14), then client, then anchor",
        salon(
            waitlist=[
                entry("w1", "b", created_at=at(-2)),
                entry("w2", "a", created_at=at(-2)),
                entry("w3", "a", created_at=at(-2, "09:59:59"), wanted_from=on(3)),
                entry("w10", "a", created_at=at(-2)),
                entry("w0", "z"),
                entry("w9", "y", wanted_from=on(3)),
            ]
        ),
        "waitlist",
        ["y", "z", "a", "a", "a", "b"],
        ["w9", "w0", "w3", "w10", "w2", "w1"],
    ),
    clients_in_order(
        "birthday: the day, then more visits, then client as text",
        salon(
            *[row for client in ("a", "B", "c", "ё", "я") for row in visits_of(client, -20, 1)],
            *visits_of("d", -20, 2),
            clients=[
                {"client_id": "a", "birthday": "--05-14"},
                {"client_id": "B", "birthday": "1980-05-14"},
                {"client_id": "c", "birthday": "--05-13"},
                {"client_id": "d", "birthday": "--05-14"},
                {"client_id": "ё", "birthday": "--05-14"},
                {"client_id": "я", "birthday": "--05-14"},
            ],
        ),
        "birthday",
        ["c", "d", "B", "a", "я", "ё"],
        ["2026"] * 6,
    ),
]

CASES = [
    *[*KNOWN, *STATES, *FACTS, *ZONES, *CYCLES, *LEARNED],
    *[*MISSED_BLOCK, *FOLLOW_UP_BLOCK, *CYCLE_BLOCKS, *REBOOKED_BLOCK, *WAITLIST_BLOCK, *BIRTHDAY_BLOCK],
    *[*CONTACTS, *ORDER],
]
