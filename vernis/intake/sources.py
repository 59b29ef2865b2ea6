"""What is told of a source besides its tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

NEW_BRANCH = 0
"""Instead of the number of a branch: open one of that name."""


class Kind(StrEnum):
    """Where facts come from, as people tell sources apart."""

    FILES = "files"
    BOOKING_SYSTEM = "booking_system"
    API = "api"


@dataclass(frozen=True, kw_only=True)
class Source:
    """Whose facts these are.

    `name` says whose numbers `ref` and `external_id` are ("files", "yclients:4564", "api"): the same ref of the same
    name is the same thing for ever. `title` is what people read ("YCLIENTS, Центр").

    `branch_id` is the branch of rows that name none; left out, it is the only branch of the organization, or none.
    `branches` says which branch a name of the source means: our number, None for "no branch", NEW_BRANCH to open one.
    A name that is neither here nor that of a branch is asked about in an import of files, and "no branch" elsewhere.
    """

    name: str
    kind: Kind
    title: str = ""
    branch_id: int | None = None
    branches: Mapping[str, int | None] = field(default_factory=lambda: MappingProxyType({}))
