"""Facts that another system has told us of: they have happened, so no rule of ours refuses them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from vernis.book.models import Appointment, AppointmentLine, Client
from vernis.book.operations.visits import move_card
from vernis.book.signals import facts_changed, happened

if TYPE_CHECKING:
    import datetime

Status = Appointment.Status


@dataclass(frozen=True)
class Told:
    """An appointment as it stands elsewhere. Lines: service, staff, amount in hundredths."""

    client_id: int
    branch_id: int
    starts_at: datetime.datetime
    ends_at: datetime.datetime | None
    status: str | None  # None: as it was
    lines: tuple[tuple[int | None, int | None, int | None], ...]
    external_id: str = ""


def take_appointment(
    *, organization_id: int, appointment_id: int | None, told: Told, at: datetime.datetime
) -> Appointment:
    """Write an appointment (None: a new one) as it stands elsewhere since `at`.

    The client, the branch, services and staff are of the organization: the caller has seen to it. Sends `facts_changed`
    and `happened`. Raises `Appointment.DoesNotExist`.
    """
    with transaction.atomic():
        client = Client.objects.of(organization_id).select_for_update(of=("self",)).get(pk=told.client_id)
        row, event = _row(organization_id, appointment_id, told, at)
        before = row.client_id
        row.client, row.branch_id = client, told.branch_id
        row.starts_at, row.ends_at, row.external_id = told.starts_at, told.ends_at, told.external_id
        row.save()
        _write_lines(row, told)
        if row.status == Status.COMPLETED:
            move_card(row)
        elif client.branch_id is None and client.erased_at is None:
            client.branch_id = told.branch_id
            client.save(update_fields=["branch", "changed_at"])
        for client_id in {client.pk, before or client.pk}:
            facts_changed.send(sender=Appointment, client_id=client_id)
        happened.send(sender=Appointment, event=event, organization_id=organization_id, rows=[row])
    return row


def _row(
    organization_id: int, appointment_id: int | None, told: Told, at: datetime.datetime
) -> tuple[Appointment, str]:
    """Return the row with its new state, not saved, and what has happened to it."""
    if appointment_id is None:
        row = Appointment(
            organization_id=organization_id, status=Status.BOOKED, created_at=at, client_id=told.client_id
        )
        event = "appointment.booked"
    else:
        rows = Appointment.objects.of(organization_id).select_for_update(of=("self",))
        row = rows.select_related("client").get(pk=appointment_id)
        event = "appointment.moved"
    if told.status and told.status != row.status:
        row.status = told.status
        row.cancelled_at = at if told.status == Status.CANCELLED else None
        event = "appointment.booked" if told.status == Status.BOOKED else f"appointment.{told.status}"
    return row, event


def _write_lines(row: Appointment, told: Told) -> None:
    known = tuple(row.lines.order_by("pk").values_list("service", "staff", "amount"))
    if known == told.lines:
        return
    row.lines.all().delete()
    AppointmentLine.objects.bulk_create(
        AppointmentLine(
            organization_id=row.organization_id, appointment=row, service_id=service, staff_id=staff, amount=amount
        )
        for service, staff, amount in told.lines
    )
