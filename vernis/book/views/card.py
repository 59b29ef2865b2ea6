"""The card of a client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from vernis.accounts.rules import is_manager, works_with_clients
from vernis.accounts.views.access import for_those
from vernis.book import panels
from vernis.book.forms.clients import ClientForm
from vernis.book.models import Client, Trait
from vernis.book.operations.clients import PhoneIsKnown, add_client, change_client
from vernis.book.panels import Where
from vernis.book.queries.clients import visits_of
from vernis.book.queries.completeness import of_client
from vernis.book.queries.consents import do_not_call, in_force
from vernis.book.views.here import client_or_404

if TYPE_CHECKING:
    from django.http import HttpResponse

    from vernis.accounts.requests import AuthenticatedRequest


@require_safe
@for_those(works_with_clients)
def client(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Show everything about a client."""
    client, now = client_or_404(request, pk), timezone.now()
    if client.pk != pk:
        return redirect("book:client", client.pk)
    place = client.branch or client.organization
    context = {
        "client": client,
        "zone": place.zone,
        "currency": place.currency,
        "today": now.astimezone(place.zone).date(),
        "visits": visits_of(client=client, now=now),
        "traits": traits_of(client),
        "completeness": of_client(client=client),
        "consents": in_force(client=client),
        "do_not_call": do_not_call(client=client, now=now),
        "contacts": client.contacts.select_related("made_by").order_by("-made_at", "-pk")[:20],
        "wishes": client.waitlist.filter(closed_on=None).select_related("service", "staff"),
        "may_erase": is_manager(request.user),
        "panels": panels.shown(request, client, now, Where.HEAD, Where.MAIN, Where.SIDE),
    }
    return render(request, "book/client.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_those(works_with_clients)
def new_client(request: AuthenticatedRequest) -> HttpResponse:
    """Add a client; say so where the phone is known already."""
    form = ClientForm(request.POST or None, user=request.user)
    same: list[Client] = []
    if form.is_valid():
        try:
            client = add_client(
                by=request.user,
                facts=form.facts(),
                now=timezone.now(),
                key=form.cleaned_data["key"],
                is_other_person=form.cleaned_data["is_other_person"],
            )
        except PhoneIsKnown as known:
            same = list(Client.objects.visible_to(request.user).filter(pk__in=known.client_ids))
            form.add_error("phone", _("This phone is known already."))
        else:
            messages.success(request, _("Saved."))
            return redirect("book:client", client.pk)
    context = {"form": form, "same": same}
    return render(request, "book/edit_client.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_those(works_with_clients)
def edit_client(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Change the card of a client."""
    client = client_or_404(request, pk)
    form = ClientForm(request.POST or None, user=request.user, client=client)
    if form.is_valid():
        change_client(client_id=client.pk, by=request.user, facts=form.facts())
        messages.success(request, _("Saved."))
        return redirect("book:client", client.pk)
    context = {"form": form, "client": client}
    return render(request, "book/edit_client.html", context, status=422 if form.errors else 200)


def traits_of(client: Client) -> list[tuple[str, str]]:
    """Return the traits of a client in words; those that are not known as well."""
    return [
        (trait.title, dict(trait.values).get(client.traits.get(trait.key, ""), ""))
        for trait in Trait.objects.of(client.organization_id)
    ]
