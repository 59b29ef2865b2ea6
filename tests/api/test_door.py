"""The way in: tokens, rights, limits, and the form of requests and refusals."""

from __future__ import annotations

import datetime
import hashlib
import json
import logging
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from tests.api.programs import Program, program_of
from tests.people import World
from vernis.accounts.models import Role, User
from vernis.accounts.queries.people import people_visible_to
from vernis.accounts.tenancy import scoped_to
from vernis.api.limits import Buckets
from vernis.api.models import Token
from vernis.api.operations.tokens import revoke_token
from vernis.book.models import Client as Card

pytestmark = pytest.mark.django_db


def test_only_the_hash_of_a_token_is_kept(world: World, site: Program) -> None:
    secret = site.text.removeprefix(f"vernis_{site.token.prefix}_")

    assert len(secret) == 43
    assert site.token.secret_hash == hashlib.sha256(secret.encode()).hexdigest()
    assert secret not in str(Token.objects.values().get(pk=site.token.pk))


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic abc", "Bearer vernis_00000000_" + "a" * 43, "Bearer \x00", "Bearer é", "vernis"],
)
def test_without_a_token_nothing_is_told(world: World, header: str) -> None:
    response = Client().get("/api/v1/clients", headers={"Authorization": header} if header else {})

    assert response.status_code == 401
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_that_differs_in_one_letter_opens_nothing(world: World, site: Program) -> None:
    other = "A" if site.text[-1] != "A" else "B"
    site.text = site.text[:-1] + other

    site.get("/token", 401)


def test_a_revoked_or_expired_token_opens_nothing(world: World, site: Program) -> None:
    with scoped_to(world.nina.organization_id):
        revoke_token(token_id=site.token.pk, by=world.nina, now=timezone.now())
    other = program_of(world.nina)
    Token.objects.filter(pk=other.token.pk).update(expires_at=timezone.now() - datetime.timedelta(seconds=1))

    site.get("/token", 401)
    other.get("/token", 401)


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": Role.MANAGER}])
def test_a_token_ends_with_the_ownership_of_its_maker(world: World, site: Program, change: dict[str, Any]) -> None:
    User.objects.filter(pk=world.nina.pk).update(**change)

    site.get("/token", 401)


def test_a_program_is_nobody_who_comes_in_or_is_listed(world: World, site: Program, client: Client) -> None:
    person = site.token.person

    assert not person.is_active
    assert not person.has_usable_password()
    client.force_login(world.nina)
    assert "Сайт" not in client.get("/settings/people/").text
    assert person not in people_visible_to(world.nina)


def test_a_browser_gets_in_by_no_cookie(world: World, client: Client) -> None:
    client.force_login(world.nina)

    assert client.get("/api/v1/clients").status_code == 401
    assert not client.get("/api/v1/clients").cookies


def test_what_the_token_may_not_do_is_refused(world: World) -> None:
    site = program_of(world.nina, scopes=["clients:read"])

    assert site.post("/clients", {"name": "Ева"}, 403)["scope"] == "clients:write"
    assert site.get("/worklist", 403)["scope"] == "worklist:read"
    assert site.get(f"/clients/{world.center.client.pk}/export", 403)["scope"] == "clients:export"


def test_too_many_calls_are_asked_to_wait(world: World, site: Program, settings: Settings) -> None:
    settings.API_CALLS_AT_ONCE, settings.API_CALLS_PER_SECOND = 3, 0.5
    for _ in range(3):
        site.get("/token")

    refused = site.ask("GET", "/token")

    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 2


def test_a_bucket_fills_up_again(settings: Settings) -> None:
    settings.API_CALLS_AT_ONCE, settings.API_CALLS_PER_SECOND = 2, 1.0
    buckets = Buckets()

    assert [buckets.take(1, at) for at in (0.0, 0.0, 0.0, 0.5, 1.0, 1.0)] == [0, 0, 1, 1, 0, 1]
    assert buckets.take(2, 0.0) == 0


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "HEAD", "TRACE"])
def test_other_methods_are_refused(world: World, site: Program, method: str) -> None:
    response = site.ask(method, "/clients")

    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, POST"


def test_what_is_no_json_is_refused(world: World, site: Program) -> None:
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        answer = site.client.post(
            "/api/v1/clients", b"name=Eva", content_type=content_type,
            headers={"Authorization": f"Bearer {site.text}", "Idempotency-Key": "k"},
        )  # fmt: skip
        assert answer.status_code == 415, content_type
    for body in (b"", b"{", b'{"name": NaN}', b"\xff\xfe", b"[" * 100_000, b'{"name": ' + b"9" * 5000 + b"}", b"[]"):
        assert site.ask("POST", "/clients", body).status_code in (400, 422), body[:20]


def test_a_body_that_is_too_large_is_not_read(world: World, site: Program) -> None:
    assert site.ask("POST", "/clients", b" " * (1 << 20) + b"{}").status_code == 413


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "a\0b"}, "name"),
        ({"name": "Ева", "note": "\ud800"}, "note"),
        ({"name": "Ева", "traits": {"\udfff": "x"}}, "traits"),
        ({"name": "Ева", "traits": {"hair_length": "no such"}}, "traits"),
        ({"name": "Ева", "phone": "8 916 111 22 33"}, "phone"),
        ({"name": "Ева", "phone": "+70000000000"}, "phone"),
        ({"name": "Ева", "birthday": "1990-02-30"}, "birthday"),
        ({"name": "Ева", "birthday": "1990-2-3"}, "birthday"),
        ({"name": "Ева", "branch_id": 2**63}, "branch_id"),
        ({"name": "Ева", "branch_id": 987654321}, "branch_id"),
        ({"name": "Ева", "branch_id": "1"}, "branch_id"),
        ({"name": "Ева", "is_other_person": 1}, "is_other_person"),
        ({"name": "  "}, "name"),
        ({"name": "Ева", "nmae": "?"}, "nmae"),
        ({}, "name"),
    ],
)
def test_a_wrong_field_is_named(world: World, site: Program, body: dict[str, Any], field: str) -> None:
    refused = site.post("/clients", json.dumps(body).encode(), 422)

    assert field in [error["field"].split(".")[0] for error in refused["errors"]]


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=101", "limit=1&limit=2", "limit=1.0", "limit=+1", "limit=٣", "cursor=-1", f"cursor={2**63}",
        "branch=1", "q=%00", "changed_since=2026-05-12", "changed_since=2026-05-12T10:00:00",
        "changed_since=1700000000",
        "changed_since=2026-02-30T10:00:00Z", "changed_since=9999-12-31T23:59:59Z", "cursor=",
    ],
)  # fmt: skip
def test_a_wrong_filter_is_refused(world: World, site: Program, query: str) -> None:
    site.get(f"/clients?{query}", 422)


def test_an_address_that_is_none_says_so(world: World, site: Program) -> None:
    for path in ("/nothing", "/clients/0x1", "/clients/-1", f"/clients/{10**30}"):
        response = site.ask("GET", path)
        assert response.status_code in (404, 422)
        assert response.headers["Content-Type"] == "application/problem+json"


def test_a_fault_of_the_server_is_a_problem_too_and_changes_nothing(
    world: World, site: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(**_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr("vernis.api.v1.clients.operations.searching.index", break_down)
        broken.setattr("vernis.book.operations.searching.index", lambda _client: 1 / 0)
        response = site.ask("POST", "/clients", {"name": "Ева Ясенева"}, key="again")

    assert response.status_code == 500
    assert json.loads(response.content)["type"].endswith("#fault")
    assert site.post("/clients", {"name": "Ева Ясенева"}, 201, key="again")["name"] == "Ева Ясенева"
    with scoped_to(world.nina.organization_id):
        assert Card.objects.filter(name="Ева Ясенева").count() == 1


def test_no_log_knows_a_token(world: World, site: Program, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    site.get("/nothing", 404)
    site.post("/clients", {}, 422)

    assert site.text.rpartition("_")[2] not in caplog.text


def test_the_use_of_a_token_is_noted_to_the_minute(world: World, site: Program) -> None:
    site.get("/token")
    first = Token.objects.get(pk=site.token.pk).last_used_at
    site.get("/token")

    assert first is not None
    assert Token.objects.get(pk=site.token.pk).last_used_at == first
