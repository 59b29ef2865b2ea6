"""The files of an import as the balance sheet shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vernis.intake.balance import OfFile

if TYPE_CHECKING:
    from vernis.intake.models import Import


def staged_files(one: Import) -> list[OfFile]:
    """Return the files with what the connector has counted in each."""
    return [
        OfFile(name=file.name, size=file.size, lines=file.lines, rows=file.rows, skipped=dict(file.skipped))
        for file in one.files.order_by("number")
    ]
