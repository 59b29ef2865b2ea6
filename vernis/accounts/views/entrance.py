"""Before anybody has come in: the language, and the one-click way into the demonstration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.utils import perform_login
from django.conf import settings
from django.http import Http404
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from vernis.accounts import queries

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

YEAR_SECONDS = 60 * 60 * 24 * 365


@require_POST
def speak(request: HttpRequest) -> HttpResponse:
    """Remember the language of this browser, and of the person who has come in."""
    wanted = request.POST.get("language", "")
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = settings.LOGIN_REDIRECT_URL
    response = redirect(back)
    if wanted in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, wanted, max_age=YEAR_SECONDS, samesite="Lax", secure=settings.IS_HTTPS
        )
        if request.user.is_authenticated and request.user.language != wanted:
            request.user.language = wanted
            request.user.save(update_fields=["language"])
    return response


@require_POST
def enter_demo(request: HttpRequest, pk: int) -> HttpResponse:
    """Come in as a person of the demonstration; anywhere else there is no such page."""
    person = next((person for person in queries.demo_people() if person.pk == pk), None) if settings.IS_DEMO else None
    if person is None:
        raise Http404
    response: HttpResponse | None = perform_login(request, person)
    if response is None:
        raise Http404
    return response
