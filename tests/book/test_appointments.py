"""Booking, moving, cancelling, and what came of it."""

from __future__ import annotations

import datetime
import uuid
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from tests.people import World, make_person
from vernis.accounts.models import Branch, Role, User
from vernis.book.models import Appointment, Client
from vernis.book.moments import TimeDoesNotExist, moment_of
from vernis.book.operations import appointments as operations
from vernis.book.operations import visits
from vernis.book.queries.appointments import day_of, own_day

Status = Appointment.Status


def booking(world: World, *, days: int = 1, hour: int = 12, minute: int = 0) -> operations.Booking:
    day = world.center.branch.today(timezone.now()) + datetime.timedelta(days=days)
    return operations.Booking(
        branch_id=world.center.branch.pk,
        services=(world.ours.service.pk,),
        starts_at=datetime.datetime.combine(day, datetime.time(hour, minute)),
        staff_id=world.center.staff.pk,
    )


def book(world: World, client: Client | None = None, by: User | None = None, **when: int) -> Appointment:
    return operations.book_appointment(
        client_id=(client or world.center.client).pk,
        by=by or world.olga,
        booking=booking(world, **when),
        now=timezone.now(),
        key=uuid.uuid4(),
    )


def test_a_booking_lasts_as_long_as_its_services(ours: World, told: list[int]) -> None:
    appointment = book(ours)

    assert appointment.ends_at == appointment.starts_at + datetime.timedelta(minutes=60)
    assert [line.amount for line in appointment.lines.all()] == [250_000]
    assert told == [ours.center.client.pk]


@pytest.mark.parametrize(("minute", "hour"), [(0, 12), (30, 12), (59, 12), (30, 11), (1, 11)])
def test_a_master_has_one_client_at_a_time(ours: World, hour: int, minute: int) -> None:
    book(ours, hour=12)

    with pytest.raises(operations.StaffIsBusy):
        book(ours, ours.center.missed, hour=hour, minute=minute)


@pytest.mark.parametrize("hour", [11, 13])
def test_the_hours_beside_are_free(ours: World, hour: int) -> None:
    book(ours, hour=12)

    assert book(ours, ours.center.missed, hour=hour).pk


def test_a_cancelled_time_is_free_again_and_cannot_be_taken_back_once_taken(ours: World) -> None:
    first = book(ours)
    visits.cancel_appointment(appointment_id=first.pk, by=ours.olga, reason="Болезнь", now=timezone.now())
    book(ours, ours.center.missed)

    with pytest.raises(operations.StaffIsBusy):
        visits.reopen_appointment(appointment_id=first.pk, by=ours.olga, now=timezone.now())


def test_moving_keeps_the_length_and_may_overlap_itself(ours: World, told: list[int]) -> None:
    appointment = book(ours)
    later = booking(ours, hour=12, minute=30)

    moved = visits.move_appointment(
        appointment_id=appointment.pk,
        by=ours.olga,
        starts_at=later.starts_at,
        staff_id=later.staff_id,
        now=timezone.now(),
    )

    assert moved.ends_at == moved.starts_at + datetime.timedelta(minutes=60)
    assert told == [appointment.client_id] * 2


def test_moving_does_not_push_another_client_away(ours: World) -> None:
    book(ours, ours.center.missed, hour=15)
    appointment = book(ours, hour=12)

    with pytest.raises(operations.StaffIsBusy):
        visits.move_appointment(
            appointment_id=appointment.pk,
            by=ours.olga,
            starts_at=booking(ours, hour=15).starts_at,
            staff_id=ours.center.staff.pk,
            now=timezone.now(),
        )


def test_cancelling_twice_is_once(ours: World, told: list[int]) -> None:
    appointment = book(ours)
    for reason in ("Болезнь", "Планы"):
        visits.cancel_appointment(appointment_id=appointment.pk, by=ours.olga, reason=reason, now=timezone.now())

    appointment.refresh_from_db()
    assert (appointment.status, appointment.cancel_reason) == (Status.CANCELLED, "Болезнь")
    assert len(told) == 2


def test_nobody_has_come_before_the_day(ours: World) -> None:
    appointment = book(ours)

    for close in (visits.mark_came, visits.mark_did_not_come):
        with pytest.raises(visits.NotYet):
            close(appointment_id=appointment.pk, by=ours.olga, now=timezone.now())


def test_what_was_said_can_be_corrected(ours: World) -> None:
    pk, now = ours.center.miss.pk, timezone.now()

    assert visits.mark_came(appointment_id=pk, by=ours.olga, now=now).status == Status.COMPLETED
    assert visits.mark_did_not_come(appointment_id=pk, by=ours.olga, now=now).status == Status.NO_SHOW
    assert visits.reopen_appointment(appointment_id=pk, by=ours.olga, now=now).status == Status.BOOKED


def test_states_that_cannot_follow_are_refused(ours: World) -> None:
    cancelled = book(ours)
    visits.cancel_appointment(appointment_id=cancelled.pk, by=ours.olga, reason="", now=timezone.now())
    later = timezone.now() + datetime.timedelta(days=2)

    for close in (visits.mark_came, visits.mark_did_not_come):
        with pytest.raises(visits.WrongStatus):
            close(appointment_id=cancelled.pk, by=ours.olga, now=later)
    with pytest.raises(visits.WrongStatus):
        visits.cancel_appointment(appointment_id=ours.center.visit.pk, by=ours.olga, reason="", now=later)
    with pytest.raises(operations.TimeIsPast):
        visits.reopen_appointment(appointment_id=cancelled.pk, by=ours.olga, now=later)


def test_the_branch_of_the_latest_visit_has_the_card(ours: World) -> None:
    client = ours.north.client
    Client.objects.filter(pk=client.pk).update(branch=ours.center.branch)
    Appointment.objects.filter(client=client).update(branch=ours.north.branch)

    visits.mark_did_not_come(appointment_id=ours.north.visit.pk, by=ours.nina, now=timezone.now())
    visits.mark_came(appointment_id=ours.north.visit.pk, by=ours.nina, now=timezone.now())

    client.refresh_from_db()
    assert client.branch_id == ours.north.branch.pk


def test_appointments_of_another_branch_are_not_there(ours: World) -> None:
    with pytest.raises(Appointment.DoesNotExist):
        visits.mark_came(appointment_id=ours.north.visit.pk, by=ours.olga, now=timezone.now())


def test_earlier_today_may_be_booked_at_the_desk_only(ours: World) -> None:
    now = datetime.datetime(2030, 5, 15, 12, tzinfo=datetime.UTC)
    earlier = operations.Booking(
        ours.center.branch.pk, (ours.ours.service.pk,), datetime.datetime(2030, 5, 15, 9), ours.center.staff.pk
    )
    arguments = {"client_id": ours.center.client.pk, "by": ours.olga, "booking": earlier, "now": now}

    with pytest.raises(operations.TimeIsPast):
        operations.book_appointment(**arguments)  # type: ignore[arg-type]
    assert operations.book_appointment(**arguments, may_have_begun=True).pk  # type: ignore[arg-type]


def test_a_time_that_clocks_jump_over_does_not_exist_and_of_two_the_first_is_meant() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    with pytest.raises(TimeDoesNotExist):
        moment_of(datetime.datetime(2026, 3, 29, 2, 30), berlin)

    assert moment_of(datetime.datetime(2026, 10, 25, 2, 30), berlin).hour == 0


def test_a_day_is_that_of_the_branch(ours: World) -> None:
    branch: Branch = ours.center.branch
    appointment = book(ours, hour=0, minute=5)
    day = appointment.starts_at.astimezone(branch.zone).date()

    hours = day_of(user=ours.olga, branch=branch, day=day)
    assert [hour.hour for hour in hours] == [0]
    assert day_of(user=ours.olga, branch=branch, day=day - datetime.timedelta(days=1)) == []


def test_those_who_serve_see_their_own_day(ours: World) -> None:
    now = timezone.now()
    appointment = book(ours, days=1, hour=12)

    timur = User.objects.get(pk=ours.timur.pk)
    assert own_day(user=timur, now=now + datetime.timedelta(days=1)) == [appointment]
    stranger = make_person(ours.ours.organization, "Никто Тестов", Role.STAFF, ours.center.branch)
    assert own_day(user=stranger, now=now + datetime.timedelta(days=1)) == []
