"""The interface put together: resources, the form of every refusal, and the description."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser

from vernis import __version__
from vernis.api import problems
from vernis.api.problems import CONTENT_TYPE, KINDS, Problem
from vernis.api.v1 import appointments, catalogue, clients, contacts, events, imports, token, worklist

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from ninja.openapi.schema import OpenAPISchema

ROUTERS = (token, clients, catalogue, appointments, contacts, worklist, events, imports)
MOST_ERRORS = 20


class StrictParser(Parser):
    """JSON as the standard has it."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the body; NaN and Infinity are no JSON."""
        return json.loads(request.body.decode("utf-8"), parse_constant=_refuse)


def _refuse(name: str) -> None:
    raise ValueError(name)


class Interface(NinjaAPI):
    """Adds to the description what holds for every address."""

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """Return the description (OpenAPI 3.1)."""
        schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        schema["components"]["schemas"]["Problem"] = _PROBLEM
        schema["components"]["securitySchemes"] = {"Bearer": {"type": "http", "scheme": "bearer"}}
        schema["components"]["responses"] = {
            f"{name}{status}": told for name in _WAYS for status, told in _refusals(name).items()
        }
        for operations in schema["paths"].values():
            for method, operation in operations.items():
                name = _WAYS[method == "get"]
                operation["responses"] |= {
                    status: {"$ref": f"#/components/responses/{name}{status}"} for status in _refusals(name)
                }
        return schema


_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}


_WAYS = ("Writing", "Reading")


def _refusals(way: str) -> dict[int, Any]:
    """Return what every address may answer instead, by status."""
    by_status: dict[int, list[str]] = {}
    for kind, (status, _title) in KINDS.items():
        is_of_writing = kind in {"no-key", "key-used", "busy", "conflict", "known-phone", "changed-meanwhile"}
        if status not in {405, 500} and not (way == "Reading" and is_of_writing):
            by_status.setdefault(status, []).append(kind)
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {
            "description": "; ".join(f"{kind}: {KINDS[kind][1]}" for kind in kinds),
            "content": {CONTENT_TYPE: {"schema": schema}},
        }
        for status, kinds in by_status.items()
    }


api = Interface(
    title="Vernis",
    version=__version__,
    description="Clients, appointments, contacts and the list of the day. How to begin: /api/docs/",
    urls_namespace="api",
    docs_url=None,
    openapi_url="/openapi.json",
    parser=StrictParser(),
)
for room in ROUTERS:
    api.add_router("", room.router)


@api.exception_handler(Problem)
def _problem(_request: HttpRequest, error: Problem) -> HttpResponse:
    return error.response()


@api.exception_handler(HttpError)
def _http_error(_request: HttpRequest, _error: HttpError) -> HttpResponse:
    return Problem("bad-request", "The body is not JSON in UTF-8.").response()


@api.exception_handler(Exception)
def _fault(_request: HttpRequest, error: Exception) -> HttpResponse:
    problem = problems.of(error)
    if problem is None:
        raise error
    return problem.response()


@api.exception_handler(ValidationError)
def _invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = [_told(one) for one in error.errors[:MOST_ERRORS]]
    first = errors[0]
    return Problem("invalid", f"{first['field']}: {first['message']}"[:500], errors=errors).response()


def _told(error: dict[str, Any]) -> dict[str, str]:
    """Return where the mistake is and what it is; never the value, which may be anybody's."""
    place = [str(part)[:50] for part in error["loc"] if part not in ("body", "query", "path", "header")]
    return {"field": ".".join(place) or "body", "message": error["msg"].removeprefix("Value error, ")[:300]}
