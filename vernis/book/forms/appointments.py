"""Booking, moving and cancelling."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from vernis.accounts.models import Branch
from vernis.book.forms.clients import key_field
from vernis.book.models import Consent, Service, Staff

if TYPE_CHECKING:
    from vernis.accounts.models import User


def day_input() -> forms.DateInput:
    """Return the browser's own field for a day."""
    return forms.DateInput({"type": "date"}, format="%Y-%m-%d")


def staff_of(user: User, branch: Branch | None) -> Any:
    """Return those who serve in a branch."""
    rows = Staff.objects.visible_to(user).filter(is_active=True)
    return rows.filter(Q(branch=branch) | Q(branch=None)) if branch else rows


class MoveForm(forms.Form):
    """Another time, another master."""

    day = forms.DateField(label=_("Day"), widget=day_input())
    time = forms.TimeField(label=_("Time"), widget=forms.TimeInput({"type": "time", "step": 300}, format="%H:%M"))
    staff = forms.ModelChoiceField(
        Staff.objects.none(), label=_("Specialist"), required=False, empty_label=_("Anybody")
    )

    def __init__(self, *args: Any, user: User, branch: Branch | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[Staff]", self.fields["staff"])
        field.queryset = staff_of(user, branch)
        if branch is not None:
            field.label = branch.get_staff_word_display().capitalize()

    @property
    def starts_at(self) -> datetime.datetime:
        """The wall clock that was typed."""
        return datetime.datetime.combine(self.cleaned_data["day"], self.cleaned_data["time"])


class ServicesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Several services. Django asks the database for every number, SQLite fails at too large ones."""

    def clean(self, value: Any) -> Any:
        """Refuse what is no number of a service."""
        for number in value or ():
            if not (str(number).isdecimal() and len(str(number)) < 19):
                raise forms.ValidationError(self.error_messages["invalid_pk_value"], params={"pk": str(number)[:20]})
        return super().clean(value)


class BookForm(MoveForm):
    """A new booking."""

    services = ServicesField(Service.objects.none(), label=_("Services"), widget=forms.CheckboxSelectMultiple)
    note = forms.CharField(label=_("Note"), max_length=500, required=False)
    key = key_field()

    field_order = ("services", "day", "time", "staff", "note", "key")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        offered = Service.objects.of(user.organization_id).filter(is_active=True)
        cast("forms.ModelMultipleChoiceField[Service]", self.fields["services"]).queryset = offered


class CancelForm(forms.Form):
    """Why a booking is cancelled."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, required=False, widget=forms.TextInput({"list": "reasons"})
    )


class WishForm(forms.Form):
    """A wish for a time that is not free."""

    service = forms.ModelChoiceField(
        Service.objects.none(), label=_("Service"), required=False, empty_label=_("Any service")
    )
    staff = forms.ModelChoiceField(
        Staff.objects.none(), label=_("Specialist"), required=False, empty_label=_("Anybody")
    )
    wanted_from = forms.DateField(label=_("From"), required=False, widget=day_input())
    wanted_until = forms.DateField(label=_("Until"), required=False, widget=day_input())
    note = forms.CharField(label=_("Wish in words"), max_length=500, required=False)
    key = key_field()

    def __init__(self, *args: Any, user: User, branch: Branch | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = Service.objects.of(user.organization_id).filter(is_active=True)
        cast("forms.ModelChoiceField[Service]", self.fields["service"]).queryset = offered
        field = cast("forms.ModelChoiceField[Staff]", self.fields["staff"])
        field.queryset = staff_of(user, branch)
        if branch is not None:
            field.label = branch.get_staff_word_display().capitalize()


class ConsentForm(forms.Form):
    """What a client has allowed or withdrawn, and the evidence of it."""

    channel = forms.ChoiceField(label=_("Channel"), choices=Consent.Channel.choices)
    purpose = forms.ChoiceField(label=_("What about"), choices=Consent.Purpose.choices)
    is_given = forms.TypedChoiceField(
        label=_("Consent"),
        choices=[("yes", _("given")), ("no", _("withdrawn"))],
        coerce=lambda text: text == "yes",
        widget=forms.RadioSelect,
    )
    means = forms.ChoiceField(label=_("How it was said"), choices=Consent.Means.choices)
    wording = forms.CharField(
        label=_("Wording"), max_length=2000, required=False, widget=forms.Textarea({"rows": 3}),
        help_text=_("What the client has read or heard, word for word"),
    )  # fmt: skip
    note = forms.CharField(label=_("Note"), max_length=500, required=False)
    key = key_field()


class EraseForm(forms.Form):
    """The name of the client, typed to confirm."""

    name = forms.CharField(
        label=_("Name of the client"), max_length=200, widget=forms.TextInput({"autocomplete": "off"})
    )
