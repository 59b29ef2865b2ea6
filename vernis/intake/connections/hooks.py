"""The address that a booking system may call when something has changed.

Whoever knows the address can do no more than let us ask the system a little earlier; what a call says is not read.
"""

from __future__ import annotations

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

_SALT = "intake.connections.hook"


def token_of(organization_id: int, connection_id: int) -> str:
    """Return the part of the address that nobody can guess."""
    return Signer(salt=_SALT).sign(f"{organization_id}-{connection_id}")


def address_of(organization_id: int, connection_id: int) -> str:
    """Return the whole address."""
    path = reverse("intake:hook", kwargs={"token": token_of(organization_id, connection_id)})
    return f"{settings.URL.scheme}://{settings.URL.netloc}{path}"


def meant(token: str) -> tuple[int, int] | None:
    """Return organization and connection of an address; None: it is none of ours."""
    try:
        organization, connection = Signer(salt=_SALT).unsign(token).split("-")
    except (BadSignature, ValueError):
        return None
    return int(organization), int(connection)
