"""Names for codes, as a receptionist would say them, and the small tables that only screens need."""

from pathlib import Path

from vernis.lib.texts import _
from vernis.warehouse.contracts import CONTRACTS
from vernis.warehouse.reading import Source, path_of
from vernis.warehouse.values import texts


def block_title(block: str) -> str:
    """Return the name of a block."""
    return {
        "missed": _("Missed"),
        "follow_up": _("Follow-up"),
        "due": _("Due"),
        "overdue": _("Overdue"),
        "lapsed": _("Lapsed"),
        "rebooked": _("Rebooked"),
        "waitlist": _("Waiting list"),
        "birthday": _("Birthdays"),
    }[block]


def block_purpose(block: str) -> str:
    """Return what the call is for."""
    return {
        "missed": _("had a booking and did not come: ask why, offer a time"),
        "follow_up": _("came a few days ago: ask how it was, sell nothing"),
        "due": _("the next visit is near and not booked: offer the usual time"),
        "overdue": _("the expected day has passed: remind, ask whether all was well"),
        "lapsed": _("more than a month late: find the true reason, make an offer"),
        "rebooked": _("booked the next visit right away: remind"),
        "waitlist": _("waiting for a free slot"),
        "birthday": _("congratulate"),
    }[block]


def outcome_title(outcome: str) -> str:
    """Return the name of a call's outcome."""
    return {
        "booked": _("booked"),
        "callback": _("call back"),
        "declined": _("declined"),
        "do_not_call": _("asked not to call"),
        "no_answer": _("no answer"),
        "promised": _("promised to book"),
        "reached": _("talked"),
        "wrong_number": _("wrong number"),
    }[outcome]


def source_title(source: str) -> str:
    """Return where an interval comes from."""
    return {
        "trait+season": _("set for clients like this one and the season"),
        "trait": _("set for clients like this one"),
        "season": _("set for the season"),
        "set": _("set for the service"),
        "learned": _("learned from your clients"),
        "default": _("by default"),
    }[source]


def client_names(data: Path) -> dict[str, str]:
    """Return the names of clients by client_id; nothing without the table or its names."""
    return _column(data, "clients", "client_id", "name")


def service_titles(data: Path) -> dict[str, str]:
    """Return the titles of services by service_id."""
    return _column(data, "services", "service_id", "title")


def staff_names(data: Path) -> dict[str, str]:
    """Return the names of staff by staff_id."""
    return _column(data, "staff", "staff_id", "name")


def branch_names(data: Path) -> dict[str, str]:
    """Return the names of branches by branch_id."""
    return _column(data, "branches", "branch_id", "name")


def _column(data: Path, table: str, key: str, value: str) -> dict[str, str]:
    path = path_of(data, table)
    if path is None:
        return {}
    source = Source(CONTRACTS[table], path)
    if not source.has(value):
        return {}
    pairs = zip(texts(source, key).to_pylist(), texts(source, value).to_pylist(), strict=True)
    return {identifier: text for identifier, text in pairs if text}
