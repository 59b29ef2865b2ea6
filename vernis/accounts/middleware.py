"""What every request gets: its language, and on PostgreSQL a transaction that sees one organization."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils import translation

from vernis.accounts.tenancy import say_whose
from vernis.lib import texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    Handler = Callable[[HttpRequest], HttpResponse]


def language(get_response: Handler) -> Handler:
    """Speak the language of the person, else of the cookie, else Russian."""

    def handle(request: HttpRequest) -> HttpResponse:
        user = request.user
        chosen = (user.language if user.is_authenticated else "") or request.COOKIES.get("vernis_language", "")
        wanted = chosen if chosen in texts.LANGUAGES else "ru"
        with translation.override(wanted), texts.speaking(wanted):
            response = get_response(request)
        response.headers.setdefault("Content-Language", wanted)
        return response

    return handle


def tenancy(get_response: Handler) -> Handler:
    """Wrap the request in a transaction in which PostgreSQL shows the rows of the person's organization only."""

    def handle(request: HttpRequest) -> HttpResponse:
        if connection.vendor != "postgresql":
            return get_response(request)
        with transaction.atomic():
            user = request.user
            say_whose(user.organization_id if user.is_authenticated else None)
            response = get_response(request)
            if response.status_code >= 500:  # the fault has become a page already
                transaction.set_rollback(True)
        return response

    return handle
