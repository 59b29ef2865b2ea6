"""What people send: how to narrow the list, what came of a call, a playbook."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vernis.book.models.contacts import Block, Contact, Outcome
from vernis.ui.widgets import QuickSelect

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vernis.worklist.filters import Filter

    Choices = Iterable[tuple[int, str]]

VISITS: dict[str, Filter] = {
    "0": {"is_lead": True},
    "1": {"is_new": True},
    "1-4": {"visits_min": 1, "visits_max": 4},
    "5": {"visits_min": 5},
}
DUE = {"now": {"due": "now"}, "later": {"due": "later"}}
UNTOUCHED = "untouched"


class NarrowForm(forms.Form):
    """Search, filters and order of the list; whatever makes no sense is left out, since it comes from an address."""

    q = forms.CharField(
        label=gettext_lazy("Name or phone"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    visits = forms.ChoiceField(
        label=gettext_lazy("Visits"),
        required=False,
        widget=QuickSelect,
        choices=[
            ("", gettext_lazy("All visits")),
            ("0", gettext_lazy("Never here")),
            ("1", gettext_lazy("1 visit")),
            ("1-4", gettext_lazy("1 to 4 visits")),
            ("5", gettext_lazy("5 visits or more")),
        ],
    )
    due = forms.ChoiceField(
        label=gettext_lazy("When to call"),
        required=False,
        widget=QuickSelect,
        choices=[
            ("", gettext_lazy("Any day")),
            ("now", gettext_lazy("Call today")),
            ("later", gettext_lazy("May wait")),
        ],
    )
    outcome = forms.ChoiceField(label=gettext_lazy("Last outcome"), required=False, widget=QuickSelect)
    staff = forms.TypedChoiceField(
        label=gettext_lazy("Staff"), required=False, coerce=int, empty_value=None, widget=QuickSelect
    )
    service = forms.TypedChoiceField(
        label=gettext_lazy("Service"), required=False, coerce=int, empty_value=None, widget=QuickSelect
    )
    sort = forms.ChoiceField(
        label=gettext_lazy("Order"),
        required=False,
        widget=QuickSelect,
        choices=[
            ("", gettext_lazy("In order of the rules")),
            ("name", gettext_lazy("By name")),
            ("visits", gettext_lazy("By visits")),
            ("sum", gettext_lazy("By sum")),
            ("expected", gettext_lazy("By expected day")),
            ("outcome", gettext_lazy("By outcome")),
        ],
    )

    def __init__(self, data: Any, *, staff: Choices, services: Choices, all_staff: str) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        fields["q"].widget.attrs["placeholder"] = fields["q"].label
        fields["staff"].choices = [("", all_staff), *staff]
        fields["service"].choices = [("", _("All services")), *services]
        fields["outcome"].choices = [
            ("", _("All outcomes")),
            (UNTOUCHED, _("not called yet")),
            *((one.value, one.label) for one in (Outcome.NO_ANSWER, Outcome.PROMISED, Outcome.CALLBACK)),
        ]
        self.is_valid()
        for name in self.fields:
            if name != "q" and self.cleaned_data.get(name):
                fields[name].widget.attrs["class"] = "is-set"

    @property
    def in_sight(self) -> list[forms.BoundField]:
        """The fields that are always shown."""
        return [self[name] for name in ("q", "visits", "staff")]

    @property
    def behind(self) -> list[forms.BoundField]:
        """The fields behind a button."""
        return [self[name] for name in ("due", "outcome", "service", "sort")]

    @property
    def is_narrowed_more(self) -> bool:
        """Tell whether a field behind the button is set."""
        return any(self.cleaned_data.get(field.name) for field in self.behind)

    @property
    def search(self) -> str:
        """What to look for."""
        return str(self.cleaned_data.get("q") or "").strip()

    @property
    def order(self) -> str:
        """One of `queries.items.SORTS`."""
        return self.cleaned_data.get("sort") or "rules"

    @property
    def filter(self) -> Filter:
        """The choices, as a filter."""
        chosen: Filter = {}
        said = self.cleaned_data
        chosen |= VISITS.get(said.get("visits", ""), {}) | DUE.get(said.get("due", ""), {})
        if outcome := said.get("outcome"):
            chosen["last_outcomes"] = ["" if outcome == UNTOUCHED else outcome]
        for name in ("staff", "service"):
            if said.get(name):
                chosen[name] = said[name]
        return chosen


class LeaseForm(forms.Form):
    """By which number a client is held."""

    lease = forms.IntegerField(min_value=1, max_value=2**63 - 1)


class CallForm(forms.Form):
    """What came of a call. Days and times are by the clock of the client's branch."""

    call_key = forms.UUIDField()
    lease = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    outcome = forms.ChoiceField(choices=Outcome.choices)
    note = forms.CharField(required=False, max_length=2000)
    reason = forms.CharField(required=False, max_length=500)
    channel = forms.ChoiceField(required=False, choices=Contact.Channel.choices)
    callback_on = forms.DateField(required=False)
    callback_time = forms.TimeField(required=False)
    promised_on = forms.DateField(required=False)
    booked_on = forms.DateField(required=False)
    booked_time = forms.TimeField(required=False)
    branch = forms.IntegerField(required=False, max_value=2**63 - 1)
    staff = forms.IntegerField(required=False, max_value=2**63 - 1)
    service = forms.TypedMultipleChoiceField(required=False, coerce=int)
    entry = forms.MultipleChoiceField()

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        fields["entry"].choices = [(one, one) for one in data.getlist("entry") if "|" in one]
        fields["service"].choices = [(one, one) for one in data.getlist("service") if one.isdecimal() and len(one) < 19]
        fields["entry"].error_messages["required"] = _("Tick at least one reason that you talked about.")

    def clean(self) -> dict[str, Any]:
        """Ask for what an outcome cannot do without."""
        said = super().clean() or {}
        outcome = said.get("outcome")
        if outcome == Outcome.DECLINED and not (said.get("reason") or said.get("note")):
            self.add_error("reason", _("Write why: this is what we call for."))
        if outcome == Outcome.BOOKED and not (said.get("booked_on") and said.get("booked_time")):
            self.add_error("booked_on", _("Choose a day and a time."))
        return said

    @property
    def entries(self) -> list[tuple[str, str]]:
        """The rows, as the rules name them."""
        pairs = (one.split("|", 1) for one in self.cleaned_data["entry"])
        return [(block, anchor) for block, anchor in pairs]

    @property
    def words(self) -> str:
        """The reason, then the note."""
        return "\n".join(filter(None, [self.cleaned_data["reason"], self.cleaned_data["note"]]))

    @property
    def next_on(self) -> datetime.date | None:
        """The day agreed."""
        return self.cleaned_data.get(f"{self.cleaned_data['outcome']}_on") if self._has_day else None

    @property
    def next_time(self) -> datetime.time | None:
        """The time agreed, where a day is."""
        return self.cleaned_data.get("callback_time") if self.cleaned_data["outcome"] == Outcome.CALLBACK else None

    @property
    def _has_day(self) -> bool:
        return self.cleaned_data["outcome"] in {Outcome.CALLBACK, Outcome.PROMISED}


class SkipForm(forms.Form):
    """Why a step is left for today."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class StepForm(forms.Form):
    """A step of a playbook; an empty field narrows nothing."""

    block = forms.ChoiceField(label=gettext_lazy("Block"), choices=Block.choices)
    title = forms.CharField(label=gettext_lazy("Name of the step"), required=False, max_length=200)
    visits_min = forms.IntegerField(label=gettext_lazy("Visits, from"), required=False, min_value=0, max_value=9999)
    visits_max = forms.IntegerField(label=gettext_lazy("Visits, to"), required=False, min_value=0, max_value=9999)
    visited_days_ago = forms.IntegerField(
        label=gettext_lazy("Was here so many days ago"), required=False, min_value=0, max_value=3650
    )
    expected_in_days = forms.IntegerField(
        label=gettext_lazy("Expected in so many days (0: today)"), required=False, min_value=-3650, max_value=3650
    )
    cancelled_days_ago_min = forms.IntegerField(
        label=gettext_lazy("Cancelled at least so many days ago"), required=False, min_value=0, max_value=3650
    )
    due = forms.ChoiceField(
        label=gettext_lazy("When to call"),
        required=False,
        choices=[
            ("", gettext_lazy("Any day")),
            ("now", gettext_lazy("Call today")),
            ("later", gettext_lazy("May wait")),
        ],
    )
    last_outcomes = forms.MultipleChoiceField(
        label=gettext_lazy("Last outcome"),
        required=False,
        choices=[
            (Outcome.NO_ANSWER.value, Outcome.NO_ANSWER.label),
            (Outcome.PROMISED.value, Outcome.PROMISED.label),
            (Outcome.CALLBACK.value, Outcome.CALLBACK.label),
        ],
        widget=forms.CheckboxSelectMultiple,
    )

    def clean(self) -> dict[str, Any]:
        """Refuse a span that is empty."""
        said = super().clean() or {}
        low, high = said.get("visits_min"), said.get("visits_max")
        if low is not None and high is not None and low > high:
            self.add_error("visits_max", _("This must not be less than “from”."))
        return said

    @property
    def filter(self) -> Filter:
        """What the fields say, as a filter."""
        words = set(self.cleaned_data) - {"block", "title", "ORDER", "DELETE"}
        return {
            word: self.cleaned_data[word] for word in sorted(words) if self.cleaned_data[word] not in (None, "", [])
        }


StepFormSet: type[BaseFormSet[StepForm]] = formset_factory(
    StepForm, extra=1, max_num=20, can_order=True, can_delete=True
)
