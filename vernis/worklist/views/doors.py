"""Who may enter: people who work with clients; others are told so."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.views.decorators.cache import never_cache

from vernis.accounts.rules import is_manager, works_with_clients

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from vernis.accounts.models import User
    from vernis.accounts.requests import AuthenticatedRequest

    View = Callable[..., HttpResponse]


def only(allows: Callable[[User], bool]) -> Callable[[View], View]:
    """Let in whom the predicate allows, once logged in; nothing behind is kept by the browser."""

    def wrap(view: View) -> View:
        @never_cache
        @login_required
        @functools.wraps(view)
        def enter(request: AuthenticatedRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not allows(request.user):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return enter

    return wrap


for_work = only(works_with_clients)
for_managers = only(is_manager)
