"""A list of many pages, read whole though it changes meanwhile.

Pages have numbers, and rows move between them when others appear or go: one can slip through unread. One page is one
answer and cannot be torn. Several are believed when two readings of all of them, one after the other, agree.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from vernis.connectors.yclients.client import PAGE
from vernis.connectors.yclients.errors import NotComplete

if TYPE_CHECKING:
    from collections.abc import Callable

    from vernis.connectors.yclients.answers import Answer

Rows = dict[int, dict[str, Any]]

MOST_READINGS = 8
MOST_PAGES = 5000


def whole(ask: Callable[[int], Answer], first: Answer | None = None) -> Rows:
    """Return every row of a list by its number; `ask` gets a page, `first` is page 1 if it is here already.

    Raises NotComplete if the list does not hold still, or is not as long as it says.
    """
    before = None
    for _reading in range(MOST_READINGS):
        read, pages = _reading_of(ask, first)
        first = None
        if read is not None and (pages == 1 or read.keys() == before):
            return read
        before = read.keys() if read is not None else None
    raise NotComplete("the list has changed each time that it was read")


def is_one_page(answer: Answer) -> bool:
    """Tell whether this first page is all there is; a source that does not say how many there are proves nothing."""
    return answer.total is not None and len(answer.data) < PAGE and len(answer.data) >= answer.total


def _reading_of(ask: Callable[[int], Answer], first: Answer | None) -> tuple[Rows | None, int]:
    """Read all pages once; None: they do not go together."""
    read: Rows = {}
    size, total, met = PAGE, None, 0
    for page in itertools.count(1):
        answer = first if page == 1 and first else ask(page)
        new = answer.data
        met += len(new)
        read.update((one["id"], one) for one in new)
        if page == 1:
            total = answer.total
            size = _size(len(new), total)
        elif answer.total != total:
            return None, page
        if len(new) < (size if total is not None else 1):
            is_whole = met >= (total or 0) and (page == 1 or len(read) == met)
            return (read if is_whole else None), page
        if page == MOST_PAGES:
            break
    return None, MOST_PAGES


def _size(met: int, total: int | None) -> int:
    """Return how many rows a full page has: the source may give fewer than it was asked for."""
    return met if 0 < met < (total or 0) and met < PAGE else PAGE
