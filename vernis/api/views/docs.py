"""How to use the interface, for whoever writes the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from vernis.accounts.operations.invitations import absolute
from vernis.api.events import EVENTS
from vernis.api.examples import examples
from vernis.api.problems import KINDS
from vernis.api.queries.docs import resources
from vernis.api.scopes import SCOPES

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Show the page; it says nothing of anybody, so everybody may read it."""
    context = {
        "examples": examples(absolute("/api/v1")),
        "resources": resources(),
        "scopes": SCOPES.items(),
        "problems": [(kind, status, title) for kind, (status, title) in KINDS.items()],
        "events": EVENTS.items(),
    }
    return render(request, "api/docs.html", context)
