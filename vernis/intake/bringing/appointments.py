"""Appointments: found by what the source calls them, else as the same visit of the same client, else new."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from vernis.book.models import Appointment, AppointmentLine, Client
from vernis.book.moments import TimeDoesNotExist
from vernis.intake import digests
from vernis.intake.bringing.survivors import survivors_of
from vernis.intake.fates import Fate, Kind
from vernis.intake.models import Link
from vernis.intake.weighing import weigh

if TYPE_CHECKING:
    from vernis.intake.bringing.catalogue import Catalogue
    from vernis.intake.bringing.context import Context
    from vernis.intake.bringing.links import Known
    from vernis.intake.reading import Told
    from vernis.intake.weighing import Verdict

Status = Appointment.Status
FIELDS = (
    "client_id", "branch_id", "created_at", "starts_at", "ends_at", "status", "cancelled_at", "cancel_reason", "note",
    "lines",
)  # fmt: skip
COLUMNS = tuple(field for field in FIELDS if field != "lines")
LONGEST = datetime.timedelta(days=1)

Line = tuple[int | None, int | None, int | None]
"""Service, master, amount in hundredths."""


class _Wanted(NamedTuple):
    rows: list[Told]
    ref: bytes
    values: dict[str, Any]
    has_time: bool


class _New(NamedTuple):
    appointment: Appointment
    wanted: _Wanted
    said: bytes


class Appointments:
    """Brings in appointments of the source, each given as its rows."""

    def __init__(self, context: Context, catalogue: Catalogue) -> None:
        self._context, self._catalogue = context, catalogue

    def take(self, part: list[list[Told]]) -> None:
        """Bring in some hundred appointments, in the caller's transaction."""
        step = _Step(self._context, self._catalogue, part)
        step.decide()
        step.write()


class _Step:
    def __init__(self, context: Context, catalogue: Catalogue, part: list[list[Told]]) -> None:
        self._context, self._catalogue = context, catalogue
        client_refs = {rows[0]["client_ref"]: digests.of_ref(rows[0]["client_ref"]) for rows in part}
        of_clients = context.links.find(Link.Kind.CLIENT, client_refs.values())
        self._client = {
            ref: of_clients[digest].object_id for ref, digest in client_refs.items() if digest in of_clients
        }
        into = survivors_of(context.organization, self._client.values())
        self._client = {ref: into.get(pk, pk) for ref, pk in self._client.items()}
        there = Client.objects.of(context.organization).filter(pk__in=self._client.values())
        if context.writes:
            there = there.select_for_update(of=("self",), no_key=True).order_by("pk")
        erased = dict(there.values_list("pk", "erased_at"))
        self._clients = set(erased) | {pk for pk in self._client.values() if pk < 0}
        self._erased = {pk for pk, at in erased.items() if at}
        refs = [digests.of_ref(rows[0]["ref"]) for rows in part]
        self._links = context.links.find(Link.Kind.APPOINTMENT, refs)
        self._wanted = [wanted for rows, ref in zip(part, refs, strict=True) if (wanted := self._read(rows, ref))]
        self._book, self._lines = self._read_book()
        self._new: list[_New] = []
        self._changed: list[Appointment] = []
        self._relined: dict[int, tuple[Line, ...]] = {}

    def _read(self, rows: list[Told], ref: bytes) -> _Wanted | None:
        """Return what the source says of one appointment, in our words; what cannot be is refused."""
        context, row = self._context, rows[0]
        client_id = self._client.get(row["client_ref"])
        if client_id not in self._clients:
            self._refuse(rows, "no_client")
            return None
        if client_id in self._erased:
            self._refuse(rows, "erased_client")
            return None
        branch_id = context.branch_of(row["branch"])
        try:
            starts_at = context.moment(row["starts_at"], branch_id)
        except TimeDoesNotExist:
            self._refuse(rows, "time_does_not_exist")
            return None
        assert starts_at is not None
        length = datetime.timedelta(minutes=row["minutes"] or 0)
        status = Status(row["status"])
        is_cancelled = status == Status.CANCELLED
        values = {
            "client_id": client_id, "branch_id": branch_id,
            "created_at": context.rough_moment(row["created_at"], branch_id), "starts_at": starts_at,
            "ends_at": starts_at + length if datetime.timedelta() < length <= LONGEST else None,
            "status": str(status),
            "cancelled_at": context.rough_moment(row["cancelled_at"], branch_id) if is_cancelled else None,
            "cancel_reason": _clean(row["cancel_reason"]) if is_cancelled else "", "note": _clean(row["note"]),
            "lines": tuple(
                (self._catalogue.service_of(line["service_ref"]), self._catalogue.staff_of(line["staff_ref"]),
                 line["amount"])
                for line in rows
                if line["service_ref"] or line["staff_ref"] or line["amount"] is not None
            ),
        }  # fmt: skip
        return _Wanted(rows, ref, values, row["has_time"])

    def _refuse(self, rows: list[Told], reason: str) -> None:
        for number, row in enumerate(rows):
            self._context.tell(Kind.APPOINTMENT, row, Fate.REFUSED, first=not number, reason=reason, label=_label(row))

    def _read_book(self) -> tuple[dict[int, Appointment], dict[int, list[AppointmentLine]]]:
        """Return the appointments that may be meant: those linked, and those of the same clients on the same days."""
        organization = self._context.organization
        unknown = [one for one in self._wanted if one.ref not in self._links and one.values["client_id"] > 0]
        linked = {known.object_id for known in self._links.values()}
        book = {row.pk: row for row in Appointment.objects.of(organization).filter(pk__in=linked)}
        self._near: dict[int, list[Appointment]] = {}
        if unknown:
            clients = {one.values["client_id"] for one in unknown}
            days = {(one.values["client_id"], self._day(one.values)) for one in unknown}
            times = [one.values["starts_at"] for one in unknown]
            near = Appointment.objects.of(organization).filter(
                client__in=clients, starts_at__gte=min(times) - LONGEST, starts_at__lte=max(times) + LONGEST
            )
            fitting = [
                row
                for row in near
                if (row.client_id, row.starts_at.astimezone(self._context.zone_of(row.branch_id)).date()) in days
            ]
            taken = self._context.links.objects_of_source(Link.Kind.APPOINTMENT, [row.pk for row in fitting])
            for row in fitting:
                if row.pk not in taken:
                    book.setdefault(row.pk, row)
                    self._near.setdefault(row.client_id, []).append(book[row.pk])
        lines: dict[int, list[AppointmentLine]] = {}
        for line in AppointmentLine.objects.of(organization).filter(appointment__in=book).order_by("pk"):
            lines.setdefault(line.appointment_id, []).append(line)
        return book, lines

    def _day(self, values: dict[str, Any]) -> datetime.date:
        at: datetime.datetime = values["starts_at"]
        return at.astimezone(self._context.zone_of(values["branch_id"])).date()

    def decide(self) -> None:
        for wanted in self._wanted:
            known = self._links.get(wanted.ref)
            if known is not None and known.object_id < 0:  # the same once more, in a plan
                self._tell(wanted, Fate.SAME, "", known.object_id)
                continue
            appointment = self._book.get(known.object_id) if known else self._find(wanted)
            if appointment is not None:
                self._compare(wanted, appointment, known)
            elif known is not None:
                self._tell(wanted, Fate.SAME, "look:gone", 0)
            else:
                self._make(wanted)

    def _find(self, wanted: _Wanted) -> Appointment | None:
        """Return the same visit of the same client in the book, if another source or a person has put it there."""
        values, found = wanted.values, []
        for row in self._near.get(values["client_id"], ()):
            is_same_time = row.starts_at == values["starts_at"]
            is_same_day = not wanted.has_time and self._day(values) == self._day(values_of(row, ()))
            fits = row.status == values["status"] or Status.BOOKED in (row.status, values["status"])
            if fits and (is_same_time or is_same_day) and (not row.branch_id or row.branch_id == values["branch_id"]):
                found.append(row)
        if not found:
            return None
        best = min(found, key=lambda row: (row.status != values["status"], row.starts_at, row.pk))
        self._near[values["client_id"]].remove(best)
        return best

    def _make(self, wanted: _Wanted) -> None:
        context, values = self._context, wanted.values
        if not context.writes:
            self._tell(wanted, Fate.NEW, "", 0)
            return
        appointment = Appointment(
            organization=context.organization, external_id=(wanted.rows[0]["external_id"] or "")[:100],
            **{field: values[field] for field in COLUMNS},
        )  # fmt: skip
        self._new.append(_New(appointment, wanted, digests.of_fields(FIELDS, values)))

    def _compare(self, wanted: _Wanted, appointment: Appointment, known: Known | None) -> None:
        context, values = self._context, wanted.values
        lines = self._lines.get(appointment.pk, [])
        current = values_of(appointment, lines)
        verdict = weigh(FIELDS, values, known.said if known else None, current)
        self._bend(wanted, verdict, current, known)
        before: dict[str, list[object]] = {
            field: [_kept(current[field]), digests.of_value(value).hex()] for field, value in verdict.changes.items()
        }
        if "lines" in before:
            before["lines"][0] = [[line.pk, line.service_id, line.staff_id, line.amount] for line in lines]
        if known is None:
            link = context.links.add(
                Link.Kind.APPOINTMENT, wanted.ref, appointment.pk, verdict.said, is_created=False
            )  # fmt: skip
            context.links.change(link, said=verdict.said, before=before, is_new=True)
        elif known.link and (before or verdict.said != known.said):
            context.links.change(known.link, said=verdict.said, before=before, is_new=False)
        for field, value in verdict.changes.items():
            if field == "lines":
                self._relined[appointment.pk] = value
            else:
                setattr(appointment, field, value)
        if set(verdict.changes) - {"lines"}:
            self._changed.append(appointment)
        fate = Fate.MERGED if known is None else Fate.CHANGED if verdict.changes else Fate.SAME
        self._tell(wanted, fate, f"kept:{','.join(verdict.kept)}" if verdict.kept else "", appointment.pk)

    def _bend(self, wanted: _Wanted, verdict: Verdict, current: dict[str, Any], known: Known | None) -> None:
        """Do what is special in some fields."""
        self._bend_status(wanted, verdict, current, known)
        if known is None and not wanted.has_time:  # noon stands for "no time was said"
            for field in ("starts_at", "ends_at"):
                verdict.changes.pop(field, None)
                verdict.kept = [one for one in verdict.kept if one != field]
        verdict.kept = [field for field in verdict.kept if field != "created_at"]
        _bend_end(verdict.changes, current)

    def _bend_status(self, wanted: _Wanted, verdict: Verdict, current: dict[str, Any], known: Known | None) -> None:
        """Let a booking be closed by what became of it, and never be opened again by an older file."""
        changes, kept = verdict.changes, verdict.kept
        settles = current["status"] == Status.BOOKED != wanted.values["status"]
        if "status" in kept and settles and known is None:
            kept.remove("status")
            changes["status"] = wanted.values["status"]
        if changes.get("status") == Status.BOOKED and current["starts_at"] <= self._context.now:
            del changes["status"]
            kept.append("status")
        if "status" in kept:
            changes.pop("cancelled_at", None)
            changes.pop("cancel_reason", None)
        elif changes.get("status", Status.CANCELLED) != Status.CANCELLED:
            changes |= {field: nothing for field, nothing in _NOT_CANCELLED.items() if current[field]}
        if "lines" in kept and changes.get("status") == Status.COMPLETED:
            kept.remove("lines")
            changes["lines"] = wanted.values["lines"]

    def write(self) -> None:
        """Write everything decided, all at once."""
        context, organization = self._context, self._context.organization
        context.create([new.appointment for new in self._new], Appointment)
        for new in self._new:
            context.links.add(
                Link.Kind.APPOINTMENT, new.wanted.ref, new.appointment.pk, new.said, is_created=True
            )  # fmt: skip
            self._tell(new.wanted, Fate.NEW, "", new.appointment.pk)
        if not context.writes:
            return
        if self._changed:
            Appointment.objects.bulk_update(self._changed, COLUMNS, batch_size=100)
        AppointmentLine.objects.filter(appointment__in=self._relined).delete()
        wanted = [(new.appointment.pk, new.wanted.values["lines"]) for new in self._new]
        wanted += list(self._relined.items())
        AppointmentLine.objects.bulk_create(
            AppointmentLine(
                organization=organization, appointment_id=pk, service_id=service, staff_id=staff, amount=amount
            )
            for pk, lines in wanted
            for service, staff, amount in lines
        )

    def _tell(self, wanted: _Wanted, fate: Fate, note: str, object_id: int) -> None:
        for number, row in enumerate(wanted.rows):
            self._context.tell(
                Kind.APPOINTMENT, row, fate, first=not number, note=note, object_id=object_id, label=_label(row)
            )


_NOT_CANCELLED: dict[str, Any] = {"cancelled_at": None, "cancel_reason": ""}


def _bend_end(changes: dict[str, Any], current: dict[str, Any]) -> None:
    """Let an appointment that is moved last as long as before, where nobody says otherwise."""
    starts_at, ends_at = (changes.get(field, current[field]) for field in ("starts_at", "ends_at"))
    if ends_at is None or (ends_at > starts_at and ("ends_at" in changes or "starts_at" not in changes)):
        return
    length = current["ends_at"] - current["starts_at"] if current["ends_at"] else None
    if length is None or current["ends_at"] == starts_at + length:
        changes.pop("ends_at", None)
    else:
        changes["ends_at"] = starts_at + length


def lines_of(lines: list[AppointmentLine]) -> tuple[Line, ...]:
    """Return the lines of an appointment as they are compared."""
    return tuple((line.service_id, line.staff_id, line.amount) for line in lines)


def values_of(appointment: Appointment, lines: Any) -> dict[str, Any]:
    """Return the fields of an appointment as they are compared."""
    return {**{field: getattr(appointment, field) for field in COLUMNS}, "lines": lines_of(lines)}


def _kept(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime.datetime) else value


def _clean(text: str | None) -> str:
    return " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", text or "").split())[:500]


def _label(row: Told) -> str:
    at: datetime.datetime = row["starts_at"]
    return f"{at:%Y-%m-%d %H:%M}" if row["has_time"] else f"{at:%Y-%m-%d}"
