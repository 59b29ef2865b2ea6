"""A client's own rights: everything we know, and being forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from vernis.accounts.rules import is_manager
from vernis.accounts.views.access import for_those
from vernis.book import known
from vernis.book.forms.appointments import EraseForm
from vernis.book.operations import privacy
from vernis.book.views.card import traits_of
from vernis.book.views.here import client_or_404

if TYPE_CHECKING:
    from django.http import HttpResponse

    from vernis.accounts.requests import AuthenticatedRequest


@require_safe
@for_those(is_manager)
def all_we_know(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Show everything kept about a client, to be read and printed."""
    client = client_or_404(request, pk)
    place = client.branch or client.organization
    context = {
        "client": client,
        "traits": traits_of(client),
        "appointments": client.appointments.select_related("branch").prefetch_related("lines__service", "lines__staff"),
        "consents": client.consents.all(),
        "contacts": client.contacts.select_related("made_by"),
        "wishes": client.waitlist.select_related("service"),
        "known": [(part.title, rows) for part, rows in known.of(client) if rows],
        "zone": place.zone,
        "currency": place.currency,
        "now": timezone.now(),
    }
    return render(request, "book/all_we_know.html", context)


@require_safe
@for_those(is_manager)
def export(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Give everything kept about a client as a file."""
    client = client_or_404(request, pk)
    response = JsonResponse(privacy.all_we_know(client=client), json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = f'attachment; filename="client-{client.pk}.json"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@for_those(is_manager)
def erase(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Ask for the name, and forget the client."""
    client = client_or_404(request, pk)
    form = EraseForm(request.POST or None)
    if form.is_valid():
        try:
            privacy.erase_client(
                client_id=client.pk, by=request.user, typed_name=form.cleaned_data["name"], now=timezone.now()
            )
        except privacy.OtherName:
            form.add_error("name", _("This is not the name on the card. Type it as it stands there."))
            form.data = {}  # to be typed anew
        else:
            messages.success(request, _("The client is forgotten. Visits and sums stay without a name."))
            return redirect("book:clients")
    return render(request, "book/erase.html", {"client": client, "form": form}, status=422 if form.errors else 200)
