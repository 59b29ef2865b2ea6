"""What a booking system reports: told twice it counts once, told late it changes nothing."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.db import transaction

from vernis.accounts.models import Branch
from vernis.api.models import News, Outside
from vernis.api.problems import Problem, invalid
from vernis.book import terms
from vernis.book.models import Appointment, Client, Service, Staff
from vernis.book.operations.clients import Facts, add_client
from vernis.book.operations.outside import Told, take_appointment
from vernis.intake.queries.links import objects_of

if TYPE_CHECKING:
    import datetime

    from vernis.accounts.models import User
    from vernis.api.shapes.events import EventIn, GuestIn, LineIn

Status = Appointment.Status
STATUS = {
    "created": Status.BOOKED,
    "changed": None,
    "cancelled": Status.CANCELLED,
    "came": Status.COMPLETED,
    "did_not_come": Status.NO_SHOW,
}


def take(*, by: User, event: EventIn, now: datetime.datetime) -> tuple[News, bool]:
    """Bring an event into the book; return what came of it, and whether it had been told before. Raises Problem."""
    fingerprint = hashlib.sha256(event.model_dump_json().encode()).hexdigest()
    with transaction.atomic():
        News.objects.bulk_create(
            [
                News(
                    organization_id=by.organization_id, source=event.source, event_id=event.id,
                    fingerprint=fingerprint, received_at=now,
                )
            ],
            ignore_conflicts=True,
        )  # fmt: skip
        rows = News.objects.of(by.organization_id).select_for_update(of=("self",))
        news: News = rows.get(source=event.source, event_id=event.id)
        if news.fingerprint != fingerprint:
            raise Problem("conflict", "Another event with this id has been reported by this source.")
        if news.outcome:
            return news, True
        _apply(news, by, event, now)
        news.save(update_fields=["outcome", "appointment_id", "client_id"])
    return news, False


def _apply(news: News, by: User, event: EventIn, now: datetime.datetime) -> None:
    said = event.appointment
    known = _outside(by, event.source, Outside.Kind.APPOINTMENT, said.ref)
    news.appointment_id, news.outcome = known.number, News.Outcome.OLDER
    if known.number is not None:  # of a branch that the token sees, or not there
        row = Appointment.objects.visible_to(by).filter(pk=known.number).first()
        if row is None:
            raise Appointment.DoesNotExist
        news.client_id = row.client_id
    if known.told_at is not None and event.occurred_at < known.told_at:
        return
    if not Branch.objects.visible_to(by).filter(pk=said.branch_id).exists():
        raise invalid("appointment.branch_id", "no such branch")
    if said.ends_at is not None and said.ends_at <= said.starts_at:
        raise invalid("appointment.ends_at", "must be later than starts_at")
    client_id = _client(by, event.source, said.client, said.branch_id, now)
    told = Told(
        client_id=client_id,
        branch_id=said.branch_id,
        starts_at=said.starts_at,
        ends_at=said.ends_at,
        status=STATUS[event.type],
        lines=_lines(by, said.services),
        external_id=said.ref,
    )
    row = take_appointment(
        organization_id=by.organization_id, appointment_id=known.number, told=told, at=event.occurred_at
    )
    known.number, known.told_at = row.pk, event.occurred_at
    known.save(update_fields=["number", "told_at"])
    news.outcome, news.appointment_id, news.client_id = News.Outcome.APPLIED, row.pk, client_id


def _outside(by: User, source: str, kind: Outside.Kind, ref: str) -> Outside:
    """Return what we call something of a source; nobody else writes about it before this transaction ends."""
    names = {"source": source, "kind": kind, "ref": ref}
    Outside.objects.bulk_create([Outside(organization_id=by.organization_id, **names)], ignore_conflicts=True)
    rows = Outside.objects.of(by.organization_id).select_for_update(of=("self",))
    known: Outside = rows.get(**names)
    if known.number is None:  # perhaps its history was brought in before
        of_import = objects_of(organization=by.organization, source=f"api:{source}", kind=kind, refs=[ref])
        known.number = of_import.get(ref)
    return known


def _client(by: User, source: str, said: GuestIn, branch_id: int, now: datetime.datetime) -> int:
    """Return the client of an appointment: by her number there, by phone and name, or a new one."""
    known = _outside(by, source, Outside.Kind.CLIENT, said.ref) if said.ref else None
    if known and known.number is not None and Client.objects.of(by.organization_id).filter(pk=known.number).exists():
        return known.number
    if not (said.name.strip() or said.phone):
        raise invalid("appointment.client", "say the name, the phone, or a ref that you have told us of")
    client_id = _same(by, said)
    if client_id is None:
        facts: Facts = {"branch_id": branch_id, "name": said.name.strip() or said.phone}
        facts |= {"phone": said.phone, "email": said.email}
        client_id = add_client(by=by, facts=facts, now=now, is_other_person=True).pk
    if known:
        known.number = client_id
        known.save(update_fields=["number"])
    return client_id


def _same(by: User, said: GuestIn) -> int | None:
    """Return the one client with this phone, unless she is called otherwise: families share phones."""
    if not said.phone:
        return None
    same = list(Client.objects.visible_to(by).filter(phone=said.phone, erased_at=None)[:2])
    if len(same) != 1:
        return None
    words, ours = set(terms.words(said.name)), set(terms.words(same[0].name))
    return same[0].pk if not words or words & ours else None


def _lines(by: User, said: list[LineIn]) -> tuple[tuple[int | None, int | None, int | None], ...]:
    services = dict(Service.objects.of(by.organization_id).values_list("pk", "title"))
    staff = dict(Staff.objects.visible_to(by).values_list("pk", "name"))
    return tuple(
        (_found(line.service_id, line.title, services), _found(line.staff_id, line.staff, staff), line.amount)
        for line in said
    )


def _found(number: int | None, name: str, known: dict[int, str]) -> int | None:
    if number is not None:
        if number not in known:
            raise invalid("appointment.services", f"there is no {number}")
        return number
    wanted = terms.folded(name)
    return next((pk for pk, title in known.items() if wanted and terms.folded(title) == wanted), None)
