"""How much of the cards is filled in (G01)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from vernis.book.models import Client, Consent, Trait

if TYPE_CHECKING:
    from vernis.accounts.models import OwnedQuerySet, User

FIELDS = {
    "phone": _("phone"),
    "birthday": _("birthday"),
    "source": _("how she found us"),
    "consent": _("consent to offers"),
    "traits": _("traits"),
    "email": _("e-mail"),
}
"""What a good card has, the most useful first."""


@dataclass(frozen=True)
class Completeness:
    """How much of a card is filled in: `missing` are keys of FIELDS."""

    filled: int
    of: int
    missing: tuple[str, ...]

    @property
    def titles(self) -> list[str]:
        """What is missing, in words."""
        return [str(FIELDS[name]) for name in self.missing]


def completeness(*, client: Client, has_consent: bool, trait_keys: set[str]) -> Completeness:
    """Return how much of a card is filled in; traits count where the organization has any."""
    known = {
        "phone": bool(client.phone),
        "birthday": client.birth_month is not None,
        "source": bool(client.source),
        "consent": has_consent,
        "traits": trait_keys <= set(client.traits),
        "email": bool(client.email),
    }
    if not trait_keys:
        del known["traits"]
    missing = tuple(name for name, is_known in known.items() if not is_known)
    return Completeness(len(known) - len(missing), len(known), missing)


def of_client(*, client: Client) -> Completeness:
    """Return how much of a card is filled in, asking what else is needed."""
    keys = set(Trait.objects.of(client.organization_id).values_list("key", flat=True))
    return completeness(client=client, has_consent=client.consents.filter(_given()).exists(), trait_keys=keys)


def without(clients: OwnedQuerySet, field: str, *, user: User) -> OwnedQuerySet:
    """Keep the clients in whose card a field of FIELDS is missing."""
    if field == "birthday":
        return clients.filter(birth_month=None)
    if field == "consent":
        given = Consent.objects.of(user.organization_id).filter(_given(), client=OuterRef("pk"))
        return clients.filter(~Exists(given))
    if field == "traits":
        missing = Q(pk__in=[])
        for key in Trait.objects.of(user.organization_id).values_list("key", flat=True):
            missing |= ~Q(traits__has_key=key)
        return clients.filter(missing)
    return clients.filter(**{field: ""})


def _given() -> Q:
    return Q(purpose=Consent.Purpose.ADVERTISING, is_given=True)
