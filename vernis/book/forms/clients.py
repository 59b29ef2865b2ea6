"""The card of a client, as it is typed."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vernis.accounts.models import Branch
from vernis.book.models import Client, Trait
from vernis.book.operations.clients import Facts, is_birthday
from vernis.lib import days, phones

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vernis.accounts.models import User

TRAIT = "trait_"
EARLIEST_YEAR = 1900


def key_field() -> forms.UUIDField:
    """Return the hidden field by which a form that is sent twice is known."""
    return forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)


class PersonFields(forms.Form):
    """What the client's own questionnaire asks as well."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    phone = forms.CharField(
        label=gettext_lazy("Phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput({"type": "tel", "inputmode": "tel"}),
    )
    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=254, required=False)
    birth_day = forms.IntegerField(label=gettext_lazy("Day"), min_value=1, max_value=31, required=False)
    birth_month = forms.TypedChoiceField(label=gettext_lazy("Month"), coerce=int, empty_value=None, required=False)
    birth_year = forms.IntegerField(label=gettext_lazy("Year"), min_value=EARLIEST_YEAR, max_value=2100, required=False)
    source = forms.CharField(
        label=gettext_lazy("How she found us"),
        max_length=200,
        required=False,
        widget=forms.TextInput({"list": "sources"}),
    )
    allergies = forms.CharField(
        label=gettext_lazy("Allergies"), max_length=2000, required=False, widget=forms.Textarea({"rows": 2})
    )
    wishes = forms.CharField(
        label=gettext_lazy("Special wishes"), max_length=2000, required=False, widget=forms.Textarea({"rows": 2})
    )
    favourite_line = forms.CharField(label=gettext_lazy("Favourite cosmetics line"), max_length=200, required=False)

    def __init__(self, *args: Any, user: User, client: Client | None = None, **kwargs: Any) -> None:
        self.user, self.client = user, client
        if client is not None:
            kwargs.setdefault("initial", {}).update(shown(client))
        super().__init__(*args, **kwargs)
        months = [(str(number), name) for number, name in enumerate(days.month_names(), 1)]
        cast("forms.ChoiceField", self.fields["birth_month"]).choices = [("", "—"), *months]
        self.traits = list(Trait.objects.of(user.organization_id))
        for trait in self.traits:
            self.fields[TRAIT + trait.key] = forms.ChoiceField(
                label=trait.title, choices=[("", "—"), *(tuple(pair) for pair in trait.values)], required=False
            )

    @property
    def trait_fields(self) -> Iterable[forms.BoundField]:
        """The fields of the organization's traits."""
        return [self[TRAIT + trait.key] for trait in self.traits]

    @property
    def country(self) -> str:
        """The country of phones that are typed without one."""
        branch = self.client.branch if self.client else None
        return (branch or self.user.organization).country

    def clean(self) -> dict[str, Any]:
        """Check phones and birthday as a whole."""
        data = super().clean() or {}
        for field in ("phone", "second_phone"):
            try:
                phones.parsed(data.get(field) or "", self.country)
            except phones.NotAPhone as error:
                self.add_error(field, _("%(problem)s. Type one number, with its code.") % {"problem": error})
        birthday = [data.get(field) for field in ("birth_year", "birth_month", "birth_day")]
        asked = {"birth_year", "birth_month", "birth_day"}
        if not asked & set(self.errors) and not is_birthday(*birthday):
            self.add_error("birth_day", _("There is no such day. Choose day and month; the year may stay empty."))
        return data

    def facts(self) -> Facts:
        """Return what was typed, as operations take it."""
        data = self.cleaned_data
        known = set(Facts.__annotations__)
        values = {name: value for name, value in data.items() if name in known}
        values["traits"] = {trait.key: data.get(TRAIT + trait.key, "") for trait in self.traits}
        return cast("Facts", values)


class ClientForm(PersonFields):
    """The whole card."""

    second_phone = forms.CharField(
        label=gettext_lazy("Second phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput({"type": "tel", "inputmode": "tel"}),
    )
    branch = forms.ModelChoiceField(Branch.objects.none(), label=gettext_lazy("Branch"))
    preferences = forms.CharField(
        label=gettext_lazy("Preferences"), max_length=2000, required=False, widget=forms.Textarea({"rows": 2})
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), max_length=4000, required=False, widget=forms.Textarea({"rows": 3})
    )
    key = key_field()
    is_other_person = forms.BooleanField(
        label=gettext_lazy("This is another person with the same phone"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        branches = Branch.objects.visible_to(self.user).filter(is_active=True)
        field = cast("forms.ModelChoiceField[Branch]", self.fields["branch"])
        field.queryset = branches
        if self.client is not None and self.client.branch_id:
            field.queryset = Branch.objects.visible_to(self.user)
        elif len(branches) == 1:
            field.initial = branches[0].pk
        if self.client is not None:
            for name in ("key", "is_other_person"):
                del self.fields[name]

    @property
    def country(self) -> str:
        """The country of the chosen branch."""
        branch = self.cleaned_data.get("branch")
        return branch.country if branch else super().country

    def facts(self) -> Facts:
        """Return what was typed, with the branch."""
        facts = super().facts()
        branch = self.cleaned_data["branch"]
        facts["branch_id"] = branch.pk if branch else None
        return facts


def shown(client: Client) -> dict[str, Any]:
    """Return what the fields of a known client begin with."""
    names = [name for name in Facts.__annotations__ if name not in ("traits", "branch_id")]
    values = {name: getattr(client, name) for name in names}
    values["branch"] = client.branch_id
    for field in ("phone", "second_phone"):
        values[field] = phones.spoken(values[field])
    return values | {TRAIT + key: value for key, value in client.traits.items()}
