"""Adding and changing clients."""

from __future__ import annotations

import calendar
from typing import TYPE_CHECKING, Any, TypedDict

from django.db import transaction

from vernis.accounts.models import Branch
from vernis.book.models import Client, Trait
from vernis.book.operations import searching
from vernis.book.signals import facts_changed, happened
from vernis.lib import phones

if TYPE_CHECKING:
    import datetime
    import uuid

    from vernis.accounts.models import User


class Facts(TypedDict, total=False):
    """What may be said of a client; what is not named stays as it is. Phones in any spelling."""

    branch_id: int | None
    name: str
    phone: str
    second_phone: str
    email: str
    birth_year: int | None
    birth_month: int | None
    birth_day: int | None
    traits: dict[str, str]
    allergies: str
    preferences: str
    wishes: str
    favourite_line: str
    source: str
    note: str


class PhoneIsKnown(Exception):
    """Other clients have this phone: `client_ids`, those that the person may see."""

    def __init__(self, client_ids: list[int]) -> None:
        super().__init__(client_ids)
        self.client_ids = client_ids


class NoSuchBirthday(ValueError):
    """There is no such day."""


class NoSuchTrait(ValueError):
    """The organization has no such trait, or the trait no such value."""


class NoSuchBranch(ValueError):
    """The branch is not one the person works for."""


def add_client(
    *, by: User, facts: Facts, now: datetime.datetime, key: uuid.UUID | None = None, is_other_person: bool = False
) -> Client:
    """Add a client; the same key again returns the same client.

    `is_other_person`: a known phone is no reason to stop (mother and daughter). Raises PhoneIsKnown, NoSuchBirthday,
    NoSuchTrait, NoSuchBranch, `phones.NotAPhone`.
    """
    with transaction.atomic():
        if key is not None and (known := Client.objects.visible_to(by).filter(key=key).first()):
            return known
        client = Client(organization=by.organization, created_at=now, key=key)
        _take(client, facts, by)
        if client.phone and not is_other_person:
            _refuse_known(client, by)
        searching.prepare(client)
        client.save()
        searching.index(client)
        facts_changed.send(sender=Client, client_id=client.pk)
        happened.send(sender=Client, event="client.changed", organization_id=by.organization_id, rows=[client])
    return client


def change_client(*, client_id: int, by: User, facts: Facts) -> Client:
    """Change what is said of a client. Raises what `add_client` raises but PhoneIsKnown, and `Client.DoesNotExist`."""
    with transaction.atomic():
        client: Client = (
            Client.objects.visible_to(by).filter(erased_at=None).select_for_update(of=("self",)).get(pk=client_id)
        )
        _take(client, facts, by)
        searching.prepare(client)
        client.save()
        searching.index(client)
        facts_changed.send(sender=Client, client_id=client.pk)
        happened.send(sender=Client, event="client.changed", organization_id=by.organization_id, rows=[client])
    return client


def _take(client: Client, facts: Facts, by: User) -> None:
    values: dict[str, Any] = dict(facts)
    if values.get("branch_id") and not Branch.objects.visible_to(by).filter(pk=values["branch_id"]).exists():
        raise NoSuchBranch
    if "traits" in values:
        values["traits"] = _known_traits(values["traits"], by)
    for field, value in values.items():
        setattr(client, field, value.strip() if isinstance(value, str) else value)
    country = client.branch.country if client.branch_id and client.branch else client.organization.country
    for field in {"phone", "second_phone"} & set(values):
        setattr(client, field, phones.parsed(values[field], country))
    if not is_birthday(client.birth_year, client.birth_month, client.birth_day):
        raise NoSuchBirthday


def is_birthday(year: int | None, month: int | None, day: int | None) -> bool:
    """Tell whether there is such a day; without a year it may be 29 February, and all may be empty."""
    if month is None or day is None:
        return year is None and month is None and day is None
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year or 2000, month)[1]


def _known_traits(traits: dict[str, str], by: User) -> dict[str, str]:
    allowed = {trait.key: {value for value, _ in trait.values} for trait in Trait.objects.of(by.organization_id)}
    wanted = {key: value for key, value in traits.items() if value}
    if any(value not in allowed.get(key, ()) for key, value in wanted.items()):
        raise NoSuchTrait
    return wanted


def _refuse_known(client: Client, by: User) -> None:
    same = Client.objects.visible_to(by).filter(phone=client.phone).values_list("pk", flat=True)
    if found := list(same[:5]):
        raise PhoneIsKnown(found)
