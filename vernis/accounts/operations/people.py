"""Changing what people may do, dismissing and taking back."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import transaction

from vernis.accounts import audit
from vernis.accounts.models import Event, Invitation, Role, User

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable

    from vernis.accounts.models import Branch


class LastOwner(Exception):
    """Without this person nobody would own the organization."""


def change_person(
    *, person: User, by: User, name: str, role: Role, branches: Iterable[Branch], sees_all_branches: bool
) -> None:
    """Save who the person is and what the person sees. Raises LastOwner."""
    with transaction.atomic():
        person = _held(person)
        before = person.role
        if before == Role.OWNER and role != Role.OWNER:
            _keep_an_owner(person)
        person.name, person.role = name, role
        person.sees_all_branches = sees_all_branches or role == Role.OWNER
        person.save(update_fields=["name", "role", "sees_all_branches"])
        person.branches.set(branches)
        if before != role:
            audit.record(Event.ROLE_CHANGED, person=person, by=by, details={"from": before, "to": str(role)})


def dismiss(*, person: User, by: User, now: datetime.datetime) -> None:
    """Shut the person out at once: no session, no open invitation by the person is left. Raises LastOwner."""
    with transaction.atomic():
        person = _held(person)
        if not person.is_active:
            return
        if person.role == Role.OWNER:
            _keep_an_owner(person)
        person.is_active, person.dismissed_at = False, now
        person.save(update_fields=["is_active", "dismissed_at"])
        end_other_sessions(person=person, keep=None)
        Invitation.objects.filter(invited_by=person, accepted_at=None, revoked_at=None).update(revoked_at=now)
        audit.record(Event.DISMISSED, person=person, by=by)


def restore(*, person: User, by: User) -> None:
    """Let a dismissed person in again, with the password and the branches as they were."""
    with transaction.atomic():
        person = _held(person)
        if person.is_active:
            return
        person.is_active, person.dismissed_at = True, None
        person.save(update_fields=["is_active", "dismissed_at"])
        audit.record(Event.RESTORED, person=person, by=by)


def end_other_sessions(*, person: User, keep: str | None) -> int:
    """End the sessions of a person but the one with the key `keep`; return how many there were."""
    sessions = list(UserSession.objects.filter(user=person).exclude(session_key=keep or ""))
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    for session in sessions:
        store.delete(session.session_key)
    UserSession.objects.filter(pk__in=[session.pk for session in sessions]).delete()
    return len(sessions)


def _held(person: User) -> User:
    return User.objects.select_for_update().get(pk=person.pk)


def _keep_an_owner(person: User) -> None:
    owners = User.objects.select_for_update().filter(
        organization=person.organization_id, role=Role.OWNER, is_active=True
    )
    if not {owner.pk for owner in owners.order_by("pk")} - {person.pk}:
        raise LastOwner
