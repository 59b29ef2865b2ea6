"""Joining by a link."""

from __future__ import annotations

import datetime
import email
import re
import socket
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.controller import Controller
from django.utils import timezone

from vernis.accounts.models import Invitation, LogEntry, Role, User
from vernis.accounts.queries.people import hashed
from vernis.accounts.tenancy import scoped_to

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client
    from pytest_django import DjangoCaptureOnCommitCallbacks

    from tests.people import World

pytestmark = pytest.mark.django_db
GOOD = {"name": "Вера Новая", "password": "три синих чайника"}


class Letters:
    """A post office in this process."""

    def __init__(self) -> None:
        self.got: list[Any] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.got.append(envelope)
        return "250 taken"


@pytest.fixture
def post_office(settings: Any) -> Iterator[Letters]:
    """Send letters by SMTP to a server of ours."""
    letters = Letters()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(letters, hostname="127.0.0.1", port=port)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_USE_TLS = "127.0.0.1", False
    settings.EMAIL_PORT = port
    yield letters
    server.stop()


def invitation_of(world: World, **changes: Any) -> dict[str, Any]:
    """Return what the page of inviting sends."""
    return {
        "name": "Вера Новая",
        "email": "Vera@Example.com",
        "role": "operator",
        "branches": [world.center.branch.pk],
        **changes,
    }


def link_in(page: str) -> str:
    """Return the path of the link that a page or a letter shows."""
    found = re.search(r"/join/[\w-]+/", page)
    assert found
    return found.group()


def test_the_link_is_shown_once_and_only_its_hash_is_kept(world: World, nina: Client) -> None:
    link = link_in(nina.post("/settings/people/invite/", invitation_of(world)).content.decode())

    token = link.split("/")[2]
    with scoped_to(world.ours.organization.pk):
        invitation = Invitation.objects.get(token_hash=hashed(token))
        log = str(list(LogEntry.objects.values()))
    assert (invitation.email, invitation.role) == ("vera@example.com", Role.OPERATOR)
    assert token not in log
    assert token not in nina.get("/settings/people/").content.decode()


def test_the_letter_reaches_a_real_post_office(
    world: World,
    nina: Client,
    client: Client,
    post_office: Letters,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        nina.post("/settings/people/invite/", invitation_of(world))

    (letter,) = post_office.got
    assert letter.rcpt_tos == ["vera@example.com"]
    text = email.message_from_bytes(letter.content).get_payload(decode=True).decode()  # type: ignore[union-attr]
    assert client.get(link_in(text)).status_code == 200


def test_without_a_post_office_the_link_is_there_all_the_same(
    world: World,
    nina: Client,
    settings: Any,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = (
        "django.core.mail.backends.smtp.EmailBackend",
        "127.0.0.1",
        9,
    )
    with django_capture_on_commit_callbacks(execute=True):
        response = nina.post("/settings/people/invite/", invitation_of(world))

    assert link_in(response.content.decode())


def test_a_person_joins_once(world: World, nina: Client, client: Client) -> None:
    link = link_in(nina.post("/settings/people/invite/", invitation_of(world)).content.decode())

    page = client.get(link)
    assert world.ours.organization.name in page.content.decode()
    assert client.post(link, GOOD).status_code == 302
    assert client.get("/profile/").status_code == 200
    vera = User.objects.get(email="vera@example.com")
    assert (vera.name, vera.role, vera.branch_ids) == ("Вера Новая", Role.OPERATOR, [world.center.branch.pk])
    assert vera.organization == world.ours.organization
    assert client.post(link, GOOD).status_code == 404
    assert client.get(link).status_code == 404


@pytest.mark.parametrize("password", ["", "qwerty", "1234567890", "password123", "Вера Новая", "vera@example.com"])
def test_passwords_that_are_guessed_first_are_refused(
    world: World, nina: Client, client: Client, password: str
) -> None:
    link = link_in(nina.post("/settings/people/invite/", invitation_of(world)).content.decode())

    response = client.post(link, {**GOOD, "password": password})

    assert response.status_code == 422
    assert not User.objects.filter(email="vera@example.com").exists()


@pytest.mark.parametrize("change", ["expired", "revoked"])
def test_old_and_taken_back_links_work_no_more(world: World, nina: Client, client: Client, change: str) -> None:
    link = link_in(nina.post("/settings/people/invite/", invitation_of(world)).content.decode())
    invitation = Invitation.objects.get(email="vera@example.com")
    if change == "expired":
        assert invitation.expires_at - timezone.now() > datetime.timedelta(days=6, hours=23)
        Invitation.objects.filter(pk=invitation.pk).update(expires_at=timezone.now())
    else:
        assert nina.post(f"/settings/people/invitations/{invitation.pk}/revoke/").status_code == 302

    assert client.get(link).status_code == 404
    assert client.post(link, GOOD).status_code == 404
    assert not User.objects.filter(email="vera@example.com").exists()


def test_guessed_links_open_nothing(db: None, client: Client) -> None:
    assert client.get("/join/" + "A" * 43 + "/").status_code == 404
    assert client.post("/join/short/", GOOD).status_code == 404


def test_a_manager_invites_below_the_owner_and_into_own_branches(world: World, maria: Client) -> None:
    owner = maria.post("/settings/people/invite/", invitation_of(world, role="owner"))
    center = maria.post("/settings/people/invite/", invitation_of(world))
    foreign = maria.post("/settings/people/invite/", invitation_of(world, branches=[world.elsewhere.branch.pk]))
    own = maria.post("/settings/people/invite/", invitation_of(world, role="manager", branches=[world.north.branch.pk]))

    assert [r.status_code for r in (owner, center, foreign, own)] == [422, 422, 422, 200]
    assert Invitation.objects.filter(email="vera@example.com").count() == 1


def test_a_colleague_is_not_invited_again(world: World, nina: Client) -> None:
    response = nina.post("/settings/people/invite/", invitation_of(world, email=world.olga.email.upper()))

    assert response.status_code == 422


def test_that_somebody_works_elsewhere_is_told_to_nobody_but_the_person(
    world: World, nina: Client, client: Client
) -> None:
    response = nina.post("/settings/people/invite/", invitation_of(world, email=world.pavel.email))
    assert response.status_code == 200

    joined = client.post(link_in(response.content.decode()), GOOD)

    assert joined.status_code == 422
    assert User.objects.get(email=world.pavel.email).organization == world.theirs.organization


@pytest.mark.parametrize("browser", ["maria", "pavel"])
def test_others_take_back_no_invitation(world: World, browser: str, request: pytest.FixtureRequest) -> None:
    client: Client = request.getfixturevalue(browser)

    response = client.post(f"/settings/people/invitations/{world.center.invitation.pk}/revoke/")

    assert response.status_code == 404
    assert Invitation.objects.get(pk=world.center.invitation.pk).revoked_at is None
