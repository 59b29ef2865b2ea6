"""Events of a booking system come in here."""

from __future__ import annotations

from ninja import Router

from vernis.api.door import Call, writes
from vernis.api.models import News
from vernis.api.operations.news import take
from vernis.api.shapes.events import EventIn, EventOut

router = Router(tags=["events"])


@writes(router, "POST", "/events", scope="events:write", name="report-event", response=EventOut, needs_key=False)
def report(request: Call, body: EventIn) -> EventOut:
    """Report what has happened to an appointment elsewhere. In any order, and as often as you like."""
    news, is_repeat = take(by=request.person, event=body, now=request.now)
    request.client_id = news.client_id
    is_older = news.outcome == News.Outcome.OLDER
    return EventOut(
        outcome="older" if is_older else "applied",
        appointment_id=news.appointment_id,
        client_id=news.client_id,
        is_repeat=is_repeat,
    )
