"""Why is Anna not here? Asked of any client of the base, for any day."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from vernis.book.models import Client
from vernis.worklist.queries import explain
from vernis.worklist.views.days import day_of
from vernis.worklist.views.doors import for_work

if TYPE_CHECKING:
    from vernis.accounts.requests import AuthenticatedRequest


@require_safe
@for_work
def why(request: AuthenticatedRequest, client_id: int) -> HttpResponse:
    """Say in sentences why a client is in a block, or in none."""
    client = get_object_or_404(Client.objects.visible_to(request.user).select_related("branch"), pk=client_id)
    zone = client.branch.zone if client.branch else request.user.organization.zone
    today = timezone.now().astimezone(zone).date()
    day = day_of(request.GET["day"], today) if request.GET.get("day") else today
    answer = explain.why(user=request.user, client_id=client.pk, day=day, now=timezone.now())
    context = {
        "client": client,
        "day": day,
        "today": today,
        "is_past": day < today,
        "answer": answer,
        "earliest": today - datetime.timedelta(days=365 * 5),
    }
    return render(request, "worklist/why.html", context)
