"""How allauth behaves here: nobody signs up without an invitation, and guessing passwords is slow."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from django.utils.translation import gettext_lazy as _

from vernis.accounts import devices

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from vernis.accounts.models import User


class ByInvitation(DefaultAccountAdapter):
    """An account begins with an invitation only."""

    error_messages = {  # noqa: RUF012
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": _(
            "Too many wrong passwords. Wait a few minutes and try again, or come in with a passkey."
        ),
        "email_password_mismatch": _("This e-mail and this password do not go together. Check both and try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: people join by the link of an invitation."""
        return False

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        email = str(credentials.get("email") or "")
        # All spellings that the database takes for one address are one key.
        key = unicodedata.normalize("NFKC", email).strip().upper().casefold()
        device = devices.known_device(request, email)
        return f"{key} {device}" if device else key

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the attempt before the password is looked at; refuse when there were too many."""
        super().pre_authenticate(request, **credentials)
        if devices.known_device(request, str(credentials.get("email") or "")):
            return
        anywhere = ratelimit.consume(request, app="allauth.account", action="login_failed_anywhere", key="everybody")
        if not anywhere:
            raise self.validation_error("too_many_login_attempts")
        self._login_failed_rl_usage.usage += anywhere.usage  # a right password gives it back with the others

    def reauthenticate(self, user: User, password: str) -> bool:
        """Check the password of somebody who is logged in, within the same limits."""
        found = self.authenticate(context.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Go on to where the person wanted to go; from now on the device is known."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        devices.remember(request, response, user)
        return response


class SecondFactors(DefaultMFAAdapter):
    """How second factors are named in the lists of phones and browsers."""

    def get_totp_issuer(self) -> str:
        """Return what an authenticator shows above the code."""
        return "Vernis"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return the name that a browser shows when it asks for the passkey."""
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return {**entity, "name": "Vernis"}
