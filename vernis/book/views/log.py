"""The log of contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.shortcuts import render
from django.views.decorators.http import require_safe

from vernis.accounts.rules import is_manager
from vernis.accounts.views.access import for_those
from vernis.book.forms.narrow import LogFilter
from vernis.book.queries.log import contacts_page

if TYPE_CHECKING:
    from django.http import HttpResponse

    from vernis.accounts.requests import AuthenticatedRequest


@require_safe
@for_those(is_manager)
def contacts(request: AuthenticatedRequest) -> HttpResponse:
    """Show who called whom and what came of it, those taken back struck through."""
    form = LogFilter(request.GET, user=request.user)
    form.is_valid()
    data, after = form.cleaned_data, request.GET.get("after", "")
    page = contacts_page(
        user=request.user,
        day=data.get("day"),
        person_id=data["person"].pk if data.get("person") else None,
        outcome=data.get("outcome", ""),
        block=data.get("block", ""),
        after=int(after) if after.isascii() and after.isdigit() and len(after) < 19 else None,
    )
    kept = {name: request.GET.get(name, "") for name in ("day", "person", "outcome", "block") if request.GET.get(name)}
    context = {
        "form": form,
        "contacts": page.contacts,
        "next": urlencode(kept | {"after": page.after}) if page.after else "",
        "is_narrowed": bool(kept),
        "organization": request.user.organization,
    }
    return render(request, "book/contacts.html", context)
