"""Making and revoking tokens."""

from __future__ import annotations

import datetime
import secrets
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from vernis.accounts.models import Branch, Role, User
from vernis.api.models import Token
from vernis.api.queries.tokens import hashed
from vernis.api.scopes import SCOPES

if TYPE_CHECKING:
    from collections.abc import Iterable

NOTE_USE_EVERY = datetime.timedelta(minutes=1)


class NoSuchScope(ValueError):
    """There is no such right."""


class ExpiresInThePast(ValueError):
    """A token that has expired already."""


def make_token(
    *,
    by: User,
    name: str,
    scopes: Iterable[str],
    branches: Iterable[Branch],
    expires_at: datetime.datetime | None,
    now: datetime.datetime,
) -> tuple[Token, str]:
    """Make a token; return it and the text to be shown this once. Without branches it sees all of them.

    Raises NoSuchScope, ExpiresInThePast, `Branch.DoesNotExist` for a branch of somebody else.
    """
    wanted, where = sorted(set(scopes)), [branch.pk for branch in branches]
    if not wanted or not set(wanted) <= set(SCOPES):
        raise NoSuchScope
    if expires_at is not None and expires_at <= now:
        raise ExpiresInThePast
    if Branch.objects.visible_to(by).filter(pk__in=where).count() != len(set(where)):
        raise Branch.DoesNotExist
    prefix, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    with transaction.atomic():
        person = User(
            organization_id=by.organization_id,
            email=f"{prefix}@program.invalid",
            name=name,
            role=Role.OPERATOR,
            is_program=True,
            is_active=False,
            sees_all_branches=not where,
            created_at=now,
        )
        person.set_unusable_password()
        person.save()
        person.branches.set(where)
        token = Token.objects.create(
            organization_id=by.organization_id, person=person, prefix=prefix, secret_hash=hashed(secret),
            scopes=wanted, made_by=by, created_at=now, expires_at=expires_at,
        )  # fmt: skip
    return token, f"vernis_{prefix}_{secret}"


def revoke_token(*, token_id: int, by: User, now: datetime.datetime) -> Token:
    """Let a token open nothing any more; revoked already: nothing happens. Raises `Token.DoesNotExist`."""
    with transaction.atomic():
        rows = Token.objects.of(by.organization_id).select_related("person")
        token: Token = rows.select_for_update(of=("self",)).get(pk=token_id)
        if token.revoked_at is None:
            token.revoked_at = now
            token.save(update_fields=["revoked_at"])
    return token


def note_use(*, token: Token, now: datetime.datetime) -> None:
    """Keep when a token was used last, to the minute: most calls write nothing."""
    if token.last_used_at is None or now - token.last_used_at >= NOTE_USE_EVERY:
        long_ago = Q(last_used_at=None) | Q(last_used_at__lte=now - NOTE_USE_EVERY)
        Token.objects.filter(long_ago, pk=token.pk).update(last_used_at=now)
