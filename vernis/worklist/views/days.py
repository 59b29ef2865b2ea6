"""Any past day, read-only, exactly as the rules saw it."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from vernis.lib import days
from vernis.worklist import shown, words
from vernis.worklist.queries import past
from vernis.worklist.views.doors import for_work
from vernis.worklist.views.places import place_of

if TYPE_CHECKING:
    from vernis.accounts.requests import AuthenticatedRequest


def day_of(text: str, latest: datetime.date) -> datetime.date:
    """Return the day of an address; one that is none, or still to come, is not there."""
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        raise Http404 from None
    if not days.EARLIEST <= day <= latest:
        raise Http404
    return day


@require_safe
@for_work
def past_day(request: AuthenticatedRequest, day: str) -> HttpResponse:
    """Show the list of a day as it was at its end; a date picker leads to others."""
    place = place_of(request)
    if wanted := request.GET.get("on"):
        return redirect(
            shown.address("worklist:day", day_of(wanted, place.today).isoformat(), branch=request.GET.get("branch"))
        )
    date = day_of(day, place.today)
    return render(request, "worklist/day.html", {"day": date, "words": words, "past": past})
