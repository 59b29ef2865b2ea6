"""What lies under /api/v1/ is for programs: no cookies, no pages, every refusal in the same form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vernis.api.problems import CONTENT_TYPE, Problem, not_found

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    Handler = Callable[[HttpRequest], HttpResponse]

ROOT = "/api/v1/"
MOST_BYTES = 1 << 20


def machines(get_response: Handler) -> Handler:
    """Let nobody in by a browser's cookie, and turn pages of refusal into problems."""

    def handle(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(ROOT):
            return get_response(request)
        request.META.pop("HTTP_COOKIE", None)
        if _length(request) > MOST_BYTES:
            return Problem("too-large", f"At most {MOST_BYTES} bytes.").response()
        response = get_response(request)
        if response.status_code < 400 or response.headers.get("Content-Type") == CONTENT_TYPE:
            return response
        problem = _problem(response)
        for name, value in response.headers.items():
            if not name.startswith("Content-"):
                problem.headers.setdefault(name, value)
        return problem

    return handle


def _length(request: HttpRequest) -> int:
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else MOST_BYTES + 1


def _problem(response: HttpResponse) -> HttpResponse:
    if response.status_code == 404:
        return not_found().response()
    if response.status_code == 405:
        allowed = ", ".join(sorted(response.headers.get("Allow", "").replace(" ", "").split(",")))
        return Problem("wrong-method", f"Methods here: {allowed}.", {"Allow": allowed}).response()
    if response.status_code < 500:
        return Problem("bad-request", "It is not a request that this server understands.").response()
    return Problem("fault", "It is in our log. The same request with the same key may be sent again.").response()
