"""The list on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from vernis.worklist.views.doors import for_work
from vernis.worklist.views.places import place_of
from vernis.worklist.views.today import page_of

if TYPE_CHECKING:
    from vernis.accounts.requests import AuthenticatedRequest

ROWS = 300


@require_safe
@for_work
def print_list(request: AuthenticatedRequest) -> HttpResponse:
    """Show a block as a plain table, with a line to write on beside everybody who is still to be called."""
    context = page_of(request, place_of(request), limit=ROWS)
    context["rows"] = [line for line in context["rows"] if not line.is_worked]
    return render(request, "worklist/print.html", context)
