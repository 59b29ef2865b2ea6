"""What the columns of the files are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from vernis.accounts.views.access import for_those
from vernis.connectors.spreadsheets import (
    NotASpreadsheet,
    NotMapped,
    kind_label,
    kinds,
    role_label,
    roles_of,
)
from vernis.intake.models import Import
from vernis.intake.operations import steering, uploading
from vernis.intake.rules import may_import
from vernis.intake.views.imports import import_of

if TYPE_CHECKING:
    from collections.abc import Mapping as Dictionary

    from django.http import HttpResponse

    from vernis.accounts.requests import AuthenticatedRequest
    from vernis.connectors.spreadsheets import ColumnMapping, Mapping, Question, SheetMapping

OPEN = {Import.State.UPLOADED, Import.State.MAPPED, Import.State.CHECKED}
SURE = 0.75


@dataclass(frozen=True)
class Sheet:
    """A sheet as the form shows it."""

    number: int
    mapping: SheetMapping
    file_name: str
    kinds: list[tuple[str, str]]
    roles: list[tuple[str, str]]
    columns: list[tuple[ColumnMapping, bool]]  # and whether somebody should look at it
    questions: list[tuple[Question, str]]  # and its answer

    @property
    def is_brought(self) -> bool:
        """Tell whether its columns matter."""
        return self.mapping.kind not in ("ignored", "products")

    @property
    def doubts(self) -> int:
        """How many columns somebody should look at."""
        return sum(is_doubtful for _column, is_doubtful in self.columns)


@require_http_methods(["GET", "HEAD", "POST"])
@for_those(may_import)
def columns(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Show what each column seems to be; what people say instead is kept, and the files are checked."""
    one = import_of(request, pk)
    if one.state not in OPEN or not one.mapping:
        return redirect("intake:import", one.pk)
    mapping, faults = uploading.mapping_of(one), [one.fault] if one.fault else []
    if request.method == "POST":
        said = said_of(mapping, request.POST)
        has_other_kind = [sheet.kind for sheet in said.sheets] != [sheet.kind for sheet in mapping.sheets]
        now, mapping = timezone.now(), said
        uploading.save_mapping(of_import=one, mapping=said, now=now)
        faults = said.problems()
        if not faults and not has_other_kind and "check" in request.POST:
            try:
                steering.start_check(of_import=one, now=now)
            except (NotMapped, NotASpreadsheet) as error:
                faults = [str(error)]
            except steering.NotNow:
                return redirect("intake:import", one.pk)
            else:
                return redirect("intake:import", one.pk)
        if has_other_kind:
            faults = []
    names = [file.name for file in one.files.all()]
    context = {"one": one, "sheets": [_shown(mapping, number, names) for number in range(len(mapping.sheets))],
               "faults": faults}  # fmt: skip
    return render(request, "intake/columns.html", context, status=422 if faults and request.method == "POST" else 200)


def said_of(mapping: Mapping, said: Dictionary[str, str]) -> Mapping:
    """Return a mapping with what a form says; what makes no sense is left as it was."""
    for number, sheet in enumerate(mapping.sheets):
        kind = said.get(f"kind-{number}", sheet.kind)
        if kind != sheet.kind and kind in kinds():
            mapping = mapping.with_kind(number, kind)
        allowed = {"", *roles_of(mapping.sheets[number].kind)}
        for column in mapping.sheets[number].columns:
            role = said.get(f"role-{number}-{column.index}", column.role)
            if role != column.role and role in allowed:
                mapping = mapping.with_role(number, column.index, role)
        for question in sheet.questions:
            answer = said.get(f"answer-{number}-{question.key}")
            if answer is not None:
                mapping = mapping.with_answer(number, question.key, answer[:200])
    return mapping


def _shown(mapping: Mapping, number: int, names: list[str]) -> Sheet:
    sheet = mapping.sheets[number]
    return Sheet(
        number=number,
        mapping=sheet,
        file_name=names[sheet.file] if sheet.file < len(names) else "",
        kinds=[(kind, kind_label(kind)) for kind in kinds()],
        roles=[(role, role_label(role)) for role in ("", *roles_of(sheet.kind))],
        columns=[(column, bool(column.role) and column.confidence < SURE) for column in sheet.columns],
        questions=[(question, sheet.answer(question.key)) for question in sheet.questions],
    )
