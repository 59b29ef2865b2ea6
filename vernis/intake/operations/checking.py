"""Reading the files by their mapping, and the dry run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime

    from vernis.intake.models import Import


def check(*, of_import: Import, now: datetime.datetime) -> None:
    """Read the files of an import into tables, compare them with the book, and keep the balance of the plan."""
    raise NotImplementedError
