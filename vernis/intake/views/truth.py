"""What is wrong in the data, what it spoils and how to mend it."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vernis.accounts.rules import runs_everything
from vernis.accounts.views.access import for_those
from vernis.book.models import Service
from vernis.intake.operations import truth as operations
from vernis.intake.queries import truth as queries
from vernis.lib.texts import LANGUAGES, speaking
from vernis.warehouse.errors import DataError

if TYPE_CHECKING:
    from vernis.accounts.requests import AuthenticatedRequest
    from vernis.intake.queries.truth import Found

SHOWN = 100
MENDED_AT = {
    "duplicates": "duplicates:pairs", "shared_phone": "duplicates:pairs", "without_interval": "catalogue:services",
    "unknown_services": "catalogue:services", "unknown_staff": "catalogue:staff", "unclosed": "appointments:day",
    "missing_created": "intake:imports", "no_hours": "intake:imports", "at_night": "settings:branches",
}  # fmt: skip
"""The page on which a finding is mended."""


@require_safe
@for_those(runs_everything)
def checks(request: AuthenticatedRequest) -> HttpResponse:
    """Show what was found, the worst first."""
    with speaking(_language()):
        checked = queries.latest(organization=request.user.organization_id)
    return render(request, "intake/truth/checks.html", {"checked": checked, "zone": request.user.organization.zone})


@require_POST
@for_those(runs_everything)
def check(request: AuthenticatedRequest) -> HttpResponse:
    """Look at everything anew."""
    try:
        operations.check_organization(organization=request.user.organization, now=timezone.now())
    except DataError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("All data is checked."))
    return redirect("truth:checks")


@require_safe
@for_those(runs_everything)
def rows(request: AuthenticatedRequest, key: str) -> HttpResponse:
    """Show the rows of a finding."""
    found = _found(request, key)
    lines = queries.named(found.finding.rows[:SHOWN], organization_id=request.user.organization_id)
    context = {
        "found": found, "lines": lines, "kept": len(found.finding.rows), "mended_at": MENDED_AT.get(key, ""),
        "has_appointments": any(line.appointment for line in lines), "has_clients": any(line.client for line in lines),
        "has_services": any(line.service for line in lines), "has_staff": any(line.staff for line in lines),
        "has_others": any(line.other for line in lines), "zone": request.user.organization.zone,
    }  # fmt: skip
    return render(request, "intake/truth/rows.html", context)


@require_safe
@for_those(runs_everything)
def download(request: AuthenticatedRequest, key: str) -> HttpResponse:
    """Give the rows of a finding as a file."""
    found = _found(request, key)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.finding.key}.csv"'
    response.write("\ufeff")  # else Excel takes it for another encoding
    writer = csv.writer(response)
    writer.writerow([_("Client"), _("Number"), _("Appointment"), _("When"), _("Service"), _("Who serves"), _("More")])
    for line in queries.named(found.finding.rows, organization_id=request.user.organization_id):
        writer.writerow(
            _harmless(text)
            for text in (
                line.client.name if line.client else "", line.row.client_id, line.row.appointment_id,
                line.row.at.replace("T", " "), str(line.service or ""), str(line.staff or ""),
                line.other.name if line.other else line.row.about,
            )
        )  # fmt: skip
    return response


@require_POST
@for_those(runs_everything)
def take_interval(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Set the interval of a service to what was learned."""
    with speaking(_language()):
        found = _found(request, "without_interval")
    learned = {row.service_id.lstrip("0"): row.about for row in found.finding.rows}
    days = learned.get(str(pk), "")
    try:
        service = operations.take_interval(service_id=pk, interval_days=int(days), by=request.user)
    except (Service.DoesNotExist, ValueError):
        raise Http404 from None
    messages.success(request, _("%(service)s: due again after %(days)s days.") % {"service": service, "days": days})
    return redirect("truth:rows", "without_interval")


def _found(request: AuthenticatedRequest, key: str) -> Found:
    with speaking(_language()):
        checked = queries.latest(organization=request.user.organization_id)
    found = next((one for one in (checked.found if checked else []) if one.finding.key == key), None)
    if found is None:
        raise Http404
    return found


def _harmless(text: str) -> str:
    """Return a text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _language() -> str:
    wanted = (get_language() or "ru")[:2]
    return wanted if wanted in LANGUAGES else "en"
