from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from tests.api.programs import Program, program_of
from tests.people import World
from vernis.accounts.models import LogEntry
from vernis.accounts.tenancy import scoped_to
from vernis.book.models import Appointment, Client, Contact
from vernis.book.models.contacts import Outcome

pytestmark = pytest.mark.django_db


def tomorrow(world: World, hour: int = 12) -> str:
    """Return a moment of tomorrow, by the clock of the center."""
    zone = world.center.branch.zone
    day = timezone.now().astimezone(zone).date() + datetime.timedelta(days=1)
    return datetime.datetime.combine(day, datetime.time(hour), zone).isoformat()


def test_a_token_says_what_it_may_do(world: World) -> None:
    site = program_of(world.nina, scopes=["clients:read"], branches=[world.center.branch], name="Сайт записи")

    told = site.get("/token")

    assert told["name"] == "Сайт записи"
    assert told["scopes"] == ["clients:read"]
    assert told["branch_ids"] == [world.center.branch.pk]


def test_clients_are_listed_in_pages_and_found_by_name(world: World, site: Program) -> None:
    first = site.get("/clients?limit=2")
    second = site.get(f"/clients?limit=2&cursor={first['next']}")

    assert len(first["items"]) == len(second["items"]) == 2
    assert second["next"] is None
    assert not {one["id"] for one in first["items"]} & {one["id"] for one in second["items"]}
    found = site.get("/clients?q=липова")["items"]
    assert {one["id"] for one in found} == {world.center.missed.pk, world.north.missed.pk}


def test_without_the_right_phones_are_masked_and_cannot_be_searched(world: World) -> None:
    site = program_of(world.nina, scopes=["clients:read", "clients:write"])

    shown = site.get(f"/clients/{world.center.client.pk}")

    assert shown["phone"] == "+7 916 ***-**-01"
    assert site.get("/clients?q=79162000101", 403)["scope"] == "clients:contacts"
    added = site.post("/clients", {"name": "Новая", "phone": "+79161112233"}, 201)
    assert added["phone"].endswith("-33")
    assert "*" in added["phone"]


def test_a_client_is_added_and_changed_in_the_name_of_the_program(world: World, site: Program) -> None:
    added = site.post("/clients", {"name": "Ева Ясенева", "phone": "+79161112233", "birthday": "--02-29"}, 201)
    changed = site.patch(f"/clients/{added['id']}", {"wishes": "Тихо"})

    assert changed["birthday"] == "--02-29"
    assert changed["wishes"] == "Тихо"
    assert changed["phone"] == "+79161112233"
    with scoped_to(world.nina.organization_id):
        entries = LogEntry.objects.filter(object_pk=str(added["id"]), content_type__model="client")
        assert {entry.actor_id for entry in entries} == {site.token.person_id}


def test_a_known_phone_is_said_so_and_may_be_insisted_on(world: World, site: Program) -> None:
    body = {"name": "Дочь", "phone": world.center.client.phone}

    refused = site.post("/clients", body, 409)
    added = site.post("/clients", {**body, "is_other_person": True}, 201)

    assert refused["client_ids"] == [world.center.client.pk]
    assert added["id"] != world.center.client.pk


def test_a_change_of_what_has_changed_meanwhile_is_refused(world: World, site: Program) -> None:
    path = f"/clients/{world.center.client.pk}"
    tag = site.ask("GET", path).headers["ETag"]
    site.patch(path, {"note": "раз"}, headers={"If-Match": tag})

    assert site.patch(path, {"note": "два"}, 412, headers={"If-Match": tag})["type"].endswith("changed-meanwhile")


def test_consents_are_recorded_and_read(world: World, site: Program) -> None:
    path = f"/clients/{world.center.client.pk}/consents"
    body = {"channel": "sms", "purpose": "advertising", "is_given": True, "means": "page", "wording": "Да"}

    site.post(path, body, 201)

    assert [(one["channel"], one["is_given"]) for one in site.get(path)["items"]] == [("sms", True), ("call", True)]


def test_everything_of_a_client_is_given_out_and_forgotten(world: World, site: Program) -> None:
    path = f"/clients/{world.center.client.pk}"

    assert site.get(f"{path}/export")["client"]["phone"] == world.center.client.phone
    assert site.post(f"{path}/erase", {"name": "Не она"}, 422)["errors"][0]["field"] == "name"
    assert site.post(f"{path}/erase", {"name": "анна берёзова"})["is_erased"] is True
    site.patch(path, {"note": "?"}, 404)


def test_answers_about_an_erased_client_are_forgotten_with_her(world: World, site: Program) -> None:
    added = site.post("/clients", {"name": "Ева Ясенева"}, 201, key="once")
    site.post(f"/clients/{added['id']}/erase", {"name": "Ева Ясенева"})

    again = site.ask("POST", "/clients", {"name": "Ева Ясенева"}, key="once")

    assert again.status_code == 409
    assert "Ясенева" not in again.content.decode()
    with scoped_to(world.nina.organization_id):
        assert not Client.objects.filter(name="Ева Ясенева").exists()


def test_branches_services_and_staff_are_listed(world: World, site: Program) -> None:
    assert {one["id"] for one in site.get("/branches")["items"]} == {world.center.branch.pk, world.north.branch.pk}
    assert site.get("/services")["items"][0]["price"] == 250_000
    assert {one["id"] for one in site.get("/staff")["items"]} == {world.center.staff.pk, world.north.staff.pk}


def test_a_visit_is_booked_moved_and_cancelled(world: World, site: Program) -> None:
    body = {
        "client_id": world.center.client.pk, "branch_id": world.center.branch.pk,
        "services": [world.ours.service.pk], "staff_id": world.center.staff.pk, "starts_at": tomorrow(world),
    }  # fmt: skip

    booked = site.post("/appointments", body, 201)
    busy = site.post("/appointments", {**body, "client_id": world.center.missed.pk}, 409)
    moved = site.post(f"/appointments/{booked['id']}/move", {"starts_at": tomorrow(world, 15)})
    cancelled = site.post(f"/appointments/{booked['id']}/cancel", {"reason": "заболела"})

    assert booked["lines"][0]["amount"] == 250_000
    assert busy["type"].endswith("#busy")
    assert moved["starts_at"] > booked["starts_at"]
    assert cancelled["status"] == "cancelled"
    assert site.get(f"/appointments?client_id={world.center.client.pk}&status=cancelled")["items"][0] == cancelled


def test_it_is_said_who_came(world: World, site: Program) -> None:
    path = f"/appointments/{world.center.miss.pk}"

    assert site.post(f"{path}/came", {})["status"] == "completed"
    assert site.post(f"{path}/did-not-come", {})["status"] == "no_show"
    assert site.post(f"{path}/cancel", {}, 409)["appointment_status"] == "no_show"


def test_a_call_is_recorded_by_the_rules_of_the_list(world: World, site: Program) -> None:
    rows = site.get(f"/worklist?branch_id={world.center.branch.pk}&block=due")["items"]
    body = {
        "client_id": rows[0]["client_id"], "entries": [{"block": "due", "anchor": rows[0]["anchor"]}],
        "outcome": "promised", "note": "Перезвонит",
    }  # fmt: skip

    saved = site.post("/contacts", body, 201)
    closed = site.post("/contacts", {**body, "entries": [{"block": "due", "anchor": "other"}]}, 409)

    assert closed["type"].endswith("#conflict")
    with scoped_to(world.nina.organization_id):
        contact = Contact.objects.get(call=saved["call"])
        assert (contact.outcome, contact.made_by) == (Outcome.PROMISED, site.token.person)
    assert site.get("/contacts?outcome=promised")["items"][0]["call"] == saved["call"]


def test_a_client_whom_a_colleague_calls_is_left_alone(world: World, site: Program) -> None:
    body = {
        "client_id": world.center.missed.pk, "outcome": "no_answer",
        "entries": [{"block": "missed", "anchor": world.center.missed_item.anchor}],
    }  # fmt: skip

    assert site.post("/contacts", body, 409)["type"].endswith("#busy")


def test_the_list_of_the_day_says_who_and_why(world: World, site: Program) -> None:
    branch = world.center.branch.pk
    rows = site.get(f"/worklist?branch_id={branch}")["items"]
    blocks = site.get(f"/worklist/blocks?branch_id={branch}")["items"]
    counts = {one["block"]: (one["open"], one["worked"]) for one in blocks}
    card = site.get(f"/clients/{world.center.client.pk}/card")
    why = site.get(f"/clients/{world.center.client.pk}/why")

    assert {(row["client_id"], row["block"], row["is_worked"]) for row in rows} == {
        (world.center.client.pk, "due", False),
        (world.center.missed.pk, "missed", False),
        (world.center.client.pk, "birthday", True),
    }
    assert (counts["due"], counts["birthday"]) == ((1, 0), (0, 1))
    assert (card["visits_count"], card["spent"], card["may_be_called"]) == (1, 250_000, True)
    assert {one["block"] for one in why["blocks"]} >= {"missed", "follow_up", "birthday"}
    assert "Canary" not in str(rows)


def test_a_past_day_is_given_as_it_was(world: World, site: Program) -> None:
    today = timezone.now().astimezone(world.center.branch.zone).date()
    path = f"branch_id={world.center.branch.pk}&block=missed"

    told = site.get(f"/worklist/days/{today}?{path}")
    assert told["total"] == len(told["items"])  # of facts as they were written last
    assert told["next"] is None
    site.get(f"/worklist/days/{today + datetime.timedelta(days=1)}?{path}", 422)


def test_a_program_of_one_branch_sees_no_other(world: World) -> None:
    site = program_of(world.nina, branches=[world.center.branch])

    for path in (
        f"/clients/{world.north.client.pk}",
        f"/clients/{world.north.client.pk}/card",
        f"/clients/{world.elsewhere.client.pk}",
        f"/appointments/{world.north.visit.pk}",
        f"/worklist?branch_id={world.north.branch.pk}",
    ):
        site.get(path, 404)
    assert "Parrot" not in str(site.get("/clients")) + str(site.get("/staff")) + str(site.get("/branches"))
    body = {"client_id": world.north.client.pk, "branch_id": world.north.branch.pk, "services": [1]}
    site.post("/appointments", {**body, "starts_at": tomorrow(world)}, 422)
    site.post(f"/appointments/{world.north.visit.pk}/cancel", {}, 404)
    with scoped_to(world.nina.organization_id):
        assert Appointment.objects.filter(branch=world.north.branch).count() == 2
