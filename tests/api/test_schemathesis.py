"""Made-up requests of all shapes, right and wrong: no fault of the server, no answer that was not described.

VERNIS_FUZZ says how many for each operation, right and wrong ones each; `make fuzz` makes more than 100,000.
"""

from __future__ import annotations

import functools
import itertools
import json
import os
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api.programs import Program, program_of
from tests.people import World
from vernis.api.interface import api
from vernis.api.limits import buckets
from vernis.api.scopes import SCOPES

CASES = int(os.environ.get("VERNIS_FUZZ", "12"))
WRONG: list[Any] = [negative_data_rejection]
CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    *WRONG,
]
OPERATIONS = sorted(
    (path, method.upper()) for path, methods in api.get_openapi_schema()["paths"].items() for method in methods
)
statuses: Counter[int] = Counter()

pytestmark = pytest.mark.django_db


@functools.cache
def description() -> Any:
    """Return the description with the application that it describes."""
    inner = get_wsgi_application()

    def application(environ: dict[str, Any], start: Any) -> Any:
        environ |= {"HTTP_HOST": "127.0.0.1", "REMOTE_ADDR": "127.0.0.1"}
        return inner(environ, start)

    told = json.loads(json.dumps(api.get_openapi_schema()))
    for methods in told["paths"].values():
        for one in methods.values():
            del one["security"]  # the token is ours to send: one left out on purpose would be sent all the same
    loaded = schemathesis.openapi.from_dict(told)
    loaded.app = application
    return loaded


@pytest.mark.parametrize("mode", list(GenerationMode), ids=str)
@pytest.mark.parametrize("operation", OPERATIONS, ids=" ".join)
def test_every_answer_is_one_that_was_described(world: World, operation: tuple[str, str], mode: GenerationMode) -> None:
    path, method = operation
    if path.endswith("/token") and mode is GenerationMode.NEGATIVE:
        return  # takes nothing that could be wrong
    programs = itertools.cycle(
        [
            program_of(world.nina),
            program_of(world.nina, branches=[world.center.branch]),
            program_of(world.nina, scopes=[scope for scope in SCOPES if scope.endswith(":read")]),
            program_of(world.pavel),
        ]
    )
    turns = itertools.count()

    @seed(f"{path} {method} {mode}")
    @settings(
        max_examples=CASES,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=description()[path][method].as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        if next(turns) % 2 and mode is GenerationMode.POSITIVE:
            name_what_is_there(case, world)
        send(case, next(programs))

    ask()


def send(case: Any, program: Program) -> None:
    """Make a request, look at the answer, and take back what it did."""
    buckets.left.clear()
    with transaction.atomic():
        response = case.call(headers={"Authorization": f"Bearer {program.text}"})
        transaction.set_rollback(True)
    statuses[response.status_code] += 1
    case.validate_response(response, checks=[one for one in CHECKS if not (one in WRONG and is_lost(case, response))])


def is_lost(case: Any, response: Any) -> bool:
    """Tell whether a wrong parameter did not reach the server: an empty list is no parameter in an address."""
    sent = parse_qs(urlsplit(response.request.url).query, keep_blank_values=True)
    return bool(set(case.query or {}) - set(sent))


def name_what_is_there(case: Any, world: World) -> None:
    """Put numbers of rows that there are in the place of made-up ones: else nearly everything is not found."""
    place = world.center
    known: dict[str, Any] = {
        "client_id": place.client.pk, "appointment_id": place.miss.pk, "branch_id": place.branch.pk,
        "staff_id": place.staff.pk, "service_id": world.ours.service.pk, "services": [world.ours.service.pk],
        "anchor": place.item.anchor, "block": "due", "starts_at": "2027-05-12T10:00:00+03:00", "ends_at": None,
        "day": "2026-05-12",
    }  # fmt: skip

    def renamed(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                key: known[key] if key in known and not holds_rows(inner) else renamed(inner)
                for key, inner in value.items()
            }
        return [renamed(one) for one in value] if isinstance(value, list) else value

    for part in ("path_parameters", "query"):
        setattr(case, part, {**getattr(case, part), **{k: known[k] for k in getattr(case, part) if k in known}})
    if isinstance(case.body, dict):
        case.body = renamed(case.body)


def holds_rows(value: Any) -> bool:
    """Tell the services of an event, which are objects, from those of a booking, which are numbers."""
    return isinstance(value, dict) or (isinstance(value, list) and any(isinstance(one, dict) for one in value))


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """Let the end of a request not close the connection in whose transaction the test is."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture(scope="module", autouse=True)
def told(request: pytest.FixtureRequest) -> Any:
    """Say at the end what was seen: a fuzzer that is always turned away is green too."""
    yield
    reporter = request.config.pluginmanager.get_plugin("terminalreporter")
    if reporter and statuses:
        found = ", ".join(f"{status}: {count}" for status, count in sorted(statuses.items()))
        reporter.write_line(f"\nschemathesis: {sum(statuses.values())} requests ({found})")
    assert not statuses or any(status < 300 for status in statuses)
