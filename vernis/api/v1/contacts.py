"""The log of contacts, and what came of a call."""

from __future__ import annotations

from typing import Any

from ninja import Query, Router

from vernis.api.door import Call, reads, writes
from vernis.api.pages import page_of
from vernis.api.problems import Problem
from vernis.api.shapes import book as shapes
from vernis.api.shapes.base import Page
from vernis.api.v1.appointments import booking_of
from vernis.book.models import Contact
from vernis.worklist.operations.calls import record_call
from vernis.worklist.operations.leases import HeldByOther, claim

router = Router(tags=["contacts"])


@reads(router, "/contacts", scope="contacts:read", name="contacts", response=Page[shapes.ContactOut])
def contacts(request: Call, query: Query[shapes.ContactsQuery]) -> dict[str, Any]:
    """List contacts, with those that were taken back."""
    rows = Contact.objects.visible_to(request.person)
    chosen = {
        "client": query.client_id,
        "block": query.block,
        "outcome": query.outcome,
        "made_at__gte": query.made_since,
    }
    return page_of(rows.filter(**{name: value for name, value in chosen.items() if value}), query, shapes.contact)


@writes(router, "POST", "/contacts", scope="contacts:write", name="record-contact", response=shapes.CallOut, status=201)
def record(request: Call, body: shapes.CallIn) -> shapes.CallOut:
    """Save what came of a call; 409 while a colleague is talking to the client."""
    assert request.key is not None
    request.client_id = body.client_id
    held = claim(client_id=body.client_id, by=request.person, now=request.now)
    if isinstance(held, HeldByOther):
        raise Problem("busy", "A colleague is talking to this client.", free_from=held.until.isoformat())
    saved = record_call(
        client_id=body.client_id,
        by=request.person,
        lease_number=held.number,
        call_key=request.key,
        entries=[(entry.block, entry.anchor) for entry in body.entries],
        outcome=body.outcome,
        now=request.now,
        next_on=body.next_on,
        next_time=body.next_time,
        note=body.note,
        channel=body.channel,
        booking=booking_of(request, body.booking) if body.booking else None,
    )
    return shapes.CallOut(
        call=str(saved.call),
        client_id=saved.client_id,
        appointment_id=saved.appointment_id,
        made_at=saved.made_at,
    )
