"""Those who serve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from vernis.accounts.rules import is_manager
from vernis.accounts.views.access import for_those
from vernis.book.forms.catalogue import StaffForm
from vernis.book.models import Staff
from vernis.book.operations import catalogue as operations

if TYPE_CHECKING:
    from django.http import HttpResponse

    from vernis.accounts.requests import AuthenticatedRequest


@require_safe
@for_those(is_manager)
def staff(request: AuthenticatedRequest) -> HttpResponse:
    """List those who serve, by branch."""
    rows = Staff.objects.visible_to(request.user).select_related("branch", "user")
    return render(request, "book/staff.html", {"staff": rows.order_by("-is_active", "branch__name", "name")})


@require_http_methods(["GET", "HEAD", "POST"])
@for_those(is_manager)
def new_staff(request: AuthenticatedRequest) -> HttpResponse:
    """Add one who serves."""
    return _staff(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@for_those(is_manager)
def edit_staff(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Change one who serves."""
    return _staff(request, get_object_or_404(Staff.objects.visible_to(request.user), pk=pk))


def _staff(request: AuthenticatedRequest, one: Staff | None) -> HttpResponse:
    initial = (
        {"name": one.name, "branch": one.branch_id, "user": one.user_id, "is_active": one.is_active} if one else None
    )
    form = StaffForm(request.POST or None, by=request.user, initial=initial)
    if form.is_valid():
        data = form.cleaned_data
        try:
            operations.save_staff(
                by=request.user,
                staff_id=one.pk if one else None,
                name=data["name"],
                branch_id=data["branch"].pk if data["branch"] else None,
                user_id=data["user"].pk if data["user"] else None,
                is_active=data["is_active"],
            )
        except operations.LoginIsTaken:
            form.add_error("user", _("Somebody else has this login."))
        else:
            messages.success(request, _("Saved."))
            return redirect("catalogue:staff")
    return render(request, "book/one_of_staff.html", {"form": form, "one": one}, status=422 if form.errors else 200)
