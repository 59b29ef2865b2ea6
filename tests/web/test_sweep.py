"""Every route, every method, everybody: nobody sees or changes what is not theirs, and reading changes nothing.

The routes come from the URL resolver, who may do what from `tests/web/routes.py`.
"""

from __future__ import annotations

import re

import pytest

from tests.people import CANARY, PARROT
from tests.web.route import Route
from tests.web.routes import ROUTES
from tests.web.sweep import ACTORS, METHODS, PLACES, SAFE, SEES, Answer, Browsers, ask, names_rows, route_names

NAMES = sorted(set(route_names()))
swept = pytest.mark.parametrize("name", NAMES)


def entry(name: str) -> Route:
    if name not in ROUTES:
        pytest.fail(f"{name} has no entry in tests/web/routes.py: say who may do what there")
    return ROUTES[name]


def test_the_table_names_no_route_that_is_gone() -> None:
    assert set(ROUTES) - set(NAMES) == set()
    assert len(NAMES) > 30


@swept
def test_nobody_sees_or_changes_what_is_not_theirs(browsers: Browsers, name: str) -> None:
    route = entry(name)
    faults = [
        f"{actor} {method} {place}: {fault}"
        for actor in ACTORS
        for method in METHODS
        for place in (PLACES if names_rows(route.arguments) and route.has(method) else SEES.get(actor, PLACES)[:1])
        for fault in faults_of(route, actor, place, method, browsers.ask(actor, method, name, route, place))
    ]

    assert faults == []


@swept
def test_ids_of_others_in_query_and_body_do_nothing(browsers: Browsers, name: str) -> None:
    route = entry(name)
    faults = []
    for actor, seen in SEES.items():
        for foreign in (place for place in PLACES if place not in seen):
            if names_rows(route.query):
                answer = browsers.ask(actor, "GET", name, route, seen[0], foreign)
                faults += [f"{actor} GET {foreign}: {fault}" for fault in leaks(actor, answer)]
            if names_rows(route.body) and not (route.is_of_organization and foreign != "elsewhere"):
                answer = browsers.ask(actor, "POST", name, route, seen[0], foreign)
                faults += [f"{actor} POST {foreign}: {fault}" for fault in leaks(actor, answer)]
                if answer.status < 400 and not answer.is_refusal:
                    faults.append(f"{actor} POST {foreign}: accepted ({answer.status})")
                if answer.written:
                    faults.append(f"{actor} POST {foreign}: wrote to {answer.written}")

    assert faults == []


@swept
def test_a_forged_click_is_refused(browsers: Browsers, name: str) -> None:
    route = entry(name)
    if "POST" not in route.methods:
        return
    address = browsers.ask("nina", "GET", name, route, "center").response.wsgi_request.path  # type: ignore[attr-defined]
    for token in ({}, {"csrfmiddlewaretoken": "a" * 64}):
        for cookie in ("", "b" * 32):
            client = browsers.of("nina", enforce_csrf_checks=True)
            if cookie:
                client.cookies["csrftoken"] = cookie
            answer = ask(client, "POST", address, query={}, body=token)

            assert answer.status == (401 if route.is_of_programs else route.to_forged)
            assert answer.written == ()


def faults_of(route: Route, actor: str, place: str, method: str, answer: Answer) -> list[str]:
    """Return what is wrong with an answer."""
    faults = leaks(actor, answer)
    writers = route.who if route.writers is None else route.writers
    sees = not names_rows(route.arguments) or place in SEES.get(actor, ())
    if route.is_of_organization and sees is False:
        sees = (place == "elsewhere") == (actor == "pavel") and actor in SEES
    may = sees and actor in (route.who if method in SAFE else writers)
    written = set(answer.written) - set(route.writes if may else ())
    if method in SAFE and written:
        faults.append(f"reading has written to {written}")
    if not may and written:
        faults.append(f"a refused request has written to {written}")
    if not route.has(method):
        if route.is_ours and not answer.is_refusal:
            faults.append(f"answered {answer.status} to a method that it does not have")
    elif may and answer.is_to_login and route.is_ours and actor in SEES:
        faults.append("sent somebody who may to the page of the password")
    elif may and method in SAFE and answer.status not in route.answers:
        faults.append(f"answered {answer.status} to somebody who may")
    elif may and answer.status in (401, 403, 404, 405) and answer.status not in route.answers:
        faults.append(f"refused somebody who may ({answer.status})")
    elif not may and not answer.is_refusal:
        faults.append(f"answered {answer.status} to somebody who may not")
    return faults


def leaks(actor: str, answer: Answer) -> list[str]:
    """Return what somebody has got to see of others, and faults of the server."""
    words = [] if actor == "pavel" else [CANARY]
    if actor not in ("maria", "nina"):
        words.append(PARROT)
    found = [re.search(rf".{{0,30}}{word}.{{0,10}}", answer.text, re.IGNORECASE) for word in words]
    faults = [f"shows {match[0]!r}" for match in found if match]
    return [*faults, "a fault of the server"] if answer.status >= 500 else faults
