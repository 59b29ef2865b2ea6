"""What brings facts from elsewhere into the book. `bring_in` is the door for connectors and the open interface."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime
    from pathlib import Path

    from vernis.accounts.models import Organization, User
    from vernis.intake.balance import Balance
    from vernis.intake.sources import Source

__all__ = ["ImportIsRunning", "bring_in"]


class ImportIsRunning(Exception):
    """Another import of this organization is writing; try again in a moment."""


def bring_in(
    *, organization: Organization, tables: Path, source: Source, by: User | None, now: datetime.datetime
) -> Balance:
    """Bring a folder of tables (`connectors.tables`, Parquet) into the book, in one go; for small increments.

    Idempotent: what the source has said before changes nothing. `by` is who asked for it, None for the worker. The
    folder is the caller's and is not kept. Works in short transactions of its own; inside a transaction of the caller
    it is part of that. Ends with `book.signals.facts_imported` if anything in the book has changed. The numbers that
    refs became: `intake.queries.links.objects_of`. Raises ImportIsRunning.
    """
    raise NotImplementedError
