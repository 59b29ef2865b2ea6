"""What a client has allowed, with the evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from vernis.accounts.rules import works_with_clients
from vernis.accounts.views.access import for_those
from vernis.book.forms.appointments import ConsentForm
from vernis.book.models import Consent
from vernis.book.operations.consents import record_consent
from vernis.book.queries.consents import Allowed, do_not_call, in_force, may_contact
from vernis.book.views.here import client_or_404

if TYPE_CHECKING:
    from django.http import HttpResponse

    from vernis.accounts.requests import AuthenticatedRequest


@require_http_methods(["GET", "HEAD", "POST"])
@for_those(works_with_clients)
def consents(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Show what holds and everything that was said, and note what is said now."""
    client, now = client_or_404(request, pk), timezone.now()
    wording = _("I agree that %(company)s contacts me by phone, in messages and by e-mail about visits and offers.") % {
        "company": client.organization.name
    }
    form = ConsentForm(request.POST or None, initial={"wording": wording, "is_given": "yes"})
    if form.is_valid():
        data = form.cleaned_data
        record_consent(
            client_id=client.pk,
            by=request.user,
            channel=Consent.Channel(data["channel"]),
            purpose=Consent.Purpose(data["purpose"]),
            is_given=data["is_given"],
            means=Consent.Means(data["means"]),
            wording=data["wording"],
            note=data["note"],
            now=now,
            key=data["key"],
        )
        messages.success(request, _("Saved."))
        return redirect("book:consents", client.pk)
    allowed = {
        (channel, purpose): isinstance(
            may_contact(client=client, channel=Consent.Channel(channel), purpose=Consent.Purpose(purpose), now=now),
            Allowed,
        )
        for channel in Consent.Channel.values
        for purpose in Consent.Purpose.values
    }
    context = {
        "client": client,
        "form": form,
        "purposes": Consent.Purpose.labels,
        "matrix": [
            (label, [allowed[channel, purpose] for purpose in Consent.Purpose.values])
            for channel, label in Consent.Channel.choices
        ],
        "in_force": in_force(client=client),
        "history": client.consents.select_related("recorded_by").order_by("-at", "-pk"),
        "do_not_call": do_not_call(client=client, now=now),
        "zone": (client.branch or client.organization).zone,
    }
    return render(request, "book/consents.html", context, status=422 if form.errors else 200)
