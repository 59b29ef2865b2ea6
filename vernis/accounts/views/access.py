"""What stands before views that change people or the organization."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.views.decorators.cache import never_cache

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    View = Callable[..., HttpResponse]


def _is_real(request: HttpRequest) -> bool:
    """Tell a person who has a password from one of the demonstration."""
    user = request.user
    return not (settings.IS_DEMO and user.is_authenticated and user.organization.is_demo)


def for_those(may: Callable[[Any], bool], *, asks_again: bool = False) -> Callable[[View], View]:
    """Let in only those of whom `may` holds; `asks_again`: and who have shown lately that it is they.

    Pages with people are kept by no browser.
    """

    def decorate(view: View) -> View:
        inner = reauthentication_required(enabled=_is_real)(view) if asks_again else view

        @never_cache
        @login_required
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not may(request.user):
                raise PermissionDenied
            response: HttpResponse = inner(request, *args, **kwargs)
            return response

        return guarded

    return decorate
