"""The waiting list (B41)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from vernis.accounts.models import Branch
from vernis.book.models import Client, Service, Staff, WaitlistEntry
from vernis.book.signals import facts_changed

if TYPE_CHECKING:
    import datetime
    import uuid

    from vernis.accounts.models import User


class EndsBeforeItBegins(ValueError):
    """The wish ends before it begins."""


def add_to_waitlist(
    *,
    client_id: int,
    by: User,
    branch_id: int,
    now: datetime.datetime,
    service_id: int | None = None,
    staff_id: int | None = None,
    wanted_from: datetime.date | None = None,
    wanted_until: datetime.date | None = None,
    note: str = "",
    key: uuid.UUID | None = None,
) -> WaitlistEntry:
    """Note a wish for a time that is not free; the same key again adds nothing.

    Raises EndsBeforeItBegins, and `DoesNotExist` of the client, branch, service or master that the person may not see.
    """
    if wanted_from and wanted_until and wanted_until < wanted_from:
        raise EndsBeforeItBegins
    with transaction.atomic():
        client = Client.objects.visible_to(by).filter(erased_at=None).select_for_update(of=("self",)).get(pk=client_id)
        if key is not None and (known := WaitlistEntry.objects.of(by.organization_id).filter(key=key).first()):
            return known
        entry = WaitlistEntry.objects.create(
            organization_id=by.organization_id,
            client=client,
            branch=Branch.objects.visible_to(by).get(pk=branch_id),
            service=Service.objects.of(by.organization_id).get(pk=service_id) if service_id else None,
            staff=Staff.objects.visible_to(by).get(pk=staff_id) if staff_id else None,
            created_at=now,
            wanted_from=wanted_from,
            wanted_until=wanted_until,
            note=note,
            key=key,
        )
        facts_changed.send(sender=WaitlistEntry, client_id=client.pk)
    return entry


def close_waitlist_entry(*, entry_id: int, by: User, now: datetime.datetime) -> WaitlistEntry:
    """Take a wish off the list; closed already: nothing happens. Raises `WaitlistEntry.DoesNotExist`."""
    with transaction.atomic():
        rows = WaitlistEntry.objects.visible_to(by).select_related("branch", "organization")
        entry: WaitlistEntry = rows.select_for_update(of=("self",)).get(pk=entry_id)
        if entry.closed_on is None:
            place = entry.branch or entry.organization
            entry.closed_on = now.astimezone(place.zone).date()
            entry.save(update_fields=["closed_on"])
            facts_changed.send(sender=WaitlistEntry, client_id=entry.client_id)
    return entry
