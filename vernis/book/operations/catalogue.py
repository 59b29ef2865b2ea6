"""Services with their intervals, traits, and those who serve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from vernis.accounts.models import Branch, User
from vernis.book.models import Service, ServiceInterval, Staff, Trait
from vernis.lib import months

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True)
class Special:
    """Another interval: in some months (`4-9`), for clients with a trait, or both."""

    interval_days: int
    months: str = ""
    trait: str = ""
    trait_value: str = ""


class NotSpecial(ValueError):
    """An interval of a service says neither months nor a trait: the plain interval stands in the service itself."""


class TwiceTheSame(ValueError):
    """Two intervals hold in the same case."""


class NoSuchTrait(ValueError):
    """The organization has no such trait, or the trait no such value."""


class TitleIsTaken(ValueError):
    """Another one has this title."""


class LoginIsTaken(ValueError):
    """The login belongs to somebody else of those who serve, or is not one of the organization."""


class IsInUse(Exception):
    """Facts refer to it."""


def save_service(
    *,
    by: User,
    service_id: int | None,
    title: str,
    category: str,
    interval_days: int | None,
    duration_minutes: int,
    price: int | None,
    is_active: bool,
    specials: Sequence[Special],
) -> Service:
    """Add a service (`service_id` None) or change one, with all its special intervals; `price` in hundredths.

    Raises TitleIsTaken, NotSpecial, TwiceTheSame, NoSuchTrait, `months.NotMonths`, `Service.DoesNotExist`.
    """
    rows = Service.objects.of(by.organization_id)
    with transaction.atomic():
        _refuse_taken(title, rows.filter(category=category).exclude(pk=service_id).values_list("title", flat=True))
        service: Service = (
            rows.select_for_update(of=("self",)).get(pk=service_id)
            if service_id
            else Service(organization_id=by.organization_id)
        )
        service.title, service.category, service.interval_days = title, category, interval_days
        service.duration_minutes, service.price, service.is_active = duration_minutes, price, is_active
        service.save()
        _replace(ServiceInterval(organization_id=by.organization_id, service=service), _checked(specials, by, True))
    return service


def save_category(*, by: User, category: str, interval_days: int | None, specials: Sequence[Special]) -> None:
    """Set the intervals of a category: the plain one, and special ones. Raises what `save_service` raises."""
    plain = [Special(interval_days)] if interval_days else []
    with transaction.atomic():
        kept = [*plain, *_checked(specials, by, True)]
        _replace(ServiceInterval(organization_id=by.organization_id, category=category), kept)


def _replace(of: ServiceInterval, wanted: Sequence[Special]) -> None:
    rows = ServiceInterval.objects.of(of.organization_id).filter(service=of.service, category=of.category)
    known = {Special(row.interval_days, row.months, row.trait, row.trait_value): row for row in rows}
    for special, row in known.items():
        if special not in wanted:
            row.delete()
    for special in wanted:
        if special not in known:
            ServiceInterval.objects.create(
                organization_id=of.organization_id,
                service=of.service,
                category=of.category,
                months=special.months,
                trait=special.trait,
                trait_value=special.trait_value,
                interval_days=special.interval_days,
            )


def _refuse_taken(title: str, others: Iterable[str]) -> None:
    """Compare here: SQLite knows no small letters but Latin ones."""
    if title.casefold() in {other.casefold() for other in others}:
        raise TitleIsTaken


def _checked(specials: Sequence[Special], by: User, must_be_special: bool) -> list[Special]:
    allowed = {trait.key: {value for value, _ in trait.values} for trait in Trait.objects.of(by.organization_id)}
    kept: list[Special] = []
    for special in specials:
        text = months.written(months.parsed(special.months))
        if must_be_special and not text and not special.trait:
            raise NotSpecial
        if special.trait and special.trait_value not in allowed.get(special.trait, ()):
            raise NoSuchTrait
        kept.append(Special(special.interval_days, text, special.trait, special.trait_value if special.trait else ""))
    cases = [(special.months, special.trait, special.trait_value) for special in kept]
    if len(set(cases)) < len(cases):
        raise TwiceTheSame
    return kept


def save_trait(*, by: User, trait_id: int | None, key: str, title: str, values: Sequence[tuple[str, str]]) -> Trait:
    """Add a trait or change its title and values. A key never changes: cards and intervals refer to it.

    Raises TitleIsTaken where the key or title is another trait's, IsInUse where an interval needs a value that is gone.
    """
    rows = Trait.objects.of(by.organization_id)
    with transaction.atomic():
        trait: Trait = rows.get(pk=trait_id) if trait_id else Trait(organization_id=by.organization_id, key=key)
        others = rows.exclude(pk=trait_id)
        _refuse_taken(title, others.values_list("title", flat=True))
        _refuse_taken(trait.key, others.values_list("key", flat=True))
        kept = {value for value, _ in values}
        needed = ServiceInterval.objects.of(by.organization_id).filter(trait=trait.key)
        if needed.exclude(trait_value__in=kept).exists():
            raise IsInUse
        trait.title, trait.values = title, [list(pair) for pair in values]
        trait.save()
    return trait


def delete_trait(*, by: User, trait_id: int) -> None:
    """Delete a trait that no interval needs. Raises IsInUse, `Trait.DoesNotExist`."""
    with transaction.atomic():
        trait = Trait.objects.of(by.organization_id).get(pk=trait_id)
        if ServiceInterval.objects.of(by.organization_id).filter(trait=trait.key).exists():
            raise IsInUse
        trait.delete()


def save_staff(
    *, by: User, staff_id: int | None, name: str, branch_id: int | None, user_id: int | None, is_active: bool
) -> Staff:
    """Add a master or change one. Raises LoginIsTaken, `Staff.DoesNotExist`, `Branch.DoesNotExist`."""
    with transaction.atomic():
        staff: Staff = (
            Staff.objects.visible_to(by).get(pk=staff_id) if staff_id else Staff(organization_id=by.organization_id)
        )
        if user_id:
            is_ours = User.objects.filter(pk=user_id, organization_id=by.organization_id, is_active=True).exists()
            if not is_ours or Staff.objects.of(by.organization_id).filter(user=user_id).exclude(pk=staff_id).exists():
                raise LoginIsTaken
        staff.branch = Branch.objects.visible_to(by).get(pk=branch_id) if branch_id else None
        staff.name, staff.user_id, staff.is_active = name, user_id, is_active
        staff.save()
    return staff
