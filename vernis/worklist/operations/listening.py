"""What the worklist does when the book says that something about a client has changed."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django_q.tasks import async_task

from vernis.warehouse.errors import DataError
from vernis.worklist.operations.refresh import refresh_client

if TYPE_CHECKING:
    import datetime

logger = logging.getLogger(__name__)


def refresh_after_change(sender: Any, *, client_id: int, now: datetime.datetime | None = None, **_more: Any) -> None:
    """Bring the client's items up to date.

    Where the rules cannot be used (a setting is wrong), the change itself must not be lost: the next run says so.
    """
    try:
        refresh_client(client_id=client_id, now=now or timezone.now())
    except DataError as error:
        logger.warning("items of client %s stay as they were: %s", client_id, error)


def sync_after_import(sender: Any, *, organization_id: int, **_more: Any) -> None:
    """Let the worker bring everybody's items up to date, once what was imported is there to be seen."""
    async_task("vernis.worklist.jobs.sync_now", organization_id)
