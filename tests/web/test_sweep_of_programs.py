"""Every operation of the interface, programs of all kinds: nothing of others is seen or changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from tests.api.programs import Program, program_of
from tests.people import CANARY, PARROT, World
from tests.web import sweep
from tests.web.interface import INTERFACE, Address, nothing
from tests.web.sweep import PLACES, route_names, writes
from vernis.accounts.tenancy import scoped_to
from vernis.api.limits import buckets
from vernis.api.operations.tokens import revoke_token
from vernis.api.scopes import SCOPES

SEES = {"network": ("center", "north"), "center": ("center",), "north": ("north",), "elsewhere": ("elsewhere",)}
WORDS = {"network": [CANARY], "center": [CANARY, PARROT], "north": [CANARY], "elsewhere": []}
OWN_TABLES = ("api_",)
"""Its own answers, its last use, and what is taken back of events."""

Programs = dict[str, Program]


@pytest.fixture
def programs(world: World) -> Programs:
    found = {
        "network": program_of(world.nina),
        "center": program_of(world.nina, branches=[world.center.branch]),
        "north": program_of(world.nina, branches=[world.north.branch], name=f"Сайт {PARROT}"),
        "elsewhere": program_of(world.pavel, name=f"Сайт {CANARY}"),
        "revoked": program_of(world.nina),
    }
    with scoped_to(world.nina.organization_id):
        revoke_token(token_id=found["revoked"].token.pk, by=world.nina, now=timezone.now())
    return found


def test_the_table_has_every_operation_of_the_interface() -> None:
    there = {name.removeprefix("api:") for name in route_names() if name.startswith("api:")}

    assert there - {"openapi-json", "api-root"} == set(INTERFACE)


@pytest.mark.parametrize("name", sorted(INTERFACE))
def test_a_program_sees_and_changes_only_what_is_its_own(world: World, programs: Programs, name: str) -> None:
    address, faults = INTERFACE[name], []
    for actor, program in programs.items():
        for place in PLACES:
            for inside in PLACES if address.body or address.query is not nothing else (place,):
                status, text, written = ask(program, name, address, world, place, inside)
                told = f"{actor} {place} {inside}: {status}"
                seen = SEES.get(actor, ())
                names_rows = bool(address.arguments(*of(world, place)).keys() - {"day"})
                may = (place in seen or not names_rows) and (inside in seen or not names_inside(address, world))
                may = may and not (address.is_of_all_branches and actor in ("center", "north"))
                if status >= 500:
                    faults.append(f"{told} a fault of the server")
                if any(word in text for word in WORDS.get(actor, [CANARY, PARROT])):
                    faults.append(f"{told} shows what is another's")
                if address.method == "GET" and written:
                    faults.append(f"{told} reading has written to {written}")
                if actor == "revoked" and status != 401:
                    faults.append(f"{told} let in")
                if may and actor in SEES and place == inside and status not in address.answers:
                    faults.append(f"{told} refused what it may: {text[:200]}")
                if not may and written:
                    faults.append(f"{told} wrote to {written}")
                if not may and status < 400 and not is_empty(text):
                    faults.append(f"{told} accepted: {text[:100]}")

    assert faults == []


@pytest.mark.parametrize("name", sorted(INTERFACE))
def test_each_operation_needs_its_own_right(world: World, name: str) -> None:
    address = INTERFACE[name]
    if not address.scope:
        return
    with_all_others = program_of(world.nina, scopes=[scope for scope in SCOPES if scope != address.scope])
    with_it_alone = program_of(world.nina, scopes=[address.scope])

    status, text, written = ask(with_all_others, name, address, world, "center", "center")
    assert (status, written) == (403, [])
    assert json.loads(text)["scope"] == address.scope
    assert ask(with_it_alone, name, address, world, "center", "center")[0] in address.answers


@pytest.mark.parametrize("name", sorted(INTERFACE))
def test_without_a_token_nobody_gets_in(world: World, programs: Programs, name: str) -> None:
    nobody = programs["network"]
    nobody.text = "vernis_00000000_" + "a" * 43

    assert ask(nobody, name, INTERFACE[name], world, "center", "center")[::2] == (401, [])


def of(world: World, place: str) -> tuple[Any, Any]:
    return getattr(world, place), world.theirs if place == "elsewhere" else world.ours


def names_inside(address: Address, world: World) -> bool:
    sent: list[Callable[[Any, Any], Any]] = [address.query, *([address.body] if address.body else [])]
    return any(call(*of(world, "center")) != call(*of(world, "elsewhere")) for call in sent)


def is_empty(text: str) -> bool:
    """Tell a list without rows: a filter by what is another's finds nothing."""
    return json.loads(text).get("items") == []


def ask(
    program: Program, name: str, address: Address, world: World, place: str, inside: str
) -> tuple[int, str, list[str]]:
    """Make a request, and take back what it has done."""
    sweep.requests_made += 1
    buckets.left.clear()
    path = reverse(f"api:{name}", kwargs=dict(address.arguments(*of(world, place))))
    query = "&".join(f"{key}={value}" for key, value in address.query(*of(world, inside)).items())
    body = address.body(*of(world, inside)) if address.body else None
    with transaction.atomic(), writes() as written:
        response = program.ask(address.method, path.removeprefix("/api/v1") + (f"?{query}" if query else ""), body)
        transaction.set_rollback(True)
    tables = [table for table in written if not table.startswith(OWN_TABLES)]
    return response.status_code, response.content.decode(), tables
