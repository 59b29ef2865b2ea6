"""Consents: events that are added and never changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from vernis.book.models import Client, Consent
from vernis.book.signals import facts_changed

if TYPE_CHECKING:
    import datetime
    import uuid

    from vernis.accounts.models import User


def record_consent(
    *,
    client_id: int,
    by: User,
    channel: Consent.Channel,
    purpose: Consent.Purpose,
    is_given: bool,
    means: Consent.Means,
    wording: str,
    now: datetime.datetime,
    note: str = "",
    key: uuid.UUID | None = None,
) -> Consent:
    """Note that a client gave or withdrew a consent, and the evidence; the same key again adds nothing.

    Raises `Client.DoesNotExist`.
    """
    with transaction.atomic():
        client = Client.objects.visible_to(by).filter(erased_at=None).select_for_update(of=("self",)).get(pk=client_id)
        if key is not None and (known := Consent.objects.of(by.organization_id).filter(key=key).first()):
            return known
        consent = Consent.objects.create(
            organization_id=by.organization_id,
            client=client,
            channel=channel,
            purpose=purpose,
            is_given=is_given,
            means=means,
            wording=wording,
            note=note,
            recorded_by=by,
            at=now,
            key=key,
        )
        facts_changed.send(sender=Consent, client_id=client.pk)
    return consent
