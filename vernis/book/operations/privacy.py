"""A client's own rights: to have all we know in the hand, and to be forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q

from vernis.book import known
from vernis.book.models import Appointment, Client, Consent, Contact, Merge, SearchTerm, WaitlistEntry
from vernis.book.queries.merges import merges_of, tree_of
from vernis.book.signals import client_erased, facts_changed, happened
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
        absorbed = _absorbed(client)
        for card in (client, *absorbed):
            _empty(card, now)
        of = {"organization": client.organization_id, "client": client}
        SearchTerm.objects.filter(**of).delete()
        Contact.objects.filter(**of).update(note="")
        Consent.objects.filter(**of).update(note="")
        Appointment.objects.filter(**of).update(note="", cancel_reason="", external_id="")
        today = now.astimezone((client.branch or client.organization).zone).date()
        WaitlistEntry.objects.filter(**of).update(note="")
        WaitlistEntry.objects.filter(**of, closed_on=None).update(closed_on=today)
        for card in (client, *absorbed):
            client_erased.send(sender=Client, client_id=card.pk)
        facts_changed.send(sender=Client, client_id=client.pk)
        happened.send(sender=Client, event="client.changed", organization_id=by.organization_id, rows=[client])
    return client


def _absorbed(client: Client) -> list[Client]:
    """Return the cards that were merged into hers; and forget both cards as every merge of hers has kept them."""
    family = tree_of(client.pk)
    kept = Merge.objects.of(client.organization_id).filter(Q(survivor__in=family) | Q(absorbed__in=family))
    kept.update(before={}, theirs={}, after={}, choices={})
    return list(Client.everyone.filter(pk__in=family[1:]).select_for_update(of=("self",)).order_by("pk"))


def _empty(card: Client, now: datetime.datetime) -> None:
    card.name = f"№ {card.pk}"
    for field in EMPTIED:
        setattr(card, field, "")
    for field in NO_LONGER_KNOWN:
        setattr(card, field, None)
    card.traits, card.erased_at = {}, now
    card.save()


def all_we_know(*, client: Client) -> dict[str, Any]:
    """Return everything kept about a client, as it goes into JSON: moments ISO 8601 UTC, money in hundredths."""
    return {
        "client": _card(client),
        "merged_cards": [
            _card(merge.absorbed) | {"merged_at": _iso(merge.at), "merged_by": str(merge.made_by or "")}
            for merge in merges_of(client.pk)
        ],
        "cards_before_merging": [
            {"merged_at": _iso(merge.at), "kept": merge.before, "merged": merge.theirs}
            for merge in _merges_with(client)
        ],
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
        **{part.key: rows for part, rows in known.of(client)},
    }


def _merges_with(client: Client) -> list[Merge]:
    family = tree_of(client.pk)
    rows = Merge.objects.of(client.organization_id).filter(Q(survivor__in=family) | Q(absorbed__in=family))
    return list(rows.order_by("at", "pk"))


def _card(client: Client) -> dict[str, Any]:
    return {
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
    }


def _iso(value: datetime.date | None) -> str | None:
    return value.isoformat() if value else None
