"""The list of today."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from vernis.accounts.models import Role
from vernis.accounts.rules import works_with_clients
from vernis.book.models import Client, Service, Staff
from vernis.book.models.contacts import Block
from vernis.intake.rules import may_import
from vernis.worklist import shown, words
from vernis.worklist.forms import NarrowForm
from vernis.worklist.queries import elsewhere, items, own_day
from vernis.worklist.queries import playbooks as playbook_queries
from vernis.worklist.views.places import Place, place_of

if TYPE_CHECKING:
    from django.http import HttpResponse

    from vernis.accounts.requests import AuthenticatedRequest
    from vernis.worklist.queries.items import BlockOfDay
    from vernis.worklist.queries.playbooks import StepOfDay

PROMISES = "promises"
BEGIN_AT_ONCE = (Role.FRONT_DESK, Role.OPERATOR)
"""Whoever calls all day finds the first client open; owners and managers often only look, and hold nobody up."""


@require_safe
@never_cache
@login_required
def worklist(request: AuthenticatedRequest) -> HttpResponse:
    """Show the list of a block; to htmx only its rows, and what counts them."""
    if not works_with_clients(request.user):
        return own_page(request)
    place = place_of(request)
    context = page_of(request, place)
    if request.headers.get("HX-Request") != "true":
        return render(request, "worklist/worklist.html", context | opening(request, context))
    if request.GET.get("after"):
        return render(request, "worklist/_row_list.html", context)
    return render(request, "worklist/_list.html", context | {"oob": True})


def own_page(request: AuthenticatedRequest) -> HttpResponse:
    """Show those who serve their own day: they do not work the list."""
    place = place_of(request)
    appointments = own_day.own_appointments(user=request.user, day=place.today, zone=place.zone)
    return render(
        request, "worklist/own_day.html", {"appointments": appointments, "today": place.today, "zone": place.zone}
    )


def page_of(request: AuthenticatedRequest, place: Place, *, limit: int = items.PAGE) -> dict[str, Any]:
    """Return everything that the list shows."""
    user, asked = request.user, request.GET
    counts = items.blocks_of_day(user=user, branch=place.branch, now=place.now)
    steps = playbook_queries.steps_of_day(user=user, branch=place.branch, now=place.now, blocks=counts)
    step = next((one for one in steps if str(one.step.pk) == asked.get("step")), None)
    if step is None and not asked.get("block"):
        step = next((one for one in steps if one.is_next), None)  # the day begins with the order of work
    block = step.step.block if step else chosen_block(asked.get("block", ""), counts, steps)
    narrow = narrow_form(request, place)
    context: dict[str, Any] = {
        "branch": place.branch,
        "place": place,
        "today": place.today,
        "yesterday": place.today - datetime.timedelta(1),
        "currency": place.currency,
        "block_key": block,
        "step": step.step.pk if step else "",
        "filters": narrow,
        "tabs": tabs(counts, place, here="" if step else block),
        "steps": shown.rail(steps, place=place.key, here=step),
        "day": {"done": sum(one.worked for one in counts), "total": sum(one.total for one in counts)},
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
        "plain_url": shown.address(
            "worklist:worklist", block=block, branch=place.key, step=step.step.pk if step else None
        ),
    }
    context["query"] = shown.query_of(asked, without=("client", "after"))
    here = context["tabs"] if block != PROMISES else []
    context["next_tab"] = next((tab for tab in here if tab.open and not tab.is_here), None)
    context["next_step"] = next(
        (one for one in context["steps"] if one.left and not one.is_here and not one.skipped), None
    )
    if block == PROMISES:
        return context | promises(request, place)
    filters = (step.step.filter if step else {}) | narrow.filter
    page = items.items(
        user=user, branch=place.branch, now=place.now, block=block, filter=filters, sort=narrow.order,
        search=narrow.search, after=asked.get("after", ""), limit=limit,
    )  # fmt: skip
    count = next(one for one in counts if one.block == block)
    done, total = (step.done, step.total) if step else (count.worked, count.total)
    kept = {name: value for name, value in asked.items() if name not in {"client", "after"}}
    list_url = shown.address("worklist:worklist", **kept)
    context |= {
        "title": shown.title_of_step(step.step) if step else words.title_of(block),
        "purpose": words.purpose_of(block),
        "sell_nothing": block in words.SELL_NOTHING,
        "teaching": words.teaching_of(block),
        "done": done,
        "total": total,
        "rows": [shown.row_of(row, place=place, list_url=list_url) for row in page.rows],
        "next_url": shown.address("worklist:worklist", **{**kept, "after": page.after}) if page.after else "",
        "is_filtered": bool(narrow.search or narrow.filter),
    }
    if not context["rows"] and not context["day"]["total"] and may_import(user):
        context["has_no_data"] = not Client.objects.of(user.organization_id).exists()
    if narrow.search:
        found = {row.item.client_id for row in page.rows}
        context["others"] = elsewhere.clients_like(user=user, search=narrow.search, without=found)
    return context


def chosen_block(wanted: str, counts: list[BlockOfDay], steps: list[StepOfDay]) -> str:
    """Return the block of the address, else that of the next step, else the first with somebody in it."""
    if wanted:
        if wanted != PROMISES and wanted not in Block.values:
            raise Http404
        return wanted
    first = next((one.step.block for one in steps if one.is_next), "")
    return first or next((one.block for one in counts if one.open), Block.MISSED.value)


def narrow_form(request: AuthenticatedRequest, place: Place) -> NarrowForm:
    """Return the search and the filters of the address."""
    mine = Staff.objects.of(request.user.organization_id).filter(
        Q(branch=place.branch) | Q(branch=None), is_active=True
    )
    services = Service.objects.of(request.user.organization_id).filter(is_active=True)
    return NarrowForm(
        request.GET,
        staff=mine.values_list("pk", "name"),
        services=services.values_list("pk", "title"),
        all_staff=_("All staff"),
    )


def tabs(counts: list[BlockOfDay], place: Place, *, here: str) -> list[shown.Tab]:
    """Return the blocks, and the promises after them."""
    blocks = [
        shown.Tab(
            title=words.title_of(one.block),
            url=shown.address("worklist:worklist", block=one.block, branch=place.key),
            open=one.open,
            done=one.worked,
            is_here=one.block == here,
            tone=shown.tone_of(one.block),
        )
        for one in counts
    ]
    url = shown.address("worklist:worklist", block=PROMISES, branch=place.key)
    return [*blocks, shown.Tab(_("Promises"), url, None, 0, here == PROMISES, icon="clock")]


def promises(request: AuthenticatedRequest, place: Place) -> dict[str, Any]:
    """Return the promises and unanswered calls that nothing has come of, the oldest first (A12)."""
    found = items.open_promises(user=request.user, branch=place.branch, now=place.now)
    return {
        "title": _("Promises and unanswered calls"),
        "purpose": _("Nothing has come of these yet: finish them, the oldest first"),
        "teaching": _(
            "Every promise has been kept, and everybody has answered. "
            "When a client promises to book, or does not answer, you find it here."
        ),
        "promises": [shown.promise_of(one, place=place) for one in found],
        "rows": [],
    }


def opening(request: AuthenticatedRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Return which card to open: the one of the address, else the first for those who call all day."""
    client = request.GET.get("client", "")
    if client.isdecimal() and len(client) < 19:
        return {"opens": client, "opens_url": shown.address("worklist:open", int(client))}
    return {"opens_first": request.user.role in BEGIN_AT_ONCE and context["block_key"] != PROMISES}
