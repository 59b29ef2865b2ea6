"""The application for a web server."""

from __future__ import annotations

import gc
import os
import threading
from typing import TYPE_CHECKING, Any

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vernis.settings")

PATIENCE = 3.0  # seconds; longer ones are few (exports)
SMALL = 65_536  # bytes; what is larger may come slowly

_pages = get_wsgi_application()
_loaded = get_resolver().url_patterns  # now, not in somebody's first request
_turn = threading.Lock()

# What is loaded now stays: the collector need not walk through all of it again in the midst of a request.
gc.collect()
gc.freeze()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer a request; those of one process take turns.

    Python computes in one thread at a time: requests that compute together all end late, and hold the lock of the
    database meanwhile. Other threads of the process wait for slow lines. Who has waited `PATIENCE` goes on anyway.
    """
    length = environ.get("CONTENT_LENGTH") or "0"
    is_small = length.isdecimal() and int(length) <= SMALL and "HTTP_TRANSFER_ENCODING" not in environ
    has_turn = is_small and _turn.acquire(timeout=PATIENCE)
    try:
        return _pages(environ, start_response)
    finally:
        if has_turn:
            _turn.release()
