"""The list of the day and of any past day, and the reasons for it."""

from __future__ import annotations

from typing import Any

from ninja import Query, Router

from vernis.accounts.models import Branch
from vernis.api.door import Call, reads
from vernis.api.problems import invalid, not_found
from vernis.api.shapes import worklist as shapes
from vernis.api.shapes.base import Day, PathId
from vernis.book.models import Client
from vernis.lib import days, texts
from vernis.worklist.queries import explain, past, past_rows
from vernis.worklist.queries.cards import card as card_of
from vernis.worklist.queries.items import Row, blocks_of_day, items

router = Router(tags=["worklist"])


@reads(router, "/worklist", scope="worklist:read", name="worklist", response=shapes.ItemsOut)
def worklist(request: Call, query: Query[shapes.ListQuery]) -> dict[str, Any]:
    """Return whom to contact today in a branch and why, the most urgent first; rows worked today are among them."""
    page = items(
        user=request.person,
        branch=_branch(request, query.branch_id),
        now=request.now,
        block=query.block or "",
        after=query.after,
        limit=query.limit,
    )
    return {"items": [_row(row, request) for row in page.rows], "next": page.after}


@reads(router, "/worklist/blocks", scope="worklist:read", name="worklist-blocks", response=shapes.BlocksOut)
def blocks(request: Call, query: Query[shapes.BranchQuery]) -> dict[str, Any]:
    """Return how many rows every block has today."""
    found = blocks_of_day(user=request.person, branch=_branch(request, query.branch_id), now=request.now)
    return {"items": [{"block": one.block, "open": one.open, "worked": one.worked} for one in found]}


@reads(router, "/worklist/days/{day}", scope="worklist:read", name="worklist-day", response=shapes.DayOut)
def past_day(request: Call, day: Day, query: Query[shapes.DayQuery]) -> dict[str, Any]:
    """Return the list of a day as it was at its end, by the facts known today."""
    branch = _branch(request, query.branch_id)
    organization = request.person.organization
    if not days.EARLIEST <= day <= request.now.astimezone((branch or organization).zone).date():
        raise invalid("day", "must be today or earlier")
    branches = {branch.pk} if branch else set()
    listing = past.list_of_day(organization, day)
    total, end = listing.counts(branches)[query.block], query.first - 1 + query.limit
    rows = listing.rows(query.block, branches, first=min(query.first - 1, total), count=query.limit)
    shown = past_rows.as_items(rows, user=request.person)
    return {
        "day": day,
        "items": [shapes.item(row, with_contacts=request.may("clients:contacts")) for row in shown],
        "total": total,
        "next": end + 1 if end < total else None,
    }


@reads(router, "/clients/{int:client_id}/card", scope="worklist:read", name="card", response=shapes.CardOut)
def card(request: Call, client_id: PathId) -> shapes.CardOut:
    """Return the reasons to call a client today, and what is known of her visits."""
    known = _client(request, client_id)
    found = card_of(user=request.person, client_id=known.pk, now=request.now)
    seen = request.may("clients:contacts")
    for row in [*found.items, *found.worked]:
        row.client = found.client
    return shapes.CardOut(
        client_id=client_id,
        open=[shapes.item(row, with_contacts=seen) for row in found.items],
        worked=[shapes.item(row, with_contacts=seen, worked=True) for row in found.worked],
        visits_count=found.visits_count,
        first_visit_on=found.first_visit_on,
        last_visit_on=found.last_visit_on,
        spent=found.spent,
        average_ticket=found.average_ticket,
        currency=found.currency,
        usual_weekday=found.usual.weekday if found.usual else None,
        usual_hour=found.usual.hour if found.usual else None,
        may_be_called=found.do_not_call is None,
        missing=list(found.completeness.missing),
    )


@reads(router, "/clients/{int:client_id}/why", scope="worklist:read", name="why", response=shapes.WhyOut)
def why(request: Call, client_id: PathId, query: Query[shapes.WhyQuery]) -> shapes.WhyOut:
    """Say in sentences why a client is on the list of a day, or why not."""
    client = _client(request, client_id)
    today = request.now.astimezone((client.branch or client.organization).zone).date()
    day = query.day or today
    if not days.EARLIEST <= day <= today:
        raise invalid("day", "must be today or earlier")
    with texts.speaking(query.language):
        answer = explain.why(client, day)
        return shapes.WhyOut(
            client_id=client_id,
            day=day,
            is_listed=answer.is_listed,
            is_silent=answer.is_silent,
            facts=answer.facts,
            cycles=answer.cycles,
            bookings=answer.bookings,
            blocks=[
                shapes.SentenceOut(block=one.block, is_listed=one.is_listed, text=one.text) for one in answer.sentences
            ],
        )


def _client(request: Call, client_id: int) -> Client:
    rows = Client.objects.visible_to(request.person).filter(erased_at=None)
    client: Client = rows.select_related("branch", "organization").get(pk=client_id)
    return client


def _branch(request: Call, branch_id: int | None) -> Branch | None:
    if branch_id is None:
        return None
    branch = Branch.objects.visible_to(request.person).filter(pk=branch_id).first()
    if branch is None:
        raise not_found()
    return branch


def _row(row: Row, request: Call) -> shapes.ItemOut:
    return shapes.item(
        row.item,
        with_contacts=request.may("clients:contacts"),
        worked=row.is_worked,
        held=bool(row.held_by),
        call_at=f"{row.call_at:%H:%M}" if row.call_at else None,
    )
