"""The questionnaire of the first visit (G02): on a tablet handed to the client, or on paper."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django import forms
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from vernis.accounts.rules import works_with_clients
from vernis.accounts.views.access import for_those
from vernis.book.forms.clients import PersonFields, key_field
from vernis.book.models import Consent, Trait
from vernis.book.operations.clients import change_client
from vernis.book.operations.consents import record_consent
from vernis.book.views.here import client_or_404

if TYPE_CHECKING:
    from django.http import HttpResponse

    from vernis.accounts.requests import AuthenticatedRequest


class Questionnaire(PersonFields):
    """What the client is asked. It knows nothing but the name: the tablet may be handed to the wrong person."""

    agrees = forms.BooleanField(label=gettext_lazy("I agree to hear about offers"), required=False)
    key = key_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].label = _("How did you find us?")
        self.fields["allergies"].label = _("Is there anything you are allergic to?")
        self.fields["wishes"].label = _("What should we know to make you feel at home?")
        self.fields["favourite_line"].label = _("Which cosmetics do you like?")


@require_http_methods(["GET", "HEAD", "POST"])
@for_those(works_with_clients)
def questionnaire(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Show the questionnaire full screen, and write into the card what was answered; what was not stays as it was."""
    client = client_or_404(request, pk)
    form = Questionnaire(request.POST or None, user=request.user, initial={"name": client.name})
    form.client = client
    wording = wording_of(client.organization.name)
    if form.is_valid():
        facts: Any = {name: value for name, value in form.facts().items() if value not in ("", None)}
        if facts.get("birth_month") is None:
            facts = {name: value for name, value in facts.items() if not name.startswith("birth_")}
        elif "birth_year" not in facts:
            facts["birth_year"] = None
        facts["traits"] = client.traits | {key: value for key, value in facts.get("traits", {}).items() if value}
        change_client(client_id=client.pk, by=request.user, facts=facts)
        if form.cleaned_data["agrees"]:
            for channel in Consent.Channel:
                record_consent(
                    client_id=client.pk,
                    by=request.user,
                    channel=channel,
                    purpose=Consent.Purpose.ADVERTISING,
                    is_given=True,
                    means=Consent.Means.PAGE,
                    wording=wording,
                    now=timezone.now(),
                    key=uuid.uuid5(form.cleaned_data["key"], channel),
                )
        return redirect("book:questionnaire-thanks", client.pk)
    context = {"form": form, "client": client, "wording": wording}
    return render(request, "book/questionnaire.html", context, status=422 if form.errors else 200)


@require_safe
@for_those(works_with_clients)
def thanks(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Thank the client, who gives the tablet back."""
    return render(request, "book/questionnaire_thanks.html", {"client": client_or_404(request, pk)})


@require_safe
@for_those(works_with_clients)
def paper(request: AuthenticatedRequest) -> HttpResponse:
    """Show the questionnaire to be printed."""
    organization = request.user.organization
    context = {
        "organization": organization,
        "traits": [
            (trait.title, [title for _value, title in trait.values]) for trait in Trait.objects.of(organization)
        ],
        "wording": wording_of(organization.name),
    }
    return render(request, "book/questionnaire_paper.html", context)


def wording_of(company: str) -> str:
    """Return what the client agrees to; it is kept word for word with the consent."""
    return _(
        "I agree that %(company)s tells me about offers by phone, in messages and by e-mail. I can take this back at "
        "any time: a word is enough."
    ) % {"company": company}
