"""What is said above every page: an owner without a second factor is asked for one, until "later"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vernis.accounts import second_factor
from vernis.accounts.models import Role

if TYPE_CHECKING:
    from django.http import HttpRequest


def banners(request: HttpRequest) -> dict[str, Any]:
    """Return the templates of what is to be said."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or user.role != Role.OWNER or user.organization.is_demo:
        return {"banners": []}
    is_missing = second_factor.state(request) == "missing"  # type: ignore[arg-type]
    return {"banners": ["accounts/_second_factor.html"] if is_missing else []}
