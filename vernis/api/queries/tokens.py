"""Finding the token behind a header."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import TYPE_CHECKING

from vernis.accounts.models import Role
from vernis.api.models import Token

if TYPE_CHECKING:
    import datetime

    from django.db.models import QuerySet

    from vernis.accounts.models import User

SHAPE = re.compile(r"vernis_([0-9a-f]{8})_([\w-]{43})", re.ASCII)
NOBODY = "0" * 64


def hashed(secret: str) -> str:
    """Return what is kept of a secret; it is random and long, so one round is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def recognized(*, text: str, now: datetime.datetime) -> Token | None:
    """Return the token that a program has shown, if it works. Takes as long for one that is not there."""
    matched = SHAPE.fullmatch(text)
    prefix, secret = matched.groups() if matched else ("", "")
    token = (
        Token.objects.filter(prefix=prefix).select_related("person__organization", "made_by").first()
        if prefix
        else None
    )
    is_right = hmac.compare_digest(hashed(secret), token.secret_hash if token else NOBODY)
    return token if token and is_right and works(token, now) else None


def works(token: Token, now: datetime.datetime) -> bool:
    """Tell whether a token opens anything: not revoked, not expired, and its maker still owns the business."""
    return (
        token.revoked_at is None
        and (token.expires_at is None or token.expires_at > now)
        and token.made_by.is_active
        and token.made_by.role == Role.OWNER
        and token.made_by.organization_id == token.organization_id
    )


def tokens_of(*, user: User) -> QuerySet[Token]:
    """Return the tokens of an organization, the latest first."""
    rows = Token.objects.of(user.organization_id).select_related("person", "made_by")
    return rows.prefetch_related("person__branches")
