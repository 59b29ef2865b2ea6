"""Devices on which somebody has come in before: strangers who guess passwords cannot shut such a person out.

A signed cookie names the device and the people who came in there. Guesses from a known device are counted by
themselves; those of everybody else are counted together, and only they wait.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core import signing

from vernis.accounts.models import User

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

SALT = "vernis.accounts.devices"
LASTS_SECONDS = 60 * 60 * 24 * 180
MOST_PEOPLE = 20


def known_device(request: HttpRequest, email: str) -> str:
    """Return the name of the device if the owner of the e-mail has come in there before, else an empty text."""
    cookie = _read(request)
    if cookie and User.objects.filter(pk__in=cookie["people"], email__iexact=email).exists():
        return str(cookie["device"])
    return ""


def remember(request: HttpRequest, response: HttpResponseBase, person: User) -> None:
    """Let the device know that the person has come in there."""
    cookie = _read(request) or {"device": secrets.token_urlsafe(12), "people": []}
    people = [person.pk, *(pk for pk in cookie["people"] if pk != person.pk)][:MOST_PEOPLE]
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps({"device": cookie["device"], "people": people}, salt=SALT),
        max_age=LASTS_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=bool(getattr(settings, "SESSION_COOKIE_SECURE", False)),
    )


def _read(request: HttpRequest) -> dict[str, Any] | None:
    value = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    try:
        found: dict[str, Any] = signing.loads(value, salt=SALT, max_age=LASTS_SECONDS)
    except signing.BadSignature:
        return None
    return found
