"""The list of the day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from vernis.api.shapes.base import Day, In, Limit, Line, On, Out, QueryId
from vernis.api.shapes.book import BlockName
from vernis.lib import phones

if TYPE_CHECKING:
    from vernis.worklist.models import Item


class ItemOut(Out):
    """A row of the list: a client and a reason. Money in hundredths. `id` is null on a past day."""

    id: int | None
    client_id: int
    client_name: str
    phone: str
    branch_id: int | None
    block: str
    anchor: str
    due_on: On | None
    expected_on: On | None
    last_visit_on: On | None
    service_id: int | None
    cycle_key: str
    also_due: list[str]
    interval_days: int | None
    interval_source: str
    visits_count: int
    spent: int
    usual_weekday: int | None
    usual_hour: int | None
    last_staff_id: int | None
    attempts: int
    last_outcome: str
    is_worked: bool
    is_held: bool
    call_at: str | None


class ItemsOut(Out):
    """Rows in the order of the rules; `next` is the `after` of the next page, empty at the end."""

    items: list[ItemOut]
    next: str


class ListQuery(In):
    """Which rows of today; without a branch those of clients of no branch."""

    branch_id: QueryId | None = None
    block: BlockName | None = None
    after: Annotated[Line, Field(description="`next` of the page before")] = ""
    limit: Limit = 50


class BranchQuery(In):
    """Of which branch; without one: of clients of no branch."""

    branch_id: QueryId | None = None


class BlockOut(Out):
    """A block today."""

    block: str
    open: int
    worked: int


class BlocksOut(Out):
    """The eight blocks in the order of the rules."""

    items: list[BlockOut]


class DayQuery(In):
    """Which rows of a day."""

    branch_id: QueryId | None = None
    block: BlockName
    first: Annotated[QueryId, Field(description="place of the first row, from 1")] = 1
    limit: Limit = 50


class DayOut(Out):
    """Rows of a day; `next` is the `first` of the next page, null at the end."""

    day: On
    items: list[ItemOut]
    total: int
    next: int | None


class WhyQuery(In):
    """Of which day (today where it is left out), and in which language."""

    day: Day | None = None
    language: Literal["en", "ru"] = "en"


class SentenceOut(Out):
    """What one block has to say."""

    block: str
    is_listed: bool
    text: str


class WhyOut(Out):
    """Why a client is on the list of a day, or not."""

    client_id: int
    day: On
    is_listed: bool
    is_silent: bool
    facts: str
    cycles: list[str]
    bookings: list[str]
    blocks: list[SentenceOut]


class CardOut(Out):
    """What an operator sees of a client: the reasons to call, and what is known of her visits."""

    client_id: int
    open: list[ItemOut]
    worked: list[ItemOut]
    visits_count: int
    first_visit_on: On | None
    last_visit_on: On | None
    spent: int
    average_ticket: int | None
    currency: str
    usual_weekday: int | None
    usual_hour: int | None
    may_be_called: bool
    missing: list[str]


def item(
    row: Item, *, with_contacts: bool, worked: bool = False, held: bool = False, call_at: str | None = None
) -> ItemOut:
    """Return a row as it is shown."""
    phone = row.client.phone
    return ItemOut(
        id=row.pk,
        client_id=row.client_id,
        client_name=row.client.name,
        phone=phone if with_contacts else phones.masked(phone),
        branch_id=row.branch_id if row.pk else row.client.branch_id,
        block=row.block,
        anchor=row.anchor,
        due_on=row.due_on,
        expected_on=row.expected_on,
        last_visit_on=row.last_visit_on,
        service_id=row.service_id,
        cycle_key=row.cycle_key,
        also_due=[str(key) for key in row.also_due],
        interval_days=row.interval_days,
        interval_source=row.interval_source,
        visits_count=row.visits_count,
        spent=row.spent,
        usual_weekday=row.usual_weekday,
        usual_hour=row.usual_hour,
        last_staff_id=row.last_staff_id,
        attempts=row.attempts,
        last_outcome=row.last_outcome,
        is_worked=worked,
        is_held=held,
        call_at=call_at,
    )
