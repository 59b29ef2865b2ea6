"""Who may change whom, and what dismissal does."""

from __future__ import annotations

import datetime
import time
from typing import TYPE_CHECKING, Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from tests.people import CANARY, PARROT, PASSWORD, World
from vernis.accounts import operations
from vernis.accounts.models import Event, Invitation, LogEntry, Role, User
from vernis.accounts.tenancy import scoped_to

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db
PAGES = ["people/", "people/invite/", "branches/", "branches/new/", "organization/", "rules/", "history/", ""]


def answers(person: User, **changes: Any) -> dict[str, Any]:
    """Return what the page of a person sends."""
    return {"name": person.name, "role": person.role, "branches": person.branch_ids, **changes}


@pytest.mark.parametrize("path", PAGES)
def test_the_owner_opens_every_page(nina: Client, path: str) -> None:
    response = nina.get(f"/settings/{path}")

    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]
    assert CANARY not in response.content.decode()


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("name", ["olga", "boris", "timur"])
def test_others_open_none(world: World, signed_in: Callable[[User], Client], path: str, name: str) -> None:
    assert signed_in(world.people[name]).get(f"/settings/{path}").status_code == 403


@pytest.mark.parametrize("path", PAGES)
def test_without_login_every_page_asks_for_it(db: None, client: Client, path: str) -> None:
    response = client.get(f"/settings/{path}")

    assert response.status_code == 302
    assert response.headers["Location"].startswith("/account/login/")


def test_a_manager_of_a_branch_sees_its_people_only(world: World, maria: Client) -> None:
    page = maria.get("/settings/people/").content.decode()

    assert world.maria.name in page
    assert world.olga.name not in page
    assert world.nina.name not in page


def test_a_change_asks_for_the_password_first(world: World, signed_in: Callable[[User], Client]) -> None:
    client = signed_in(world.nina)

    asked = client.get(f"/settings/people/{world.olga.pk}/")
    assert asked.headers["Location"].startswith("/account/reauthenticate/")
    client.post(asked.headers["Location"], {"password": PASSWORD, "next": f"/settings/people/{world.olga.pk}/"})

    assert client.get(f"/settings/people/{world.olga.pk}/").status_code == 200


def test_the_owner_changes_role_and_branches(world: World, nina: Client) -> None:
    response = nina.post(
        f"/settings/people/{world.olga.pk}/",
        answers(world.olga, role="manager", branches=[world.center.branch.pk, world.north.branch.pk]),
    )

    assert response.status_code == 302
    olga = User.objects.get(pk=world.olga.pk)
    assert (olga.role, len(olga.branch_ids)) == (Role.MANAGER, 2)
    with scoped_to(world.ours.organization.pk):
        assert LogEntry.objects.filter(event=Event.ROLE_CHANGED, object_id=olga.pk, actor=world.nina).count() == 1


@pytest.mark.parametrize("name", ["nina", "olga", "pavel", "maria"])
def test_a_manager_changes_nobody_of_another_branch_nor_an_owner_nor_herself(
    world: World, maria: Client, name: str
) -> None:
    person = world.people[name]
    for address in ("", "dismiss/", "restore/"):
        response = maria.post(f"/settings/people/{person.pk}/{address}", answers(person, role="staff"))
        assert response.status_code in (403, 404)

    person.refresh_from_db()
    assert person.is_active
    assert person.role == world.people[name].role


def test_a_manager_makes_nobody_an_owner_nor_gives_branches_of_others(world: World, maria: Client) -> None:
    with scoped_to(world.ours.organization.pk):
        world.olga.branches.set([world.north.branch])

    raised = maria.post(f"/settings/people/{world.olga.pk}/", answers(world.olga, role="owner"))
    moved = maria.post(f"/settings/people/{world.olga.pk}/", answers(world.olga, branches=[world.center.branch.pk]))
    everywhere = maria.post(
        f"/settings/people/{world.olga.pk}/",
        answers(world.olga, sees_all_branches="on", branches=[world.north.branch.pk]),
    )

    assert (raised.status_code, moved.status_code, everywhere.status_code) == (422, 422, 302)
    olga = User.objects.get(pk=world.olga.pk)
    assert (olga.role, olga.sees_all_branches, olga.branch_ids) == (Role.OPERATOR, False, [world.north.branch.pk])


def test_nobody_raises_the_own_role(world: World, nina: Client, maria: Client) -> None:
    for client, person in ((nina, world.nina), (maria, world.maria)):
        assert client.post(f"/settings/people/{person.pk}/", answers(person, role="owner")).status_code == 403


def test_the_last_owner_stays(world: World) -> None:
    with scoped_to(world.ours.organization.pk):
        with pytest.raises(operations.LastOwner):
            operations.dismiss(person=world.nina, by=world.olga, now=timezone.now())
        with pytest.raises(operations.LastOwner):
            operations.change_person(
                person=world.nina, by=world.olga, name="Нина", role=Role.STAFF, branches=[], sees_all_branches=True
            )
    world.nina.refresh_from_db()
    assert (world.nina.is_active, world.nina.role) == (True, Role.OWNER)


def test_a_dismissed_person_is_out_with_the_next_request(world: World, nina: Client, client: Client) -> None:
    client.post("/account/login/", {"login": world.olga.email, "password": PASSWORD})
    assert client.get("/profile/").status_code == 200
    assert UserSession.objects.filter(user=world.olga).count() == 1
    sessions = Session.objects.count()
    with scoped_to(world.ours.organization.pk):
        Invitation.objects.filter(pk=world.center.invitation.pk).update(invited_by=world.olga)

    started = time.monotonic()
    assert nina.post(f"/settings/people/{world.olga.pk}/dismiss/").status_code == 302
    refused = client.get("/profile/")
    took = time.monotonic() - started

    assert refused.headers["Location"].startswith("/account/login/")
    assert took < 1
    assert (UserSession.objects.filter(user=world.olga).count(), Session.objects.count()) == (0, sessions - 1)
    assert Invitation.objects.get(pk=world.center.invitation.pk).revoked_at is not None
    assert client.post("/account/login/", {"login": world.olga.email, "password": PASSWORD}).status_code != 200 or (
        client.get("/profile/").status_code == 302
    )
    assert nina.post(f"/settings/people/{world.olga.pk}/dismiss/").status_code == 302  # twice is once
    with scoped_to(world.ours.organization.pk):
        assert LogEntry.objects.filter(event=Event.DISMISSED).count() == 1


def test_a_session_that_nobody_listed_is_refused_too(
    world: World, nina: Client, signed_in: Callable[[User], Client]
) -> None:
    olga = signed_in(world.olga)
    assert olga.get("/profile/").status_code == 200

    nina.post(f"/settings/people/{world.olga.pk}/dismiss/")

    assert olga.get("/profile/").status_code == 302


def test_a_dismissed_person_can_be_taken_back(world: World, nina: Client, client: Client) -> None:
    assert nina.post(f"/settings/people/{world.gleb.pk}/restore/").status_code == 302

    client.post("/account/login/", {"login": world.gleb.email, "password": PASSWORD})
    assert client.get("/profile/").status_code == 200


@pytest.mark.parametrize("address", ["people/{}/", "people/{}/dismiss/", "people/{}/restore/"])
def test_strangers_find_nobody(world: World, pavel: Client, address: str) -> None:
    response = pavel.post("/settings/" + address.format(world.olga.pk), answers(world.olga))

    assert response.status_code == 404
    assert User.objects.get(pk=world.olga.pk).is_active


@pytest.mark.parametrize("address", ["people/999999999/", "branches/999999999/"])
def test_what_is_not_there_is_not_found(nina: Client, address: str) -> None:
    assert nina.get(f"/settings/{address}").status_code == 404


@pytest.mark.parametrize("address", ["people/{}/dismiss/", "people/{}/restore/"])
def test_reading_changes_nothing(world: World, nina: Client, address: str) -> None:
    assert nina.get("/settings/" + address.format(world.olga.pk)).status_code == 405
    assert PARROT  # the word of the other branch
    assert User.objects.get(pk=world.olga.pk).dismissed_at is None


def test_days_of_dismissal_are_shown(world: World, nina: Client) -> None:
    User.objects.filter(pk=world.gleb.pk).update(dismissed_at=datetime.datetime(2026, 5, 12, tzinfo=datetime.UTC))

    assert "12 мая 2026" in nina.get("/settings/people/").content.decode()
