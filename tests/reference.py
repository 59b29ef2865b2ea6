"""The rules of the daily worklist, written as slowly and plainly as possible: the oracle for every engine.

Every function names the section of rules.md it implements; "reading N" is a number of
docs/decisions/0002-reading-of-the-rules.md. Input is text as it stands in the files; nothing is checked here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any, cast
from zoneinfo import ZoneInfo

Row = dict[str, str]
Tables = dict[str, list[Row]]

BLOCKS = ["missed", "follow_up", "due", "overdue", "lapsed", "rebooked", "waitlist", "birthday"]
COLUMNS = [
    *["block", "rank", "client_id", "anchor", "branch_id", "cycle_key", "service_id", "last_visit_on", "expected_on"],
    *["interval_days", "interval_source", "due_on", "days_late", "also_due", "visits_count", "is_new", "is_lead"],
    *["spent", "usual_weekday", "usual_hour", "last_staff_id", "attempts", "last_outcome"],
]
STANDINGS = ["no_visit", "booked", "in_cycle", "missed", "due", "overdue", "lapsed"]


@dataclass(frozen=True)
class Settings:
    """The numbers of rules.md by their names in data.md."""

    missed_window_days: int = 7
    missed_call_from: int = 2
    follow_up_day: int = 3
    follow_up_new_from: int = 2
    follow_up_until: int = 7
    due_notice_days: int = 3
    overdue_days: int = 30
    rebooked_horizon_days: int = 14
    rebooked_remind_days: int = 3
    birthday_horizon_days: int = 7
    default_interval_days: int = 30
    learned_min_gaps: int = 20
    learned_windows_days: tuple[int, ...] | list[int] = (365, 180, 90)
    max_attempts: int = 3
    promised_days: int = 3
    booking_scope: str = "any"


def days(count: int) -> timedelta:
    return timedelta(days=count)


def cell(row: Row, column: str) -> str:
    """Return the text of a column; a missing column is an empty one."""
    return row.get(column, "")


def day_of(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


# ---- Reading the tables: data.md, readings 1 to 4 ----


def wall_clock(text: str, zone: ZoneInfo) -> datetime:
    """Return an instant as the wall clock of its branch (head of rules.md, reading 4)."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        return instant  # already local
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)


@dataclass(frozen=True)
class Line:
    """One line of `appointments`: one service."""

    branch_id: str
    staff_id: str
    service_id: str
    created_at: datetime | None
    starts_at: datetime
    status: str
    cancelled_at: datetime | None
    amount: Decimal


@dataclass(frozen=True)
class Appointment:
    """The lines of one client and one `appointment_id` (readings 1 and 2)."""

    appointment_id: str
    lines: list[Line]

    @property
    def starts_at(self) -> datetime:
        return min(line.starts_at for line in self.lines)

    @property
    def day(self) -> date:
        """Reading 1: the day of the start, shared by every line of the appointment."""
        return self.starts_at.date()

    @property
    def status(self) -> str:
        """The strongest status of the lines."""
        strongest_first = ["completed", "no_show", "booked", "cancelled"]
        return next(status for status in strongest_first if any(line.status == status for line in self.lines))

    @property
    def created_at(self) -> datetime | None:
        return min((line.created_at for line in self.lines if line.created_at), default=None)

    @property
    def cancelled_at(self) -> datetime | None:
        return max((line.cancelled_at for line in self.lines if line.cancelled_at), default=None)

    @property
    def branch_id(self) -> str:
        """Branch of the earliest line, the smallest of several (reading 5)."""
        return min(self.lines, key=lambda line: (line.starts_at, line.branch_id)).branch_id

    @property
    def staff_id(self) -> str:
        """Staff of the line with the latest start, largest amount, smallest service, smallest staff (reading 5)."""
        order = sorted(self.lines, key=lambda line: (line.service_id, line.staff_id))
        return max(order, key=lambda line: (line.starts_at, line.amount)).staff_id  # max keeps the first of equals


@dataclass(frozen=True)
class Salon:
    """All tables, read, with the day we look at and the settings."""

    tables: Tables
    as_of: date
    settings: Settings

    def table(self, name: str) -> list[Row]:
        return self.tables.get(name, [])

    def zone(self, branch_id: str) -> ZoneInfo:
        """Return the zone of a branch: UTC without a branch, or with one that is not listed (reading 4)."""
        for row in self.table("branches"):
            if branch_id and row["branch_id"] == branch_id:
                return ZoneInfo(row["timezone"])
        return ZoneInfo("UTC")

    def category(self, service_id: str) -> str:
        """Return the category of a service: none if `services` does not list it (reading 9)."""
        for row in self.table("services"):
            if row["service_id"] == service_id:
                return cell(row, "category")
        return ""

    def cycle_key(self, service_id: str) -> str:
        """Section 2: the category, or the service where the category is empty."""
        return self.category(service_id) or service_id


def open_salon(tables: Tables, as_of: date, settings: dict[str, object] | None) -> Salon:
    return Salon(tables, as_of, Settings(**cast("dict[str, Any]", settings or {})))


def read_line(salon: Salon, row: Row) -> Line:
    zone = salon.zone(cell(row, "branch_id"))
    created_at, cancelled_at = cell(row, "created_at"), cell(row, "cancelled_at")
    return Line(
        branch_id=cell(row, "branch_id"),
        staff_id=cell(row, "staff_id"),
        service_id=cell(row, "service_id"),
        created_at=wall_clock(created_at, zone) if created_at else None,
        starts_at=wall_clock(row["starts_at"], zone),
        status=row["status"],
        cancelled_at=wall_clock(cancelled_at, zone) if cancelled_at else None,
        amount=Decimal(cell(row, "amount") or "0"),
    )


def read_appointments(salon: Salon) -> dict[str, list[Appointment]]:
    """Return the appointments of every client, known or not (reading 1)."""
    lines: dict[str, dict[str, list[Line]]] = {}
    for row in salon.table("appointments"):
        of_client = lines.setdefault(row["client_id"], {})
        of_client.setdefault(row["appointment_id"], []).append(read_line(salon, row))
    return {
        client_id: [Appointment(appointment_id, of_one) for appointment_id, of_one in of_client.items()]
        for client_id, of_client in lines.items()
    }


# ---- Section 1: what is known on D ----


def miss_day(appointment: Appointment) -> date | None:
    """Section 1: the day a cancelled or no-show appointment was missed; None for the other two statuses."""
    if appointment.status == "cancelled":
        return appointment.cancelled_at.date() if appointment.cancelled_at else appointment.day
    if appointment.status == "no_show":
        return appointment.day
    return None


def state(appointment: Appointment, as_of: date) -> str:
    """Section 1, the table: the state on D, or `unknown` or `ignored`."""
    if appointment.created_at and appointment.created_at.date() > as_of:
        return "unknown"
    missed_on = miss_day(appointment)
    if appointment.status == "cancelled":
        if missed_on and missed_on <= as_of:
            return "cancelled"
        if appointment.cancelled_at is None and appointment.day > as_of:
            return "ignored"
    if appointment.status == "no_show" and missed_on and missed_on <= as_of:
        return "no_show"
    if appointment.status == "completed" and appointment.day <= as_of:
        return "visit"
    return "upcoming" if appointment.day >= as_of else "unclosed"


def latest(appointments: Iterable[Appointment]) -> Appointment:
    """Section 1: the latest by start, then `appointment_id`."""
    return max(appointments, key=lambda appointment: (appointment.starts_at, appointment.appointment_id))


def most_frequent(values: list[int]) -> int | None:
    """Section 1, usual times: of values in order of time the most frequent, a tie to the one seen last."""
    best = None
    for value in reversed(values):
        if best is None or values.count(value) > values.count(best):
            best = value
    return best


@dataclass(frozen=True)
class Client:
    """What is known of one client on D (section 1)."""

    client_id: str
    known: list[Appointment]  # known on D and not ignored
    visits: list[Appointment]
    misses: list[Appointment]
    upcoming: list[Appointment]

    @property
    def visit_days(self) -> list[date]:
        return sorted({visit.day for visit in self.visits})

    @property
    def visits_count(self) -> int:
        return len(self.visit_days)

    @property
    def is_lead(self) -> bool:
        return self.visits_count == 0

    @property
    def is_new(self) -> bool:
        """Exactly one visit day so far (reading 13)."""
        return self.visits_count == 1

    @property
    def last_visit_on(self) -> date | None:
        return self.visit_days[-1] if self.visits else None

    @property
    def spent(self) -> Decimal:
        total = sum((line.amount for visit in self.visits for line in visit.lines), Decimal(0))
        return total.quantize(Decimal("0.01"))

    @property
    def branch_id(self) -> str | None:
        """Branch of the latest visit, else of the latest known appointment; None without any (reading 6)."""
        if self.visits:
            return latest(self.visits).branch_id
        return latest(self.known).branch_id if self.known else None

    @property
    def last_ten(self) -> list[Appointment]:
        """The last 10 visits, a visit being an appointment here, oldest first (reading 7)."""
        return sorted(self.visits, key=lambda visit: (visit.starts_at, visit.appointment_id))[-10:]

    @property
    def usual_weekday(self) -> int | None:
        return most_frequent([visit.starts_at.isoweekday() for visit in self.last_ten])

    @property
    def usual_hour(self) -> int | None:
        return most_frequent([visit.starts_at.hour for visit in self.last_ten])

    @property
    def last_staff_id(self) -> str:
        return latest(self.visits).staff_id if self.visits else ""


def read_clients(salon: Salon) -> dict[str, Client]:
    """Return every client of `appointments`, `clients` and `waitlist`, with what is known of them on D."""
    appointments = read_appointments(salon)
    named = [row["client_id"] for table in ("clients", "waitlist") for row in salon.table(table)]
    clients = {}
    for client_id in [*appointments, *named]:
        on_day = [(state(one, salon.as_of), one) for one in appointments.get(client_id, [])]
        clients[client_id] = Client(
            client_id=client_id,
            known=[one for its_state, one in on_day if its_state not in ("unknown", "ignored")],
            visits=[one for its_state, one in on_day if its_state == "visit"],
            misses=[one for its_state, one in on_day if its_state in ("cancelled", "no_show")],
            upcoming=[one for its_state, one in on_day if its_state == "upcoming"],
        )
    return clients


# ---- Section 2: cycles ----


@dataclass(frozen=True)
class Cycle:
    """One client and one `cycle_key` (section 2)."""

    cycle_key: str
    service_id: str
    last_on: date
    interval_days: int
    interval_source: str

    @property
    def expected_on(self) -> date:
        return self.last_on + days(self.interval_days)

    @property
    def anchor(self) -> str:
        return f"{self.cycle_key}@{self.last_on}"


def months_of(text: str) -> list[int]:
    """Return the months of `4-9`, of `11,12,1,2,3`, and of a range over the new year, `11-2`."""
    months = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        month = int(first)
        months.append(month)
        while month != int(last or first):
            month = month % 12 + 1
            months.append(month)
    return months


def traits_of(salon: Salon, client_id: str) -> dict[str, str]:
    for row in salon.table("clients"):
        if row["client_id"] == client_id:
            pairs = [pair.partition("=") for pair in cell(row, "traits").split(";") if pair]
            return {trait: value for trait, _, value in pairs}
    return {}


def listed_interval(rows: list[Row], traits: dict[str, str], month: int) -> tuple[int, str] | None:
    """Section 2 (1) and (3): of lines of `service_intervals` the most specific that fits, of equals the smaller."""
    found: dict[str, list[int]] = {"trait+season": [], "trait": [], "season": [], "set": []}
    for row in rows:
        months, trait = cell(row, "months"), cell(row, "trait")
        if months and month not in months_of(months):
            continue
        if trait and traits.get(trait) != cell(row, "trait_value"):
            continue
        source = "trait+season" if trait and months else "trait" if trait else "season" if months else "set"
        found[source].append(int(row["interval_days"]))
    for source, intervals in found.items():  # most specific first
        if intervals:
            return min(intervals), source
    return None


def cycle_visit_days(salon: Salon, client: Client, cycle_key: str) -> list[date]:
    return sorted(
        {visit.day for visit in client.visits for line in visit.lines if salon.cycle_key(line.service_id) == cycle_key}
    )


def learned_interval(salon: Salon, clients: dict[str, Client], cycle_key: str) -> int | None:
    """Section 2 (4): the median gap of the cycle over all clients, half up, by the first window with enough gaps."""
    gaps = []
    for client in clients.values():
        visit_days = cycle_visit_days(salon, client, cycle_key)
        gaps += [(began, (ended - began).days) for began, ended in pairwise(visit_days)]
    for window in salon.settings.learned_windows_days:
        taken = sorted(length for began, length in gaps if length <= window and began <= salon.as_of - days(window))
        if taken and len(taken) >= salon.settings.learned_min_gaps:
            middle, is_odd = divmod(len(taken), 2)
            if is_odd:
                return taken[middle]
            return (taken[middle - 1] + taken[middle] + 1) // 2
    return None


def interval_of(
    salon: Salon, clients: dict[str, Client], client: Client, service_id: str, last_on: date
) -> tuple[int, str]:
    """Section 2: `interval_days` and `interval_source`, the first of (1) to (5)."""
    category = salon.category(service_id)
    traits = traits_of(salon, client.client_id)
    intervals = salon.table("service_intervals")

    of_service = [row for row in intervals if service_id and cell(row, "service_id") == service_id]
    if found := listed_interval(of_service, traits, last_on.month):  # (1)
        return found
    for row in salon.table("services"):  # (2)
        if row["service_id"] == service_id and cell(row, "interval_days"):
            return int(row["interval_days"]), "set"
    of_category = [row for row in intervals if category and cell(row, "category") == category]
    if found := listed_interval(of_category, traits, last_on.month):  # (3)
        return found
    learned = learned_interval(salon, clients, salon.cycle_key(service_id))  # (4)
    if learned is not None:
        return learned, "learned"
    return salon.settings.default_interval_days, "default"  # (5)


def cycles_of(salon: Salon, clients: dict[str, Client], client: Client) -> list[Cycle]:
    """Section 2: the cycles of one client, in order of `cycle_key`."""
    cycles = []
    for cycle_key in sorted({salon.cycle_key(line.service_id) for visit in client.visits for line in visit.lines}):
        last_on = cycle_visit_days(salon, client, cycle_key)[-1]
        lines = [
            line
            for visit in client.visits
            if visit.day == last_on
            for line in visit.lines
            if salon.cycle_key(line.service_id) == cycle_key
        ]
        by_service = sorted(lines, key=lambda line: line.service_id)
        service_id = max(by_service, key=lambda line: (line.starts_at, line.amount)).service_id
        interval_days, interval_source = interval_of(salon, clients, client, service_id, last_on)
        cycles.append(Cycle(cycle_key, service_id, last_on, interval_days, interval_source))
    return cycles


# ---- Section 3: blocks, before contacts ----


@dataclass
class Candidate:
    """A row of the list before contacts, with what only its order needs."""

    block: str
    client: Client
    anchor: str
    due_on: date | None
    branch_id: str
    service_id: str = ""
    cycle: Cycle | None = None
    days_late: int | None = None
    also_due: str = ""
    started: datetime = datetime.min  # rebooked: start of the appointment; waitlist: creation of the entry
    attempts: int = 0
    last_outcome: str = ""


def missed_appointment(salon: Salon, client: Client) -> Appointment | None:
    """Section 3, `missed`: the miss of the row, if the condition holds (before contacts, reading 11)."""
    misses = [
        (missed_on, miss.starts_at, miss.appointment_id, miss)
        for miss in client.misses
        if (missed_on := miss_day(miss)) and 1 <= (salon.as_of - missed_on).days <= salon.settings.missed_window_days
    ]
    if not misses or client.upcoming:
        return None
    missed_on, _, _, miss = max(misses, key=lambda found: found[:3])
    if any(visit.day >= missed_on for visit in client.visits):
        return None
    return miss


def stage(salon: Salon, clients: dict[str, Client], client: Client) -> tuple[str, Cycle | None, list[Cycle]]:
    """Section 3.1: where a client stands, the governing cycle, and the other cycles due or overdue.

    Also decides the identity of section 7: a lead is `no_visit`; everyone else is in exactly one other standing.
    """
    if client.is_lead:
        return "no_visit", None, []
    if missed_appointment(salon, client):
        return "missed", None, []
    cycles = cycles_of(salon, clients, client)
    if salon.settings.booking_scope == "any" and client.upcoming:
        return "booked", None, []
    if salon.settings.booking_scope == "cycle":  # reading 12
        booked = {salon.cycle_key(line.service_id) for one in client.upcoming for line in one.lines}
        cycles = [cycle for cycle in cycles if cycle.cycle_key not in booked]
        if not cycles:
            return "booked", None, []

    def late(cycle: Cycle) -> int:
        return (salon.as_of - cycle.expected_on).days

    notice, overdue_days = salon.settings.due_notice_days, salon.settings.overdue_days
    due = [cycle for cycle in cycles if -notice <= late(cycle) <= 0]
    overdue = [cycle for cycle in cycles if 1 <= late(cycle) <= overdue_days]
    if due:  # 1; `cycles` are in order of cycle_key, and max and min keep the first of equals
        standing, governing = "due", min(due, key=lambda cycle: cycle.expected_on)
    elif overdue:  # 2
        standing, governing = "overdue", max(overdue, key=lambda cycle: cycle.expected_on)
    elif any(late(cycle) < -notice for cycle in cycles):  # 3
        return "in_cycle", None, []
    else:  # 4
        standing, governing = "lapsed", max(cycles, key=lambda cycle: cycle.expected_on)
    return standing, governing, [cycle for cycle in due + overdue if cycle != governing]


def missed_rows(salon: Salon, client: Client) -> list[Candidate]:
    """Section 3, `missed`."""
    miss = missed_appointment(salon, client)
    missed_on = miss_day(miss) if miss else None
    if miss is None or missed_on is None:
        return []
    due_on = missed_on + days(salon.settings.missed_call_from)
    return [Candidate("missed", client, miss.appointment_id, due_on, client.branch_id or "")]


def follow_up_rows(salon: Salon, client: Client) -> list[Candidate]:
    """Section 3, `follow_up`."""
    visited_on = client.last_visit_on
    if visited_on is None:
        return []
    settings = salon.settings
    first_day = settings.follow_up_new_from if client.is_new else settings.follow_up_day
    if not first_day <= (salon.as_of - visited_on).days <= settings.follow_up_until:
        return []
    visit = latest(visit for visit in client.visits if visit.day == visited_on)
    due_on = visited_on + days(settings.follow_up_day)
    return [Candidate("follow_up", client, visit.appointment_id, due_on, client.branch_id or "")]


def cycle_rows(salon: Salon, clients: dict[str, Client], client: Client) -> list[Candidate]:
    """Section 3, `due`, `overdue` and `lapsed`."""
    block, cycle, others = stage(salon, clients, client)
    if cycle is None:
        return []
    due_on = {
        "due": cycle.expected_on - days(salon.settings.due_notice_days),
        "overdue": cycle.expected_on + days(1),
        "lapsed": cycle.expected_on + days(salon.settings.overdue_days + 1),
    }[block]
    also_due = ";".join(sorted(other.cycle_key for other in others))
    days_late = (salon.as_of - cycle.expected_on).days
    branch_id = client.branch_id or ""
    return [Candidate(block, client, cycle.anchor, due_on, branch_id, cycle.service_id, cycle, days_late, also_due)]


def rebooked_rows(salon: Salon, client: Client) -> list[Candidate]:
    """Section 3, `rebooked`."""
    rows = []
    for booking in client.upcoming:
        if booking.created_at is None:
            continue
        created_on = booking.created_at.date()
        if (
            created_on in client.visit_days
            and booking.day > created_on
            and 0 <= (booking.day - salon.as_of).days <= salon.settings.rebooked_horizon_days
        ):
            due_on = booking.day - days(salon.settings.rebooked_remind_days)
            rows.append(
                Candidate(
                    "rebooked",
                    client,
                    booking.appointment_id,
                    due_on,
                    client.branch_id or "",
                    started=booking.starts_at,
                )
            )
    return rows


def waitlist_rows(salon: Salon, clients: dict[str, Client]) -> list[Candidate]:
    """Section 3, `waitlist` (readings 14 and 15)."""
    rows = []
    for entry in salon.table("waitlist"):
        entry_branch_id = cell(entry, "branch_id")
        created = cell(entry, "created_at")
        created_at = wall_clock(created, salon.zone(entry_branch_id)) if created else None
        wanted_from, wanted_until = day_of(cell(entry, "wanted_from")), day_of(cell(entry, "wanted_until"))
        closed_on = day_of(cell(entry, "closed_on"))
        if created_at and created_at.date() > salon.as_of:
            continue
        if closed_on and closed_on <= salon.as_of:
            continue
        if wanted_until and wanted_until < salon.as_of:
            continue
        client = clients[entry["client_id"]]
        due_on = wanted_from or (created_at.date() if created_at else None)
        branch_id = client.branch_id if client.branch_id is not None else entry_branch_id
        service_id = cell(entry, "service_id")
        oldest = created_at or datetime.min
        rows.append(Candidate("waitlist", client, entry["entry_id"], due_on, branch_id, service_id, started=oldest))
    return rows


def birthday_in(year: int, month: int, day: int) -> date:
    """Section 3, `birthday`: 29 February is kept on 28 February in common years."""
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return date(year, 2, 28) if (month, day) == (2, 29) and not is_leap else date(year, month, day)


def birthday_rows(salon: Salon, clients: dict[str, Client]) -> list[Candidate]:
    """Section 3, `birthday`."""
    rows = []
    for row in salon.table("clients"):
        client, birthday = clients[row["client_id"]], cell(row, "birthday")
        if client.is_lead or not birthday:
            continue
        month, day = int(birthday[-5:-3]), int(birthday[-2:])  # YYYY-MM-DD or --MM-DD
        this_year, next_year = (birthday_in(salon.as_of.year + more, month, day) for more in (0, 1))
        next_birthday = this_year if this_year >= salon.as_of else next_year
        if (next_birthday - salon.as_of).days <= salon.settings.birthday_horizon_days:
            anchor = f"{next_birthday.year:04}"
            rows.append(Candidate("birthday", client, anchor, next_birthday, client.branch_id or ""))
    return rows


# ---- Section 4: contacts ----


@dataclass(frozen=True)
class Contact:
    """A contact with a client, its moment in the zone of the row it is looked at from."""

    block: str
    anchor: str
    made_at: datetime
    outcome: str
    next_on: date | None


def latest_contact(contacts: list[Contact]) -> Contact | None:
    """Return the latest by moment, then outcome (reading 16); still equal: the one with the later `next_on`."""
    return max(
        contacts,
        key=lambda contact: (contact.made_at, contact.outcome, contact.next_on or date.min),
        default=None,
    )


def after_contacts(salon: Salon, row: Candidate) -> Candidate | None:
    """Section 4: the row with its attempts, last outcome and day, or None if it is closed or hidden on D."""
    zone = salon.zone(row.branch_id)
    all_contacts = [
        Contact(
            contact["block"],
            contact["anchor"],
            wall_clock(contact["made_at"], zone),
            contact["outcome"],
            day_of(cell(contact, "next_on")),
        )
        for contact in salon.table("contacts")
        if contact["client_id"] == row.client.client_id
    ]
    known = [contact for contact in all_contacts if contact.made_at.date() <= salon.as_of]
    if any(contact.outcome == "do_not_call" for contact in known):  # reading 20
        return None

    of_anchor = [contact for contact in known if contact.anchor == row.anchor]
    of_block = [contact for contact in of_anchor if contact.block == row.block]
    row.attempts = len(of_block)
    last_of_anchor = latest_contact(of_anchor)
    row.last_outcome = last_of_anchor.outcome if last_of_anchor else ""

    if row.block in ("due", "overdue"):  # reading 18
        for block in ("due", "overdue"):
            last_of_either = latest_contact([contact for contact in of_anchor if contact.block == block])
            if last_of_either and last_of_either.outcome == "declined":
                return None

    last = latest_contact(of_block)
    if last is None:
        return row
    if last.outcome in ("booked", "reached", "declined", "wrong_number"):
        return None
    made_on = last.made_at.date()
    if last.outcome == "no_answer":
        if len([contact for contact in of_block if contact.outcome == "no_answer"]) >= salon.settings.max_attempts:
            return None
        hidden_until = made_on + days(1)
    elif last.outcome == "promised":
        hidden_until = last.next_on or made_on + days(salon.settings.promised_days)
    else:  # callback
        hidden_until = last.next_on or made_on + days(1)
    if salon.as_of < hidden_until:
        return None
    row.due_on = hidden_until
    return row


# ---- Section 5: order ----


def order_in_block(row: Candidate) -> tuple[object, ...]:
    """Section 5: what a block is sorted by; smaller is first, ties by `client_id`, then `anchor`."""
    client = row.client
    due_on = row.due_on or date.min
    expected_on = row.cycle.expected_on if row.cycle else date.min
    more_visits, more_spent = -client.visits_count, -client.spent
    order: dict[str, tuple[object, ...]] = {
        "missed": (not client.is_lead, due_on, more_visits),
        "follow_up": (not client.is_new, client.last_visit_on, more_spent),
        "due": (expected_on, more_visits),
        "overdue": (row.last_outcome not in ("promised", "no_answer"), more_visits, more_spent),
        "lapsed": (more_visits, more_spent),
        "rebooked": (due_on, row.started),
        "waitlist": (row.started,),
        "birthday": (due_on, more_visits),
    }
    return (*order[row.block], client.client_id, row.anchor)


# ---- The list ----


def result_row(row: Candidate, rank: int) -> dict[str, object]:
    """data.md: the columns of the result, None where a column has no meaning for the block (reading 21)."""
    client, cycle = row.client, row.cycle
    values: list[object] = [
        *[row.block, rank, client.client_id, row.anchor, row.branch_id],
        *[cycle.cycle_key if cycle else None, row.service_id, client.last_visit_on],
        *[cycle.expected_on if cycle else None, cycle.interval_days if cycle else None],
        *[cycle.interval_source if cycle else None, row.due_on, row.days_late],
        *[row.also_due, client.visits_count, client.is_new, client.is_lead, client.spent],
        *[client.usual_weekday, client.usual_hour, client.last_staff_id, row.attempts, row.last_outcome],
    ]
    return {column: None if value == "" else value for column, value in zip(COLUMNS, values, strict=True)}


def worklist(tables: Tables, as_of: date, settings: dict[str, object] | None = None) -> list[dict[str, object]]:
    """Return the list of one day: one dict per row in the order of the contract, by block, then rank (section 3)."""
    salon = open_salon(tables, as_of, settings)
    clients = read_clients(salon)
    candidates = waitlist_rows(salon, clients) + birthday_rows(salon, clients)
    for client in clients.values():
        candidates += missed_rows(salon, client)
        candidates += follow_up_rows(salon, client)
        candidates += cycle_rows(salon, clients, client)
        candidates += rebooked_rows(salon, client)
    listed = [row for candidate in candidates if (row := after_contacts(salon, candidate))]

    result = []
    for block in BLOCKS:
        in_order = sorted((row for row in listed if row.block == block), key=order_in_block)
        for rank, row in enumerate(in_order, start=1):
            result.append(result_row(row, rank))
    return result


def standing(tables: Tables, as_of: date, settings: dict[str, object] | None = None) -> dict[str, str]:
    """Return where every client stands before contacts, one of `STANDINGS` (section 7).

    For everyone in `clients` or `waitlist`, or with at least one line known on D (an ignored line is known).
    """
    salon = open_salon(tables, as_of, settings)
    clients = read_clients(salon)
    named = {row["client_id"] for table in ("clients", "waitlist") for row in salon.table(table)}
    with_known_line = {
        client_id
        for client_id, appointments in read_appointments(salon).items()
        if any(state(one, as_of) != "unknown" for one in appointments)
    }
    return {client_id: stage(salon, clients, clients[client_id])[0] for client_id in sorted(named | with_known_line)}


def block_sizes(
    tables: Tables, days: Iterable[date], settings: dict[str, object] | None = None
) -> dict[date, dict[str, int]]:
    """Return the number of rows of every block on every one of `days`."""
    sizes = {}
    for day in days:
        blocks = [row["block"] for row in worklist(tables, day, settings)]
        sizes[day] = {block: blocks.count(block) for block in BLOCKS}
    return sizes
