"""What the log is narrowed by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from vernis.accounts.audit import TITLES
from vernis.accounts.models import User

if TYPE_CHECKING:
    from django.db.models import QuerySet


class HistoryForm(forms.Form):
    """Person, day, kind of object; each may be left open."""

    person = forms.ModelChoiceField(User.objects.none(), label=_("Who"), required=False, empty_label=_("everybody"))
    on = forms.DateField(label=_("Day"), required=False, widget=forms.DateInput({"type": "date"}))
    kind = forms.ChoiceField(label=_("What"), required=False)

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
        models = sorted(
            ((model._meta.label_lower, capfirst(str(title))) for model, title in TITLES.items()),
            key=lambda choice: choice[1],
        )
        self.fields["kind"].choices = [("", _("everything")), ("event", _("Logins and access")), *models]  # type: ignore[attr-defined]
