"""People, invitations and sessions."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.db.models import Max, Q, QuerySet

from vernis.accounts.models import Invitation, Role, User

if TYPE_CHECKING:
    import datetime


def people_visible_to(user: User) -> QuerySet[User]:
    """Return the people of the organization; a manager of some branches sees oneself and those who work in them.

    `seen_at`: when the person last opened a page.
    """
    people = User.objects.filter(organization=user.organization_id, is_program=False)
    if user.role != Role.OWNER and not user.sees_all_branches:
        people = people.filter(Q(pk=user.pk) | Q(pk__in=User.branches.through.objects.filter(
            branch__in=user.branch_ids).values("user")))  # fmt: skip
    return people.annotate(seen_at=Max("usersession__last_seen_at")).order_by("name", "pk")


def open_invitations(*, user: User, now: datetime.datetime) -> QuerySet[Invitation]:
    """Return the invitations that still work and that the person may take back."""
    waiting = Invitation.objects.of(user.organization_id).filter(accepted_at=None, revoked_at=None, expires_at__gt=now)
    if user.role != Role.OWNER and not user.sees_all_branches:
        bound = Invitation.branches.through.objects.filter(branch__in=user.branch_ids).values("invitation")
        waiting = waiting.filter(Q(invited_by=user) | Q(pk__in=bound)).exclude(role=Role.OWNER)
    return waiting.select_related("invited_by").prefetch_related("branches")


def hashed(token: str) -> str:
    """Return what is kept of the secret of a link."""
    return hashlib.sha256(token.encode()).hexdigest()


def invitation_by_token(*, token: str, now: datetime.datetime) -> Invitation | None:
    """Return the invitation behind a link, if it still works."""
    return (
        Invitation.objects.filter(token_hash=hashed(token), accepted_at=None, revoked_at=None, expires_at__gt=now)
        .select_related("organization")
        .first()
    )


def has_second_factor(user: User) -> bool:
    """Tell whether a password alone does not open the account."""
    return bool(is_mfa_enabled(user))


def sessions_of(user: User) -> list[UserSession]:
    """Return where the person is logged in, the latest first."""
    return sorted(UserSession.objects.purge_and_list(user), key=lambda session: session.last_seen_at, reverse=True)


def demo_people() -> list[User]:
    """Return one person of each role of the demonstration, who may be entered by one click."""
    people = User.objects.filter(organization__is_demo=True, is_active=True).order_by("pk")
    first: dict[str, User] = {}
    for person in people:
        first.setdefault(person.role, person)
    return [first[role] for role in Role.values if role in first]
