"""The organization, a branch, the numbers of the rules."""

from __future__ import annotations

import datetime
import functools
import zoneinfo
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from vernis.accounts.models import Branch, Organization, SecondFactor
from vernis.engine.settings import Rules
from vernis.warehouse.settings_file import SCOPES, SettingsError, rules_from

COUNTRIES = [
    ("RU", _("Russia")),
    ("KZ", _("Kazakhstan")),
    ("BY", _("Belarus")),
    ("UZ", _("Uzbekistan")),
    ("KG", _("Kyrgyzstan")),
    ("AM", _("Armenia")),
    ("AZ", _("Azerbaijan")),
    ("GE", _("Georgia")),
    ("TJ", _("Tajikistan")),
    ("MD", _("Moldova")),
    ("RS", _("Serbia")),
    ("TR", _("Turkey")),
    ("AE", _("United Arab Emirates")),
    ("TH", _("Thailand")),
    ("DE", _("Germany")),
    ("GB", _("Great Britain")),
    ("US", _("United States")),
]
CURRENCIES = [
    ("RUB", _("Russian rouble, ₽")),
    ("KZT", _("tenge, ₸")),
    ("BYN", _("Belarusian rouble, Br")),
    ("UZS", _("Uzbek soum")),
    ("KGS", _("Kyrgyz som")),
    ("AMD", _("dram, ֏")),
    ("AZN", _("manat, ₼")),
    ("GEL", _("lari, ₾")),
    ("TJS", _("somoni")),
    ("MDL", _("Moldovan leu")),
    ("RSD", _("Serbian dinar")),
    ("TRY", _("Turkish lira, ₺")),
    ("AED", _("dirham")),
    ("THB", _("baht, ฿")),
    ("EUR", _("euro, €")),
    ("GBP", _("pound, £")),
    ("USD", _("dollar, $")),
]
_NEAR = [
    *("Europe/Kaliningrad", "Europe/Moscow", "Europe/Samara", "Asia/Yekaterinburg", "Asia/Omsk", "Asia/Novosibirsk"),
    *("Asia/Krasnoyarsk", "Asia/Irkutsk", "Asia/Yakutsk", "Asia/Vladivostok", "Asia/Magadan", "Asia/Kamchatka"),
    *("Asia/Almaty", "Europe/Minsk", "Asia/Tashkent", "Asia/Bishkek", "Asia/Yerevan", "Asia/Baku", "Asia/Tbilisi"),
]


@functools.cache
def zones() -> list[str]:
    """Return the names of all time zones, those of our first users in front, from west to east."""
    every = {
        zone for zone in zoneinfo.available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/"))
    }
    return [zone for zone in _NEAR if zone in every] + sorted(every - set(_NEAR))


def zones_with_offsets(now: datetime.datetime) -> list[tuple[str, str]]:
    """Return the zones with how far they are from UTC now: ("Asia/Omsk", "UTC+06:00")."""
    return [(zone, _offset(now, zone)) for zone in zones()]


def _offset(now: datetime.datetime, zone: str) -> str:
    text = now.astimezone(zoneinfo.ZoneInfo(zone)).strftime("%z")
    return f"UTC{text[:3]}:{text[3:5]}"


class ZoneField(forms.CharField):
    """A time zone, found by typing a part of its name."""

    widget = forms.TextInput({"list": "zones", "autocomplete": "off", "spellcheck": "false"})

    def clean(self, value: Any) -> str:
        """Return the name of the zone as the database of zones has it."""
        text: str = super().clean(value)
        wanted = text.strip().replace(" ", "_").casefold()
        for zone in zones():
            if zone.casefold() == wanted:
                return zone
        raise forms.ValidationError(_("There is no such time zone. Type a city and choose from the list: Moscow."))


class OrganizationForm(forms.ModelForm[Organization]):
    """What the organization is called and where it is at home."""

    timezone = ZoneField(label=_("Time zone"), help_text=_("Of what has no branch. Type a city to find it."))
    country = forms.ChoiceField(label=_("Country"), choices=COUNTRIES, help_text=_("Phones are read by its rules."))
    currency = forms.ChoiceField(label=_("Currency"), choices=CURRENCIES)
    language = forms.ChoiceField(
        label=_("Language"), choices=[("ru", "Русский"), ("en", "English")], help_text=_("Of letters and new people.")
    )

    second_factor = forms.ChoiceField(
        label=_("A passkey or a code from the phone is a must for"),
        choices=SecondFactor.choices,
        help_text=_("Whoever has none yet is led to add one, and sees nothing else before."),
    )

    class Meta:
        model = Organization
        fields = ("name", "country", "currency", "timezone", "language", "second_factor")


class BranchForm(forms.ModelForm[Branch]):
    """A branch."""

    timezone = ZoneField(label=_("Time zone"), help_text=_("Its days begin and end by it. Type a city to find it."))
    country = forms.ChoiceField(label=_("Country"), choices=COUNTRIES)
    currency = forms.ChoiceField(label=_("Currency"), choices=CURRENCIES)

    class Meta:
        model = Branch
        fields = ("name", "timezone", "country", "currency", "staff_word", "is_active")

    def clean_name(self) -> str:
        """Refuse the name of another branch."""
        name: str = self.cleaned_data["name"].strip()
        others = Branch.objects.of(self.instance.organization_id).exclude(pk=self.instance.pk)
        taken = {other.casefold() for other in others.values_list("name", flat=True)}  # SQLite lowers Latin only
        if name.casefold() in taken:
            raise forms.ValidationError(_("There is a branch with this name already."))
        return name


LABELS = {
    "missed_window_days": _("Missed: stays in the list, days"),
    "missed_call_from": _("Missed: call from day"),
    "follow_up_day": _("Follow-up: call on day after the visit"),
    "follow_up_new_from": _("Follow-up after the first visit: from day"),
    "follow_up_until": _("Follow-up: until day"),
    "due_notice_days": _("Due: days before the expected day"),
    "overdue_days": _("Overdue: days, then lapsed"),
    "rebooked_horizon_days": _("Rebooked: days ahead"),
    "rebooked_remind_days": _("Rebooked: remind, days before"),
    "birthday_horizon_days": _("Birthday: days ahead"),
    "default_interval_days": _("Interval of a service when nothing is known, days"),
    "learned_min_gaps": _("Learned interval: from so many repeated visits"),
    "learned_windows_days": _("Learned interval: windows in days, the first preferred"),
    "max_attempts": _("Close after so many unanswered calls"),
    "promised_days": _("After a promise: call again in days"),
    "booking_scope": _("Who counts as booked"),
}
"""What every number of the rules is called on the page."""

_SCOPE_CHOICES = [("any", _("booked for anything")), ("cycle", _("booked for the same kind of service"))]
_SCOPE_NAMES = {value: name for name, value in SCOPES.items()}


def default_of(name: str) -> Any:
    """Return the number of rules.md as a settings file writes it."""
    value = Rules._field_defaults[name]
    if name == "booking_scope":
        return _SCOPE_NAMES[value]
    return list(value) if isinstance(value, tuple) else value


class RulesForm(forms.Form):
    """All numbers of rules.md; only those that differ from it are kept."""

    def __init__(self, *args: Any, rules: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in Rules._fields:
            self.fields[name] = self._field(name)
            self.fields[name].initial = self._shown(rules.get(name, default_of(name)))

    @staticmethod
    def _field(name: str) -> forms.Field:
        if name == "booking_scope":
            return forms.ChoiceField(label=LABELS[name], choices=_SCOPE_CHOICES)
        help_text = _("Usually %(default)s.") % {"default": RulesForm._shown(default_of(name))}
        if name == "learned_windows_days":
            return forms.CharField(label=LABELS[name], help_text=help_text)
        return forms.IntegerField(label=LABELS[name], help_text=help_text)

    @staticmethod
    def _shown(value: Any) -> Any:
        return ", ".join(str(days) for days in value) if isinstance(value, list | tuple) else value

    def clean(self) -> dict[str, Any]:
        """Check every number as a settings file is checked."""
        data = super().clean() or {}
        for name in list(data):
            if name == "learned_windows_days":
                parts = data[name].replace(";", ",").split(",")
                data[name] = [int(part) if part.strip().isdecimal() else part for part in parts]
            try:
                rules_from({name: data[name]})
            except SettingsError as error:
                self.add_error(name, str(error).replace(f"{name} ", "", 1))
        return data

    def rules(self) -> dict[str, Any]:
        """Return the numbers that differ from those of rules.md."""
        return {name: value for name, value in self.cleaned_data.items() if value != default_of(name)}
