"""Cards of one person: put together, taken apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vernis.accounts.models import Branch
from vernis.accounts.rules import is_manager
from vernis.accounts.views.access import for_those
from vernis.book.merging import FIELDS
from vernis.book.models import Client, Merge
from vernis.book.operations import merging
from vernis.book.queries.merges import latest_merges, since, survivor_id
from vernis.intake.models import DuplicatePair
from vernis.intake.operations import duplicates as operations
from vernis.intake.queries import duplicates as queries
from vernis.lib import days, phones

if TYPE_CHECKING:
    from vernis.accounts.requests import AuthenticatedRequest

KINDS = DuplicatePair.Kind
REASONS = {
    "same_phone": gettext_lazy("same phone"),
    "same_email": gettext_lazy("same e-mail"),
    "same_name": gettext_lazy("same name"),
    "similar_name": gettext_lazy("similar name"),
    "part_of_name": gettext_lazy("part of the name"),
    "same_birthday": gettext_lazy("same birthday"),
    "other_name": gettext_lazy("another name"),
    "other_birthday": gettext_lazy("another birthday"),
}
TITLES = {
    "name": gettext_lazy("Name"), "phone": gettext_lazy("Phone"), "second_phone": gettext_lazy("Second phone"),
    "email": gettext_lazy("E-mail"), "birthday": gettext_lazy("Birthday"), "branch": gettext_lazy("Branch"),
    "traits": gettext_lazy("Traits"), "allergies": gettext_lazy("Allergies"),
    "preferences": gettext_lazy("Preferences"), "wishes": gettext_lazy("Special wishes"),
    "favourite_line": gettext_lazy("Favourite cosmetics line"), "source": gettext_lazy("How she found us"),
    "note": gettext_lazy("Note"),
}  # fmt: skip


@require_safe
@for_those(is_manager)
def pairs(request: AuthenticatedRequest) -> HttpResponse:
    """Show the pairs of one kind that nobody has decided about."""
    user = request.user
    counts = queries.counts(user=user)
    asked = request.GET.get("kind", "")
    kind = asked if asked in KINDS.values else next((one for one in KINDS.values if counts[one]), KINDS.SURE.value)
    page = Paginator(queries.open_pairs(user=user).filter(kind=kind), queries.PAGE).get_page(request.GET.get("page"))
    clients = [pk for pair in page for pk in (pair.first_id, pair.second_id)]
    facts = queries.facts_of(clients)
    rows = [
        {
            "pair": pair, "reasons": [REASONS[reason] for reason in pair.reasons],
            "cards": [(pair.first, facts[pair.first_id]), (pair.second, facts[pair.second_id])],
        }
        for pair in page
    ]  # fmt: skip
    tabs = [(one.value, one.label, counts[one.value]) for one in KINDS]
    context = {
        "rows": rows, "page": page, "tabs": tabs, "kind": kind, "was_looked_for": queries.was_looked_for(user=user),
        "currency": user.organization.currency, "today": timezone.now().date(),
    }  # fmt: skip
    return render(request, "intake/duplicates/pairs.html", context)


@require_POST
@for_those(is_manager)
def look(request: AuthenticatedRequest) -> HttpResponse:
    """Look through all clients anew."""
    operations.look_everywhere(organization_id=request.user.organization_id, now=timezone.now())
    messages.success(request, _("All cards are looked through."))
    return redirect("duplicates:pairs")


@require_http_methods(["GET", "HEAD", "POST"])
@for_those(is_manager)
def pair(request: AuthenticatedRequest, first: int, second: int) -> HttpResponse:
    """Show two cards side by side; the first stands for both after the merge."""
    user, now = request.user, timezone.now()
    if (
        request.method != "POST"
        and "swap" not in request.GET
        and first < second
        and _both_there(request, first, second)
    ):
        first, second = queries.better_first(first, second)
    fault = ""
    if request.method == "POST":
        sides = {name: request.POST[name] for name in FIELDS if request.POST.get(name)}
        try:
            merge = merging.merge_clients(survivor_id=first, absorbed_id=second, by=user, now=now, choices=sides)
        except Client.DoesNotExist:
            raise Http404 from None
        except (merging.NotAChoice, merging.SameCard):
            fault = _("Choose again: these cards or values have changed meanwhile.")
        except merging.InConversation as busy:
            fault = _("%(name)s is talking to this client just now. Put the cards together after the call.") % {
                "name": busy.name
            }
        else:
            messages.success(request, _("The cards are put together. You can take them apart again at any time."))
            return redirect("duplicates:merge", merge.pk)
    try:
        found = queries.comparison(user=user, kept_id=first, merged_id=second, now=now)
    except Client.DoesNotExist:
        raise Http404 from None
    context = {
        "found": found, "fields": [_shown(choice, request) for choice in found.choices], "fault": fault,
        "reasons": [REASONS[reason] for reason in (found.pair.reasons if found.pair else [])],
        "currency": user.organization.currency, "zone": user.organization.zone, "swap": urlencode({"swap": 1}),
    }  # fmt: skip
    return render(request, "intake/duplicates/pair.html", context, status=409 if fault else 200)


def _both_there(request: AuthenticatedRequest, first: int, second: int) -> bool:
    return bool(Client.objects.visible_to(request.user).filter(pk__in=(first, second)).count() == 2)


def _shown(choice: queries.Choice, request: AuthenticatedRequest) -> dict[str, Any]:
    """Return a field as the page shows it: its title and what each side would give."""
    mine, theirs = _text(choice.name, choice.mine, request), _text(choice.name, choice.theirs, request)
    words = {
        "survivor": mine, "absorbed": theirs, "both": _("both together"),
        "other": _("the phone that is not chosen above"),
    }  # fmt: skip
    chosen = request.POST.get(choice.name, choice.chosen)
    options = [(side.value, words[side.value], side.value == chosen) for side in choice.sides]
    return {
        "name": choice.name,
        "title": TITLES[choice.name],
        "options": options,
        "is_same": choice.is_same,
        "text": mine,
    }


def _text(name: str, values: tuple[Any, ...], request: AuthenticatedRequest) -> str:
    if name in ("phone", "second_phone"):
        return phones.spoken(values[0])
    if name == "birthday":
        return days.birthday(*values)
    if name == "traits":
        return ", ".join(f"{key}: {value}" for key, value in sorted(values[0].items()))
    if name == "branch":
        branch = Branch.objects.of(request.user.organization_id).filter(pk=values[0]).first()
        return str(branch or "")
    return str(values[0])


@require_POST
@for_those(is_manager)
def say_different(request: AuthenticatedRequest, first: int, second: int) -> HttpResponse:
    """Note for good that two cards are of different people."""
    if first == second:
        raise Http404
    try:
        operations.say_different(first_id=first, second_id=second, by=request.user, now=timezone.now())
    except Client.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("Noted: different people. They are not proposed again."))
    return redirect("duplicates:pairs")


@require_safe
@for_those(is_manager)
def different(request: AuthenticatedRequest) -> HttpResponse:
    """Show of whom it was said that they are different people."""
    page = Paginator(queries.different_pairs(user=request.user), queries.PAGE).get_page(request.GET.get("page"))
    return render(request, "intake/duplicates/different.html", {"page": page})


@require_POST
@for_those(is_manager)
def ask_again(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Take back that two cards are of different people."""
    try:
        operations.ask_again(pair_id=pk, by=request.user)
    except DuplicatePair.DoesNotExist:
        raise Http404 from None
    return redirect("duplicates:different")


@require_safe
@for_those(is_manager)
def merged(request: AuthenticatedRequest) -> HttpResponse:
    """Show which cards were put together."""
    context = {"merges": latest_merges(user=request.user), "zone": request.user.organization.zone}
    return render(request, "intake/duplicates/merged.html", context)


@require_safe
@for_those(is_manager)
def merge(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Show both cards as they were, and what has come since."""
    one = _merge_of(request, pk)
    new = since(one) if one.undone_at is None and one.before else None
    rows = [
        (TITLES[name], *(_text(name, tuple(map(card.get, columns)), request) for card in (one.before, one.theirs)))
        for name, columns in FIELDS.items()
        if one.before
    ]  # fmt: skip
    context = {
        "merge": one, "rows": [row for row in rows if row[1] or row[2]], "since": new,
        "standing": survivor_id(one.survivor_id), "zone": (one.survivor.branch or one.organization).zone,
    }  # fmt: skip
    return render(request, "intake/duplicates/merge.html", context)


@require_POST
@for_those(is_manager)
def undo(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Take two cards apart again."""
    one = _merge_of(request, pk)
    try:
        done = merging.unmerge_clients(merge_id=one.pk, by=request.user, now=timezone.now())
    except Client.DoesNotExist:
        raise Http404 from None
    except merging.CannotBeUndone:
        messages.error(request, _("The client has been forgotten since: there is nothing to take apart."))
    else:
        messages.success(request, _("The cards are two again, each as it was."))
        if done.kept:
            names = [str(TITLES[name]) for name, columns in FIELDS.items() if set(columns) & set(done.kept)]
            messages.info(request, _("Changed since, and left so: %(names)s") % {"names": ", ".join(names)})
    return redirect("duplicates:merge", one.pk)


def _merge_of(request: AuthenticatedRequest, pk: int) -> Merge:
    seen = Client.everyone.visible_to(request.user).values("pk")
    rows = Merge.objects.of(request.user.organization_id).filter(survivor__in=seen, absorbed__in=seen)
    one: Merge = get_object_or_404(rows.select_related("survivor", "absorbed", "made_by", "undone_by"), pk=pk)
    return one
