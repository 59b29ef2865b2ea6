"""Editing the playbooks: a manager's page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from vernis.accounts.models import Role
from vernis.worklist import filters, shown
from vernis.worklist.forms import StepFormSet
from vernis.worklist.models import Step
from vernis.worklist.operations import playbooks as operations
from vernis.worklist.views.doors import for_managers

if TYPE_CHECKING:
    from vernis.accounts.requests import AuthenticatedRequest

ROLES = [role for role in Role if role != Role.STAFF]


@require_safe
@for_managers
def playbooks(request: AuthenticatedRequest) -> HttpResponse:
    """Show the playbook of every role."""
    steps = list(Step.objects.of(request.user.organization_id))
    roles = [
        (role, [shown.title_of_step(step) for step in steps if step.role == role])
        for role in ROLES
    ]  # fmt: skip
    return render(request, "worklist/playbooks.html", {"roles": roles})


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def edit(request: AuthenticatedRequest, role: str) -> HttpResponse:
    """Show the steps of a role to be changed, and save them."""
    if role not in ROLES:
        raise Http404
    steps = Step.objects.of(request.user.organization_id).filter(role=role)
    initial: list[dict[str, Any]] = [{"block": step.block, "title": step.title, **step.filter} for step in steps]
    forms = StepFormSet(request.POST or None, initial=initial)
    if request.method == "POST" and forms.is_valid():
        kept = [form for form in forms.ordered_forms if form.has_changed() or form.initial]
        drafts = [
            operations.StepDraft(form.cleaned_data["block"], form.filter, form.cleaned_data["title"]) for form in kept
        ]
        try:
            operations.replace_steps(by=request.user, role=role, steps=drafts)
        except (operations.UnknownBlock, filters.BadFilter):
            messages.error(request, _("A filter cannot be kept. Check the numbers."))
        else:
            messages.success(request, _("Saved. The new order holds from now on."))
            return redirect("worklist:playbooks")
    context = {"forms": forms, "role": Role(role), "role_title": Role(role).label}
    return render(request, "worklist/edit_playbook.html", context, status=200 if request.method != "POST" else 422)
