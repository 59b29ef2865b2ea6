"""The card of a client: opening it holds the client, leaving it lets the client go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vernis.book import panels
from vernis.book.models import Client, Service, Staff
from vernis.ui.widgets import checkboxes, options
from vernis.worklist import saying, shown, words
from vernis.worklist.forms import LeaseForm
from vernis.worklist.operations import leases
from vernis.worklist.queries import cards
from vernis.worklist.queries import held as held_queries
from vernis.worklist.views.doors import for_work

if TYPE_CHECKING:
    from vernis.accounts.requests import AuthenticatedRequest
    from vernis.worklist.models import Item
    from vernis.worklist.queries.cards import Card


@require_POST
@for_work
def open_card(request: AuthenticatedRequest, client_id: int) -> HttpResponse:
    """Hold a client who is on the list, and show the card; read-only while a colleague holds her."""
    now = timezone.now()
    try:
        card = cards.card(user=request.user, client_id=client_id, now=now)
        lease = card.lease
        if card.items and not card.do_not_call:
            lease = leases.claim(client_id=client_id, by=request.user, now=now)
    except Client.DoesNotExist:
        raise Http404 from None
    wanted = request.GET.get("item", "")
    item = next((one for one in card.items if str(one.pk) == wanted), card.items[0] if card.items else None)
    context = context_of(card, item) | lease_words(lease) | choices_of(request, card, item)
    context["panels"] = panels.shown(request, card.client, now, panels.Where.CALL)
    context["open_url"] = shown.address("worklist:open", client_id, item=wanted)
    return render(request, "worklist/_card.html", context)


def context_of(card: Card, item: Item | None) -> dict[str, Any]:
    """Return what the card shows, whoever holds it."""
    history = shown.history_of([*card.visits, *card.missed], card.contacts, zone=card.zone, currency=card.currency)
    context: dict[str, Any] = {
        "card": card,
        "client": card.client,
        "item": item,
        "today": card.today,
        "zone": card.zone,
        "reasons": [shown.reason_on_card(one, card) for one in card.items],
        "facts": shown.facts_of(card, item),
        "about": shown.about(card),
        "history": history,
        "history_words": shown.history_words(card),
        "sell_nothing": item is not None and item.block in words.SELL_NOTHING,
    }
    if item:
        starts = shown.appointment_of(item, card)
        place = card.client.organization.name
        context["lines"] = saying.lines_for(item, card.client, place=place, today=card.today, starts=starts)
        context["hint"] = saying.hint_for(item.block)
    return context


def lease_words(lease: leases.Held | leases.HeldByOther | None) -> dict[str, Any]:
    """Return who holds the client: "mine", "other", or nobody."""
    kind = {leases.Held: "mine", leases.HeldByOther: "other"}.get(type(lease), "")
    return {"lease": lease, "held": kind}


def choices_of(request: AuthenticatedRequest, card: Card, item: Item | None) -> dict[str, Any]:
    """Return what outcomes and their dialogs offer."""
    if item is None:
        return {}
    branch = item.branch or card.client.branch
    here = Q(branch=branch) | Q(branch=None) if branch else Q()
    services = list(Service.objects.of(request.user.organization_id).filter(is_active=True).values_list("pk", "title"))
    services.sort(key=lambda one: one[0] != item.service_id)
    staff = Staff.objects.of(request.user.organization_id).filter(here, is_active=True).values_list("pk", "name")
    return {
        "buttons": shown.buttons_for(item.block),
        "callback_choices": shown.callback_choices(timezone.now().astimezone(card.zone)),
        "promised_choices": shown.promised_choices(card.today),
        "booking_choices": shown.booking_choices(card.usual, card.today),
        "decline_reasons": shown.decline_reasons(),
        "usual": words.usual_time(card.usual.weekday, card.usual.hour) if card.usual else "",
        "service_boxes": checkboxes("service", services, {str(item.service_id)}, "outcome-form"),
        "staff_options": options(staff, {str(item.last_staff_id)}),
        "staff_word": branch.get_staff_word_display() if branch else _("master"),
        "booking_branch": branch.pk if branch else "",
    }


@require_POST
@for_work
def hold(request: AuthenticatedRequest, client_id: int) -> HttpResponse:
    """Hold on to the client of an open card."""
    get_object_or_404(Client.objects.visible_to(request.user), pk=client_id)
    form = LeaseForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"message": _("Open the card again.")}, status=422)
    number = form.cleaned_data["lease"]
    try:
        lease = leases.renew(client_id=client_id, by=request.user, number=number, now=timezone.now())
    except leases.LeaseLost as lost:
        return JsonResponse({"message": lost_words(lost)}, status=423)
    return JsonResponse({"until": lease.until.isoformat()})


def lost_words(lost: leases.LeaseLost) -> str:
    """Say who has the client now."""
    if lost.holder:
        return _("%(name)s has taken this client meanwhile.") % {"name": lost.holder}
    return _("The card was open for too long and let the client go. Open it again and save once more.")


@require_POST
@for_work
def release(request: AuthenticatedRequest, client_id: int) -> HttpResponse:
    """Let the client go."""
    get_object_or_404(Client.objects.visible_to(request.user), pk=client_id)
    form = LeaseForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"message": _("Open the card again.")}, status=422)
    number = form.cleaned_data["lease"]
    leases.release(client_id=client_id, by=request.user, number=number, now=timezone.now())
    return HttpResponse(status=204)


@require_safe
@for_work
def held(request: AuthenticatedRequest) -> HttpResponse:
    """Tell who of the colleagues is talking to whom."""
    names = held_queries.held_by_others(user=request.user, now=timezone.now())
    return JsonResponse({"clients": {str(client): name for client, name in names.items()}})
