"""The list of the day, block by block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime

    from vernis.accounts.models import Branch, User
    from vernis.book.models import Contact
    from vernis.worklist.filters import Filter
    from vernis.worklist.models import Item

PAGE = 100
SORTS = ("rules", "name", "visits", "sum", "expected", "outcome")


@dataclass(frozen=True)
class BlockOfDay:
    """A block today: rows open, and rows worked by a contact."""

    block: str
    open: int
    worked: int

    @property
    def total(self) -> int:
        """Rows of the day."""
        return self.open + self.worked


@dataclass(frozen=True)
class Row:
    """A row of the list; `item` comes with client, service, last_staff and (if worked) contact.

    `is_worked`: closed today by a contact (show it dimmed). `held_by`: name of a colleague who holds the client now.
    `call_at`: the time of day agreed for calling back today.
    """

    item: Item
    is_worked: bool
    held_by: str
    call_at: datetime.time | None


@dataclass(frozen=True)
class Page:
    """Up to 100 open rows and the worked ones between them; `after` asks for the next page, "" is the last."""

    rows: list[Row]
    after: str


@dataclass(frozen=True)
class Promise:
    """A promise, an unanswered or agreed call that nothing has come of yet; `item` is its open row, if it is open."""

    contact: Contact  # with client and made_by
    item: Item | None
    days_open: int


def blocks_of_day(*, user: User, branch: Branch | None, now: datetime.datetime) -> list[BlockOfDay]:
    """Return all eight blocks in the order of the rules; 2 queries. Without a branch: rows that have none."""
    raise NotImplementedError


def items(
    *,
    user: User,
    branch: Branch | None,
    now: datetime.datetime,
    block: str = "",
    filter: Filter | None = None,  # noqa: A002
    sort: str = "rules",
    search: str = "",
    after: str = "",
    limit: int = PAGE,
) -> Page:
    """Return a page of a block (or of all) in the order of the rules, or of another of `SORTS`.

    A fixed number of queries. An `after` that is none means the first page. Raises `filters.BadFilter`.
    """
    raise NotImplementedError


def open_promises(*, user: User, branch: Branch | None, now: datetime.datetime, limit: int = PAGE) -> list[Promise]:
    """Return promises and unanswered calls of the last 90 days that nothing has come of, the oldest first (A12)."""
    raise NotImplementedError
