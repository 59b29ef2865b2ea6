"""Stands in for the real sync until it is merged: contacts by the engine, bookings by a look at the book."""

from __future__ import annotations

import datetime

from vernis.book.models import Appointment, Client
from vernis.book.models import Contact as BookContact
from vernis.book.models.contacts import Block, Outcome
from vernis.engine import contacts as effects
from vernis.engine.history import BLOCKS, OUTCOMES, Contact
from vernis.engine.history import NONE as NOTHING
from vernis.engine.settings import Rules
from vernis.lib.days import day_from, number_of
from vernis.worklist.models import Item

_EPOCH = datetime.datetime(1970, 1, 1)  # noqa: DTZ001 (wall clock)
NEEDS_NO_BOOKING = (Block.MISSED, Block.DUE, Block.OVERDUE, Block.LAPSED)


def refresh_client(*, client_id: int, now: datetime.datetime) -> None:
    """Bring the items of one client to what the rules want now."""
    client = Client.objects.select_related("branch", "organization").get(pk=client_id)
    zone = client.branch.zone if client.branch else client.organization.zone
    today = now.astimezone(zone).date()
    said = list(BookContact.objects.of(client.organization_id).filter(client=client, undone_at=None))
    is_booked = (
        Appointment.objects.of(client.organization_id)
        .filter(client=client, status=Appointment.Status.BOOKED, starts_at__gt=now)
        .exists()
    )
    never = any(one.outcome == Outcome.DO_NOT_CALL for one in said)
    for item in Item.objects.of(client.organization_id).filter(client=client, closed_at=None):
        about = [one for one in said if one.anchor == item.anchor]
        effect = effects.effect_of(
            [
                Contact(
                    at=int((one.made_at.astimezone(zone).replace(tzinfo=None) - _EPOCH).total_seconds() * 1e6),
                    next_on=number_of(one.next_on) if one.next_on else NOTHING,
                    line=0, cycle=0, cycle_on=0, entry=0, year=0, has_offset=False,
                    block=BLOCKS.index(one.block), outcome=OUTCOMES.index(one.outcome),
                )
                for one in about
            ],
            BLOCKS.index(item.block), 0, 0, number_of(item.due_on) if item.due_on else NOTHING, 0,
            number_of(today), Rules(), None,  # type: ignore[arg-type]
        )  # fmt: skip
        item.attempts = effect.attempts
        item.last_outcome = OUTCOMES[effect.last_outcome] if effect.last_outcome != NOTHING else ""
        item.due_on = day_from(effect.due_on) if effect.due_on != NOTHING else item.due_on
        if never or effect.verdict != effects.LISTED:
            item.closing = Item.Closing.CONTACTED
        elif is_booked and item.block in NEEDS_NO_BOOKING:
            item.closing = Item.Closing.BOOKED
        if item.closing:
            item.closed_at, item.closed_on = now, today
        item.save()
