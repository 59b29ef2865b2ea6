"""Work that only one process at a time may do for an organization."""

from __future__ import annotations

import contextlib
import fcntl
import os
from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextlib.contextmanager
def alone(file: Path, *, space: int, organization_id: int, is_held: type[Exception]) -> Iterator[None]:
    """Hold a lock of the organization, on this machine by a file, on PostgreSQL among machines too.

    It ends with the process, however that ends. `space` is the kind of work: the first number of PostgreSQL's advisory
    lock. Raises `is_held` where another process has it.
    """
    lock = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise is_held from None
        with _alone_among_machines([space, organization_id % 2**31], is_held):
            yield
    finally:
        os.close(lock)


@contextlib.contextmanager
def _alone_among_machines(key: list[int], is_held: type[Exception]) -> Iterator[None]:
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", key)
        if not cursor.fetchone()[0]:
            raise is_held
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", key)
