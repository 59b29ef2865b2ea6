"""What the worklist does when the book says that something about a client has changed."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django_q.tasks import async_task

from vernis.book.operations.merging import InConversation
from vernis.warehouse.errors import DataError
from vernis.worklist.models import Lease
from vernis.worklist.operations.refresh import refresh_client

if TYPE_CHECKING:
    import datetime

    from vernis.accounts.models import User

logger = logging.getLogger(__name__)


def refresh_after_change(sender: Any, *, client_id: int, now: datetime.datetime | None = None, **_more: Any) -> None:
    """Bring the client's items up to date.

    Where the rules cannot be used (a setting is wrong), the change itself must not be lost: the next run says so.
    """
    try:
        refresh_client(client_id=client_id, now=now or timezone.now())
    except DataError as error:
        logger.warning("items of client %s stay as they were: %s", client_id, error)


def refuse_while_talking(
    sender: Any, *, client_ids: tuple[int, ...], by: User, now: datetime.datetime, **_more: Any
) -> None:
    """Stop a merge while somebody else is talking to one of the two: what comes of the call must have its client."""
    leases = Lease.objects.of(by.organization_id).filter(client__in=client_ids, expires_at__gt=now).exclude(holder=by)
    lease = leases.select_related("holder").first()
    if lease is not None:
        raise InConversation(lease.holder.name)


def sync_after_import(sender: Any, *, organization_id: int, **_more: Any) -> None:
    """Let the worker bring everybody's items up to date, once what was imported is there to be seen."""
    async_task("vernis.worklist.jobs.sync_now", organization_id)
