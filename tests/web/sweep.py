"""Requests in the name of anybody, that leave no trace, and what they have written."""

from __future__ import annotations

import re
import time
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.people import House, Place, World
from tests.web.route import SIGNED_IN, Route

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from django.http import HttpResponseBase

    from vernis.accounts.models import User

METHODS = ("GET", "HTMX", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
SAFE = ("GET", "HTMX", "HEAD", "OPTIONS")
"""HTMX: a GET by the script of the page, which may be answered with a part of it."""
ACTORS = ("anonymous", *sorted(SIGNED_IN), "gleb")
PLACES = ("center", "north", "elsewhere")
SEES = {
    "olga": ("center",), "boris": ("center",), "timur": ("center",), "maria": ("north",), "nina": ("center", "north"),
    "pavel": ("elsewhere",),
}  # fmt: skip
SESSION_TOUCH = ("django_session", "usersessions_usersession", "vernis_cache")
"""Tables that any request may write to: the session's own age, limits on guessing."""
WRITE = re.compile(
    r'\b(?:INSERT\s+INTO|(?<!FOR )(?<!FOR NO KEY )UPDATE|DELETE\s+FROM|TRUNCATE)\s+"?(\w+)"?', re.IGNORECASE
)

requests_made = 0


@dataclass(frozen=True)
class Answer:
    """What came of a request."""

    status: int
    text: str
    location: str
    written: tuple[str, ...]  # tables
    response: HttpResponseBase

    @property
    def is_refusal(self) -> bool:
        """Tell whether the person was turned away."""
        return self.is_to_login or self.status in (401, 403, 404, 405, 410)

    @property
    def is_to_login(self) -> bool:
        """Tell whether the person was sent to the page of the password."""
        doors = (reverse(settings.LOGIN_URL), reverse("account_reauthenticate"))
        return self.status == 302 and self.location.startswith(doors)


def route_names() -> list[str]:
    """Return the names of all routes there are; one without a name comes as its pattern."""

    def walk(patterns: list[Any], namespaces: tuple[str, ...] = (), before: str = "/") -> Iterator[str]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                inner = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
                yield from walk(pattern.url_patterns, inner, before + str(pattern.pattern))
            elif isinstance(pattern, URLPattern):
                yield ":".join([*namespaces, pattern.name]) if pattern.name else before + str(pattern.pattern)

    return list(walk(get_resolver().url_patterns))


def values(named: Mapping[str, str], place: Place, house: House) -> dict[str, Any]:
    """Return the values that a route's table names, of a place."""
    return {name: value_of(path, place, house) for name, path in named.items()}


def value_of(path: str, place: Place, house: House) -> Any:
    """Return what `client.pk` is there; `=due` is `due`."""
    if path.startswith("="):
        return path[1:]
    first, *rest = path.split(".")
    for owner in (place, house):
        if hasattr(owner, first):
            value = getattr(owner, first)
            break
        if first in owner.rows:
            value = owner.rows[first]
            break
    else:
        raise LookupError(path)
    for name in rest:
        value = getattr(value, name)
    return value


def names_rows(named: Mapping[str, str]) -> bool:
    """Tell whether some value is that of a row, so that there is another's."""
    return any(not path.startswith("=") for path in named.values())


def confirm(client: Client, person: User) -> None:
    """Let a session have shown just now that it is the person: some pages ask for the password again."""
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()


class Browsers:
    """A session of everybody."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.cookies: dict[str, str] = {}
        for name, person in world.people.items():
            client = Client()
            client.force_login(person)
            confirm(client, person)
            self.cookies[name] = client.cookies.output(header="", sep=";")

    def of(self, actor: str, **options: Any) -> Client:
        """Return a new browser in which the person is signed in."""
        client = Client(raise_request_exception=False, **options)
        client.cookies = SimpleCookie(self.cookies.get(actor, ""))
        return client

    def house_of(self, place: str) -> House:
        """Return what the organization of a place has."""
        return self.world.theirs if place == "elsewhere" else self.world.ours

    def ask(self, actor: str, method: str, name: str, route: Route, place: str, foreign: str = "") -> Answer:
        """Make a request with the ids of a place; those of query and body may be of another, `foreign`."""
        here, inside = getattr(self.world, place), getattr(self.world, foreign or place)
        address = reverse(name, kwargs=values(route.arguments, here, self.house_of(place)))
        query = values(route.query, inside, self.house_of(foreign or place))
        body = values(route.body, inside, self.house_of(foreign or place))
        return ask(self.of(actor), method, address, query=query, body=body)


def ask(client: Client, method: str, address: str, *, query: Mapping[str, Any], body: Mapping[str, Any]) -> Answer:
    """Make a request, note what it writes, and take everything back."""
    global requests_made  # noqa: PLW0603 (how much was examined is printed at the end)
    requests_made += 1
    with transaction.atomic(), writes() as written:
        send = getattr(client, "get" if method == "HTMX" else method.lower())
        extra: dict[str, Any] = {"query_params": dict(query)} if query else {}
        if method == "HTMX":
            extra["headers"] = {"HX-Request": "true"}
        if method == "POST":
            response = send(address, data=dict(body), **extra)
        elif method in SAFE:
            response = send(address, **extra)
        else:
            response = send(address, data="", content_type="application/x-www-form-urlencoded", **extra)
        content = response.getvalue() if response.streaming else response.content
        transaction.set_rollback(True)
    location = response.headers.get("Location", "")
    text = content.decode(errors="replace") + str(response.headers)
    return Answer(response.status_code, text, location, tuple(written), response)


@contextmanager
def writes() -> Iterator[list[str]]:
    """Note the tables that are written to, even in vain; the touch of the session is not looked at."""
    seen: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.extend(table for table in WRITE.findall(sql) if table not in SESSION_TOUCH)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield seen
