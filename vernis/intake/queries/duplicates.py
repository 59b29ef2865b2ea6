"""Pairs of cards that somebody should look at, and two cards side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max, Q, Sum

from vernis.book.merging import FIELDS, SIDES, Side, card_of
from vernis.book.models import Appointment, AppointmentLine, Client
from vernis.book.operations.merging import proposed
from vernis.book.queries.consents import in_force
from vernis.intake.models import DuplicateKey, DuplicatePair

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable

    from vernis.accounts.models import User
    from vernis.book.models import Consent

PAGE = 50


@dataclass(frozen=True)
class Sheet:
    """A card as it stands beside the other one. Money in hundredths."""

    client: Client
    visits_count: int
    spent: int
    last_at: datetime.datetime | None
    upcoming_count: int
    contacts_count: int
    consents: list[Consent]


@dataclass(frozen=True)
class Choice:
    """A field with its values and the sides to choose from."""

    name: str
    mine: Any
    theirs: Any
    chosen: str
    sides: tuple[Side, ...]
    is_same: bool


@dataclass(frozen=True)
class Comparison:
    """Two cards: `kept` stands for both after the merge."""

    kept: Sheet
    merged: Sheet
    choices: list[Choice]
    pair: DuplicatePair | None


def open_pairs(*, user: User) -> Any:
    """Return the pairs whose cards the person may see and nobody has decided about."""
    return _seen(user).filter(are_different=False)


def different_pairs(*, user: User) -> Any:
    """Return the pairs of whom somebody said that they are different people, the latest first."""
    return _seen(user).filter(are_different=True).select_related("decided_by").order_by("-decided_at", "-pk")


def _seen(user: User) -> Any:
    seen = Client.objects.visible_to(user).filter(erased_at=None).values("pk")
    rows = DuplicatePair.objects.of(user.organization_id).filter(first__in=seen, second__in=seen)
    return rows.select_related("first__branch", "second__branch")


def counts(*, user: User) -> dict[str, int]:
    """Return how many pairs of each kind are open."""
    found = dict(open_pairs(user=user).order_by().values_list("kind").annotate(Count("pk")))
    return {kind: found.get(kind, 0) for kind in DuplicatePair.Kind.values}


def was_looked_for(*, user: User) -> bool:
    """Tell whether the organization has been searched."""
    return DuplicateKey.objects.of(user.organization_id).exists()


def facts_of(clients: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Return visits, money and the latest visit by client."""
    ids = list(clients)
    came = Q(status=Appointment.Status.COMPLETED)
    visits = Appointment.objects.filter(came, client__in=ids).order_by().values("client")
    facts = {row["client"]: row for row in visits.annotate(visits=Count("pk"), last=Max("starts_at"))}
    lines = AppointmentLine.objects.filter(appointment__client__in=ids, appointment__status="completed").order_by()
    spent = dict(lines.values_list("appointment__client").annotate(Sum("amount")))
    none = {"visits": 0, "last": None}
    return {pk: {**none, **facts.get(pk, {}), "spent": spent.get(pk) or 0} for pk in ids}


def comparison(*, user: User, kept_id: int, merged_id: int, now: datetime.datetime) -> Comparison:
    """Return two cards side by side with the choices that lose least. Raises `Client.DoesNotExist`."""
    rows = Client.objects.visible_to(user).filter(erased_at=None).select_related("branch", "organization")
    kept, merged = rows.get(pk=kept_id), rows.get(pk=merged_id)
    facts = facts_of((kept_id, merged_id))
    first, second = sorted((kept_id, merged_id))
    mine, theirs = card_of(kept), card_of(merged)
    chosen = proposed(kept, merged)
    has_others = bool(mine["phone"] and theirs["phone"] and mine["phone"] != theirs["phone"])
    choices = []
    for name, columns in FIELDS.items():
        ours, other = tuple(mine[column] for column in columns), tuple(theirs[column] for column in columns)
        is_offered = {Side.BOTH: any(ours) and any(other) and ours != other, Side.OTHER: has_others}
        sides = [side for side in SIDES[name] if is_offered.get(side, True)]
        is_same = ours == other and chosen[name] == Side.SURVIVOR
        if any(ours) or any(other) or chosen[name] == Side.OTHER:
            choices.append(Choice(name, ours, other, chosen[name], tuple(sides), is_same))
    pair = DuplicatePair.objects.of(user.organization_id).filter(first=first, second=second).first()
    return Comparison(_sheet(kept, facts[kept_id], now), _sheet(merged, facts[merged_id], now), choices, pair)


def better_first(first: int, second: int) -> tuple[int, int]:
    """Return which of two cards should stand for both: the one with more visits, then the older one."""
    facts = facts_of((first, second))
    return (first, second) if facts[first]["visits"] >= facts[second]["visits"] else (second, first)


def _sheet(client: Client, facts: dict[str, Any], now: datetime.datetime) -> Sheet:
    upcoming = client.appointments.filter(status=Appointment.Status.BOOKED, starts_at__gte=now).count()
    contacts = client.contacts.filter(undone_at=None).count()
    return Sheet(client, facts["visits"], facts["spent"], facts["last"], upcoming, contacts, in_force(client=client))
