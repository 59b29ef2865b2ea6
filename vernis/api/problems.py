"""What went wrong, said to a program (RFC 9457): a kind it can tell apart, and words for whoever reads its log."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse

from vernis.book.models import Appointment, Client
from vernis.book.moments import TimeDoesNotExist
from vernis.book.operations import appointments as booking
from vernis.book.operations import clients, privacy, visits
from vernis.lib import phones
from vernis.warehouse.errors import DataError
from vernis.worklist.operations import calls

if TYPE_CHECKING:
    from collections.abc import Callable

CONTENT_TYPE = "application/problem+json"
KINDS = {
    "bad-request": (400, "The request cannot be read"),
    "no-key": (400, "An Idempotency-Key is needed"),
    "no-token": (401, "A valid token is needed"),
    "not-allowed": (403, "The token may not do this"),
    "not-found": (404, "There is no such thing"),
    "wrong-method": (405, "This address does not know the method"),
    "busy": (409, "Somebody else has this time or client"),
    "conflict": (409, "This cannot be done now"),
    "known-phone": (409, "Other clients have this phone"),
    "changed-meanwhile": (412, "It has been changed meanwhile"),
    "too-large": (413, "The request is too large"),
    "wrong-content-type": (415, "Send JSON"),
    "invalid": (422, "Something in the request is wrong"),
    "key-used": (422, "This Idempotency-Key was used for another request"),
    "too-many": (429, "Too many requests"),
    "fault": (500, "A fault of the server"),
    "not-ready": (503, "The facts are being prepared"),
}
"""Kind (the last part of `type`), with its status and title."""

BASE = "/api/docs/#"


class Problem(Exception):
    """What the program gets instead of an answer."""

    def __init__(self, kind: str, detail: str, headers: dict[str, str] | None = None, **more: Any) -> None:
        super().__init__(kind, detail)
        self.kind, self.detail, self.headers, self.more = kind, detail, headers or {}, more
        self.status, self.title = KINDS[kind]

    def response(self) -> HttpResponse:
        """Return the answer."""
        body = {"type": f"{BASE}{self.kind}", "title": self.title, "status": self.status, "detail": self.detail}
        text = json.dumps({**body, **self.more}, ensure_ascii=True)
        return HttpResponse(text, status=self.status, content_type=CONTENT_TYPE, headers=self.headers)


def invalid(field: str, message: str) -> Problem:
    """Return the problem of one wrong field."""
    return Problem("invalid", f"{field}: {message}", errors=[{"field": field, "message": message}])


def not_found() -> Problem:
    """Return the problem of something that is not there, or not this token's."""
    return Problem("not-found", "It does not exist, or this token cannot see it.")


def of(error: Exception) -> Problem | None:
    """Return what a refusal of the rooms below means to a program; None for a fault of ours."""
    if isinstance(error, Problem):
        return error
    for kind, told in _TOLD.items():
        if isinstance(error, kind):
            return told(error)
    return None


_TOLD: dict[type[Exception], Callable[[Any], Problem]] = {
    Client.DoesNotExist: lambda _: not_found(),
    Appointment.DoesNotExist: lambda _: not_found(),
    clients.PhoneIsKnown: lambda e: Problem(
        "known-phone", "If it is another person (mother and daughter), send is_other_person: true.",
        client_ids=e.client_ids,
    ),
    clients.NoSuchBirthday: lambda _: invalid("birthday", "there is no such day"),
    clients.NoSuchTrait: lambda _: invalid("traits", "no such trait, or it has no such value"),
    clients.NoSuchBranch: lambda _: invalid("branch_id", "no such branch"),
    phones.NotAPhone: lambda _: invalid("phone", "no complete phone number: write it as +79161234567"),
    privacy.OtherName: lambda _: invalid("name", "is not the name of this client"),
    TimeDoesNotExist: lambda _: invalid("starts_at", "clocks are put forward over this time"),
    booking.TimeIsPast: lambda _: invalid("starts_at", "lies in the past"),
    booking.TimeTooFar: lambda _: invalid("starts_at", "is more than two years from now"),
    booking.BranchIsClosed: lambda _: invalid("branch_id", "no such branch, or it is closed"),
    booking.ServiceNotOffered: lambda _: invalid("services", "a service is not offered, or none is named"),
    booking.StaffNotThere: lambda _: invalid("staff_id", "does not work in this branch"),
    booking.StaffIsBusy: lambda e: Problem(
        "busy", f"This person is busy until {e.until.isoformat()}.", free_from=e.until.isoformat()
    ),
    booking.BookedDifferently: lambda _: Problem("conflict", "This key has booked something else."),
    visits.WrongStatus: lambda e: Problem("conflict", f"The appointment is {e.status}.", appointment_status=e.status),
    visits.NotYet: lambda _: Problem("conflict", "The day of the visit has not come."),
    calls.SaidDifferently: lambda _: Problem("conflict", "This call was saved with other words."),
    calls.LeaseLost: lambda e: Problem("busy", "A colleague is talking to this client." if e.holder else "Try again."),
    calls.ItemClosed: lambda e: Problem(
        "conflict", "Rows of the list are closed meanwhile.",
        still_open=[entry._asdict() for entry in sorted(e.still_open)],
    ),
    calls.NotForThisOutcome: lambda e: invalid(e.field, "does not belong to this outcome"),
    calls.DayOutOfReach: lambda e: invalid("next_on", f"must be from {e.first} to {e.last}"),
    DataError: lambda _: Problem("not-ready", "The rules or facts of this organization cannot be used now."),
}  # fmt: skip
