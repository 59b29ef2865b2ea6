"""What people do with an import: check it, bring it in, stop it, go on, take it back, throw it away."""

from __future__ import annotations

import datetime
import functools
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django_q.tasks import async_task

from vernis.intake import places
from vernis.intake.bringing.run import Cursor, total
from vernis.intake.models import Import
from vernis.intake.operations import checking
from vernis.intake.operations.undoing import DAYS

State = Import.State
WORK = "vernis.intake.jobs.work"
SMALL = 2 * 2**20
"""Files of so many bytes together are checked at once, larger ones by the worker."""


class NotNow(Exception):
    """The import is in a state in which this cannot be done."""


class BranchUnanswered(Exception):
    """Somebody must say first which branches the files mean."""


class TooLate(Exception):
    """More than 30 days have passed."""


def start_check(*, of_import: Import, now: datetime.datetime) -> None:
    """Read the files and compare them with the book: at once where that is quick, else by the worker.

    Raises what `checking.check` raises.
    """
    size = of_import.files.aggregate(all=Sum("size"))["all"] or 0
    if size <= SMALL:
        checking.check(of_import=of_import, now=now)
    else:
        _to(of_import, State.CHECKING, {State.UPLOADED, State.MAPPED, State.CHECKED}, now)


def answer(*, of_import: Import, said: dict[str, Any], now: datetime.datetime) -> None:
    """Note which branches the files mean, and draw the plan anew. Raises NotNow.

    `said`: {"branches": {"Юг": our number, NEW_BRANCH or None}, "branch": that of rows that name none}.
    """
    with transaction.atomic():
        one = _held(of_import, {State.CHECKED})
        branches = {**one.answers.get("branches", {}), **said.get("branches", {})}
        one.answers = {**one.answers, **said, "branches": branches}
        one.save(update_fields=["answers"])
    checking.plan_again(of_import=of_import, now=now)


def is_answered(one: Import) -> bool:
    """Tell whether nothing more must be said before the import can begin."""
    given = one.answers.get("branches", {})
    unknown = one.balance.get("unknown_branches", [])
    return all(name in given for name in unknown) and (not one.balance.get("asks_branch") or "branch" in one.answers)


def start(*, of_import: Import, now: datetime.datetime) -> None:
    """Put a checked import into the line. Raises NotNow, BranchUnanswered."""
    with transaction.atomic():
        one = _held(of_import, {State.CHECKED})
        if not is_answered(one):
            raise BranchUnanswered
        one.cursor, one.done, one.total = Cursor().as_json(), 0, total(places.tables_of(one))
        one.save(update_fields=["cursor", "done", "total"])
        _to(one, State.APPLYING, {State.CHECKED}, now)


def stop(*, of_import: Import) -> None:
    """Stop an import; what is done stays till somebody goes on or takes it back. Raises NotNow."""
    with transaction.atomic():
        one = _held(of_import, {State.APPLYING})
        one.state = State.STOPPED
        one.save(update_fields=["state"])


def go_on(*, of_import: Import, now: datetime.datetime) -> None:
    """Go on with a stopped import. Raises NotNow."""
    _to(of_import, State.APPLYING, {State.STOPPED}, now)


def start_undo(*, of_import: Import, now: datetime.datetime) -> None:
    """Let an import be taken back. Raises NotNow, TooLate."""
    if not can_undo(of_import, now):
        raise TooLate if of_import.state == State.DONE else NotNow
    with transaction.atomic():
        one = _held(of_import, {State.DONE, State.STOPPED})
        one.done = 0
        one.cursor = {**one.cursor, "kept_at": 0}
        one.save(update_fields=["done", "cursor"])
        _to(one, State.UNDOING, {State.DONE, State.STOPPED}, now)


def can_undo(one: Import, now: datetime.datetime) -> bool:
    """Tell whether an import can be taken back."""
    begun = one.started_at or one.created_at
    return one.state in (State.DONE, State.STOPPED) and begun > now - places.days(DAYS)


def throw_away(*, of_import: Import) -> None:
    """Delete an import of which nothing has come into the book, with its files. Raises NotNow."""
    with transaction.atomic():
        one = _held(of_import, {State.UPLOADED, State.MAPPED, State.CHECKED})
        one.delete()
    places.delete(of_import)


def _to(of_import: Import, state: Import.State, before: set[Import.State], now: datetime.datetime) -> None:
    with transaction.atomic():
        one = _held(of_import, before)
        one.state, one.queued_at, one.beat_at, one.fault = state, now, now, ""
        one.save(update_fields=["state", "queued_at", "beat_at", "fault"])
        transaction.on_commit(functools.partial(async_task, WORK, one.organization_id))


def _held(of_import: Import, states: set[Import.State]) -> Import:
    rows = Import.objects.of(of_import.organization_id).select_for_update(no_key=True)
    one: Import = rows.get(pk=of_import.pk)
    if one.state not in states:
        raise NotNow
    return one
