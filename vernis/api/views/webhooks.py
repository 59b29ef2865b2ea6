"""Webhooks: where to send what, the secret, what was sent and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vernis.accounts.rules import is_owner
from vernis.accounts.views.access import for_those
from vernis.api import words
from vernis.api.events import EVENTS
from vernis.api.forms.webhooks import EndpointForm
from vernis.api.models import Delivery, Endpoint
from vernis.api.operations import webhooks as operations
from vernis.api.queries.webhooks import endpoints_of, log_of

if TYPE_CHECKING:
    from django.http import HttpResponse

    from vernis.accounts.requests import AuthenticatedRequest


@require_http_methods(["GET", "HEAD", "POST"])
@for_those(is_owner, asks_again=True)
def endpoint(request: AuthenticatedRequest, pk: int | None = None) -> HttpResponse:
    """Add a webhook or change one; the secret of a new one is shown this once."""
    known: Endpoint | None = get_object_or_404(endpoints_of(user=request.user), pk=pk) if pk else None
    initial: dict[str, Any] = (
        {"url": known.url, "events": known.events, "is_active": known.is_active} if known else {"events": list(EVENTS)}
    )
    form = EndpointForm(request.POST or None, initial=initial)
    if form.is_valid():
        data = form.cleaned_data
        try:
            saved, secret = operations.save_endpoint(
                by=request.user,
                endpoint_id=pk,
                url=data["url"],
                wanted=data["events"],
                is_active=data["is_active"],
                now=timezone.now(),
            )
        except operations.AddressIsNoUse:
            form.add_error("url", _("Messages can only go to an address that begins with https://."))
        else:
            if secret:
                return render(request, "api/secret.html", {"name": saved, "secret": secret, "kind": "webhook"})
            messages.success(request, _("Saved."))
            return redirect("programs:index")
    context = {"form": form, "endpoint": known, "now": timezone.now()}
    return render(request, "api/webhook.html", context, status=422 if form.errors else 200)


@require_POST
@for_those(is_owner)
def delete(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Delete a webhook with its log."""
    get_object_or_404(endpoints_of(user=request.user), pk=pk)
    operations.delete_endpoint(endpoint_id=pk, by=request.user)
    messages.success(request, _("The webhook is deleted; nothing is sent there any more."))
    return redirect("programs:index")


@require_POST
@for_those(is_owner, asks_again=True)
def change_secret(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Give a new secret, shown this once; the old one signs as well for a day."""
    get_object_or_404(endpoints_of(user=request.user), pk=pk)
    changed, secret = operations.change_secret(endpoint_id=pk, by=request.user, now=timezone.now())
    return render(request, "api/secret.html", {"name": changed, "secret": secret, "kind": "rotated"})


@require_POST
@for_those(is_owner)
def test(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Send a message that says nothing, to see whether it arrives."""
    get_object_or_404(endpoints_of(user=request.user), pk=pk)
    operations.send_test(endpoint_id=pk, by=request.user, now=timezone.now())
    messages.success(request, _("A test message is on its way; load this page again in a moment."))
    return redirect("programs:log", pk)


@require_safe
@for_those(is_owner)
def log(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Show what was sent and what came of it."""
    found: Endpoint = get_object_or_404(endpoints_of(user=request.user), pk=pk)
    state, before = request.GET.get("state", ""), request.GET.get("before", "")
    page = log_of(endpoint=found, state=state, before=int(before) if before.isdecimal() and len(before) < 19 else None)
    context = {
        "endpoint": found,
        "lines": [words.line(row) for row in page.deliveries],
        "before": page.before,
        "state": state if state in Delivery.State.values else "",
        "states": Delivery.State.choices,
        "zone": request.user.organization.zone,
    }
    return render(request, "api/log.html", context)


@require_POST
@for_those(is_owner)
def again(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Send a message again."""
    row = get_object_or_404(Delivery.objects.of(request.user.organization_id), pk=pk)
    operations.send_again(delivery_id=row.pk, by=request.user, now=timezone.now())
    messages.success(request, _("It is on its way again; load this page again in a moment."))
    return redirect("programs:log", row.endpoint_id)
