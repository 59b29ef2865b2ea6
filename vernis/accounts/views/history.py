"""The page of the log: who changed what and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.shortcuts import render
from django.views.decorators.http import require_safe

from vernis.accounts import queries
from vernis.accounts.forms.history import HistoryForm
from vernis.accounts.queries.history import in_words, log_visible_to
from vernis.accounts.rules import is_manager
from vernis.accounts.views.access import for_those

if TYPE_CHECKING:
    from django.http import HttpResponse

    from vernis.accounts.requests import AuthenticatedRequest

PER_PAGE = 50


@require_safe
@for_those(is_manager)
def history(request: AuthenticatedRequest) -> HttpResponse:
    """Show the latest changes first, narrowed by person, day and kind of object."""
    form = HistoryForm(request.GET, people=queries.people_visible_to(request.user))
    chosen = form.cleaned_data if form.is_valid() else {}
    zone = request.user.organization.zone
    entries = log_visible_to(
        request.user, person=chosen.get("person"), on=chosen.get("on"), kind=chosen.get("kind"), zone=zone
    )
    page = Paginator(entries, PER_PAGE).get_page(request.GET.get("page"))
    rest = request.GET.copy()
    rest.pop("page", None)
    context = {"form": form, "page": page, "lines": in_words(list(page), zone=zone), "rest": rest.urlencode()}
    return render(request, "accounts/history.html", context)
