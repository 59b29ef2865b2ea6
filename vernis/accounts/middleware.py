"""What every request gets: its language, its author for the log, and on PostgreSQL a view of one organization."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.adapter import get_adapter
from auditlog.middleware import AuditlogMiddleware
from django.db import connection, transaction
from django.utils import translation

from vernis.accounts.tenancy import say_whose, scoped_to
from vernis.lib import texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    Handler = Callable[[HttpRequest], HttpResponseBase]


def language(get_response: Handler) -> Handler:
    """Speak the language of the person, else of the cookie, else Russian."""

    def handle(request: HttpRequest) -> HttpResponseBase:
        user = request.user
        chosen = (user.language if user.is_authenticated else "") or request.COOKIES.get("vernis_language", "")
        wanted = chosen if chosen in texts.LANGUAGES else "ru"
        with translation.override(wanted), texts.speaking(wanted):
            response = get_response(request)
        response.headers.setdefault("Content-Language", wanted)
        if response.streaming:
            response.streaming_content = _spoken(response.streaming_content, wanted)  # type: ignore[attr-defined]
        return response

    return handle


def tenancy(get_response: Handler) -> Handler:
    """Wrap the request in a transaction in which PostgreSQL shows the rows of the person's organization only.

    Somebody who is not logged in gets no transaction: without one nothing is shown, and what limits guessing is
    written at once.
    """

    def handle(request: HttpRequest) -> HttpResponseBase:
        if connection.vendor != "postgresql" or not request.user.is_authenticated:
            return get_response(request)
        organization_id = request.user.organization_id
        with transaction.atomic():
            say_whose(organization_id)
            response = get_response(request)
            if response.status_code >= 500:  # the fault has become a page already
                transaction.set_rollback(True)
        if response.streaming:  # is made when the transaction is over
            response.streaming_content = _scoped(  # type: ignore[attr-defined]
                response.streaming_content,  # type: ignore[attr-defined]
                organization_id,
            )
        return response

    return handle


def _scoped(parts: Iterable[bytes], organization_id: int) -> Iterator[bytes]:
    with scoped_to(organization_id):
        yield from parts


def _spoken(parts: Iterable[bytes], wanted: str) -> Iterator[bytes]:
    source = iter(parts)
    while True:  # the server may do other work in this thread between two parts
        with translation.override(wanted), texts.speaking(wanted):
            try:
                part = next(source)
            except StopIteration:
                return
        yield part


class Audit(AuditlogMiddleware):  # type: ignore[misc]
    """Tells the log who acts and from where; believes in headers no more than the limits of guessing do."""

    @staticmethod
    def _get_remote_addr(request: HttpRequest) -> Any:
        return get_adapter().get_client_ip(request)

    @staticmethod
    def _get_remote_port(request: HttpRequest) -> None:
        return None
