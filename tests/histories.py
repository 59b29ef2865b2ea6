"""Small histories of made-up salons, aimed at the borders of rules.md: hypothesis strategies over `Tables`."""

import csv
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from tests.reference import Row, Tables, wall_clock, worklist

T = TypeVar("T")


class History(NamedTuple):
    """One example: the tables, the day they are looked at, and the settings that differ from the defaults."""

    tables: Tables
    as_of: date
    settings: dict[str, object]


REQUIRED = {
    "branches": ["branch_id", "timezone"],
    "clients": ["client_id"],
    "services": ["service_id"],
    "service_intervals": ["interval_days"],
    "staff": ["staff_id"],
    "appointments": ["appointment_id", "client_id", "starts_at", "status"],
    "contacts": ["client_id", "block", "anchor", "made_at", "outcome"],
    "waitlist": ["entry_id", "client_id"],
}
OPTIONAL = {
    "branches": ["name"],
    "clients": ["name", "phone", "email", "birthday", "traits"],
    "services": ["title", "category", "interval_days"],
    "service_intervals": [],  # dropping a column here would make lines that mean nothing
    "staff": ["name"],
    "appointments": ["branch_id", "staff_id", "service_id", "created_at", "cancelled_at", "amount"],
    "contacts": ["next_on", "staff_id"],
    "waitlist": ["branch_id", "service_id", "created_at", "wanted_from", "wanted_until", "closed_on"],
}

# Order as text, awkward characters, and text that a careless reader takes for a number, a day or nothing at all.
CLIENT_IDS = [
    *["c1", "c10", "c2", "C1", "Ёлка", "яна", "a@b.kz", "x;y", "o'neil", 'say "hi"', "Li, Anna", "ab", "a b"],
    *["007", "7", "NA", "null", "true", "2026-05-12", "1e3", "😀", "ｚ"],
]
SERVICE_IDS = ["cut", "cut-2", "Cut", "стрижка", "gel;top", "mani@home", "8", "08", "brow, lash"]
CATEGORIES = ["", "", "hair", "hair", "cut", "ногти", "a;b", "x@y"]  # "cut" is a service as well
STAFF_IDS = ["s1", "s10", "s2", "", "Ася"]
ZONES = {
    "almaty": "Asia/Almaty",
    "moscow": "Europe/Moscow",
    "ny": "America/New_York",
    "berlin, mitte": "Europe/Berlin",
    "kiritimati": "Pacific/Kiritimati",
    "катманду": "Asia/Kathmandu",
    "utc": "UTC",
}
BRANCH_IDS = [*ZONES, "", "gone"]
AMOUNTS = ["0", "100", "100.00", "100.0", "99.99", "99.9", "-50", "-0.01", "0.01", "1234567.89", ""]
STATUSES = ["completed", "completed", "completed", "booked", "booked", "cancelled", "cancelled", "no_show"]
OUTCOMES = [
    *["no_answer", "no_answer", "no_answer", "no_answer", "promised", "promised", "callback", "callback"],
    *["booked", "reached", "declined", "declined", "wrong_number", "do_not_call"],
]
CYCLE_BLOCKS = ["due", "overdue", "lapsed"]
BLOCKS = ["missed", "follow_up", *CYCLE_BLOCKS, "rebooked", "waitlist", "birthday"]

AS_OF = [
    *["2026-05-12", "2026-05-12", "2026-06-30", "2027-01-02", "2026-12-29", "2026-12-31"],
    *["2026-03-08", "2026-11-01", "2026-03-29", "2026-10-25", "2026-11-02"],  # New York and Berlin change their clocks
    *["2024-03-01", "2024-03-04"],  # Almaty changed its offset
    *["2027-02-20", "2027-02-21", "2027-02-28", "2027-03-01", "2028-02-21", "2028-02-22", "2028-02-28", "2028-02-29"],
]
TIMES = [
    *[time(10), time(10), time(10, 30), time(9), time(18)],
    *[time(0), time(0, 0, 1), time(23, 59, 59), time(23, 30), time(0, 30)],
    *[time(1, 30), time(2, 30), time(2), time(3), time(12, 0, 0, 500_000)],  # gaps, folds and a fraction
]
OFFSETS = ["Z", "+00:00", "+05:00", "+06:00", "+03:00", "-04:00", "-05:00", "+02:00", "+14:00", "+05:45", "-11:00"]
FORMS = ["plain", "plain", "plain", "minutes", "date", "own", "utc", "utc, second fold", "raw"]

INTERVALS = ["7", "14", "30", "45"]
NEAR = [-9, -8, -7, -6, -4, -3, -2, -2, -1, -1, 0, 0]
AHEAD = [0, 1, 1, 2, 3, 4, 13, 14, 15, 20]
LATE = [-5, -4, -4, -3, -3, -1, 0, 0, 1, 1, 2, 29, 30, 30, 31, 31, 32, 60]
LATE_VISITS = [-(interval + late) for interval in (7, 14, 30, 30, 45) for late in LATE if interval + late >= 0]
WINDOWS = [-w - more for w in (10, 30, 90, 180, 365) for more in (-1, 0, 1)]
REGULAR = [-step * visit - late for step in (7, 14, 30) for visit in range(1, 6) for late in (-3, 0, 1)]
MOODS = [
    [*NEAR, *LATE_VISITS],
    LATE_VISITS,
    LATE_VISITS,
    REGULAR,
    [*REGULAR, *WINDOWS],
    [*NEAR, *AHEAD],
    [*NEAR, *AHEAD],
]
MIXED = [*NEAR, *AHEAD, *LATE_VISITS, *WINDOWS]

SETTINGS: dict[str, st.SearchStrategy[object]] = {
    "missed_window_days": st.sampled_from([1, 3, 7, 8]),
    "missed_call_from": st.sampled_from([0, 1, 2, 3]),
    "follow_up_day": st.sampled_from([3, 4]),
    "follow_up_new_from": st.sampled_from([0, 1, 2, 3]),
    "follow_up_until": st.sampled_from([4, 6, 8]),
    "due_notice_days": st.sampled_from([0, 1, 3, 5]),
    "overdue_days": st.sampled_from([1, 7, 29, 31]),
    "rebooked_horizon_days": st.sampled_from([0, 1, 3, 15]),
    "rebooked_remind_days": st.sampled_from([0, 1, 4]),
    "birthday_horizon_days": st.sampled_from([0, 1, 8, 14]),
    "default_interval_days": st.sampled_from([1, 7, 14, 29, 45]),
    "learned_min_gaps": st.sampled_from([1, 2, 3, 4]),
    "learned_windows_days": st.sampled_from([[365, 180, 90], [90, 60, 30], [60, 15], [30, 10], [45], [15]]),
    "max_attempts": st.sampled_from([1, 2, 4]),
    "promised_days": st.sampled_from([1, 2, 4]),
    "booking_scope": st.sampled_from(["cycle", "any"]),
}
settings_dicts: st.SearchStrategy[dict[str, object]] = st.one_of(
    st.just({}),
    st.just({"learned_min_gaps": 1, "learned_windows_days": [60, 30, 15]}),
    st.just({"booking_scope": "cycle"}),
    st.fixed_dictionaries(
        {"learned_min_gaps": SETTINGS["learned_min_gaps"], "learned_windows_days": SETTINGS["learned_windows_days"]},
        optional={"booking_scope": SETTINGS["booking_scope"]},
    ),
    st.lists(st.sampled_from(sorted(SETTINGS)), unique=True, max_size=4).flatmap(
        lambda names: st.fixed_dictionaries({name: SETTINGS[name] for name in names})
    ),
)


def pick(draw: st.DrawFn, options: Sequence[T]) -> T:
    return draw(st.sampled_from(options))


def some(draw: st.DrawFn, most: int) -> range:
    return range(draw(st.integers(0, most)))


def zone_of(branch_id: str) -> ZoneInfo:
    return ZoneInfo(ZONES.get(branch_id, "UTC"))


def write_instant(draw: st.DrawFn, local: datetime, branch_id: str) -> str:
    """Return an instant in one of its spellings: most of them mean `local` at the branch, `raw` is hours away."""
    form = pick(draw, FORMS)
    if form == "date" and local.time() == time(0):
        return local.date().isoformat()
    if form == "minutes" and local.second == 0 and local.microsecond == 0:
        return local.isoformat(timespec="minutes")
    if form == "own":
        return local.replace(tzinfo=zone_of(branch_id)).isoformat()
    if form.startswith("utc"):
        fold = 1 if form == "utc, second fold" else 0
        return local.replace(tzinfo=zone_of(branch_id), fold=fold).astimezone(UTC).isoformat().replace("+00:00", "Z")
    return local.isoformat() + (pick(draw, OFFSETS) if form == "raw" else "")


def near_day(draw: st.DrawFn, as_of: date, branch_id: str, offsets: Sequence[int] = (*NEAR, 1, 2)) -> str:
    moment = datetime.combine(as_of + timedelta(days=pick(draw, offsets)), pick(draw, TIMES))
    return write_instant(draw, moment, branch_id)


# ---- Services, clients ----


def draw_services(draw: st.DrawFn, service_ids: list[str]) -> list[Row]:
    return [
        {
            "service_id": service_id,
            "title": service_id.upper(),
            "category": pick(draw, CATEGORIES),
            "interval_days": pick(draw, ["", "", "", *INTERVALS]),
        }
        for service_id in service_ids
        if pick(draw, [True, True, True, False])  # a service that `services` does not list
    ]


def draw_months(draw: st.DrawFn, as_of: date) -> str:
    """Return months written in every way, often with the months just before `as_of` at a border."""
    now, before = as_of.month, (as_of.month - 2) % 12 + 1
    return pick(
        draw,
        ["4-9", "11,12,1,2,3", "11-2", "12", "1,4-6,12", "5-5", f"{now}", f"{before}", f"{before}-{now}", f"{now},7-8"],
    )


def draw_service_intervals(draw: st.DrawFn, as_of: date, service_ids: list[str]) -> list[Row]:
    rows = []
    for _ in some(draw, 5):
        target = pick(draw, ["service_id", "category"])
        shapes = ["season", "trait", "both", "both"] + (["plain"] if target == "category" else [])
        shape = pick(draw, shapes)
        options = service_ids if target == "service_id" else [category for category in CATEGORIES if category]
        row = {"service_id": "", "category": "", "months": "", "trait": "", "trait_value": ""}
        row[target] = pick(draw, options)
        if shape in ("season", "both"):
            row["months"] = draw_months(draw, as_of)
        if shape in ("trait", "both"):
            row["trait"] = pick(draw, ["hair", "skin"])
            row["trait_value"] = pick(draw, ["long", "long", "short", "сухая"])
        rows.append({**row, "interval_days": pick(draw, INTERVALS)})
    return rows


def draw_birthday(draw: st.DrawFn, as_of: date) -> str:
    around = as_of + timedelta(days=pick(draw, [-1, 0, 1, 6, 7, 8, 9, 100]))
    month_day = pick(draw, ["", around.strftime("%m-%d"), around.strftime("%m-%d"), "02-29", "02-28", "03-01", "01-01"])
    return month_day and pick(draw, ["1992-", "--"]) + month_day


def draw_client(draw: st.DrawFn, client_id: str, as_of: date) -> Row:
    return {
        "client_id": client_id,
        "name": "Анна, «дочь»",
        "birthday": draw_birthday(draw, as_of),
        "traits": pick(
            draw, ["", "hair=long", "hair=long", "hair=short;skin=long", "skin=сухая", "hair=long;skin=сухая"]
        ),
    }


# ---- Appointments ----


def draw_appointments(
    draw: st.DrawFn, client_id: str, as_of: date, service_ids: list[str], branch_ids: list[str]
) -> list[Row]:
    mood = pick(draw, [*MOODS, MIXED])
    offsets = draw(st.lists(st.sampled_from(mood), min_size=1, max_size=6))
    visit_days = [as_of + timedelta(days=offset) for offset in offsets if offset <= 0]
    home = pick(draw, branch_ids)
    prefix = pick(draw, ["a", "a", "A", "Я-", "1;", "x@", "0"])
    rows: list[Row] = []
    for number, offset in enumerate(offsets, start=8):  # "a10" comes before "a8"
        branch_id = pick(draw, [home, home, home, *branch_ids])
        starts_at = datetime.combine(as_of + timedelta(days=offset), pick(draw, TIMES))
        # Away from the day itself mostly what happened or will happen; around it, anything.
        status = pick(draw, STATUSES if abs(offset) <= 9 else ["completed", "completed", "completed", *STATUSES])
        created_at = draw_created_at(draw, as_of, starts_at, visit_days, branch_id)
        cancelled_at = ""
        if status == "cancelled":
            cancelled_at = pick(draw, ["", near_day(draw, as_of, branch_id)])
        first = {
            "appointment_id": f"{prefix}{number}",
            "client_id": client_id,
            "branch_id": branch_id,
            "staff_id": pick(draw, STAFF_IDS),
            "service_id": pick(draw, service_ids),
            "created_at": created_at,
            "starts_at": write_instant(draw, starts_at, branch_id),
            "status": status,
            "cancelled_at": cancelled_at,
            "amount": pick(draw, AMOUNTS),
        }
        rows.append(first)
        for _ in range(pick(draw, [0, 0, 0, 1, 2])):
            later = starts_at + timedelta(minutes=pick(draw, [0, 0, 30, 45, 90]))
            odd = {
                "staff_id": pick(draw, STAFF_IDS),
                "service_id": pick(draw, service_ids),
                "starts_at": write_instant(draw, later, branch_id),
                "amount": pick(draw, AMOUNTS),
            }
            twist = pick(draw, ["", "", "", "status", "branch_id", "created_at", "cancelled_at"])
            if twist == "status":
                odd["status"] = pick(draw, STATUSES)
            elif twist == "branch_id":
                odd["branch_id"] = pick(draw, BRANCH_IDS)
            elif twist == "created_at":
                odd["created_at"] = pick(draw, ["", near_day(draw, as_of, branch_id)])
            elif twist == "cancelled_at":
                odd["cancelled_at"] = near_day(draw, as_of, branch_id)
            rows.append({**first, **odd})
    return draw(st.permutations(rows)) if len(rows) <= 4 else rows


def draw_created_at(draw: st.DrawFn, as_of: date, starts_at: datetime, visit_days: list[date], branch_id: str) -> str:
    """Return the creation: unknown, on a day of a visit (rebooked), around the start, or around `as_of`."""
    way = pick(draw, ["empty", "visit", "visit", "start", "as_of"])
    if way == "empty":
        return ""
    if way == "as_of":
        return near_day(draw, as_of, branch_id)
    if way == "visit" and visit_days:
        return write_instant(draw, datetime.combine(pick(draw, visit_days), pick(draw, TIMES)), branch_id)
    created_on = starts_at.date() + timedelta(days=pick(draw, [-40, -14, -1, -1, 0, 1, 3]))
    return write_instant(draw, datetime.combine(created_on, pick(draw, TIMES)), branch_id)


def without_equal_lines(tables: Tables) -> list[Row]:
    """Return the appointments without lines that mean the same, however written: they are an error (reading 3)."""
    listed = {row["branch_id"]: ZoneInfo(row["timezone"]) for row in tables.get("branches", [])}
    seen, kept = set(), []
    for row in tables["appointments"]:
        zone = listed.get(row.get("branch_id", ""), ZoneInfo("UTC"))
        meaning = [row.get(column, "") for column in ("appointment_id", "client_id", "branch_id", "staff_id")]
        meaning += [row.get("service_id", ""), row["status"], str(Decimal(row.get("amount") or "0").normalize())]
        for column in ("created_at", "starts_at", "cancelled_at"):
            meaning.append(str(wall_clock(row[column], zone)) if row.get(column) else "")
        if tuple(meaning) not in seen:
            seen.add(tuple(meaning))
            kept.append(row)
    return kept


# ---- Contacts, waiting list ----


def draw_waitlist(
    draw: st.DrawFn, as_of: date, client_ids: list[str], service_ids: list[str], branch_ids: list[str]
) -> list[Row]:
    def around(offsets: list[int]) -> str:
        return pick(draw, ["", (as_of + timedelta(days=pick(draw, offsets))).isoformat()])

    rows = []
    for number in some(draw, 3):
        branch_id = pick(draw, branch_ids)
        rows.append(
            {
                "entry_id": f"{pick(draw, ['w', 'W', 'ж;', 'w@'])}{number + 9}",
                "client_id": pick(draw, [*client_ids, "ждёт", "w;aits"]),
                "branch_id": branch_id,
                "service_id": pick(draw, ["", *service_ids]),
                "created_at": pick(draw, ["", near_day(draw, as_of, branch_id), near_day(draw, as_of, branch_id)]),
                "wanted_from": around([-2, 0, 1, 5]),
                "wanted_until": around([-1, -1, 0, 1, 5]),
                "closed_on": pick(draw, ["", "", around([-1, 0, 0, 1])]),
            }
        )
    return rows


def draw_contacts(draw: st.DrawFn, history: History) -> list[Row]:
    """Return contacts on rows of the list of `as_of` and of nearby days, in series, and a few on nothing at all."""
    tables, as_of, settings = history
    # Called on D, on a day before, or (a row that will come) after: what contacts do is decided on D.
    rows = [row for day in (0, 0, -2) for row in worklist(tables, as_of + timedelta(days=day), settings)]
    branches = sorted({str(row["branch_id"]) for row in rows if row["branch_id"]}) or [""]
    clients = [row["client_id"] for row in tables["appointments"]] or ["nobody"]
    contacts: list[Row] = []
    for _ in some(draw, 3 if rows else 1):
        on_a_row = pick(draw, [True, True, True, True, True, False])
        if rows and on_a_row:
            row = pick(draw, rows)
            client_id, anchor, block = (str(row[column]) for column in ("client_id", "anchor", "block"))
            branch_id = str(row["branch_id"] or "")
        else:
            client_id, block, branch_id = pick(draw, clients), pick(draw, BLOCKS), pick(draw, branches)
            anchor = pick(draw, ["a8", "@2026-05-12", "2026", "hair@2026-04-12"])
        cycle_blocks = CYCLE_BLOCKS if block in CYCLE_BLOCKS else []
        for _ in range(pick(draw, [1, 1, 2, 3, 3, 4])):
            outcome = pick(draw, OUTCOMES)
            next_on = ""
            if outcome in ("promised", "callback") or pick(draw, [False] * 6 + [True]):
                next_on = pick(draw, ["", (as_of + timedelta(days=pick(draw, [-3, -1, 0, 0, 1, 1, 4]))).isoformat()])
            contacts.append(
                {
                    "client_id": client_id,
                    "block": pick(draw, [block, block, block, block, *cycle_blocks, "waitlist"]),
                    "anchor": anchor,
                    "made_at": near_day(draw, as_of, branch_id, [-9, -4, -3, -3, -2, -2, -1, -1, -1, 0, 0, 1, 2]),
                    "outcome": outcome,
                    "next_on": next_on,
                    "staff_id": "s1",
                }
            )
    return contacts


# ---- Whole histories ----


def without_columns(draw: st.DrawFn, tables: Tables) -> Tables:
    """Return the tables, now and then without one of them, or without an optional column of one of them."""
    what = pick(draw, ["all", "all", "all", "table", "column"])
    if what == "table":
        gone = pick(draw, sorted(set(tables) - {"appointments"}))
        return {name: rows for name, rows in tables.items() if name != gone}
    if what == "column":
        name = pick(draw, ["appointments", "appointments", "appointments", "clients", "services", "waitlist"])
        gone = pick(draw, OPTIONAL[name])
        rows = [{column: text for column, text in row.items() if column != gone} for row in tables[name]]
        return {**tables, name: rows}
    return tables


def finish(draw: st.DrawFn, tables: Tables, as_of: date, settings: dict[str, object]) -> History:
    tables = without_columns(draw, tables)
    tables = {**tables, "appointments": without_equal_lines(tables)}
    contacts = draw_contacts(draw, History(tables, as_of, settings))
    return History({**tables, "contacts": contacts} if contacts else tables, as_of, settings)


def draw_tables(draw: st.DrawFn, as_of: date) -> Tables:
    client_ids = draw(st.lists(st.sampled_from(CLIENT_IDS), unique=True, min_size=2, max_size=5))
    service_ids = draw(st.lists(st.sampled_from(SERVICE_IDS), unique=True, min_size=1, max_size=3))
    offered = [*service_ids, *service_ids, ""]
    branch_ids = draw(st.lists(st.sampled_from(BRANCH_IDS), unique=True, min_size=1, max_size=3))
    return {
        "branches": [
            {"branch_id": branch_id, "name": branch_id.title(), "timezone": zone} for branch_id, zone in ZONES.items()
        ],
        "clients": [
            draw_client(draw, client_id, as_of)
            for client_id in [*client_ids, "guest"]
            if pick(draw, [True, True, True, False])
        ],
        "services": draw_services(draw, service_ids),
        "service_intervals": draw_service_intervals(draw, as_of, service_ids),
        "appointments": [
            row for client_id in client_ids for row in draw_appointments(draw, client_id, as_of, offered, branch_ids)
        ],
        "waitlist": draw_waitlist(draw, as_of, client_ids, service_ids, branch_ids),
    }


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Return a few clients with a few appointments each, everything near a border of rules.md."""
    as_of = date.fromisoformat(pick(draw, AS_OF))
    return finish(draw, draw_tables(draw, as_of), as_of, draw(settings_dicts))


@st.composite
def crowded_histories(draw: st.DrawFn) -> History:
    """Add regulars of one cycle to a small history: 20 gaps and more or a few less, learned with default settings."""
    as_of = date.fromisoformat(pick(draw, AS_OF))
    client_id = pick(draw, CLIENT_IDS)
    tables = draw_tables(draw, as_of)
    tables["appointments"] = draw_appointments(draw, client_id, as_of, ["regular", "regular", "other"], ["utc", "ny"])
    tables["services"] += [
        {"service_id": "regular", "title": "", "category": pick(draw, ["", "hair"]), "interval_days": ""},
        {"service_id": "other", "title": "", "category": pick(draw, ["", "hair", "regular"]), "interval_days": ""},
    ]
    # Some windows get enough gaps and some do not: the regulars go back one, two or six quarters.
    usual = pick(draw, [[7, 14], [14, 30, 31], [28, 30, 89, 90, 91], [30, 179, 180, 181], [60, 364, 365, 366]])
    for number in range(draw(st.integers(2, 3))):
        on = as_of - timedelta(days=pick(draw, [3, 20, 31, 44, 61, 89, 90, 91, 180, 364, 365, 366]))
        for visit in range(draw(st.integers(7, 12))):
            tables["appointments"].append(
                {
                    "appointment_id": f"r{visit}",
                    "client_id": f"regular-{number}",
                    "branch_id": "utc",
                    "service_id": "regular",
                    "starts_at": f"{on}T10:00",
                    "status": "completed",
                    "amount": "100",
                }
            )
            on -= timedelta(days=pick(draw, usual))
    return finish(draw, tables, as_of, draw(st.one_of(st.just({}), st.just({}), settings_dicts)))


# ---- The same tables elsewhere ----


def shuffled(tables: Tables, random: Random) -> Tables:
    """Return the same tables with their rows, and the columns of every row, in another order."""
    result: Tables = {}
    for name, rows in tables.items():
        mixed = [dict(random.sample(list(row.items()), len(row))) for row in rows]
        random.shuffle(mixed)
        result[name] = mixed
    return result


def write_csv(tables: Tables, folder: Path) -> None:
    """Write one UTF-8 file with commas per table, with the required columns and the optional ones that occur."""
    for name, rows in tables.items():
        columns = [*REQUIRED[name]]
        columns += [column for row in rows for column in row if column not in columns]
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(dict.fromkeys(columns)), restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
