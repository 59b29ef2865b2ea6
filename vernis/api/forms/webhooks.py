"""The form of a webhook."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from vernis.api.events import EVENTS


class EndpointForm(forms.Form):
    """Where to send what."""

    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        widget=forms.URLInput(attrs={"placeholder": "https://", "autocomplete": "off"}),
        help_text=_("Begins with https:// and can be reached from the internet."),
    )
    events = forms.MultipleChoiceField(
        label=_("Tell it when"), choices=list(EVENTS.items()), widget=forms.CheckboxSelectMultiple
    )
    is_active = forms.BooleanField(label=_("Messages are sent"), required=False, initial=True)
