"""The list of imports with the place for files, and the page of one import."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from vernis.accounts.models import Branch
from vernis.accounts.views.access import for_those
from vernis.connectors.spreadsheets import NotASpreadsheet
from vernis.intake import jobs
from vernis.intake.balance import Balance
from vernis.intake.models import Import
from vernis.intake.operations import steering, uploading
from vernis.intake.queries.rows import kept
from vernis.intake.rules import may_import
from vernis.intake.sources import NEW_BRANCH

if TYPE_CHECKING:
    from django.http import HttpResponse

    from vernis.accounts.requests import AuthenticatedRequest

PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@for_those(may_import)
def imports(request: AuthenticatedRequest) -> HttpResponse:
    """List imports; files that are sent become a new one."""
    fault = ""
    if request.method == "POST":
        given = request.FILES.getlist("files")
        try:
            if not given:
                raise _NoFile
            one = uploading.upload(
                organization=request.user.organization, by=request.user, now=timezone.now(),
                files=[(file.name or "", file.chunks()) for file in given],
            )  # fmt: skip
        except _NoFile:
            fault = _("Choose at least one file.")
        except NotASpreadsheet as error:
            fault = str(error)
        except uploading.TooManyFiles:
            fault = _("Send no more than %(most)s files at once.") % {"most": uploading.MOST_FILES}
        except uploading.TooBig:
            most = uploading.MOST_BYTES // 2**20
            fault = _("Together the files may have no more than %(most)s MB. Send them in parts.") % {"most": most}
        else:
            return redirect("intake:columns", one.pk)
    found = Import.objects.of(request.user.organization_id).select_related("by")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "fault": fault, "most_mb": uploading.MOST_BYTES // 2**20}
    return render(request, "intake/imports.html", context, status=422 if fault else 200)


class _NoFile(Exception):
    pass


@require_safe
@for_those(may_import)
def one_import(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Show how an import goes, what it would do or has done."""
    one = import_of(request, pk)
    if one.state in (Import.State.UPLOADED, Import.State.MAPPED) and not one.fault:
        return redirect("intake:columns", one.pk)
    return show(request, one)


def import_of(request: AuthenticatedRequest, pk: int) -> Import:
    """Return an import of the person's organization, or 404."""
    found = Import.objects.of(request.user.organization_id).select_related("by", "organization")
    one: Import = get_object_or_404(found, pk=pk)
    return one


def show(request: AuthenticatedRequest, one: Import, status: int = 200) -> HttpResponse:
    """Show the page of an import."""
    first = jobs.first_in_line(one.organization_id) if one.is_going else None
    context: dict[str, Any] = {
        "one": one,
        "balance": Balance.from_json(one.balance) if one.balance else None,
        "files": list(one.files.all()),
        "waits_for": first if first and first.pk != one.pk else None,
        "is_silent": first is not None and jobs.is_silent(first, timezone.now()),
        "can_undo": steering.can_undo(one, timezone.now()),
        "is_answered": steering.is_answered(one),
        "kept": kept(one) if one.kept_count and not one.files_deleted_at else [],
        "branches": Branch.objects.of(one.organization).filter(is_active=True),
        "unknown": [(name, one.answers.get("branches", {}).get(name, "")) for name in _unknown(one)],
        "new_branch": NEW_BRANCH,
    }
    return render(request, "intake/import.html", context, status=status)


def _unknown(one: Import) -> list[str]:
    return one.balance.get("unknown_branches", []) if one.balance else []


def say(request: AuthenticatedRequest, text: str) -> None:
    """Say something above the next page."""
    messages.success(request, text)
