"""Taking an import back: what it changed becomes what it was, what it brought goes; what people touched since stays.

Done by small steps, each of which finds what is still to be done: killed at any moment, it is simply started again.
"""

from __future__ import annotations

import datetime
import time
from typing import TYPE_CHECKING, Any

from auditlog.context import disable_auditlog
from django.db import transaction

from vernis.accounts.models import Branch
from vernis.accounts.tenancy import scoped_to
from vernis.book.models import Appointment, AppointmentLine, Client, Consent, Service, Staff
from vernis.book.operations import searching
from vernis.book.signals import facts_imported
from vernis.intake import digests, fates, places
from vernis.intake.bringing import appointments, catalogue, clients
from vernis.intake.bringing.run import Stopped
from vernis.intake.locks import alone
from vernis.intake.models import Change, Import, Link
from vernis.intake.operations.applying import PAUSE_SHARE, SHORTEST_PAUSE
from vernis.warehouse.progress import Progress, no_progress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.models import Model

AT_ONCE = 200
DAYS = 30
"""So long an import can be taken back."""

MODELS: dict[str, type[Model]] = {
    Link.Kind.CONSENT: Consent, Link.Kind.APPOINTMENT: Appointment, Link.Kind.CLIENT: Client,
    Link.Kind.SERVICE: Service, Link.Kind.STAFF: Staff, Link.Kind.BRANCH: Branch,
}  # fmt: skip
"""In the order in which things go: first what refers to others."""

FIELDS = {
    Link.Kind.APPOINTMENT: appointments.FIELDS, Link.Kind.CLIENT: clients.FIELDS,
    Link.Kind.SERVICE: catalogue.SERVICE_FIELDS, Link.Kind.STAFF: catalogue.STAFF_FIELDS,
    Link.Kind.BRANCH: catalogue.BRANCH_FIELDS,
}  # fmt: skip
MADE_OF_FACTS = {"searchterm", "item", "refreshed", "lease", "appointmentline", "learnedinterval"}
"""Rows that Vernis makes itself of what it knows: they hold nothing back."""

WRITTEN_BY_PEOPLE = ("traits", "allergies", "preferences", "wishes", "favourite_line")


def undo(
    *, of_import: Import, now: datetime.datetime, seconds: float | None = None, progress: Progress = no_progress
) -> bool:
    """Do the steps that are left, or as many as fit into `seconds`; returns whether all is taken back.

    The import is in the state UNDOING. What stays, since people have touched it, is listed in the file
    `places.kept_of`. Raises ImportIsRunning, Stopped.
    """
    with alone(of_import.organization_id):
        with scoped_to(of_import.organization_id):
            one = Import.objects.select_related("organization").get(pk=of_import.pk)
            if one.state != Import.State.UNDOING:
                raise Stopped
            one.beat_at, one.total = now, _left(one)
            one.save(update_fields=["beat_at", "total"])
        until = None if seconds is None else time.monotonic() + seconds
        begun = time.monotonic()
        for done in _Undoing(one).steps():
            progress("undo", done, one.total)
            if until is not None and time.monotonic() >= until:
                return False
            time.sleep(max(SHORTEST_PAUSE, PAUSE_SHARE * (time.monotonic() - begun)))
            begun = time.monotonic()
        with scoped_to(one.organization_id), transaction.atomic():
            one.refresh_from_db()
            one.state, one.undone_at = Import.State.UNDONE, now
            one.save(update_fields=["state", "undone_at"])
            facts_imported.send(sender=Import, organization_id=one.organization_id)
    return True


def _left(one: Import) -> int:
    return one.changes.count() + one.links.filter(is_kept=False).count()


class _Undoing:
    def __init__(self, one: Import) -> None:
        self._import, self._organization = one, one.organization_id
        self._done = 0
        self._kept: list[fates.Row] = []

    def steps(self) -> Iterator[int]:
        """Do one step after another; yields how many things are done."""
        work = [self._restore, *(lambda kind=kind: self._take_away(kind) for kind in MODELS), self._forget]
        for one in work:
            while count := self._step(one):
                self._done += count
                yield self._done

    def _step(self, work: Any) -> int:
        with scoped_to(self._organization), transaction.atomic(), disable_auditlog():
            rows = Import.objects.of(self._organization).select_for_update(no_key=True)
            one = rows.filter(pk=self._import.pk, state=Import.State.UNDOING).first()
            if one is None:
                raise Stopped
            count: int = work()
            at = fates.append(places.kept_of(one), one.cursor.get("kept_at", 0), self._kept)
            one.cursor["kept_at"] = at
            Import.objects.filter(pk=one.pk).update(
                cursor=one.cursor, done=self._done + count, kept_count=one.kept_count + len(self._kept)
            )
            self._kept = []
        return count

    def _keep(self, kind: str, object_id: int, why: str, label: str = "") -> None:
        row = fates.Row(
            fates.Kind[kind.upper()] if kind != Link.Kind.CONSENT else fates.Kind.CLIENT, 0, 0, int(fates.Fate.SAME),
            note=f"kept:{why}", object_id=object_id, label=label,
        )  # fmt: skip
        self._kept.append(row)

    # what was changed

    def _restore(self) -> int:
        changes = list(
            Change.objects.of(self._organization).filter(of_import=self._import).order_by("-pk")
            .select_related("link")[:AT_ONCE]
        )  # fmt: skip
        gone: list[int] = []
        for change in changes:
            if change.before:
                self._restore_one(change)
            if change.said_before is None:
                gone.append(change.link_id)
            else:
                link = Link.objects.get(pk=change.link_id)
                link.said = bytes(change.said_before)
                link.save(update_fields=["said"])
        Change.objects.filter(pk__in=[change.pk for change in changes]).delete()
        Link.objects.filter(pk__in=gone, changes=None).delete()
        return len(changes)

    def _restore_one(self, change: Change) -> None:
        thing: Any = MODELS[change.kind]._default_manager.filter(pk=change.object_id).first()
        if thing is None:
            return
        current, values, kept = _current(change.kind, thing), {}, []
        for field, (before, after) in change.before.items():
            if field == "changed_at":
                continue
            if digests.of_value(current[field]).hex() == after:
                values[field] = before
            else:
                kept.append(field)
        if "lines" in values:
            AppointmentLine.objects.filter(appointment=thing).delete()
            AppointmentLine.objects.bulk_create(
                AppointmentLine(
                    pk=pk, organization_id=self._organization, appointment=thing, service_id=service, staff_id=staff,
                    amount=amount,
                )
                for pk, service, staff, amount in values.pop("lines")
            )  # fmt: skip
        self._write(thing, values)
        if change.kind == Link.Kind.CLIENT:
            self._write_card(thing, change, is_untouched=not kept)
        if kept:
            self._keep(change.kind, thing.pk, ",".join(kept), _label(thing))

    def _write(self, thing: Any, values: dict[str, Any]) -> None:
        if "birthday" in values:
            values["birth_year"], values["birth_month"], values["birth_day"] = values.pop("birthday") or (None,) * 3
        for field, value in values.items():
            if isinstance(value, str) and field.endswith("_at"):
                values[field] = datetime.datetime.fromisoformat(value)
            setattr(thing, field, values[field])
        if values:
            type(thing)._default_manager.filter(pk=thing.pk).update(**values)

    @staticmethod
    def _write_card(client: Client, change: Change, *, is_untouched: bool) -> None:
        searching.prepare(client)
        values: dict[str, Any] = {"search_name": client.search_name, "search_phone": client.search_phone}
        if is_untouched and "changed_at" in change.before and client.changed_at == change.of_import.started_at:
            values["changed_at"] = datetime.datetime.fromisoformat(change.before["changed_at"][0])
        Client.objects.filter(pk=client.pk).update(**values)
        searching.index(client)

    # what was brought

    def _take_away(self, kind: str) -> int:
        links = list(
            Link.objects.of(self._organization)
            .filter(of_import=self._import, kind=kind, is_created=True, is_kept=False).order_by("-pk")[:AT_ONCE]
        )  # fmt: skip
        model: Any = MODELS[kind]
        things = model._default_manager.in_bulk([link.object_id for link in links])
        held = self._held(kind, list(things))
        gone, left = [], []
        for link in links:
            thing = things.get(link.object_id)
            if thing is None:
                continue
            if why := held.get(thing.pk) or _touched(kind, thing, bytes(link.said)):
                left.append(link.pk)
                self._keep(kind, thing.pk, why, _label(thing))
            else:
                gone.append(thing.pk)
        model._default_manager.filter(pk__in=gone).delete()
        Link.objects.filter(pk__in=left).update(is_kept=True)
        Link.objects.filter(pk__in=[link.pk for link in links if link.pk not in left]).delete()
        return len(links)

    def _held(self, kind: str, numbers: list[int]) -> dict[int, str]:
        """Return which things must stay, and why: others refer to them, or another import speaks of them."""
        if not numbers:
            return {}
        others: dict[str, Any] = {"kind": kind, "object_id__in": numbers}
        held: dict[int, str] = {}
        for rows in (Change.objects.of(self._organization), Link.objects.of(self._organization)):
            elsewhere = rows.filter(**others).exclude(of_import=self._import)
            held |= dict.fromkeys(elsewhere.values_list("object_id", flat=True), "import")
        relations: Any = MODELS[kind]._meta.related_objects
        for relation in relations:
            model: Any = relation.related_model
            column = relation.field.attname
            if relation.many_to_many:
                model, column = relation.through, f"{relation.field.m2m_reverse_name()}"
            elif kind in (Link.Kind.CLIENT, Link.Kind.APPOINTMENT) and model._meta.model_name in MADE_OF_FACTS:
                continue
            found = model._base_manager.filter(**{f"{column}__in": numbers}).values_list(column, flat=True)
            held |= dict.fromkeys(found.distinct(), "used")
        return held

    # the rest

    def _forget(self) -> int:
        """Delete links to what was in the book before, and has not changed."""
        links = Link.objects.of(self._organization).filter(of_import=self._import, is_created=False)
        found = list(links.values_list("pk", flat=True)[:AT_ONCE])
        Link.objects.filter(pk__in=found).delete()
        return len(found)


def _current(kind: str, thing: Any) -> dict[str, Any]:
    if kind == Link.Kind.APPOINTMENT:
        return appointments.values_of(thing, list(thing.lines.order_by("pk")))
    if kind == Link.Kind.CLIENT:
        return clients.values_of(thing)
    return {field: getattr(thing, field) for field in FIELDS[Link.Kind(kind)]}


def _touched(kind: str, thing: Any, said: bytes) -> str:
    """Return which field of a thing is not as it was brought, "" if all are."""
    if kind == Link.Kind.CONSENT:
        return ""
    current = _current(kind, thing)
    for number, field in enumerate(FIELDS[Link.Kind(kind)]):
        brought = digests.part(said, number)
        if field == "refuses_sms" or (brought == digests.NOTHING and field in _MADE_UP):
            continue
        if digests.of_value(current[field]) != brought:
            return field
    if kind == Link.Kind.CLIENT:
        return next((field for field in WRITTEN_BY_PEOPLE if getattr(thing, field)), "")
    return ""


_MADE_UP = {"duration_minutes", "is_active"}
"""Fields that have a value even where the source says nothing."""


def _label(thing: Any) -> str:
    if isinstance(thing, Appointment):
        return thing.starts_at.isoformat(" ", "minutes")[:16]
    return str(thing) if not isinstance(thing, Consent) else ""
