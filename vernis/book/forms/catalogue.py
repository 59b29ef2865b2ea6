"""Services, traits, those who serve."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vernis.accounts.models import Branch, User
from vernis.book.models import Trait
from vernis.book.operations.catalogue import Special
from vernis.lib import months

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_DAYS = 3650


class SpecialForm(forms.Form):
    """One special interval: a row of the editor."""

    months = forms.CharField(
        label=gettext_lazy("Months"), max_length=40, required=False, widget=forms.TextInput({"placeholder": "4-9"})
    )
    trait = forms.ChoiceField(label=gettext_lazy("Clients"), required=False)
    interval_days = forms.IntegerField(label=gettext_lazy("Days"), min_value=1, max_value=MOST_DAYS, required=False)

    def __init__(self, *args: Any, traits: list[Trait], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: list[Any] = [("", gettext_lazy("all clients"))]
        choices.extend(
            (f"{trait.key}={value}", f"{trait.title}: {title}") for trait in traits for value, title in trait.values
        )
        cast("forms.ChoiceField", self.fields["trait"]).choices = choices

    def clean_months(self) -> str:
        """Refuse what names no months."""
        try:
            months.parsed(self.cleaned_data["months"])
        except months.NotMonths:
            raise forms.ValidationError(_("Write months as numbers: 4-9, or 11,12,1")) from None
        return str(self.cleaned_data["months"])

    def clean(self) -> dict[str, Any]:
        """Ask for case and days together; an empty row says nothing."""
        data = super().clean() or {}
        case = data.get("months") or data.get("trait")
        if case and not data.get("interval_days") and "interval_days" not in self.errors:
            self.add_error("interval_days", _("After how many days?"))
        if data.get("interval_days") and not case and not self.errors:
            self.add_error("months", _("Say in which months or for which clients."))
        return data

    @property
    def special(self) -> Special | None:
        """What was typed; None for an empty row."""
        data = self.cleaned_data
        if not data.get("interval_days"):
            return None
        trait, _sign, value = data["trait"].partition("=")
        return Special(data["interval_days"], data["months"], trait, value)


class BaseSpecials(forms.BaseFormSet[SpecialForm]):
    """All special intervals of a service or a category."""

    def specials(self) -> Iterator[Special]:
        """Return what was typed."""
        for form in self.forms:
            if form.special:
                yield form.special


SpecialForms = forms.formset_factory(
    SpecialForm, formset=BaseSpecials, extra=3, max_num=40, absolute_max=60, validate_max=True
)


class ServiceForm(forms.Form):
    """A service."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    category = forms.CharField(
        label=gettext_lazy("Category"),
        max_length=100,
        required=False,
        widget=forms.TextInput({"list": "categories"}),
        help_text=gettext_lazy("Services of one category take turns: after one of them, the next of any is due"),
    )
    interval_days = forms.IntegerField(
        label=gettext_lazy("Due again after, days"),
        min_value=1,
        max_value=MOST_DAYS,
        required=False,
        help_text=gettext_lazy("Empty: learned from the visits of your clients"),
    )
    duration_minutes = forms.IntegerField(
        label=gettext_lazy("Duration, minutes"), min_value=1, max_value=24 * 60, initial=60
    )
    price = forms.DecimalField(
        label=gettext_lazy("Price"),
        min_value=0,
        max_value=Decimal(10) ** 9,
        decimal_places=2,
        required=False,
        localize=True,
    )
    is_active = forms.BooleanField(label=gettext_lazy("Can be booked"), required=False, initial=True)


class CategoryForm(forms.Form):
    """The plain interval of a category."""

    interval_days = forms.IntegerField(
        label=gettext_lazy("Due again after, days"),
        min_value=1,
        max_value=MOST_DAYS,
        required=False,
        help_text=gettext_lazy("For services of the category that have none of their own"),
    )


class TraitForm(forms.Form):
    """A trait: its title, and its values one a line."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=100)
    key = forms.SlugField(
        label=gettext_lazy("Short name in files"),
        max_length=50,
        help_text=gettext_lazy("Latin letters, for imports: hair_length"),
    )
    values = forms.CharField(
        label=gettext_lazy("Values, one a line"),
        max_length=4000,
        widget=forms.Textarea({"rows": 6}),
        help_text=gettext_lazy("To give a value a short name for imports, write it before a sign: long = Long"),
    )

    def __init__(self, *args: Any, is_known: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_known:
            del self.fields["key"]

    def clean_values(self) -> list[tuple[str, str]]:
        """Return pairs of short name and title; refuse one that comes twice."""
        pairs: list[tuple[str, str]] = []
        for line in filter(None, (line.strip() for line in self.cleaned_data["values"].splitlines())):
            value, sign, title = (part.strip() for part in line.partition("="))
            pairs.append((value[:50], (title if sign else value)[:100]))
        if any(re.search(r"[=;]", value) or not value for value, _title in pairs):
            raise forms.ValidationError(_("A short name has no = and no ;"))
        if not pairs or len({value for value, _title in pairs}) < len(pairs):
            raise forms.ValidationError(_("Each value needs to be there once."))
        return pairs


class StaffForm(forms.Form):
    """One who serves."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    branch = forms.ModelChoiceField(
        Branch.objects.none(), label=gettext_lazy("Branch"), required=False, empty_label=gettext_lazy("All branches")
    )
    user = forms.ModelChoiceField(
        User.objects.none(),
        label=gettext_lazy("Login"),
        required=False,
        empty_label=gettext_lazy("no login"),
        help_text=gettext_lazy("With a login the specialist sees the own appointments of the day"),
    )
    is_active = forms.BooleanField(label=gettext_lazy("Works here"), required=False, initial=True)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        branches = cast("forms.ModelChoiceField[Branch]", self.fields["branch"])
        branches.queryset = Branch.objects.visible_to(by)
        if not by.sees_all_branches:
            branches.required, branches.empty_label = True, None
        people = User.objects.filter(organization=by.organization_id, is_active=True)
        if not by.sees_all_branches:
            people = people.filter(branches__in=by.branch_ids).distinct()
        cast("forms.ModelChoiceField[User]", self.fields["user"]).queryset = people
