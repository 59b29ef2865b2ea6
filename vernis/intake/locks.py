"""One process at a time writes the imports of an organization."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vernis.accounts import locks
from vernis.intake import places

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

LOCK_SPACE = 0x7E52  # of PostgreSQL's advisory locks


class ImportIsRunning(Exception):
    """Another import of this organization is writing; try again in a moment."""


def alone(organization_id: int) -> AbstractContextManager[None]:
    """Hold the lock; raises ImportIsRunning where another process has it."""
    file = places.home_of(organization_id) / "lock"
    return locks.alone(file, space=LOCK_SPACE, organization_id=organization_id, is_held=ImportIsRunning)
