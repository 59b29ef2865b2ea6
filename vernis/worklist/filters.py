"""Filters of rows as data: what a playbook's step and the list narrow a block by.

A filter is a JSON object. Its words, all of which must hold for a row:

visited_days_ago        the last visit was exactly so many days ago
expected_in_days        expected exactly so many days from today (0: today, negative: so many days ago)
cancelled_days_ago_min  the missed appointment was cancelled, or not kept, at least so many days ago
visits_min, visits_max  number of visits
attempts_min, attempts_max  contacts about this row in this block
last_outcomes           list of outcomes, one of which was the last; "" is a row without a contact
due                     "now": to be called today; "later": it may wait
is_new, is_lead         true or false: one visit so far, none at all
staff, service          id: served last by, service of the row
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Coalesce, LPad
from django.db.models.lookups import In
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vernis.book.models import Appointment, Contact
from vernis.book.models.contacts import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

Filter = dict[str, Any]
NOW, LATER = "now", "later"


class BadFilter(Exception):
    """`word` is not one of a filter, or cannot have this value."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


def check(filter: Filter) -> None:  # noqa: A002
    """Raise `BadFilter` where a filter has words or values that mean nothing."""
    if not isinstance(filter, dict):
        raise BadFilter("")
    for word, value in filter.items():
        if word not in _IS_GOOD or not _IS_GOOD[word](value):
            raise BadFilter(str(word))


def condition(filter: Filter, *, today: datetime.date, zone: ZoneInfo, worked: bool = False) -> Q:  # noqa: A002
    """Return what rows must satisfy; `worked`: rows closed today by a contact, judged as they were before it.

    What a call changes (`last_outcomes`, `attempts_min`, `attempts_max`, `due`) is looked up before the contact that
    closed the row, or left out. Raises `BadFilter`.
    """
    check(filter)
    met = Q()
    for word, value in filter.items():
        if worked and word in _CHANGED_BY_A_CALL:
            met &= _before_the_call(word, value)
        else:
            met &= _MEANS[word](value, today, zone)
    return met


def describe(filter: Filter) -> list[str]:  # noqa: A002
    """Say a filter in words, a phrase for each thing it asks; `staff` and `service` have no words here."""
    check(filter)
    least, most = filter.get("visits_min"), filter.get("visits_max")
    phrases = [_PHRASES[word](value) for word, value in filter.items() if word in _PHRASES]
    return phrases if least is None and most is None else [*phrases, _visits(least, most)]


def _expected(days: int) -> str:
    if days == 0:
        return _("expected today")
    if days > 0:
        return ngettext("expected in %(count)d day", "expected in %(count)d days", days) % {"count": days}
    return ngettext("expected %(count)d day ago", "expected %(count)d days ago", -days) % {"count": -days}


def _cancelled(days: int) -> str:
    if days <= 1:
        return _("cancelled yesterday or before") if days else _("cancelled today or before")
    text = ngettext("cancelled %(count)d day ago or before", "cancelled %(count)d days ago or before", days)
    return text % {"count": days}


def _visits(least: int | None, most: int | None) -> str:
    if most is None:
        return ngettext("%(count)d visit or more", "%(count)d visits or more", least or 0) % {"count": least or 0}
    if least is None:
        return ngettext("%(count)d visit at most", "%(count)d visits at most", most) % {"count": most}
    if least == most:
        return ngettext("%(count)d visit", "%(count)d visits", most) % {"count": most}
    return ngettext("%(least)d to %(count)d visit", "%(least)d to %(count)d visits", most) % {
        "least": least,
        "count": most,
    }


def _last_outcomes(outcomes: list[str]) -> str:
    names = [str(Outcome(one).label) if one else _("not called yet") for one in outcomes]
    return _("last time: %(outcomes)s") % {"outcomes": ", ".join(names)}


_PHRASES: dict[str, Callable[[Any], str]] = {
    "visited_days_ago": lambda days: (
        ngettext("visited %(count)d day ago", "visited %(count)d days ago", days) % {"count": days}
    ),
    "expected_in_days": _expected,
    "cancelled_days_ago_min": _cancelled,
    "last_outcomes": _last_outcomes,
    "attempts_min": lambda count: (
        ngettext("at least %(count)d attempt", "at least %(count)d attempts", count) % {"count": count}
    ),
    "attempts_max": lambda count: (
        ngettext("at most %(count)d attempt", "at most %(count)d attempts", count) % {"count": count}
    ),
    "due": lambda due: _("to call now") if due == NOW else _("may wait"),
    "is_new": lambda value: _("after the first visit") if value else _("not after the first visit"),
    "is_lead": lambda value: _("never been here") if value else _("has been here"),
}


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 10_000


def _is_days(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -3650 <= value <= 3650


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def _are_outcomes(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(one in ["", *Outcome.values] for one in value)


_IS_GOOD: dict[str, Callable[[Any], bool]] = {
    "visited_days_ago": _is_count,
    "expected_in_days": _is_days,
    "cancelled_days_ago_min": _is_count,
    "visits_min": _is_count,
    "visits_max": _is_count,
    "attempts_min": _is_count,
    "attempts_max": _is_count,
    "last_outcomes": _are_outcomes,
    "due": lambda value: value in (NOW, LATER),
    "is_new": _is_flag,
    "is_lead": _is_flag,
    "staff": _is_id,
    "service": _is_id,
}


def _missed_long_enough(days: int, today: datetime.date, zone: ZoneInfo) -> Q:
    """Return: the appointment of the row was missed so many days ago, by the clock of the branch."""
    midnight = datetime.datetime.combine(today - datetime.timedelta(days - 1), datetime.time(), zone)
    missed = Appointment.objects.alias(
        text=LPad(Cast("pk", CharField()), 10, Value("0")), missed_at=Coalesce("cancelled_at", "starts_at")
    )
    return Q(Exists(missed.filter(client=OuterRef("client"), text=OuterRef("anchor"), missed_at__lt=midnight)))


def _is_due(value: str, today: datetime.date, _zone: ZoneInfo) -> Q:
    later = Q(due_on__gt=today)
    return later if value == LATER else Q(due_on__lte=today) | Q(due_on__isnull=True)


def _equals(field: str, number: int, value: bool) -> Q:
    return Q(**{field: number}) if value else ~Q(**{field: number})


_MEANS: dict[str, Callable[[Any, datetime.date, ZoneInfo], Q]] = {
    "visited_days_ago": lambda days, today, _zone: Q(last_visit_on=today - datetime.timedelta(days)),
    "expected_in_days": lambda days, today, _zone: Q(expected_on=today + datetime.timedelta(days)),
    "cancelled_days_ago_min": _missed_long_enough,
    "visits_min": lambda count, _today, _zone: Q(visits_count__gte=count),
    "visits_max": lambda count, _today, _zone: Q(visits_count__lte=count),
    "attempts_min": lambda count, _today, _zone: Q(attempts__gte=count),
    "attempts_max": lambda count, _today, _zone: Q(attempts__lte=count),
    "last_outcomes": lambda outcomes, _today, _zone: Q(last_outcome__in=outcomes),
    "due": _is_due,
    "is_new": lambda value, _today, _zone: _equals("visits_count", 1, value),
    "is_lead": lambda value, _today, _zone: _equals("visits_count", 0, value),
    "staff": lambda pk, _today, _zone: Q(last_staff=pk),
    "service": lambda pk, _today, _zone: Q(service=pk),
}
_CHANGED_BY_A_CALL = ("last_outcomes", "attempts_min", "attempts_max", "due")


def _before_the_call(word: str, value: Any) -> Q:
    """Return what a word means for a row that a call has closed: an attempt less, the outcome before."""
    if word == "attempts_min":
        return Q(attempts__gte=value + 1)
    if word == "attempts_max":
        return Q(attempts__lte=value + 1)
    if word == "due":  # was called: whether it could have waited no longer matters
        return Q()
    earlier = Contact.objects.filter(
        client=OuterRef("client"), anchor=OuterRef("anchor"), undone_at=None, made_at__lt=OuterRef("contact__made_at")
    ).order_by("-made_at", "-outcome")
    before = Coalesce(Subquery(earlier.values("outcome")[:1]), Value(""))
    return Q(In(before, value))
