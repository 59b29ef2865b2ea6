"""The rows behind the figures."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from vernis.accounts.views.access import for_those
from vernis.connectors import spreadsheets
from vernis.intake import places, words
from vernis.intake.operations.uploading import mapping_of
from vernis.intake.queries.rows import PAGE, Asked
from vernis.intake.queries.rows import rows as find
from vernis.intake.rules import may_import
from vernis.intake.views.imports import import_of

if TYPE_CHECKING:
    from vernis.accounts.requests import AuthenticatedRequest


@require_safe
@for_those(may_import)
def rows(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Show the rows that a figure counts."""
    one, asked = import_of(request, pk), Asked.of(request.GET)
    text = request.GET.get("page", "1")
    page = max(int(text), 1) if text.isdecimal() and len(text) < 6 else 1
    found = find(one, asked, page)
    files = [file.name for file in one.files.all()]
    rest = request.GET.copy()
    rest.pop("page", None)
    context = {
        "one": one, "lines": found.lines, "count": found.total, "page": page, "rest": rest.urlencode(),
        "has_next": page * PAGE < found.total, "title": _title(asked, files), "files": files, "asked": asked,
        "has_refused": one.mapping and asked.fate == "refused",
    }  # fmt: skip
    return render(request, "intake/rows.html", context)


def _title(asked: Asked, files: list[str]) -> str:
    parts = []
    if asked.file is not None and asked.file < len(files):
        parts.append(files[asked.file])
    if asked.kind:
        parts.append(str(words.KINDS[asked.kind]))
    if asked.fate:
        parts.append(str(words.FATES[asked.fate]))
    if asked.note:
        parts.append(_("Look at these") if asked.note == "look" else _("Left as people wrote it"))
    return ": ".join(parts) or _("All rows")


@require_safe
@for_those(may_import)
def refused(request: AuthenticatedRequest, pk: int, number: int) -> HttpResponse:
    """Give the refused rows of a file as a file that can be mended and brought back."""
    one = import_of(request, pk)
    file = one.files.filter(number=number).first()
    if file is None or one.mapping is None or one.files_deleted_at:
        raise Http404
    out = io.BytesIO()
    if not (places.tables_of(one) / "refused.parquet").exists():
        raise Http404
    spreadsheets.write_refused(places.tables_of(one), mapping_of(one), number, out)
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    name = _("refused") + "-" + file.name.rpartition(".")[0] + ".csv"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return response
