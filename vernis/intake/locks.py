"""One process at a time writes the imports of an organization; a lock ends with the process, however that ends."""

from __future__ import annotations

import contextlib
import fcntl
import os
from typing import TYPE_CHECKING

from django.db import connection

from vernis.intake import places

if TYPE_CHECKING:
    from collections.abc import Iterator

LOCK_SPACE = 0x7E52  # of PostgreSQL's advisory locks


class ImportIsRunning(Exception):
    """Another import of this organization is writing; try again in a moment."""


@contextlib.contextmanager
def alone(organization_id: int) -> Iterator[None]:
    """Hold the lock; raises ImportIsRunning where another process has it."""
    lock = os.open(places.home_of(organization_id) / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ImportIsRunning from None
        with _alone_among_machines(organization_id):
            yield
    finally:
        os.close(lock)


@contextlib.contextmanager
def _alone_among_machines(organization_id: int) -> Iterator[None]:
    if connection.vendor != "postgresql":
        yield
        return
    key = [LOCK_SPACE, organization_id % 2**31]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", key)
        if not cursor.fetchone()[0]:
            raise ImportIsRunning
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", key)
