"""The organization, its branches and the numbers of its rules."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django_q.tasks import async_task

from vernis.accounts import audit
from vernis.accounts.models import Branch, Event, Organization, Role, User
from vernis.accounts.tenancy import scoped_to

if TYPE_CHECKING:
    import datetime

SYNC = "vernis.worklist.jobs.sync_now"


def save_organization(*, organization: Organization, values: dict[str, Any]) -> None:
    """Save what the page of the organization shows."""
    for name, value in values.items():
        setattr(organization, name, value)
    with transaction.atomic():
        organization.save(update_fields=list(values))


def save_rules(*, organization: Organization, rules: dict[str, Any]) -> None:
    """Save the numbers of the rules where they differ from rules.md; with other numbers the list is made anew."""
    if organization.rules == rules:
        return
    organization.rules = rules
    with transaction.atomic():
        organization.save(update_fields=["rules"])
        transaction.on_commit(functools.partial(async_task, SYNC, organization.pk))


def save_branch(*, branch: Branch, values: dict[str, Any]) -> Branch:
    """Save a branch, or open a new one; its days are those of its zone, so the list is made anew with a new zone."""
    is_moved = branch.pk is not None and branch.timezone != values["timezone"]
    for name, value in values.items():
        setattr(branch, name, value)
    with transaction.atomic():
        branch.save()
        if is_moved:
            transaction.on_commit(functools.partial(async_task, SYNC, branch.organization_id))
    return branch


def create_organization(
    *, name: str, email: str, language: str, now: datetime.datetime, person: str = ""
) -> tuple[Organization, User]:
    """Make an organization with one branch and its first owner, who gets a password by the link of a letter."""
    with transaction.atomic():
        organization = Organization.objects.create(name=name, language=language, created_at=now)
        with scoped_to(organization.pk):
            Branch.objects.create(
                organization=organization,
                name=name,
                timezone=organization.timezone,
                country=organization.country,
                currency=organization.currency,
            )
            owner = User(
                organization=organization,
                email=email.strip().lower(),
                name=person or email.partition("@")[0],
                role=Role.OWNER,
                sees_all_branches=True,
                language=language,
                created_at=now,
            )
            owner.set_unusable_password()
            owner.save()
            audit.record(Event.JOINED, person=owner)
    return organization, owner
