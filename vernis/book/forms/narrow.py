"""What narrows the list of clients and the log."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from vernis.accounts.models import Branch, User
from vernis.book.models.contacts import Block, Outcome
from vernis.book.queries.completeness import FIELDS


class ClientsFilter(forms.Form):
    """Search and filters of the list; what cannot be read narrows nothing."""

    q = forms.CharField(
        label=_("Name or phone"),
        max_length=100,
        required=False,
        widget=forms.TextInput({"type": "search", "placeholder": _("Name or phone"), "autocomplete": "off"}),
    )
    branch = forms.ModelChoiceField(
        Branch.objects.none(), label=_("Branch"), required=False, empty_label=_("All branches")
    )
    missing = forms.ChoiceField(label=_("What is missing"), required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[Branch]", self.fields["branch"]).queryset = Branch.objects.visible_to(user)
        choices = [("", _("Any card")), *((name, _("without: %s") % title) for name, title in FIELDS.items())]
        cast("forms.ChoiceField", self.fields["missing"]).choices = choices


class LogFilter(forms.Form):
    """Filters of the log of contacts."""

    day = forms.DateField(label=_("Day"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    person = forms.ModelChoiceField(User.objects.none(), label=_("Person"), required=False, empty_label=_("Everybody"))
    outcome = forms.ChoiceField(label=_("Outcome"), required=False, choices=[("", _("Any outcome")), *Outcome.choices])
    block = forms.ChoiceField(label=_("Block"), required=False, choices=[("", _("Any block")), *Block.choices])

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(organization=user.organization_id)
        if not user.sees_all_branches:
            people = people.filter(branches__in=user.branch_ids).distinct()
        cast("forms.ModelChoiceField[User]", self.fields["person"]).queryset = people
