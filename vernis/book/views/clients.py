"""The list of clients."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.shortcuts import render
from django.views.decorators.http import require_safe

from vernis.accounts.rules import works_with_clients
from vernis.accounts.views.access import for_those
from vernis.book.forms.narrow import ClientsFilter
from vernis.book.queries.clients import clients_page, last_visits
from vernis.book.views.here import branches_of, chosen_branch

if TYPE_CHECKING:
    from django.http import HttpResponse

    from vernis.accounts.requests import AuthenticatedRequest


@require_safe
@for_those(works_with_clients)
def clients(request: AuthenticatedRequest) -> HttpResponse:
    """Show clients by name, narrowed by search, branch and what is missing; to htmx only the rows."""
    user = request.user
    branches = branches_of(user)
    form = ClientsFilter(request.GET, user=user)
    form.is_valid()
    data = form.cleaned_data
    here = data.get("branch") or chosen_branch(request, branches) or user.organization
    page = clients_page(
        user=user,
        text=data.get("q", ""),
        branch_id=data["branch"].pk if data.get("branch") else None,
        missing=data.get("missing", ""),
        after=request.GET.get("after", "").replace("\0", ""),
        country=here.country,
    )
    visits = last_visits(clients=page.clients)
    kept = {name: request.GET.get(name, "") for name in ("q", "branch", "missing") if request.GET.get(name)}
    context = {
        "form": form,
        "rows": [(client, visits.get(client.pk)) for client in page.clients],
        "next": urlencode(kept | {"after": page.after}) if page.after else "",
        "is_narrowed": bool(kept),
        "is_continued": bool(request.GET.get("after")),
        "text": data.get("q", ""),
        "has_branches": len(branches) > 1,
        "organization": user.organization,
    }
    is_part = request.headers.get("HX-Request") == "true"
    return render(request, "book/_clients.html" if is_part else "book/clients.html", context)
