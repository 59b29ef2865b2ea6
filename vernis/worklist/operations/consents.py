"""What a client who wants no calls means for consents, and how that is taken back: events, nothing is deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from vernis.book.models import Consent

if TYPE_CHECKING:
    import datetime

    from vernis.accounts.models import User
    from vernis.book.models import Client


def withdraw_calls(*, client: Client, by: User, now: datetime.datetime) -> None:
    """Record that a client wants no calls, for either purpose."""
    for purpose in Consent.Purpose:
        _record(client, by, purpose, is_given=False, note="", now=now)


def restore_calls(*, client: Client, by: User, at: datetime.datetime, now: datetime.datetime) -> None:
    """Follow the withdrawal of `at` by events that restore what held before.

    Where nothing was recorded before, calls about visits are as allowed as for any client, and offers are not.
    """
    events = Consent.objects.of(client.organization_id).filter(client=client, channel=Consent.Channel.CALL)
    for purpose in Consent.Purpose:
        held = events.filter(purpose=purpose, at__lt=at).order_by("at", "pk").last()
        is_given = held.is_given if held else purpose == Consent.Purpose.SERVICE
        _record(client, by, purpose, is_given=is_given, note=_("Taken back: the wrong button"), now=now)


def _record(client: Client, by: User, purpose: str, *, is_given: bool, note: str, now: datetime.datetime) -> None:
    Consent.objects.create(
        organization_id=client.organization_id,
        client=client,
        channel=Consent.Channel.CALL,
        purpose=purpose,
        is_given=is_given,
        means=Consent.Means.SPOKEN,
        note=note,
        recorded_by=by,
        at=now,
    )
