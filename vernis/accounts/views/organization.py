"""The organization, its branches, the numbers of its rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from vernis.accounts import operations
from vernis.accounts.forms.organization import BranchForm, OrganizationForm, RulesForm, zones_with_offsets
from vernis.accounts.models import Branch
from vernis.accounts.rules import is_manager, may_change_branch, runs_everything
from vernis.accounts.views.access import for_those

if TYPE_CHECKING:
    from django.http import HttpResponse

    from vernis.accounts.requests import AuthenticatedRequest


@require_http_methods(["GET", "HEAD", "POST"])
@for_those(runs_everything, asks_again=True)
def organization(request: AuthenticatedRequest) -> HttpResponse:
    """Show and save what the organization is called and where it is at home."""
    form = OrganizationForm(request.POST or None, instance=request.user.organization)
    if form.is_valid():
        operations.save_organization(organization=request.user.organization, values=form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("settings:organization")
    if form.errors:
        request.user.organization.refresh_from_db()
    context = {"form": form, "zones": zones_with_offsets(timezone.now())}
    return render(request, "accounts/organization.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_those(runs_everything, asks_again=True)
def rules(request: AuthenticatedRequest) -> HttpResponse:
    """Show and save the numbers of the rules."""
    form = RulesForm(request.POST or None, rules=request.user.organization.rules)
    if form.is_valid():
        operations.save_rules(organization=request.user.organization, rules=form.rules())
        messages.success(request, _("Saved. The list is being made anew by these numbers."))
        return redirect("settings:rules")
    return render(request, "accounts/rules.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@for_those(is_manager)
def branches(request: AuthenticatedRequest) -> HttpResponse:
    """List the branches."""
    context = {
        "branches": Branch.objects.visible_to(request.user),
        "may_open": runs_everything(request.user),
        "now": timezone.now(),
    }
    return render(request, "accounts/branches.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_those(is_manager, asks_again=True)
def branch(request: AuthenticatedRequest, pk: int | None = None) -> HttpResponse:
    """Show and save a branch, or open a new one."""
    if pk is None:
        if not runs_everything(request.user):
            raise PermissionDenied
        home = request.user.organization
        branch = Branch(organization=home, timezone=home.timezone, country=home.country, currency=home.currency)
    else:
        branch = get_object_or_404(Branch.objects.visible_to(request.user), pk=pk)
        if not may_change_branch(request.user, branch):
            raise PermissionDenied
    before = Branch.objects.of(request.user.organization_id).filter(pk=pk).first() or branch
    form = BranchForm(request.POST or None, instance=branch)
    if form.is_valid():
        operations.save_branch(branch=before, values=form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("settings:branches")
    context = {"form": form, "branch": before, "zones": zones_with_offsets(timezone.now())}
    return render(request, "accounts/branch.html", context, status=422 if form.errors else 200)
