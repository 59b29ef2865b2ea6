"""A client's own rights: to have all we know in the hand, and to be forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from vernis.book.models import Appointment, Client, Consent, Contact, SearchTerm, WaitlistEntry
from vernis.book.signals import client_erased, facts_changed
from vernis.lib import days

if TYPE_CHECKING:
    import datetime

    from vernis.accounts.models import User

EMPTIED = (
    "phone", "second_phone", "email", "allergies", "preferences", "wishes", "favourite_line", "source", "note",
    "search_name", "search_phone", "external_id",
)  # fmt: skip
NO_LONGER_KNOWN = ("birth_year", "birth_month", "birth_day", "key")


class OtherName(Exception):
    """The name typed to confirm is not that of the client."""


def erase_client(*, client_id: int, by: User, typed_name: str, now: datetime.datetime) -> Client:
    """Forget who a client is, for ever; visits and money stay as those of an anonymous number.

    `typed_name` confirms it, in any case of letters. The log of changes has never known names or texts. Erased
    already: nothing happens. Raises OtherName, `Client.DoesNotExist`.
    """
    with transaction.atomic():
        client: Client = Client.objects.visible_to(by).select_for_update(of=("self",)).get(pk=client_id)
        if client.erased_at is not None:
            return client
        if " ".join(typed_name.casefold().split()) != " ".join(client.name.casefold().split()):
            raise OtherName
        client.name = f"№ {client.pk}"
        for field in EMPTIED:
            setattr(client, field, "")
        for field in NO_LONGER_KNOWN:
            setattr(client, field, None)
        client.traits, client.erased_at = {}, now
        client.save()
        of = {"organization": client.organization_id, "client": client}
        SearchTerm.objects.filter(**of).delete()
        Contact.objects.filter(**of).update(note="")
        Consent.objects.filter(**of).update(note="")
        Appointment.objects.filter(**of).update(note="", cancel_reason="", external_id="")
        today = now.astimezone((client.branch or client.organization).zone).date()
        WaitlistEntry.objects.filter(**of).update(note="")
        WaitlistEntry.objects.filter(**of, closed_on=None).update(closed_on=today)
        client_erased.send(sender=Client, client_id=client.pk)
        facts_changed.send(sender=Client, client_id=client.pk)
    return client


def all_we_know(*, client: Client) -> dict[str, Any]:
    """Return everything kept about a client, as it goes into JSON: moments ISO 8601 UTC, money in hundredths."""
    return {
        "client": {
            "number": client.pk,
            "name": client.name,
            "phone": client.phone,
            "second_phone": client.second_phone,
            "email": client.email,
            "birthday": days.written(client.birth_year, client.birth_month, client.birth_day),
            "branch": str(client.branch or ""),
            **{name: getattr(client, name) for name in ("traits", "allergies", "preferences", "wishes")},
            **{name: getattr(client, name) for name in ("favourite_line", "source", "note", "external_id")},
            "added_at": _iso(client.created_at),
            "changed_at": _iso(client.changed_at),
        },
        "appointments": [
            {
                "starts_at": _iso(row.starts_at),
                "ends_at": _iso(row.ends_at),
                "branch": str(row.branch or ""),
                "status": row.status,
                "created_at": _iso(row.created_at),
                "cancelled_at": _iso(row.cancelled_at),
                "cancel_reason": row.cancel_reason,
                "note": row.note,
                "services": [
                    {"service": str(line.service or ""), "staff": str(line.staff or ""), "amount": line.amount}
                    for line in row.lines.all()
                ],
            }
            for row in client.appointments.select_related("branch").prefetch_related("lines__service", "lines__staff")
        ],
        "consents": [
            {
                "at": _iso(row.at),
                "channel": row.channel,
                "purpose": row.purpose,
                "is_given": row.is_given,
                "means": row.means,
                "wording": row.wording,
                "note": row.note,
                "recorded_by": str(row.recorded_by or ""),
            }
            for row in client.consents.select_related("recorded_by")
        ],
        "contacts": [
            {
                "made_at": _iso(row.made_at),
                "block": row.block,
                "channel": row.channel,
                "outcome": row.outcome,
                "next_on": _iso(row.next_on),
                "note": row.note,
                "made_by": str(row.made_by or ""),
                "undone_at": _iso(row.undone_at),
            }
            for row in client.contacts.select_related("made_by")
        ],
        "waitlist": [
            {
                "created_at": _iso(row.created_at),
                "service": str(row.service or ""),
                "wanted_from": _iso(row.wanted_from),
                "wanted_until": _iso(row.wanted_until),
                "closed_on": _iso(row.closed_on),
                "note": row.note,
            }
            for row in client.waitlist.select_related("service")
        ],
    }


def _iso(value: datetime.date | None) -> str | None:
    return value.isoformat() if value else None
