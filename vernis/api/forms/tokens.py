"""The form of a new token."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from vernis.accounts.models import Branch
from vernis.api.scopes import SCOPES

if TYPE_CHECKING:
    from vernis.accounts.models import User

PERIODS = [
    ("90", _("90 days")),
    ("365", _("a year")),
    ("", _("until it is revoked")),
]


class TokenForm(forms.Form):
    """What a token is for, what it may do, where, and how long."""

    name = forms.CharField(
        label=_("What it is for"), max_length=200, help_text=_("Is shown as the author of what the program does.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("The program may"),
        choices=[],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick only what the program needs: whoever holds the token can do all of it."),
    )
    branches = forms.ModelMultipleChoiceField(
        Branch.objects.none(),
        label=_("Only in these branches"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Nothing ticked: in all branches."),
    )
    works_for = forms.ChoiceField(label=_("Works for"), choices=PERIODS, required=False, initial="365")

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scopes, branches = self.fields["scopes"], self.fields["branches"]
        assert isinstance(scopes, forms.MultipleChoiceField)
        assert isinstance(branches, forms.ModelMultipleChoiceField)
        scopes.choices = list(SCOPES.items())
        branches.queryset = Branch.objects.visible_to(by)

    def expires_at(self, now: datetime.datetime) -> datetime.datetime | None:
        """Return until when the token works."""
        days = self.cleaned_data["works_for"]
        return now + datetime.timedelta(days=int(days)) if days else None
