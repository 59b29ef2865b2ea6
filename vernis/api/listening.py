"""What the room does when the rooms below say that something has happened."""

from __future__ import annotations

import functools
import json
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from vernis.api import jobs
from vernis.api.models import Answer, Delivery, Endpoint
from vernis.api.problems import CONTENT_TYPE, Problem
from vernis.book.models import Appointment, Client, Contact
from vernis.worklist.models import Item

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable

    from django.db.models import Model


def write_down(sender: type[Model], *, event: str, organization_id: int, rows: Iterable[Model], **_more: Any) -> None:
    """Write a message for everybody who wants to hear of it, in the transaction of what has happened."""
    endpoints = Endpoint.objects.of(organization_id).filter(is_active=True)
    wanting = [endpoint for endpoint in endpoints if event in endpoint.events]
    if not wanting:
        return
    now = timezone.now()
    payloads = [payload(event, facts_of(row), now) for row in rows]
    Delivery.objects.bulk_create(
        Delivery(
            organization_id=organization_id, endpoint=endpoint, event=event, payload=text, created_at=now, next_at=now
        )
        for endpoint in wanting
        for text in payloads
    )
    transaction.on_commit(functools.partial(jobs.wake, organization_id))


def payload(event: str, data: dict[str, Any], now: datetime.datetime) -> str:
    """Return the body of a message, as the standard has it."""
    return json.dumps({"type": event, "timestamp": now.isoformat(), "data": data}, separators=(",", ":"))


def facts_of(row: Model) -> dict[str, Any]:
    """Return what a message says of a row: numbers and states. Who it is, the interface says to those who may know."""
    match row:
        case Client():
            return {"client_id": row.pk, "branch_id": row.branch_id, "is_erased": row.erased_at is not None}
        case Appointment():
            return {
                "appointment_id": row.pk,
                "client_id": row.client_id,
                "branch_id": row.branch_id,
                "status": row.status,
                "starts_at": row.starts_at.isoformat(),
            }
        case Contact():
            return {
                "contact_id": row.pk,
                "client_id": row.client_id,
                "branch_id": row.branch_id,
                "block": row.block,
                "anchor": row.anchor,
                "outcome": row.outcome,
                "made_at": row.made_at.isoformat(),
            }
        case Item():
            return {
                "item_id": row.pk,
                "client_id": row.client_id,
                "branch_id": row.branch_id,
                "block": row.block,
                "anchor": row.anchor,
                "closing": row.closing,
            }
    raise TypeError(row)


def forget_answers(*, client_id: int, **_more: Any) -> None:
    """Let answers that tell of an erased client be forgotten with her; the same request again does nothing still."""
    gone = Problem("conflict", "It was done. The client has been erased since.")
    Answer.objects.filter(client_id=client_id, status__gt=0).update(
        status=gone.status, content_type=CONTENT_TYPE, body=gone.response().content.decode()
    )
