"""Headers, cookies, error pages, and what PostgreSQL itself guards."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client, RequestFactory, override_settings
from django.urls import reverse
from django.views import defaults
from django.views.csrf import csrf_failure

from tests.people import World
from tests.web.processes import run
from tests.web.route import SIGNED_IN
from tests.web.routes import ROUTES
from tests.web.sweep import Answer, Browsers
from vernis.accounts.models import Organization
from vernis.accounts.tenancy import EXEMPT, scoped_to

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from django.http import HttpResponse

ALLOWED = {"'self'", "'none'", "data:"}
CALM = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
OPEN = sorted(name for name, route in ROUTES.items() if "GET" in route.methods)


def opened(browsers: Browsers, name: str) -> list[Answer]:
    """Open a page as those who may, and as nobody."""
    return [browsers.ask(actor, "GET", name, ROUTES[name], "center") for actor in ("nina", "olga", "anonymous")]


@pytest.mark.parametrize("name", OPEN)
def test_every_page_tells_the_browser_to_trust_only_us(browsers: Browsers, name: str) -> None:
    for answer in opened(browsers, name):
        headers = answer.response.headers
        policy = dict(part.strip().partition(" ")[::2] for part in headers["Content-Security-Policy"].split(";"))

        assert {header: headers[header] for header in CALM} == CALM
        assert policy["default-src"] == policy["object-src"] == policy["base-uri"] == "'none'"
        assert policy["frame-ancestors"] == "'none'"
        sources = {source for value in policy.values() for source in value.split()}
        assert {source for source in sources - ALLOWED if not source.startswith("'nonce-")} == set()
        if answer.status == 200 and "<script" in answer.text:
            nonces = re.findall(r"'nonce-([^']+)'", policy["script-src"])
            own = ("application/json", ' src="/static/', *(f'nonce="{nonce}"' for nonce in nonces))
            scripts = re.findall(r"<script\b[^>]*>", answer.text)
            assert [tag for tag in scripts if not any(part in tag for part in own)] == []


@pytest.mark.parametrize("name", sorted(name for name in OPEN if ROUTES[name].is_ours))
def test_no_page_behind_the_door_is_kept_by_the_browser(browsers: Browsers, name: str) -> None:
    if "anonymous" in ROUTES[name].who:
        return
    for answer in opened(browsers, name)[:2]:
        assert "no-store" in answer.response.headers.get("Cache-Control", ""), answer.status


def test_over_https_the_settings_are_those_that_django_advises(tmp_path: Path) -> None:
    done = run(tmp_path, "manage", "check", "--deploy", "--fail-level", "DEBUG", VERNIS_URL="https://vernis.example")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "no issues (0 silenced)" in done.stdout


def test_over_https_cookies_are_bound_to_the_host(tmp_path: Path) -> None:
    names = [
        "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE",
        "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE", "SESSION_COOKIE_DOMAIN", "SESSION_COOKIE_PATH",
    ]  # fmt: skip
    code = f"import json; from django.conf import settings as s; print(json.dumps([getattr(s, n) for n in {names}]))"
    done = run(tmp_path, "manage", "shell", "--no-imports", "-c", code, VERNIS_URL="https://vernis.example")

    assert json.loads(done.stdout) == ["__Host-session", "__Host-csrf", True, True, True, "Lax", None, "/"]


def test_the_session_is_out_of_reach_of_scripts_and_of_other_sites(world: World) -> None:
    client = Client()
    client.post(reverse("account_login"), {"login": world.olga.email, "password": "correct horse battery"})
    cookie = client.cookies["sessionid"]

    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


@pytest.mark.parametrize(
    ("make", "status", "said"),
    [
        (lambda request: defaults.bad_request(request, ValueError()), 400, "Браузер прислал"),
        (lambda request: defaults.permission_denied(request, PermissionError()), 403, "попросите руководителя"),
        (csrf_failure, 403, "Ничего не сохранено"),
        (lambda request: defaults.page_not_found(request, LookupError()), 404, "Такой страницы нет"),
        (defaults.server_error, 500, "Ошибка записана в журнал"),
    ],
)
@pytest.mark.django_db
def test_pages_of_errors_say_what_to_do(make: Callable[..., HttpResponse], status: int, said: str) -> None:
    request = RequestFactory().get("/")
    response = make(request)

    assert response.status_code == status
    assert said in response.content.decode()
    assert 'href="/"' in response.content.decode()


def test_an_address_that_is_none_is_answered_with_the_page_of_the_application(world: World) -> None:
    response = Client().get("/no/such/page/", headers={"cookie": "vernis_language=en"})

    assert response.status_code == 404
    assert "There is no such page" in response.content.decode()
    assert "Content-Security-Policy" in response.headers


@override_settings(ALLOWED_HOSTS=["salon.example"])
def test_another_name_of_the_host_is_refused(world: World) -> None:
    assert Client(raise_request_exception=False).get("/profile/", headers={"host": "evil.example"}).status_code == 400


def owned_tables() -> set[str]:
    """Return the tables with an organization."""
    return {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if any(field.related_model is Organization for field in model._meta.fields if field.is_relation)
    }


def test_every_table_with_an_organization_is_guarded_by_the_database_or_named_as_exempt(world: World) -> None:
    tables = owned_tables()
    assert len(tables) >= 15
    assert set(EXEMPT) <= tables
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class JOIN pg_policy ON polrelid = pg_class.oid"
            " WHERE relrowsecurity AND relforcerowsecurity AND polcmd = '*'"
            " AND pg_get_expr(polqual, polrelid) = pg_get_expr(polwithcheck, polrelid)"
        )
        guarded = {name for (name,) in cursor.fetchall()}

    assert tables - guarded - set(EXEMPT) == set()


def test_without_saying_whose_postgresql_finds_nothing_and_takes_nothing(world: World) -> None:
    if connection.vendor != "postgresql":
        return
    for model in apps.get_models():
        table = model._meta.db_table
        if table not in owned_tables() - set(EXEMPT):
            continue
        with scoped_to(None):
            assert model._default_manager.count() == 0, table
        with scoped_to(world.ours.organization.pk):
            assert model._default_manager.exclude(organization=world.ours.organization).count() == 0, table
        with scoped_to(world.theirs.organization.pk), connection.cursor() as cursor:
            theirs, ours = world.theirs.organization.pk, world.ours.organization.pk
            cursor.execute(
                f"UPDATE {connection.ops.quote_name(table)} SET organization_id = %s WHERE organization_id = %s",
                [theirs, ours],
            )
            assert cursor.rowcount == 0, table


def test_people_of_the_table_are_all_there(world: World) -> None:
    assert set(world.people) - {"gleb"} == SIGNED_IN
