"""The order of work of one's role, step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vernis.accounts.rules import is_manager
from vernis.worklist import shown
from vernis.worklist.forms import SkipForm
from vernis.worklist.models import Step
from vernis.worklist.operations import playbooks as operations
from vernis.worklist.queries import playbooks as queries
from vernis.worklist.views.doors import for_work
from vernis.worklist.views.places import place_of

if TYPE_CHECKING:
    from vernis.accounts.requests import AuthenticatedRequest


@require_safe
@for_work
def playbook(request: AuthenticatedRequest) -> HttpResponse:
    """Show the steps in order, what is left of each and what is done."""
    place = place_of(request)
    steps = queries.steps_of_day(user=request.user, branch=place.branch, now=place.now)
    lines = shown.rail(steps, place=place.key, here=None)
    settled = sum(line.is_done or bool(line.skipped) for line in lines)
    context = {
        "place": place,
        "branch": place.branch,
        "today": place.today,
        "steps": lines,
        "settled": settled,
        "may_edit": is_manager(request.user),
        "role": request.user.get_role_display(),
    }
    return render(request, "worklist/playbook.html", context)


@require_POST
@for_work
def skip(request: AuthenticatedRequest, step_id: int) -> HttpResponse:
    """Leave a step for today, for a reason."""
    step = get_object_or_404(Step.objects.of(request.user.organization_id), pk=step_id)
    place = place_of(request)
    form = SkipForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write why the step is skipped."))
        return redirect(shown.address("worklist:playbook", branch=place.key))
    try:
        operations.skip_step(step_id=step.pk, by=request.user, reason=form.cleaned_data["reason"], today=place.today)
    except operations.ReasonMissing:
        messages.error(request, _("Write why the step is skipped."))
    return redirect(shown.address("worklist:playbook", branch=place.key))


@require_POST
@for_work
def take_up(request: AuthenticatedRequest, step_id: int) -> HttpResponse:
    """Take a skipped step up again."""
    step = get_object_or_404(Step.objects.of(request.user.organization_id), pk=step_id)
    place = place_of(request)
    operations.take_up_step(step_id=step.pk, by=request.user, today=place.today)
    return redirect(shown.address("worklist:playbook", branch=place.key))
