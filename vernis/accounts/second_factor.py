"""Who has a second factor, who is asked for one, and who does not get further without (trust: passwords)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from vernis.accounts.models import Role, SecondFactor

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from vernis.accounts.requests import AuthenticatedRequest

OPEN = ("/account/", "/language/", "/static/", "/profile/")
"""Where one may go without: adding a factor, going out, choosing a language."""

_OBLIGED = {
    SecondFactor.ASKED: (),
    SecondFactor.MANAGERS: (Role.OWNER, Role.MANAGER),
    SecondFactor.EVERYBODY: tuple(Role),
}


def state(request: AuthenticatedRequest) -> str:
    """Return "there", "missing", or "later" if the person has put it off; asks the database once a session."""
    if "second_factor" not in request.session:
        request.session["second_factor"] = "there" if is_mfa_enabled(request.user) else "missing"
    return str(request.session["second_factor"])


def is_obliged(request: AuthenticatedRequest) -> bool:
    """Tell whether the person must have one."""
    organization = request.user.organization
    return not organization.is_demo and request.user.role in _OBLIGED[SecondFactor(organization.second_factor)]


def second_factor(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Lead whoever must have a second factor and has none to where it is added."""

    def handle(request: HttpRequest) -> HttpResponseBase:
        if not request.user.is_authenticated or request.path.startswith(OPEN):
            return get_response(request)
        if not is_obliged(request) or state(request) == "there":  # type: ignore[arg-type]
            return get_response(request)
        if request.method not in {"GET", "HEAD"} or request.headers.get("HX-Request"):
            raise PermissionDenied(_("First add a passkey or a code from your phone: open your profile."))
        messages.warning(request, _("Here a password alone is not enough. Add a passkey or a code from your phone."))
        return redirect("mfa_index")

    return handle
