"""The people of the organization: list, card, dismissal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vernis.accounts import operations, queries
from vernis.accounts.forms.people import PersonForm
from vernis.accounts.models import Branch, Role
from vernis.accounts.rules import is_manager, may_change_person
from vernis.accounts.views.access import for_those

if TYPE_CHECKING:
    from django.http import HttpResponse

    from vernis.accounts.models import User
    from vernis.accounts.requests import AuthenticatedRequest


@require_safe
@for_those(is_manager)
def people(request: AuthenticatedRequest) -> HttpResponse:
    """List who works here, by branch, who is invited and who was dismissed."""
    everybody = list(queries.people_visible_to(request.user).prefetch_related("branches"))
    working = [person for person in everybody if person.is_active]
    groups = [(_("All branches"), [person for person in working if person.sees_all_branches])]
    for branch in Branch.objects.visible_to(request.user):
        inside = [p for p in working if not p.sees_all_branches and branch in p.branches.all()]
        groups.append((branch.name, inside))
    groups.append((_("No branch"), [p for p in working if not p.sees_all_branches and not p.branches.all()]))
    context = {
        "groups": [(title, group) for title, group in groups if group],
        "dismissed": [person for person in everybody if not person.is_active],
        "invitations": queries.open_invitations(user=request.user, now=timezone.now()),
    }
    return render(request, "accounts/people.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_those(is_manager, asks_again=True)
def person(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Show and save the role and the branches of a person."""
    person = _changeable(request, pk)
    initial = {
        "name": person.name,
        "role": person.role,
        "sees_all_branches": person.sees_all_branches,
        "branches": person.branch_ids,
    }
    form = PersonForm(request.POST or None, by=request.user, initial=initial)
    if form.is_valid():
        data = form.cleaned_data
        try:
            operations.change_person(
                person=person,
                by=request.user,
                name=data["name"],
                role=Role(data["role"]),
                branches=data["branches"],
                sees_all_branches=data["sees_all_branches"],
            )
        except operations.LastOwner:
            form.add_error("role", _("This is the only owner. Make somebody else an owner first."))
        else:
            messages.success(request, _("Saved."))
            return redirect("settings:people")
    context = {"form": form, "person": person}
    return render(request, "accounts/person.html", context, status=422 if form.errors else 200)


@require_POST
@for_those(is_manager, asks_again=True)
def dismiss(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Shut a person out at once."""
    person = _changeable(request, pk)
    try:
        operations.dismiss(person=person, by=request.user, now=timezone.now())
    except operations.LastOwner:
        messages.error(request, _("This is the only owner. Make somebody else an owner first."))
    else:
        messages.success(request, _("%(name)s is logged out everywhere and can come in no more.") % {"name": person})
    return redirect("settings:people")


@require_POST
@for_those(is_manager, asks_again=True)
def restore(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Take a dismissed person back."""
    person = _changeable(request, pk)
    operations.restore(person=person, by=request.user)
    messages.success(request, _("%(name)s can come in again.") % {"name": person})
    return redirect("settings:people")


def _changeable(request: AuthenticatedRequest, pk: int) -> User:
    person = get_object_or_404(queries.people_visible_to(request.user), pk=pk)
    if not may_change_person(request.user, person):
        raise PermissionDenied
    return person
