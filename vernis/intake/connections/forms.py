"""The keys, as an owner types them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from vernis.intake.models import System


class KeysForm(forms.Form):
    """Keys are typed once and never shown again."""

    system = forms.ChoiceField(label=_("System"), choices=System.choices)
    partner = forms.CharField(
        label=_("Partner token"), max_length=500, help_text=_("Of your account of a developer there."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    login = forms.CharField(
        label=_("Login there"), max_length=200, required=False,
        help_text=_("Phone or e-mail; better of a user of its own."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    password = forms.CharField(
        label=_("Password there"), max_length=200, required=False, strip=False,
        help_text=_("Is used once, now, and not kept."), widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    user = forms.CharField(
        label=_("User token"), max_length=500, required=False, help_text=_("Instead of login and password."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    company = forms.IntegerField(
        label=_("Number of the company"), required=False, min_value=1, max_value=2**31 - 1,
        help_text=_("Only if we do not find it by ourselves."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two ways in, whole."""
        data = super().clean() or {}
        if not data.get("user") and not (data.get("login") and data.get("password")):
            raise forms.ValidationError(_("Give login and password, or a user token."))
        return data
