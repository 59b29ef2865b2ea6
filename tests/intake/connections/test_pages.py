from __future__ import annotations

import datetime
import time
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from tests.yclients_server import COMPANY, LOGIN, PARTNER, PASSWORD, USER
from vernis.accounts import secrets
from vernis.accounts.tenancy import scoped_to
from vernis.intake.connections import hooks
from vernis.intake.models import Access, Connection

if TYPE_CHECKING:
    from pathlib import Path

    from django.http import HttpResponse

    from tests.intake.connections.conftest import Worker
    from tests.people import World
    from tests.yclients_server import Server

pytestmark = pytest.mark.django_db(transaction=True)
GOOD = {"system": "yclients", "partner": PARTNER, "login": LOGIN, "password": PASSWORD}
PLANTED = (PARTNER, USER, PASSWORD)


def nina(world: World) -> Client:
    """Return Nina's browser; she has just shown that it is she."""
    client = Client()
    client.force_login(world.nina)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
    session["account_authentication_methods_user"] = str(world.nina.pk)
    session.save()
    return client


def text_of(response: Any) -> str:
    return str(response.content.decode()) + str(response.headers)


def tell(world: World, **said: Any) -> HttpResponse:
    return nina(world).post(reverse("intake:connect"), {**GOOD, **said})  # type: ignore[return-value]


def test_an_owner_connects_a_company(world: World, server: Server) -> None:
    with scoped_to(world.ours.organization.pk):
        Connection.objects.filter(branch=world.center.branch).delete()
    client = nina(world)
    answer = client.post(reverse("intake:connect"), GOOD)
    assert answer.status_code == 302
    page = client.get(answer.headers["Location"])
    assert "Студия на Садовой" in text_of(page)

    answer = client.post(answer.headers["Location"], {f"branch-{COMPANY}": world.center.branch.pk})
    assert answer.status_code == 302
    with scoped_to(world.ours.organization.pk):
        made = Connection.objects.get(company=COMPANY)
        assert (made.branch, made.wants_all, made.whole_at) == (world.center.branch, True, None)
        assert USER in secrets.open_sealed(made.access.sealed)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"password": "wrong"}, "не принимает"),
        ({"login": "", "password": ""}, "логин и пароль"),
        ({"company": "77"}, "нет прав"),
    ],
)
def test_what_does_not_work_is_said_and_nothing_is_kept(
    world: World, server: Server, said: dict[str, str], words: str
) -> None:
    with scoped_to(world.ours.organization.pk):
        before = Access.objects.count()
    answer = tell(world, **said)

    assert answer.status_code == 422
    assert not [word for word in PLANTED if word in text_of(answer)]
    with scoped_to(world.ours.organization.pk):
        assert Access.objects.count() == before


def test_no_secret_is_in_a_page_a_log_a_dump_or_the_files(
    world: World, server: Server, worker: Worker, caplog: pytest.LogCaptureFixture, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    caplog.set_level("DEBUG")
    tell(world)
    worker.turn()
    server.user = "changed"
    worker.bring_in()
    worker.later(10).turn()
    client = nina(world)
    number = worker.connection.pk
    pages = [
        client.get(reverse("intake:connections")),
        client.get(reverse("intake:connection", args=[number])),
        client.get(reverse("intake:keys", args=[worker.connection.access_id])),
        client.get(reverse("intake:access", args=[worker.connection.access_id])),
        client.get(reverse("settings:history")),
    ]
    assert {page.status_code for page in pages} == {200}
    with scoped_to(world.ours.organization.pk):
        call_command("dumpdata", "intake", "accounts", "sessions", verbosity=0)
    told = [text_of(page) for page in pages] + [caplog.text, capsys.readouterr().out]
    told += [path.read_bytes().decode(errors="replace") for path in tmp_path.rglob("*") if path.is_file()]

    assert len(told) > 8
    assert not [word for word in PLANTED for text in told if word in text]


def test_keys_that_are_refused_are_told_to_the_owner_and_the_list_says_as_of_when(
    world: World, whole: Worker, server: Server
) -> None:
    server.user = "changed"
    seen = whole.later(10).turn()
    page = text_of(nina(world).get(reverse("intake:connection", args=[seen.pk])))
    assert "больше не принимает ключи" in page
    there = seen.fresh_at.astimezone(world.center.branch.zone)  # type: ignore[union-attr]
    assert f"{there:%H:%M}" in page

    listed = Client()
    listed.force_login(world.olga)
    said = text_of(listed.get(reverse("worklist:worklist")))
    assert "данные YCLIENTS на" in said
    assert f"{there:%H:%M}" in said


def test_new_keys_let_a_connection_go_on_at_once(world: World, whole: Worker, server: Server) -> None:
    server.user = "another-user"
    assert whole.later(10).turn().fault == "unauthorized"
    answer = nina(world).post(reverse("intake:keys", args=[whole.connection.access_id]), GOOD)
    assert answer.status_code == 302

    assert whole.turn().fault == ""


def test_a_hint_does_nothing_but_ask_earlier_and_a_forged_one_nothing_at_all(
    world: World, whole: Worker, server: Server
) -> None:
    client = Client(enforce_csrf_checks=True)
    whole.turn()
    asked = len(server.asked)
    token = hooks.token_of(whole.connection.organization_id, whole.connection.pk)
    for forged in (token[:-1] + "x", "1-1", "1-1:abc", hooks.token_of(1, 99999)):
        client.post(reverse("intake:hook", args=[forged]), b'{"status": "delete"}', content_type="application/json")
    assert whole.seen().hinted_at is None

    for _ in range(20):
        answer = client.post(reverse("intake:hook", args=[token]), b"\x00" * 1000, content_type="text/plain")
        assert answer.status_code == 204
    hinted_at = whole.seen().hinted_at
    assert hinted_at is not None
    assert len(server.asked) == asked  # the answer waits for nobody
    assert client.get(reverse("intake:hook", args=[token])).status_code == 405

    whole.now = hinted_at + datetime.timedelta(seconds=1)
    whole.turn()
    assert len(server.asked) == asked + 1


def test_disconnecting_takes_the_keys_and_leaves_what_was_brought_in(world: World, whole: Worker) -> None:
    from vernis.book.models import Appointment

    answer = nina(world).post(reverse("intake:disconnect", args=[whole.connection.pk]))
    assert answer.status_code == 302
    with scoped_to(world.ours.organization.pk):
        assert not Access.objects.filter(pk=whole.connection.access_id).exists()
        assert Appointment.objects.exclude(external_id="").count() == 4


def test_keys_are_sealed_anew_while_work_goes_on(
    world: World, whole: Worker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VERNIS_SECRET_KEYS", raising=False)
    with scoped_to(world.ours.organization.pk):
        before = bytes(Access.objects.get(pk=whole.connection.access_id).sealed)
    for place in (world.center, world.north, world.elsewhere):
        with scoped_to(place.branch.organization_id):
            Access.objects.filter(sealed=b"nothing").update(sealed=secrets.seal("{}"))
    old = (tmp_path / "secret_keys").read_text().split()
    call_command("rotate_secrets", forget_old=True, verbosity=0)

    new = (tmp_path / "secret_keys").read_text().split()
    assert len(new) == 1
    assert new != old
    assert (tmp_path / "secret_keys").stat().st_mode & 0o777 == 0o600
    with scoped_to(world.ours.organization.pk):
        assert bytes(Access.objects.get(pk=whole.connection.access_id).sealed) != before
    assert whole.later(10).turn().fault == ""
