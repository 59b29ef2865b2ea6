"""Every address of the interface: what a program sends there. The table of the sweep over programs.

Ids of `arguments`, `query` and `body` are those of a place: the sweep sends those of other places too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.people import House, Place

Ids = Callable[[Place, House], Mapping[str, Any]]


def nothing(_place: Place, _house: House) -> Mapping[str, Any]:
    """Name no row."""
    return {}


@dataclass(frozen=True, kw_only=True)
class Address:
    """One operation: its method, the right it needs, what is sent, and what may come of it."""

    scope: str
    method: str = "GET"
    arguments: Ids = nothing
    query: Ids = nothing
    body: Ids | None = None
    answers: tuple[int, ...] = field(default=(200,))
    is_of_all_branches: bool = False  # a program of some branches may not

    @property
    def keys(self) -> list[str]:
        """The parts of its path that name something."""
        named: dict[Any, list[str]] = {client: ["client_id"], visit: ["appointment_id"], miss: ["appointment_id"]}
        return named.get(self.arguments, [] if self.arguments is nothing else ["day"])


def client(place: Place, _house: House) -> Mapping[str, Any]:
    """Name the client of a place."""
    return {"client_id": place.client.pk}


def visit(place: Place, _house: House) -> Mapping[str, Any]:
    """Name the visit of a place."""
    return {"appointment_id": place.visit.pk}


def miss(place: Place, _house: House) -> Mapping[str, Any]:
    """Name the visit to which nobody came."""
    return {"appointment_id": place.miss.pk}


def branch(place: Place, _house: House) -> Mapping[str, Any]:
    """Name the branch."""
    return {"branch_id": place.branch.pk}


def booking(place: Place, house: House) -> Mapping[str, Any]:
    """Book a visit."""
    return {
        "branch_id": place.branch.pk, "services": [house.service.pk], "staff_id": place.staff.pk,
        "starts_at": "2027-05-12T10:00:00+03:00",
    }  # fmt: skip


INTERFACE = {
    "token": Address(scope=""),
    "clients": Address(scope="clients:read", query=branch),
    "add-client": Address(
        scope="clients:write", method="POST", body=lambda place, _: {"name": "Ева", **branch(place, _)}, answers=(201,)
    ),
    "client": Address(scope="clients:read", arguments=client),
    "change-client": Address(
        scope="clients:write", method="PATCH", arguments=client, body=lambda place, _: {"note": "?", **branch(place, _)}
    ),
    "consents": Address(scope="consents:read", arguments=client),
    "record-consent": Address(
        scope="consents:write", method="POST", arguments=client, answers=(201,),
        body=lambda *_: {"channel": "sms", "purpose": "service", "is_given": True, "means": "page"},
    ),
    "export-client": Address(scope="clients:export", arguments=client),
    "erase-client": Address(
        scope="clients:erase", method="POST", arguments=client, body=lambda place, _: {"name": place.client.name}
    ),
    "branches": Address(scope="catalogue:read"),
    "services": Address(scope="catalogue:read"),
    "staff": Address(scope="catalogue:read"),
    "appointments": Address(
        scope="appointments:read",
        query=lambda place, _: {"branch_id": place.branch.pk, "client_id": place.client.pk, "staff_id": place.staff.pk},
    ),
    "book": Address(
        scope="appointments:write", method="POST", answers=(201,),
        body=lambda place, house: {"client_id": place.client.pk, **booking(place, house)},
    ),
    "appointment": Address(scope="appointments:read", arguments=visit),
    "move": Address(
        scope="appointments:write", method="POST", arguments=visit, answers=(409,),  # it is a visit already
        body=lambda place, _: {"starts_at": "2027-05-12T10:00:00+03:00", "staff_id": place.staff.pk},
    ),
    "cancel": Address(
        scope="appointments:write", method="POST", arguments=visit, body=lambda *_: {"reason": "?"}, answers=(409,)
    ),
    "came": Address(scope="appointments:write", method="POST", arguments=miss, body=nothing),
    "did-not-come": Address(scope="appointments:write", method="POST", arguments=visit, body=nothing),
    "contacts": Address(scope="contacts:read", query=client),
    "record-contact": Address(
        scope="contacts:write", method="POST", answers=(201,),
        body=lambda place, house: {
            "client_id": place.client.pk, "outcome": "booked", "booking": booking(place, house),
            "entries": [{"block": "due", "anchor": place.item.anchor}],
        },
    ),
    "worklist": Address(scope="worklist:read", query=branch),
    "worklist-blocks": Address(scope="worklist:read", query=branch),
    "worklist-day": Address(
        scope="worklist:read", arguments=lambda *_: {"day": "2026-05-12"},
        query=lambda place, _: {"block": "due", **branch(place, _)},
    ),
    "card": Address(scope="worklist:read", arguments=client),
    "why": Address(scope="worklist:read", arguments=client),
    "report-event": Address(
        scope="events:write", method="POST",
        body=lambda place, house: {
            "id": "1", "source": "site", "type": "created", "occurred_at": "2026-05-12T10:00:00+03:00",
            "appointment": {
                "ref": "1", "branch_id": place.branch.pk, "starts_at": "2027-05-12T10:00:00+03:00",
                "client": {"name": "Ева"},
                "services": [{"service_id": house.service.pk, "staff_id": place.staff.pk}],
            },
        },
    ),
    "import": Address(
        scope="imports:write", method="POST", is_of_all_branches=True,
        body=lambda place, _: {
            "source": "old", "clients": [{"ref": "1", "name": "Ева Ясенева"}],
            "appointments": [{
                "ref": "1", "client_ref": "1", "branch_id": place.branch.pk, "status": "completed",
                "starts_at": "2026-05-12T10:00:00+03:00",
            }],
        },
    ),
}  # fmt: skip
