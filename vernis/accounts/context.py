"""What is said above every page: an owner without a second factor is asked for one, until "later"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.mfa.utils import is_mfa_enabled

from vernis.accounts.models import Role

if TYPE_CHECKING:
    from django.http import HttpRequest


def banners(request: HttpRequest) -> dict[str, Any]:
    """Return the templates of what is to be said; asks the database once a session."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or user.role != Role.OWNER or user.organization.is_demo:
        return {"banners": []}
    if "second_factor" not in request.session:
        request.session["second_factor"] = "there" if is_mfa_enabled(user) else "missing"
    return {"banners": ["accounts/_second_factor.html"] if request.session["second_factor"] == "missing" else []}
