"""What every kind of reading ends with."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from vernis.connectors.yclients.catalogue import Catalogue
    from vernis.connectors.yclients.lists import Rows


class Read(NamedTuple):
    """A complete reading: records and clients by their numbers. `cursor`: from where to ask for changes next."""

    records: Rows
    clients: Rows
    catalogue: Catalogue | None  # None: was not asked for
    cursor: str
    gone: frozenset[int] = frozenset()  # records that were known and that the source says are not there
