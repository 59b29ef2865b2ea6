"""What tests of the room share."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.test import Client

    from vernis.accounts.models import User


def confirmed(client: Client, person: User) -> Client:
    """Let a browser's session have shown just now that it is the person."""
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
    return client
