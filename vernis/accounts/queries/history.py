"""The log, as people read it."""

from __future__ import annotations

import datetime
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import FieldDoesNotExist
from django.db.models import ForeignKey, Q
from django.utils import dateparse, formats
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from vernis.accounts.audit import TITLES
from vernis.accounts.models import Event, LogEntry, LogQuerySet, Role, User, name_of
from vernis.accounts.queries.people import people_visible_to

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

LONGEST = 200
"""Characters of a value that are shown."""


class Change(NamedTuple):
    """One field of one entry."""

    label: str
    before: str
    after: str


class Line(NamedTuple):
    """One entry in words."""

    at: datetime.datetime
    who: str
    what: str
    name: str
    changes: list[Change]


def log_visible_to(
    user: User, *, person: User | None, on: datetime.date | None, kind: str | None, zone: ZoneInfo
) -> LogQuerySet:
    """Return the entries that the person may see, the latest first.

    A manager of some branches sees what belongs to them, what the people there did to things of no branch, and what
    happened to the ways in of those people.
    """
    entries: LogQuerySet = LogEntry.objects.of(user.organization_id)
    if user.role != Role.OWNER and not user.sees_all_branches:
        people = people_visible_to(user).values("pk")
        user_type = ContentType.objects.get_for_model(User)
        entries = entries.filter(
            Q(branch__in=user.branch_ids)
            | Q(branch=None) & (Q(actor__in=people) | Q(content_type=user_type, object_id__in=people))
        )
    if person is not None:
        entries = entries.filter(actor=person)
    if on is not None:
        start = datetime.datetime.combine(on, datetime.time(), zone)
        end = datetime.datetime.combine(on + datetime.timedelta(days=1), datetime.time(), zone)
        entries = entries.filter(timestamp__gte=start, timestamp__lt=end)
    if kind == "event":
        entries = entries.exclude(event="")
    elif kind:
        entries = entries.filter(content_type=ContentType.objects.get_for_model(apps.get_model(kind)), event="")
    return entries.select_related("actor", "content_type")


def in_words(entries: Sequence[LogEntry], *, zone: ZoneInfo) -> list[Line]:
    """Return the entries as people read them; two queries for each kind of thing that they point at."""
    names = _names(entries)
    return [
        Line(
            at=entry.timestamp.astimezone(zone),
            who=str(entry.actor) if entry.actor else _("Vernis"),
            what=_what(entry),
            name=entry.object_repr,
            changes=_changes(entry, names, zone),
        )
        for entry in entries
    ]


def _what(entry: LogEntry) -> str:
    if entry.event:
        return str(Event(entry.event).label)
    model = entry.content_type.model_class()
    kind = str(TITLES.get(model, entry.content_type.model))
    words = {0: _("added: %(kind)s"), 1: _("changed: %(kind)s"), 2: _("deleted: %(kind)s")}
    return words.get(entry.action, "%(kind)s") % {"kind": kind}


def _field(entry: LogEntry, name: str) -> Any:
    model = entry.content_type.model_class()
    try:
        return model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        return None


def _names(entries: Sequence[LogEntry]) -> dict[tuple[Any, str], str]:
    wanted: dict[Any, set[str]] = defaultdict(set)
    for entry in entries:
        for name, values in (entry.changes or {}).items():
            field = _field(entry, name)
            if isinstance(field, ForeignKey) and isinstance(values, list):
                wanted[field.related_model] |= {value for value in values if value.isdecimal()}
    return {
        (model, str(pk)): name_of(row)
        for model, pks in wanted.items()
        for pk, row in model._default_manager.in_bulk([int(pk) for pk in pks]).items()
    }


def _changes(entry: LogEntry, names: dict[tuple[Any, str], str], zone: ZoneInfo) -> list[Change]:
    if entry.event:
        return [Change(*_detail(key, value)) for key, value in (entry.additional_data or {}).items()]
    changes = []
    for name, values in sorted((entry.changes or {}).items()):
        field = _field(entry, name)
        if field is None or getattr(field, "auto_created", False):
            continue
        label = capfirst(str(getattr(field, "verbose_name", name)))
        if isinstance(values, dict):
            objects = ", ".join(values["objects"])
            is_added = values["operation"] == "add"
            changes.append(Change(label, "" if is_added else objects, objects if is_added else ""))
            continue
        before, after = (_value(field, value, names, zone) for value in values)
        if entry.action == LogEntry.Action.CREATE:
            before = ""
        if before or after:
            changes.append(Change(label, before, after))
    return changes


def _detail(key: str, value: Any) -> tuple[str, str, str]:
    labels = {"from": _("before"), "to": _("now"), "name": _("name"), "role": _("role"), "kind": _("kind"),
              "count": _("count"), "at": _("at")}  # fmt: skip
    if key in ("from", "to", "role") and value in Role.values:
        value = Role(value).label
    return capfirst(labels.get(key, key)), "", str(value)


def _value(field: Any, value: str, names: dict[tuple[Any, str], str], zone: ZoneInfo) -> str:
    if value in ("None", ""):
        return ""
    if isinstance(field, ForeignKey):
        return names.get((field.related_model, value), f"№ {value}")
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return _simple(field, value, zone)


def _simple(field: Any, value: str, zone: ZoneInfo) -> str:
    kind = field.get_internal_type()
    if kind == "BooleanField":
        return _("yes") if value == "True" else _("no")
    if kind == "DateField" and (day := dateparse.parse_date(value)):
        return str(formats.date_format(day))
    if kind == "DateTimeField" and (moment := dateparse.parse_datetime(value)):
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=datetime.UTC)
        return str(formats.date_format(moment.astimezone(zone), "SHORT_DATETIME_FORMAT"))
    return value if len(value) <= LONGEST else value[:LONGEST] + "…"
