"""Why is Anna not here? Asked of any client of the base, for any day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from vernis.book.models import Client
from vernis.warehouse.errors import DataError
from vernis.worklist import words
from vernis.worklist.queries import explain
from vernis.worklist.views.days import day_of
from vernis.worklist.views.doors import for_work

if TYPE_CHECKING:
    from vernis.accounts.requests import AuthenticatedRequest


@require_safe
@for_work
def why(request: AuthenticatedRequest, client_id: int) -> HttpResponse:
    """Say in sentences why a client is in a block, or in none."""
    seen = Client.objects.visible_to(request.user).select_related("branch", "organization")
    client = get_object_or_404(seen, pk=client_id)
    zone = client.branch.zone if client.branch else client.organization.zone
    today = timezone.now().astimezone(zone).date()
    day = day_of(request.GET["day"], today) if request.GET.get("day") else today
    context: dict[str, Any] = {"client": client, "day": day, "today": today, "is_past": day < today}
    try:
        context["answer"] = answer = explain.why(client, day)
        context["listed"] = [(words.title_of(one.block), one.text) for one in answer.listed]
        context["absent"] = [(words.title_of(one.block), one.text) for one in answer.absent]
    except DataError as fault:
        context["fault"] = str(fault)
    return render(request, "worklist/why.html", context)
