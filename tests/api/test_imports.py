"""Records of another system, brought in by a program."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.programs import Program, program_of
from tests.people import World
from vernis.accounts.tenancy import scoped_to
from vernis.book.models import Appointment, Client

pytestmark = pytest.mark.django_db


def records(world: World, **more: Any) -> dict[str, Any]:
    """Return a client with a visit."""
    return {
        "source": "old-crm",
        "clients": [{"ref": "C1", "name": "Ева Ясенева", "phone": "+79161112233", "birthday": "1990-05-12"}],
        "services": [{"ref": "S1", "title": "Окрашивание", "minutes": 90, "price": 500_000}],
        "staff": [{"ref": "M1", "name": "Ольга Мастер"}],
        "appointments": [
            {
                "ref": "A1", "client_ref": "C1", "branch_id": world.north.branch.pk, "status": "completed",
                "starts_at": "2026-05-12T10:00:00+06:00", "created_at": "2026-05-01T10:00:00+06:00",
                "lines": [{"service_ref": "S1", "staff_ref": "M1", "amount": 480_000}],
            }
        ],
        **more,
    }  # fmt: skip


def test_records_come_into_the_book_and_the_same_again_changes_nothing(world: World, site: Program) -> None:
    first = site.post("/imports", records(world))
    second = site.post("/imports", records(world))

    assert (first["clients"]["new"], first["appointments"]["new"]) == (1, 1)
    assert (second["clients"]["new"], second["appointments"]["new"]) == (0, 0)
    assert second["clients"]["same"] == 1
    with scoped_to(world.nina.organization_id):
        client = Client.objects.get(name="Ева Ясенева")
        visit = Appointment.objects.get(client=client)
        assert (client.phone, client.birth_day) == ("+79161112233", 12)
        assert visit.starts_at.isoformat() == "2026-05-12T04:00:00+00:00"
        assert (visit.branch, visit.status) == (world.north.branch, "completed")
        assert [line.amount for line in visit.lines.all()] == [480_000]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"clients": []}, "appointments.client_ref"),
        ({"services": []}, "appointments.lines"),
        ({"staff": [{"ref": "M1", "name": "А"}, {"ref": "M1", "name": "Б"}]}, "staff"),
        ({"clients": [{"ref": "C1", "birthday": "1990-02-30"}]}, "clients.birthday"),
    ],
)
def test_what_does_not_hold_together_is_refused_whole(
    world: World, site: Program, change: dict[str, Any], field: str
) -> None:
    assert site.post("/imports", records(world, **change), 422)["errors"][0]["field"] == field
    with scoped_to(world.nina.organization_id):
        assert not Client.objects.filter(name="Ева Ясенева").exists()


def test_a_branch_of_others_is_refused(world: World, site: Program) -> None:
    body = records(world)
    body["appointments"][0]["branch_id"] = world.elsewhere.branch.pk

    site.post("/imports", body, 422)
    program_of(world.nina, branches=[world.north.branch]).post("/imports", records(world), 403)


def test_an_event_knows_what_was_brought_in(world: World, site: Program) -> None:
    site.post("/imports", records(world))
    told = site.post(
        "/events",
        {
            "id": "e1", "source": "old-crm", "type": "did_not_come", "occurred_at": "2026-05-12T12:00:00+06:00",
            "appointment": {
                "ref": "A1", "branch_id": world.north.branch.pk, "client": {"ref": "C1"},
                "starts_at": "2026-05-12T10:00:00+06:00",
            },
        },
    )  # fmt: skip

    with scoped_to(world.nina.organization_id):
        visit = Appointment.objects.get(client__name="Ева Ясенева")
        assert (visit.pk, visit.client_id) == (told["appointment_id"], told["client_id"])
        assert visit.status == "no_show"
