"""The day of a branch, and one appointment."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from vernis.accounts.rules import works_with_clients
from vernis.accounts.views.access import for_those
from vernis.book.models import Appointment
from vernis.book.operations import visits
from vernis.book.operations.appointments import StaffIsBusy, StaffNotThere, TimeIsPast
from vernis.book.queries.appointments import day_of, own_day
from vernis.book.views.here import branches_of, chosen_branch
from vernis.lib.days import EARLIEST, LATEST

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from vernis.accounts.requests import AuthenticatedRequest

LINES = ("lines__service", "lines__staff")


@require_safe
@never_cache
@login_required
def day(request: AuthenticatedRequest) -> HttpResponse:
    """Show the appointments of a day in a branch, by hour; to those who serve, their own ones of today."""
    now = timezone.now()
    if not works_with_clients(request.user):
        staff = getattr(request.user, "staff", None)
        zone = (staff.branch if staff and staff.branch else request.user.organization).zone
        context = {
            "appointments": own_day(user=request.user, now=now),
            "zone": zone,
            "today": now.astimezone(zone).date(),
            "is_known": staff is not None,
        }
        return render(request, "book/own_day.html", context)
    branches = branches_of(request.user)
    branch = chosen_branch(request, branches)
    if branch is None:
        return render(request, "book/day.html", {"branch": None})
    today = branch.today(now)
    chosen = read_day(request.GET.get("day", ""), today)
    hours = day_of(user=request.user, branch=branch, day=chosen)
    everything = [appointment for hour in hours for appointment in hour.appointments]
    context = {
        "branch": branch,
        "branches": branches,
        "day": chosen,
        "today": today,
        "before": chosen - datetime.timedelta(days=1),
        "after": chosen + datetime.timedelta(days=1),
        "weekday": chosen.isoweekday(),
        "hours": hours,
        "has_come": chosen <= today,
        "count": sum(1 for appointment in everything if appointment.status != Appointment.Status.CANCELLED),
        "zone": branch.zone,
    }
    return render(request, "book/day.html", context)


@require_safe
@for_those(works_with_clients)
def appointment(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Show one appointment and what can be done with it."""
    rows = Appointment.objects.visible_to(request.user).select_related("client", "branch", "organization", "created_by")
    appointment: Appointment = get_object_or_404(rows.prefetch_related(*LINES), pk=pk)
    zone = visits.zone_of(appointment)
    now = timezone.now()
    context = {
        "appointment": appointment,
        "zone": zone,
        "currency": (appointment.branch or appointment.organization).currency,
        "today": now.astimezone(zone).date(),
        "has_come": appointment.starts_at.astimezone(zone).date() <= now.astimezone(zone).date(),
        "total": sum(line.amount or 0 for line in appointment.lines.all()),
    }
    return render(request, "book/appointment.html", context)


@require_POST
@for_those(works_with_clients)
def came(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Say that the client has come."""
    return _done(request, pk, lambda: visits.mark_came(appointment_id=pk, by=request.user, now=timezone.now()))


@require_POST
@for_those(works_with_clients)
def did_not_come(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Say that the client has not come."""
    return _done(request, pk, lambda: visits.mark_did_not_come(appointment_id=pk, by=request.user, now=timezone.now()))


@require_POST
@for_those(works_with_clients)
def reopen(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Take back what was said of an appointment."""
    return _done(request, pk, lambda: visits.reopen_appointment(appointment_id=pk, by=request.user, now=timezone.now()))


def read_day(text: str, otherwise: datetime.date) -> datetime.date:
    """Return the day of an address; what is none means `otherwise`."""
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        return otherwise
    return day if EARLIEST < day < LATEST else otherwise


def _done(request: AuthenticatedRequest, pk: int, do: Callable[[], Appointment]) -> HttpResponse:
    try:
        do()
    except Appointment.DoesNotExist:
        raise Http404 from None
    except visits.NotYet:
        messages.error(request, _("The day of this visit has not come yet."))
    except visits.WrongStatus:
        messages.error(request, _("A colleague has changed this appointment meanwhile. Look at it again."))
    except TimeIsPast:
        messages.error(request, _("Its time has passed. Book a new one."))
    except (StaffIsBusy, StaffNotThere):
        messages.error(request, _("Somebody else has been booked for this time. Choose another time."))
    back = request.POST.get("next", "")
    if back and url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return redirect(back)
    return redirect("appointments:appointment", pk)
