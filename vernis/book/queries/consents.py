"""Whom we may contact, and how."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from vernis.book.models import Consent, Contact
from vernis.book.models.contacts import Outcome

if TYPE_CHECKING:
    import datetime

    from vernis.book.models import Client


class Reason(StrEnum):
    """Why not."""

    ERASED = "erased"
    DO_NOT_CALL = "do_not_call"
    WITHDRAWN = "withdrawn"
    NOT_GIVEN = "not_given"


@dataclass(frozen=True)
class Allowed:
    """The client may be contacted; `consent`: the event that says so, none where none is needed."""

    consent: Consent | None


@dataclass(frozen=True)
class Refused:
    """The client may not be contacted."""

    reason: Reason


def may_contact(
    *, client: Client, channel: Consent.Channel, purpose: Consent.Purpose, now: datetime.datetime
) -> Allowed | Refused:
    """Tell whether a client may be contacted by a channel for a purpose. The one place that decides it.

    Who asked not to be called is left alone by every channel for ever, whatever came later. A withdrawal holds until
    a later consent. Contacts about visits need no consent, offers do. Call it in the transaction that contacts.
    """
    if client.erased_at is not None:
        return Refused(Reason.ERASED)
    if do_not_call(client=client, now=now) is not None:
        return Refused(Reason.DO_NOT_CALL)
    events = client.consents.filter(channel=channel, purpose=purpose, at__lte=now)
    latest = events.order_by("-at", "-pk").first()
    if latest is None:
        needed = purpose != Consent.Purpose.SERVICE
        return Refused(Reason.NOT_GIVEN) if needed else Allowed(None)
    return Allowed(latest) if latest.is_given else Refused(Reason.WITHDRAWN)


def do_not_call(*, client: Client, now: datetime.datetime) -> Contact | None:
    """Return the contact in which the client asked not to be called."""
    asked = client.contacts.filter(outcome=Outcome.DO_NOT_CALL, undone_at=None, made_at__lte=now)
    return asked.order_by("made_at", "pk").first()


def in_force(*, client: Client) -> list[Consent]:
    """Return the event that holds for each channel and purpose, in their order; nothing where there is none."""
    latest = {(event.channel, event.purpose): event for event in client.consents.order_by("at", "pk")}
    places = [(channel, purpose) for purpose in Consent.Purpose.values for channel in Consent.Channel.values]
    return [latest[place] for place in places if place in latest]
