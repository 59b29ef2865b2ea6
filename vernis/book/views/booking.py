"""Booking a visit, moving and cancelling it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from vernis.accounts.models import Branch
from vernis.accounts.rules import works_with_clients
from vernis.accounts.views.access import for_those
from vernis.book.forms.appointments import BookForm, CancelForm, MoveForm
from vernis.book.models import Appointment, Service
from vernis.book.operations import appointments as operations
from vernis.book.operations import visits
from vernis.book.views.appointments import read_day
from vernis.book.views.here import branches_of, client_or_404

if TYPE_CHECKING:
    from django.http import HttpResponse

    from vernis.accounts.requests import AuthenticatedRequest

SAID: dict[type[Exception], tuple[str | None, Any]] = {
    operations.StaffNotThere: (
        "staff",
        gettext_lazy("Does not work in this branch any more. Choose somebody else."),
    ),
    operations.TimeIsPast: ("day", gettext_lazy("This time has passed already.")),
    operations.TimeTooFar: ("day", gettext_lazy("This is more than two years away. Is the year right?")),
    operations.TimeDoesNotExist: (
        "time",
        gettext_lazy("Clocks are put forward that night: this time does not exist."),
    ),
    operations.ServiceNotOffered: (
        "services",
        gettext_lazy("One of the services is not offered any more. Choose again."),
    ),
    operations.BranchIsClosed: (None, gettext_lazy("This branch is closed.")),
    operations.BookedDifferently: (
        None,
        gettext_lazy("This form has booked another time already. Open the card of the client."),
    ),
    visits.WrongStatus: (
        None,
        gettext_lazy("A colleague has changed this appointment meanwhile. Look at it again."),
    ),
}
"""The field that a fault belongs to, and what to do about it."""
FAULTS: tuple[type[Exception], ...] = (operations.StaffIsBusy, *SAID)


@require_http_methods(["GET", "HEAD", "POST"])
@for_those(works_with_clients)
def book(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Book a visit of a client in one of one's branches."""
    client, now = client_or_404(request, pk), timezone.now()
    branches = branches_of(request.user)
    branch = _branch(request, branches, client.branch_id)
    if branch is None:
        raise Http404
    initial = {"day": read_day(request.GET.get("day", ""), branch.today(now))}
    form = BookForm(request.POST or None, user=request.user, branch=branch, initial=initial)
    if form.is_valid():
        data = form.cleaned_data
        booking = operations.Booking(
            branch_id=branch.pk,
            services=tuple(service.pk for service in data["services"]),
            starts_at=form.starts_at,
            staff_id=data["staff"].pk if data["staff"] else None,
        )
        try:
            appointment = operations.book_appointment(
                client_id=client.pk,
                by=request.user,
                booking=booking,
                now=now,
                key=data["key"],
                note=data["note"],
                may_have_begun=True,
            )
        except FAULTS as fault:
            form.add_error(*said(fault, branch.zone))
        else:
            messages.success(request, _("Booked."))
            return redirect("appointments:appointment", appointment.pk)
    context = {
        "client": client,
        "form": form,
        "branch": branch,
        "branches": branches,
        "services": _by_category(form),
    }
    return render(request, "book/book.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_those(works_with_clients)
def move(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Put a booking to another time or another master."""
    appointment = _appointment(request, pk)
    zone = visits.zone_of(appointment)
    local = appointment.starts_at.astimezone(zone)
    first = appointment.lines.first()
    initial = {"day": local.date(), "time": local.time(), "staff": first.staff_id if first else None}
    form = MoveForm(request.POST or None, user=request.user, branch=appointment.branch, initial=initial)
    if form.is_valid():
        staff = form.cleaned_data["staff"]
        try:
            visits.move_appointment(
                appointment_id=pk,
                by=request.user,
                starts_at=form.starts_at,
                staff_id=staff.pk if staff else None,
                now=timezone.now(),
            )
        except FAULTS as fault:
            form.add_error(*said(fault, zone))
        else:
            messages.success(request, _("Moved."))
            return redirect("appointments:appointment", pk)
    context = {"appointment": appointment, "form": form, "zone": zone}
    return render(request, "book/move.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_those(works_with_clients)
def cancel(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Ask why, and cancel a booking."""
    appointment = _appointment(request, pk)
    zone = visits.zone_of(appointment)
    form = CancelForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            visits.cancel_appointment(
                appointment_id=pk, by=request.user, reason=form.cleaned_data["reason"], now=timezone.now()
            )
        except visits.WrongStatus as fault:
            form.add_error(*said(fault, zone))
        else:
            messages.success(request, _("Cancelled."))
            return redirect("appointments:appointment", pk)
    context = {"appointment": appointment, "form": form, "zone": zone}
    return render(request, "book/cancel.html", context, status=422 if form.errors else 200)


def said(fault: Exception, zone: ZoneInfo) -> tuple[str | None, str]:
    """Return the field that a fault belongs to, and what to do about it."""
    if isinstance(fault, operations.StaffIsBusy):
        until = fault.until.astimezone(zone)
        return "staff", _("Has another client then, until %(time)s.") % {"time": f"{until:%H:%M}"}
    field, text = SAID[type(fault)]
    return field, str(text)


def _branch(request: AuthenticatedRequest, branches: list[Branch], of_client: int | None) -> Branch | None:
    wanted = request.POST.get("branch") or request.GET.get("branch") or str(of_client or "")
    return next((branch for branch in branches if str(branch.pk) == wanted), branches[0] if branches else None)


def _appointment(request: AuthenticatedRequest, pk: int) -> Appointment:
    rows = Appointment.objects.visible_to(request.user).select_related("client", "branch", "organization")
    appointment: Appointment = get_object_or_404(rows.prefetch_related("lines__service", "lines__staff"), pk=pk)
    return appointment


def _by_category(form: BookForm) -> list[tuple[str, list[tuple[Service, bool]]]]:
    """Return the services that can be booked, by category, and whether each is chosen."""
    chosen = {str(value) for value in form["services"].value() or ()}
    groups: dict[str, list[tuple[Service, bool]]] = {}
    for service in form.fields["services"].queryset:  # type: ignore[attr-defined]
        groups.setdefault(service.category, []).append((service, str(service.pk) in chosen))
    return list(groups.items())
