"""The waiting list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vernis.accounts.rules import works_with_clients
from vernis.accounts.views.access import for_those
from vernis.book.forms.appointments import WishForm
from vernis.book.models import WaitlistEntry
from vernis.book.operations.waitlist import EndsBeforeItBegins, add_to_waitlist, close_waitlist_entry
from vernis.book.views.here import branches_of, client_or_404

if TYPE_CHECKING:
    from django.http import HttpResponse

    from vernis.accounts.requests import AuthenticatedRequest

MOST = 500


@require_safe
@for_those(works_with_clients)
def waitlist(request: AuthenticatedRequest) -> HttpResponse:
    """Show who waits for a time, the longest waiting first."""
    rows = WaitlistEntry.objects.visible_to(request.user).filter(closed_on=None, client__erased_at=None)
    entries = rows.select_related("client", "service", "staff", "branch").order_by("created_at", "pk")[:MOST]
    context = {"entries": entries, "organization": request.user.organization}
    return render(request, "book/waitlist.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_those(works_with_clients)
def add(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Note a wish for a time that is not free."""
    client = client_or_404(request, pk)
    branches = branches_of(request.user)
    branch = next((branch for branch in branches if branch.pk == client.branch_id), branches[0] if branches else None)
    if branch is None:
        raise Http404
    form = WishForm(request.POST or None, user=request.user, branch=branch)
    if form.is_valid():
        data = form.cleaned_data
        try:
            add_to_waitlist(
                client_id=client.pk,
                by=request.user,
                branch_id=branch.pk,
                now=timezone.now(),
                service_id=data["service"].pk if data["service"] else None,
                staff_id=data["staff"].pk if data["staff"] else None,
                wanted_from=data["wanted_from"],
                wanted_until=data["wanted_until"],
                note=data["note"],
                key=data["key"],
            )
        except EndsBeforeItBegins:
            form.add_error("wanted_until", _("The last day is before the first one."))
        else:
            messages.success(request, _("On the waiting list."))
            return redirect("book:client", client.pk)
    return render(request, "book/wait.html", {"client": client, "form": form}, status=422 if form.errors else 200)


@require_POST
@for_those(works_with_clients)
def close(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Take a wish off the list."""
    try:
        entry = close_waitlist_entry(entry_id=pk, by=request.user, now=timezone.now())
    except WaitlistEntry.DoesNotExist:
        raise Http404 from None
    messages.success(request, _("Taken off the waiting list."))
    return redirect("book:client", entry.client_id) if request.POST.get("to") == "card" else redirect("book:waitlist")
