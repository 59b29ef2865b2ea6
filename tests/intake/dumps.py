"""The tables that an import writes to, as they are."""

from __future__ import annotations

from typing import Any

from vernis.accounts.models import Branch
from vernis.book.models import Appointment, AppointmentLine, Client, Consent, SearchTerm, Service, Staff
from vernis.intake.models import Change, Link

TABLES: tuple[Any, ...] = (Branch, Service, Staff, Client, Consent, Appointment, AppointmentLine, Link, Change)


def dump() -> dict[str, list[Any]]:
    """Return every row of every table, byte for byte; of the search index without its numbers."""
    found: dict[str, list[Any]] = {
        model.__name__: [
            tuple(bytes(value) if isinstance(value, memoryview) else repr(value) for value in row)
            for row in model._base_manager.order_by("pk").values_list()
        ]
        for model in TABLES
    }
    found["SearchTerm"] = sorted(
        (client_id, bytes(term)) for client_id, term in SearchTerm.objects.values_list("client_id", "term")
    )
    return found


def without_numbers() -> dict[str, list[Any]]:
    """Return what the tables say, whatever numbers the rows have."""
    names = dict(Client.objects.values_list("pk", "name"))
    visits = Appointment.objects.values_list(
        "client__name", "branch__name", "starts_at", "ends_at", "status", "cancelled_at", "external_id",
        "lines__service__title", "lines__staff__name", "lines__amount",
    )  # fmt: skip
    return {
        "clients": sorted(
            map(repr, Client.objects.values_list("name", "phone", "email", "branch__name", "created_at"))
        ),
        "visits": sorted(map(repr, visits)),
        "links": sorted(
            (kind, b"" if kind == "consent" else bytes(ref), len(said), is_created)
            for kind, ref, said, is_created in Link.objects.values_list("kind", "ref", "said", "is_created")
        ),
        "changes": sorted(map(repr, Change.objects.values_list("kind", "before"))),
        "terms": sorted((names[pk], bytes(term)) for pk, term in SearchTerm.objects.values_list("client_id", "term")),
    }
