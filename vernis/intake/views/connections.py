"""Booking systems: connecting them, and how reading them goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vernis.accounts.models import Branch
from vernis.accounts.rules import is_manager, is_owner
from vernis.accounts.tenancy import scoped_to
from vernis.accounts.views.access import for_those
from vernis.connectors.yclients.errors import Fault, NotThere, Unauthorized
from vernis.intake.connections import connecting, hooks, words
from vernis.intake.connections.forms import KeysForm
from vernis.intake.models import Access, Connection, System

if TYPE_CHECKING:
    from django.http import HttpRequest

    from vernis.accounts.requests import AuthenticatedRequest

LINES = 12  # of the diary


@require_safe
@for_those(is_manager)
def connections(request: AuthenticatedRequest) -> HttpResponse:
    """List what is connected."""
    context = {
        "connections": Connection.objects.visible_to(request.user).select_related("branch", "access"),
        "accesses": Access.objects.of(request.user.organization_id) if is_owner(request.user) else [],
        "may_connect": is_owner(request.user),
    }
    return render(request, "intake/connections/connections.html", context)


@sensitive_post_parameters()
@sensitive_variables("form")
@require_http_methods(["GET", "HEAD", "POST"])
@for_those(is_owner, asks_again=True)
def connect(request: AuthenticatedRequest, pk: int | None = None) -> HttpResponse:
    """Take keys, try them, keep them sealed; with `pk` instead of older ones."""
    access = get_object_or_404(Access.objects.of(request.user.organization_id), pk=pk) if pk else None
    form = KeysForm(request.POST or None, initial={"system": access.system if access else System.YCLIENTS})
    if form.is_valid() and (kept := _try(request, form, access)):
        messages.success(request, _("The keys work and are kept sealed."))
        return redirect("intake:access", kept.pk)
    context = {"form": form, "access": access}
    return render(request, "intake/connections/connect.html", context, status=422 if form.errors else 200)


@sensitive_variables()
def _try(request: AuthenticatedRequest, form: KeysForm, access: Access | None) -> Access | None:
    said = form.cleaned_data
    system = str(System(said["system"]).label)
    try:
        keys, companies = connecting.try_keys(**said)
    except Unauthorized:
        form.add_error(
            None, _("%(system)s does not accept this. Check token, login and password.") % {"system": system}
        )
    except NotThere:
        form.add_error("company", _("%(system)s does not know this number.") % {"system": system})
    except connecting.NoCompanies:
        form.add_error("company", _("This user sees no company. Give the number of yours."))
    except Fault as fault:
        form.add_error(None, words.of_fault(fault.kind, system))
    else:
        return connecting.keep_access(
            organization=request.user.organization, by=request.user, system=said["system"], keys=keys,
            companies=companies, now=timezone.now(), access=access,
        )  # fmt: skip
    return None


@require_http_methods(["GET", "HEAD", "POST"])
@for_those(is_owner, asks_again=True)
def access(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Say which company is which branch."""
    one = get_object_or_404(Access.objects.of(request.user.organization_id), pk=pk)
    connected = {connection.company: connection for connection in one.connections.select_related("branch")}
    taken = set(Connection.objects.of(request.user.organization_id).values_list("branch_id", flat=True))
    branches = [
        branch
        for branch in Branch.objects.of(request.user.organization_id).filter(is_active=True)
        if branch.pk not in taken
    ]
    fault = ""
    if request.method == "POST":
        chosen = _chosen(request, [one["id"] for one in one.companies if one["id"] not in connected], branches)
        fault = _("Choose a branch for at least one company, and each branch once.") if chosen is None else ""
        for company, branch in (chosen or {}).items():
            try:
                connecting.connect(access=one, company=company, branch=branch, now=timezone.now())
            except connecting.Taken:
                fault = _("Somebody was quicker: this branch is connected already.")
        if not fault:
            messages.success(request, _("Connected. The history is being read; you may leave this page."))
            return redirect("intake:connections")
    companies = [{**company, "connection": connected.get(company["id"])} for company in one.companies]
    context = {"access": one, "companies": companies, "branches": branches, "fault": fault}
    return render(request, "intake/connections/access.html", context, status=422 if fault else 200)


def _chosen(request: HttpRequest, companies: list[int], branches: list[Branch]) -> dict[int, Branch] | None:
    """Return the branch of each company that was given one; None: nothing was, or one branch twice."""
    by_number = {str(branch.pk): branch for branch in branches}
    given = {company: request.POST.get(f"branch-{company}", "") for company in companies}
    chosen = {company: by_number[number] for company, number in given.items() if number in by_number}
    is_good = chosen and len({branch.pk for branch in chosen.values()}) == len(chosen)
    return chosen if is_good else None


@require_safe
@for_those(is_manager)
def connection(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Show how reading goes: what is known since when, what is not, and why."""
    one = _connection(request, pk)
    context: dict[str, Any] = {
        "one": one,
        "zone": one.branch.zone,
        "readings": one.readings.select_related("connection__access")[:LINES],
        "is_reading": one.whole_at is None or one.wants_all,
        "may_connect": is_owner(request.user),
        "hook": hooks.address_of(one.organization_id, one.pk) if is_owner(request.user) else "",
    }
    return render(request, "intake/connections/connection.html", context)


@require_POST
@for_those(is_manager)
def read_again(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Read the whole history once more."""
    connecting.read_again(connection=_connection(request, pk))
    messages.success(request, _("The history is read once more. What is known stays until then."))
    return redirect("intake:connection", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@for_those(is_owner, asks_again=True)
def disconnect(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Ask once more, then read no more."""
    one = _connection(request, pk)
    if request.method != "POST":
        return render(request, "intake/connections/disconnect.html", {"one": one})
    connecting.disconnect(connection=one)
    messages.success(request, _("Disconnected. What was brought in stays."))
    return redirect("intake:connections")


@csrf_exempt
@require_POST
def hook(_request: HttpRequest, token: str) -> HttpResponse:
    """Take a hint that something has changed; what it says is not read."""
    found = hooks.meant(token)
    if found is None:
        raise Http404
    organization_id, connection_id = found
    with scoped_to(organization_id):
        connecting.hint(connection_id=connection_id, now=timezone.now())
    return HttpResponse(status=204)


def _connection(request: AuthenticatedRequest, pk: int) -> Connection:
    found = Connection.objects.visible_to(request.user).select_related("branch", "access", "of_import")
    one: Connection = get_object_or_404(found, pk=pk)
    return one
