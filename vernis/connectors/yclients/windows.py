"""Records by windows of the day on which they start: windows so narrow that each fits into one answer.

What fits into one answer cannot be torn by renumbered pages. A record that is moved from a window not yet read into
one that has been read would be missed; whoever reads windows asks afterwards for all that has changed meanwhile.
"""

from __future__ import annotations

import datetime
import math
from typing import TYPE_CHECKING, NamedTuple

from vernis.connectors.yclients import lists
from vernis.connectors.yclients.client import PAGE
from vernis.connectors.yclients.records import kept

if TYPE_CHECKING:
    from vernis.connectors.yclients.client import YClients
    from vernis.connectors.yclients.lists import Rows

DAY = datetime.timedelta(days=1)


class Window(NamedTuple):
    """Days on which records start, both inclusive."""

    first: datetime.date
    last: datetime.date

    @property
    def days(self) -> int:
        """How many days these are."""
        return (self.last - self.first).days + 1

    def parts(self, count: int) -> list[Window]:
        """Return the window as so many windows, about equally long."""
        length = math.ceil(self.days / count)
        firsts = [self.first + DAY * start for start in range(0, self.days, length)]
        return [Window(first, min(first + DAY * (length - 1), self.last)) for first in firsts]


class TooMany(NamedTuple):
    """A window holds more than one answer can; these are narrower."""

    windows: list[Window]


def read(source: YClients, company: int, window: Window) -> Rows | TooMany:
    """Return the records that start in a window, or the narrower windows to read instead."""
    between = {"start_date": window.first.isoformat(), "end_date": window.last.isoformat()}
    answer = source.records(company, 1, **between)
    if window.days > 1 and not lists.is_one_page(answer):
        wanted = math.ceil(1.5 * (answer.total or 4 * PAGE) / max(len(answer.data), 1))
        return TooMany(window.parts(min(max(wanted, 2), window.days)))
    found = lists.whole(lambda page: source.records(company, page, **between), answer)
    return {number: kept(one) for number, one in found.items()}


def read_all(source: YClients, company: int, window: Window) -> Rows:
    """Return the records that start in a window, however many."""
    found = read(source, company, window)
    if not isinstance(found, TooMany):
        return found
    together: Rows = {}
    for narrower in found.windows:
        together.update(read_all(source, company, narrower))
    return together
