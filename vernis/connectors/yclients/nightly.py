"""Every night recent and coming records are compared, one by one, with what we know.

A record that we know and that the list does not name is asked for singly. Only if the source itself says that there is
no such record do we believe that it is gone; any other fault leaves the whole comparison unknown.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from vernis.connectors.yclients import changes, lists, windows
from vernis.connectors.yclients.catalogue import Catalogue
from vernis.connectors.yclients.errors import NotThere, Vanished
from vernis.connectors.yclients.readings import Read
from vernis.connectors.yclients.records import kept
from vernis.connectors.yclients.windows import Window

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vernis.connectors.yclients.client import YClients

DAYS_BACK, DAYS_AHEAD = 45, 366
FEW, MOST_SHARE = 50, 0.2  # so many may vanish in a day, or this share of what we know; more is a fault of the source


def window_around(today: datetime.date) -> Window:
    """Return the days whose records are compared."""
    return Window(today - datetime.timedelta(days=DAYS_BACK), today + datetime.timedelta(days=DAYS_AHEAD))


def compare(source: YClients, company: int, *, window: Window, known: Iterable[int], cursor: str) -> Read:
    """Return what the source says of a window, of every record of `known`, and of what changed meanwhile.

    `known`: records that we believe to start in the window and that are not cancelled. Clients and services come too.
    """
    catalogue = Catalogue.read(source, company)
    clients = lists.whole(lambda page: source.clients(company, page))
    records = windows.read_all(source, company, window)
    changed = changes.read(source, company, cursor)
    records.update(changed.records)
    known = set(known)
    missing = sorted(known - records.keys())
    if len(missing) > max(FEW, len(known) * MOST_SHARE):
        raise Vanished("too many records are not there any more")
    gone = set()
    for number in missing:
        try:
            records[number] = kept(source.record(company, number))
        except NotThere:
            gone.add(number)
    return Read(records, clients, catalogue, changed.cursor, frozenset(gone))
