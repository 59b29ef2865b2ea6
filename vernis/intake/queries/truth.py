"""What is known of the truth of the data, and which figures rest on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vernis.book.models import Appointment, Client, Service, Staff
from vernis.intake.models import Checkup
from vernis.warehouse.check_texts import About, about
from vernis.warehouse.checks import Finding, Row, Severity

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence

    from vernis.accounts.models import Organization

FIGURES: dict[str, tuple[str, ...]] = {
    "missed": ("unclosed", "cancelled_without_moment", "cancelled_late", "duplicates"),
    "follow_up": ("unclosed", "at_night", "duplicates"),
    "due": ("unclosed", "without_interval", "without_service", "duplicates"),
    "overdue": ("unclosed", "without_interval", "duplicates", "collectors"),
    "lapsed": ("unclosed", "duplicates", "test_clients", "collectors"),
    "rebooked": ("missing_created", "created_after_start"),
    "waitlist": (),
    "birthday": ("missing_birthday",),
    "spent": ("without_amount", "collectors"),
    "usual_time": ("no_hours", "at_night"),
    "visits": ("unclosed", "future_completed", "contradicting", "collectors", "duplicates"),
}
"""Which checks a figure rests on."""


@dataclass(frozen=True)
class Found:
    """A finding with its words."""

    finding: Finding
    words: About

    @property
    def percent(self) -> float:
        """How much of it is wrong, in percent."""
        return self.finding.share * 100


@dataclass(frozen=True)
class Checked:
    """The latest look at the data."""

    made_at: datetime.datetime
    found: list[Found]

    @property
    def wrong(self) -> list[Found]:
        """What is not in order, the worst first."""
        return [one for one in self.found if one.finding.severity != Severity.FINE]

    @property
    def fine(self) -> list[Found]:
        """What is in order."""
        return [one for one in self.found if one.finding.severity == Severity.FINE]


@dataclass(frozen=True)
class NamedRow:
    """A row that is wrong, with names; `client`: None where there is no card (any more)."""

    row: Row
    client: Client | None
    other: Client | None  # of a pair
    appointment: Appointment | None
    service: Service | None
    staff: Staff | None


def latest(*, organization: Organization | int) -> Checked | None:
    """Return the latest look at the data of an organization, None where nobody has looked."""
    checkup = Checkup.objects.of(organization).first()
    if checkup is None:
        return None
    order = list(Severity)
    found = [_found(plain) for plain in checkup.findings]
    found.sort(key=lambda one: (order.index(one.finding.severity), -one.finding.share))
    return Checked(checkup.made_at, found)


def warnings_for(figure: str, *, organization: Organization | int) -> list[Found]:
    """Return what makes a figure doubtful or misleading, the worst first; one query. Figures: those of FIGURES.

    A page that shows the figure says so, in the words of each (`words.title`, `words.spoils`), with a link to
    `truth:rows`. Texts are in the language being spoken (`lib.texts.speaking`).
    """
    checked = latest(organization=organization)
    wanted = FIGURES[figure]
    if checked is None or not wanted:
        return []
    loud = (Severity.BAD, Severity.DOUBTFUL)
    return [one for one in checked.found if one.finding.key in wanted and one.finding.severity in loud]


def named(rows: Sequence[Row], *, organization_id: int) -> list[NamedRow]:
    """Return rows with the names of what they are about; at most five queries."""
    clients = Client.objects.of(organization_id).in_bulk(
        [_number(text) for row in rows for text in (row.client_id, row.about) if _number(text)]
    )
    visits = Appointment.objects.of(organization_id).select_related("branch")
    appointments = visits.in_bulk([_number(row.appointment_id) for row in rows if row.appointment_id])
    services = Service.objects.of(organization_id).in_bulk([_number(row.service_id) for row in rows if row.service_id])
    staff = Staff.objects.of(organization_id).in_bulk([_number(row.staff_id) for row in rows if row.staff_id])
    return [
        NamedRow(
            row,
            clients.get(_number(row.client_id)),
            clients.get(_number(row.about)) if len(row.about) == len(row.client_id) else None,
            appointments.get(_number(row.appointment_id)),
            services.get(_number(row.service_id)),
            staff.get(_number(row.staff_id)),
        )
        for row in rows
    ]


def _found(plain: dict[str, Any]) -> Found:
    rows = [Row(*row) for row in plain["rows"]]
    finding = Finding(plain["key"], plain["count"], plain["of"], rows, Severity(plain["severity"]))
    return Found(finding, about(finding.key))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
