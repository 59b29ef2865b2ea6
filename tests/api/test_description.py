"""What is written of the interface is so: the description, the page, the document and its example client."""

from __future__ import annotations

import json
import os
import re
import runpy
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from tests.api.programs import Program, program_of
from tests.people import make_world
from tests.web.interface import INTERFACE
from vernis.api import examples
from vernis.api.events import EVENTS
from vernis.api.interface import api
from vernis.api.problems import KINDS
from vernis.api.scopes import SCOPES
from vernis.api.shapes.book import AppointmentIn
from vernis.api.shapes.events import EventIn

DOCS = Path(__file__).parents[2] / "docs"


def test_the_description_that_is_kept_is_up_to_date() -> None:
    text = json.dumps(api.get_openapi_schema(), indent=1, ensure_ascii=False) + "\n"
    if os.environ.get("VERNIS_RECORD_OPENAPI"):
        (DOCS / "openapi.json").write_text(text, encoding="utf-8")

    assert (DOCS / "openapi.json").read_text(encoding="utf-8") == text, "if it must be so: make openapi"


def test_every_operation_says_what_it_does_what_it_needs_and_what_may_go_wrong() -> None:
    description = json.loads(json.dumps(api.get_openapi_schema()))
    operations = [one for methods in description["paths"].values() for one in methods.values()]

    assert description["openapi"].startswith("3.1")
    assert {one["operationId"] for one in operations} == set(INTERFACE)
    assert all(one["description"] and one["security"] == [{"Bearer": []}] for one in operations)
    assert all({"401", "403", "404", "422", "429"} <= set(one["responses"]) for one in operations)


def test_the_examples_of_the_page_are_right() -> None:
    AppointmentIn.model_validate_json(examples.BOOKING)
    EventIn.model_validate_json(examples.NEWS)
    kind = json.loads(examples.ERROR)["type"].rpartition("#")[2]

    assert kind in KINDS


@pytest.mark.django_db
def test_the_page_has_every_operation_right_error_and_event(client: Client) -> None:
    page = client.get("/api/docs/").text

    for name in (*SCOPES, *KINDS, *EVENTS):
        assert name in page
    for path in api.get_openapi_schema()["paths"]:
        assert path in page


def test_the_document_names_what_there_is() -> None:
    text = (DOCS / "api.md").read_text(encoding="utf-8")

    for name in (*SCOPES, *KINDS, *EVENTS):
        assert f"`{name}`" in text


@pytest.mark.django_db(transaction=True)
def test_the_example_client_works(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_world()
    site: Program = program_of(world.nina)
    monkeypatch.setenv("VERNIS_TOKEN", site.text)
    monkeypatch.setenv("VERNIS_API", f"{live_server.url}/api/v1")
    module: dict[str, Any] = runpy.run_path(str(DOCS / "example_client.py"))
    vernis = module["Vernis"].from_environment()

    assert len(list(vernis.every("/clients", limit=1))) == 4
    added = vernis.post("/clients", {"name": "Ева Ясенева"})
    assert vernis.get(f"/clients/{added['id']}")["name"] == "Ева Ясенева"
    with pytest.raises(module["Refused"], match="invalid"):
        vernis.post("/clients", {"name": ""})
    vernis.http.close()


def test_the_document_shows_the_client_that_is_tried() -> None:
    text = (DOCS / "api.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"<!-- example_client.py -->\n```python\n(.*?)```", text, re.DOTALL)

    assert shown == (DOCS / "example_client.py").read_text(encoding="utf-8")
