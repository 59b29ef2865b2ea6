"""What a booking system reports, in any order and as often as it likes."""

from __future__ import annotations

import datetime
import itertools
import threading
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from tests.api.programs import Program, program_of
from tests.people import World, make_world
from vernis.accounts.tenancy import scoped_to
from vernis.book.models import Appointment, Client

NOW = timezone.now().replace(microsecond=0)
numbers = itertools.count(1)


def event(world: World, kind: str, *, minute: int, **more: Any) -> dict[str, Any]:
    """Return an event of an appointment of tomorrow, that has happened so many minutes from now."""
    appointment = {
        "ref": "A-17", "branch_id": world.center.branch.pk,
        "client": {"ref": "C-5", "name": "Ева Ясенева", "phone": "+79161112233"},
        "starts_at": (NOW + datetime.timedelta(days=1)).isoformat(),
        "services": [{"title": "стрижка", "staff": "Светлана Мастер", "amount": 200_000}],
        **more,
    }  # fmt: skip
    at = NOW + datetime.timedelta(minutes=minute)
    return {
        "id": f"e{next(numbers)}", "source": "salon-site", "type": kind, "occurred_at": at.isoformat(),
        "appointment": appointment,
    }  # fmt: skip


def appointments(world: World) -> list[Appointment]:
    with scoped_to(world.nina.organization_id):
        return list(Appointment.objects.filter(external_id="A-17").prefetch_related("lines"))


@pytest.mark.django_db
def test_an_appointment_elsewhere_becomes_one_here(world: World, site: Program) -> None:
    told = site.post("/events", event(world, "created", minute=0))
    (row,) = appointments(world)

    assert told == {"outcome": "applied", "appointment_id": row.pk, "client_id": row.client_id, "is_repeat": False}
    assert row.status == "booked"
    with scoped_to(world.nina.organization_id):
        (line,) = row.lines.all()
        assert (line.service, line.staff, line.amount) == (world.ours.service, world.center.staff, 200_000)
        assert Client.objects.get(pk=row.client_id).phone == "+79161112233"


@pytest.mark.django_db
def test_the_same_event_again_changes_nothing(world: World, site: Program) -> None:
    created = event(world, "created", minute=0)
    first, second = site.post("/events", created), site.post("/events", created)

    assert second == {**first, "is_repeat": True}
    assert site.post("/events", {**created, "type": "came"}, 409)["type"].endswith("#conflict")
    assert len(appointments(world)) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_in_any_order_the_latest_holds(world: World, site: Program, order: tuple[int, ...]) -> None:
    later = (NOW + datetime.timedelta(days=2)).isoformat()
    told = [
        event(world, "created", minute=0),
        event(world, "changed", minute=1, starts_at=later),
        event(world, "cancelled", minute=2, starts_at=later),
        event(world, "created", minute=3, starts_at=later),
    ]
    for place in order:
        site.post("/events", told[place])

    (row,) = appointments(world)
    assert row.status == "booked"
    assert row.starts_at.isoformat() == later
    assert row.cancelled_at is None


@pytest.mark.django_db
def test_a_cancellation_that_comes_first_holds(world: World, site: Program) -> None:
    site.post("/events", event(world, "cancelled", minute=5))

    assert site.post("/events", event(world, "created", minute=0))["outcome"] == "older"
    (row,) = appointments(world)
    assert row.status == "cancelled"
    assert row.cancelled_at == NOW + datetime.timedelta(minutes=5)


@pytest.mark.django_db
def test_facts_are_not_refused_by_rules_for_people(world: World, site: Program) -> None:
    yesterday = (NOW - datetime.timedelta(days=1)).isoformat()
    site.post("/events", event(world, "came", minute=0, starts_at=yesterday))
    site.post("/events", event(world, "came", minute=0, starts_at=yesterday, ref="A-18"))

    assert appointments(world)[0].status == "completed"


@pytest.mark.django_db
def test_a_client_is_known_by_number_then_by_phone_and_name(world: World, site: Program) -> None:
    phone = world.center.client.phone
    by_phone = {"name": "Анна", "phone": phone}
    mother = {"name": "Мария Иная", "phone": phone}
    first = site.post("/events", event(world, "created", minute=0, ref="1", client={**by_phone, "ref": "X"}))
    second = site.post("/events", event(world, "created", minute=0, ref="2", client={"ref": "X"}))
    third = site.post("/events", event(world, "created", minute=0, ref="3", client=mother))
    site.post("/events", event(world, "created", minute=0, ref="4", client={"ref": "unknown"}), 422)

    assert first["client_id"] == second["client_id"] == world.center.client.pk
    assert third["client_id"] != first["client_id"]


@pytest.mark.django_db
def test_an_event_about_what_is_not_the_tokens_is_refused(world: World, site: Program) -> None:
    site.post("/events", event(world, "created", minute=0, branch_id=world.elsewhere.branch.pk), 422)
    site.post("/events", event(world, "created", minute=0, services=[{"service_id": world.theirs.service.pk}]), 422)
    site.post("/events", event(world, "created", minute=0, branch_id=world.north.branch.pk))
    narrow = program_of(world.nina, branches=[world.center.branch])
    narrow.post("/events", event(world, "cancelled", minute=9), 404)

    assert [row.status for row in appointments(world)] == ["booked"]


@pytest.mark.django_db(transaction=True)
def test_many_at_the_same_time_make_one_appointment() -> None:
    world = make_world()
    site = program_of(world.nina)
    told = [event(world, "created", minute=minute) for minute in range(8)]
    statuses: list[int] = []
    gate = threading.Barrier(8)

    def report(place: int) -> None:
        try:
            gate.wait()
            mine = (told[place], told[(place + 1) % 8])
            statuses.extend(site.ask("POST", "/events", one).status_code for one in mine)
        finally:
            connection.close()

    threads = [threading.Thread(target=report, args=(place,)) for place in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert statuses == [200] * 16
    (row,) = appointments(world)
    with scoped_to(world.nina.organization_id):
        assert Client.objects.filter(name="Ева Ясенева").count() == 1
    assert row.status == "booked"
