"""The way of a request: its token, its right, its form; then its work, in the name of the program."""

from __future__ import annotations

import contextlib
import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast, get_type_hints

from auditlog.context import auditlog_value, set_actor
from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from ninja.security import HttpBearer

from vernis.accounts.tenancy import scoped_to
from vernis.api import idempotency, problems
from vernis.api.limits import buckets
from vernis.api.operations.tokens import note_use
from vernis.api.problems import Problem, invalid
from vernis.api.queries.tokens import recognized

if TYPE_CHECKING:
    import datetime
    import uuid
    from collections.abc import Callable, Iterator

    from django.http import HttpRequest
    from django.http.request import HttpHeaders
    from ninja import Router

    from vernis.accounts.models import User
    from vernis.api.models import Token

View = TypeVar("View", bound="Callable[..., Any]")


@dataclass
class Call:
    """A request of a program, as the views see it."""

    token: Token
    headers: HttpHeaders
    now: datetime.datetime
    key: uuid.UUID | None = None  # made of the Idempotency-Key
    client_id: int | None = None  # whom the answer is about: it is forgotten with her

    @property
    def person(self) -> User:
        """The program, as a person."""
        return self.token.person

    def may(self, scope: str) -> bool:
        """Tell whether the token has a right."""
        return scope in self.token.scopes


class Bearer(HttpBearer):
    """A token with a right; "" needs none."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def __call__(self, request: HttpRequest) -> Token:
        """Let a request in. Raises Problem."""
        now = timezone.now()
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        token = recognized(text=text.strip() if scheme.lower() == "bearer" else "", now=now)
        if token is None:
            raise Problem(
                "no-token",
                "Send Authorization: Bearer vernis_..., with a token that is not revoked or expired.",
                {"WWW-Authenticate": "Bearer"},
            )
        if wait := buckets.take(token.pk):
            raise Problem("too-many", f"Come again in {wait} s.", {"Retry-After": str(wait)})
        if self.scope and self.scope not in token.scopes:
            raise Problem("not-allowed", f"The token needs the right {self.scope}.", scope=self.scope)
        note_use(token=token, now=now)
        kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if request.body and kind != "application/json":
            raise Problem("wrong-content-type", "Send Content-Type: application/json.")
        return token

    def authenticate(self, request: HttpRequest, token: str) -> None:
        """Never called: `__call__` does it all."""


def reads(router: Router, path: str, *, scope: str, name: str, response: Any, **more: Any) -> Callable[[View], View]:
    """Register a view that only reads."""

    def register(view: View) -> View:
        view.__annotations__ = get_type_hints(view, include_extras=True)  # ninja would look for the names here

        @functools.wraps(view)
        def run(request: HttpRequest, **arguments: Any) -> Any:
            _refuse_unknown(request, run)
            call = _call(request)
            with scoped_to(call.token.organization_id):
                try:
                    return view(call, **arguments)
                except Exception as error:
                    raise problems.of(error) or error from error

        method = router.get(
            path, auth=Bearer(scope), url_name=name, operation_id=name, response=response, by_alias=True, **more
        )
        return cast("View", method(run))

    return register


def writes(
    router: Router, method: str, path: str, *, scope: str, name: str, response: Any, status: int = 200,
    needs_key: bool = True,
) -> Callable[[View], View]:  # fmt: skip
    """Register a view that changes something: once per Idempotency-Key, in one transaction with its answer."""

    def register(view: View) -> View:
        view.__annotations__ = get_type_hints(view, include_extras=True)  # ninja would look for the names here

        @functools.wraps(view)
        def run(request: HttpRequest, **arguments: Any) -> HttpResponse:
            _refuse_unknown(request, run)
            call = _call(request)
            key = idempotency.key_of(request) if needs_key or idempotency.HEADER in request.headers else ""
            call.key = idempotency.uuid_of(call.token, key) if key else None
            work = functools.partial(_answered, view, call, arguments, status)
            with scoped_to(call.token.organization_id), transaction.atomic(), acting(call.person):
                return _once(call, key, idempotency.fingerprint_of(request), work) if key else work()

        registered = router.api_operation(
            [method], path, auth=Bearer(scope), url_name=name, operation_id=name, response={status: response},
            openapi_extra={"parameters": [_key_parameter(needs_key)]},
        )  # fmt: skip
        return cast("View", registered(run))

    return register


def _call(request: HttpRequest) -> Call:
    return Call(request.auth, request.headers, timezone.now())  # type: ignore[attr-defined]


def _once(call: Call, key: str, fingerprint: str, work: Callable[[], HttpResponse]) -> HttpResponse:
    answer, is_new = idempotency.claimed(token=call.token, key=key, fingerprint=fingerprint, now=call.now)
    if not is_new:
        return idempotency.repeated(answer)
    response = work()
    idempotency.keep(answer, response, call.client_id)
    return response


def _answered(view: Callable[..., Any], call: Call, arguments: dict[str, Any], status: int) -> HttpResponse:
    """Do the work; a refusal takes back what was done for it, and is an answer as well."""
    try:
        with transaction.atomic():
            text = view(call, **arguments).model_dump_json(by_alias=True)
    except Exception as error:
        problem = problems.of(error)
        if problem is None or problem.status >= 500:  # not an answer to be kept
            raise problem or error from error
        return problem.response()
    return HttpResponse(text, status=status, content_type="application/json; charset=utf-8")


@contextlib.contextmanager
def acting(person: User) -> Iterator[None]:
    """Let the log of changes know who acts."""
    try:
        known = auditlog_value.get()
    except LookupError:
        with set_actor(person):
            yield
        return
    before = known.get("actor")
    known["actor"] = person
    try:
        yield
    finally:
        known["actor"] = before


def _refuse_unknown(request: HttpRequest, view: Any) -> None:
    """Refuse a parameter that this address does not know: a misspelt filter would show too much."""
    known: set[str] = set()
    for model in view._ninja_operation.models:
        if model.__ninja_param_source__ == "query":
            known |= set(model.__ninja_flatten_map__)
    for name, given in request.GET.lists():
        if name not in known:
            raise invalid(name[:50], f"no such parameter; there are: {', '.join(sorted(known)) or 'none'}")
        if len(given) > 1:
            raise invalid(name, "given more than once")


def _key_parameter(needed: bool) -> dict[str, Any]:
    return {
        "in": "header",
        "name": idempotency.HEADER,
        "required": needed,
        "description": "A random value of your own, the same when you send the same request again.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": r"^[\x21-\x7e]+$"},
    }


__all__ = ["Bearer", "Call", "acting", "reads", "writes"]
