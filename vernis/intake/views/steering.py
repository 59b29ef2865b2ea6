"""What people do with an import."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from vernis.accounts.models import Branch
from vernis.accounts.views.access import for_those
from vernis.intake.models import Import
from vernis.intake.operations import forgetting, steering
from vernis.intake.rules import may_import
from vernis.intake.sources import NEW_BRANCH
from vernis.intake.views.imports import import_of, say, show

if TYPE_CHECKING:
    from django.http import HttpResponse

    from vernis.accounts.requests import AuthenticatedRequest

NONE = "none"


@require_POST
@for_those(may_import)
def branches(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Note which branches the files mean; the plan is drawn anew."""
    one = import_of(request, pk)
    ours = set(Branch.objects.of(request.user.organization_id).values_list("pk", flat=True))
    names = one.balance.get("unknown_branches", [])
    asked = {f"branch-{number}": name for number, name in enumerate(names)}
    said: dict[str, Any] = {"branches": {}}
    for field, chosen in request.POST.items():
        if field != "branch" and field not in asked:
            continue
        meant = _meant(str(chosen), ours if field == "branch" else {*ours, NEW_BRANCH})
        if meant is None:
            return show(request, one, status=422)
        if field == "branch":
            said["branch"] = meant[0]
        else:
            said["branches"][asked[field]] = meant[0]
    with contextlib.suppress(steering.NotNow):
        steering.answer(of_import=one, said=said, now=timezone.now())
    return redirect("intake:import", one.pk)


def _meant(chosen: str, ours: set[int]) -> tuple[int | None] | None:
    """Return what was chosen: (our branch,), (NEW_BRANCH,), (None,) for no branch; None where nothing was."""
    if chosen == NONE:
        return (None,)
    if chosen.isdecimal() and int(chosen) in ours:
        return (int(chosen),)
    return None


@require_POST
@for_those(may_import)
def start(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Bring in what was checked."""
    one = import_of(request, pk)
    try:
        steering.start(of_import=one, now=timezone.now())
    except steering.BranchUnanswered:
        return show(request, one, status=422)
    except steering.NotNow:
        pass
    return redirect("intake:import", one.pk)


@require_POST
@for_those(may_import)
def stop(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Stop half-way."""
    one = import_of(request, pk)
    with contextlib.suppress(steering.NotNow):
        steering.stop(of_import=one)
    return redirect("intake:import", one.pk)


@require_POST
@for_those(may_import)
def go_on(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Go on with a stopped import."""
    one = import_of(request, pk)
    with contextlib.suppress(steering.NotNow):
        steering.go_on(of_import=one, now=timezone.now())
    return redirect("intake:import", one.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@for_those(may_import)
def undo(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Ask once more, then take an import back."""
    one = import_of(request, pk)
    if request.method != "POST":
        if not steering.can_undo(one, timezone.now()):
            return redirect("intake:import", one.pk)
        return render(request, "intake/undo.html", {"one": one})
    with contextlib.suppress(steering.NotNow, steering.TooLate):
        steering.start_undo(of_import=one, now=timezone.now())
    return redirect("intake:import", one.pk)


@require_POST
@for_those(may_import)
def delete(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Throw away an import that has brought nothing in yet; of others delete the files only."""
    one = import_of(request, pk)
    try:
        steering.throw_away(of_import=one)
    except steering.NotNow:
        if one.state in (Import.State.DONE, Import.State.UNDONE) and not one.files_deleted_at:
            forgetting.delete_files(of_import=one, now=timezone.now())
            say(request, _("The files are deleted. The balance sheet stays."))
        return redirect("intake:import", one.pk)
    say(request, _("Thrown away, with its files."))
    return redirect("intake:imports")
