"""Any past day, read-only, exactly as the rules saw it."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from vernis.book.models.contacts import Block
from vernis.lib import days
from vernis.warehouse.errors import DataError
from vernis.worklist import shown, words
from vernis.worklist.queries import past, past_rows
from vernis.worklist.views.doors import for_work
from vernis.worklist.views.places import Place, place_of

if TYPE_CHECKING:
    from vernis.accounts.requests import AuthenticatedRequest

PAGE = 100


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
        chosen = day_of(wanted, place.today).isoformat()
        return redirect(shown.address("worklist:day", chosen, branch=place.key, block=request.GET.get("block")))
    date = day_of(day, place.today)
    context = {
        "place": place,
        "branch": place.branch,
        "day": date,
        "today": place.today,
        "before": shown.address("worklist:day", date - datetime.timedelta(1), branch=place.key),
        "after": shown.address("worklist:day", date + datetime.timedelta(1), branch=place.key),
        "is_today": date == place.today,
        "currency": place.currency,
    }
    try:
        context |= list_of(request, place, date)
    except DataError as fault:
        context["fault"] = str(fault)
    return render(request, "worklist/day.html", context)


def list_of(request: AuthenticatedRequest, place: Place, date: datetime.date) -> dict[str, Any]:
    """Return the blocks and the rows of a day."""
    listing = past.list_of_day(request.user.organization, date)
    branches = {place.branch.pk} if place.branch else set()
    counts = listing.counts(branches)
    block = request.GET.get("block") or next((key for key in Block.values if counts.get(key)), Block.MISSED.value)
    if block not in Block.values:
        raise Http404
    page = request.GET.get("page", "")
    first = (max(1, int(page)) - 1) * PAGE if page.isdecimal() and len(page) < 7 else 0
    rows = past_rows.as_items(listing.rows(block, branches, first=first, count=PAGE), user=request.user)
    end = first + PAGE
    more = {"block": block, "branch": place.key}
    return {
        "tabs": [
            shown.Tab(
                title=words.title_of(key),
                url=shown.address("worklist:day", date, block=key, branch=place.key),
                open=counts.get(key, 0),
                done=0,
                is_here=key == block,
            )
            for key in Block.values
        ],
        "title": words.title_of(block),
        "purpose": words.purpose_of(block),
        "total": counts.get(block, 0),
        "rows": [shown.past_line(item, date, place.currency) for item in rows],
        "next_url": shown.address("worklist:day", date, page=end // PAGE + 1, **more)
        if end < counts.get(block, 0)
        else "",
    }
