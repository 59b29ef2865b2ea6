"""The first page of the room "Settings": what can be set, each with one line of what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from vernis.ui.context import settings_for

if TYPE_CHECKING:
    from django.http import HttpResponse

    from vernis.accounts.requests import AuthenticatedRequest


@never_cache
@require_safe
@login_required
def index(request: AuthenticatedRequest) -> HttpResponse:
    """Show the settings that the person may open; refuse who may open none."""
    entries = settings_for(request.user)
    if not entries:
        raise PermissionDenied
    return render(request, "accounts/settings.html", {"entries": entries})
