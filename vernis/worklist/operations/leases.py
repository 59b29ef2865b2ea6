"""Who is on the phone with whom: a client is held by one person at a time."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection, transaction

from vernis.book.models import Client
from vernis.worklist.models import Lease

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from vernis.accounts.models import User

HOLD = datetime.timedelta(minutes=15)


@dataclass(frozen=True)
class Held:
    """The client is yours until `until`; `number` goes with everything you save about the client."""

    client_id: int
    number: int
    until: datetime.datetime


@dataclass(frozen=True)
class HeldByOther:
    """Somebody else is talking to the client."""

    client_id: int
    name: str
    until: datetime.datetime


class LeaseLost(Exception):
    """Somebody else has taken the client since; `holder` is the name, empty where nobody holds her now."""

    def __init__(self, holder: str) -> None:
        super().__init__(holder)
        self.holder = holder


def claim(*, client_id: int, by: User, now: datetime.datetime) -> Held | HeldByOther:
    """Take a client for 15 minutes, unless somebody else holds her.

    The number grows with every new holder; whoever held her last and takes her again (another tab, after a pause)
    keeps it. Raises `Client.DoesNotExist` where the person may not see the client.
    """
    client = Client.objects.visible_to(by).only("pk", "organization_id").get(pk=client_id)
    until = now + HOLD
    while True:
        number = _take(client, by, now, until)
        if number is not None:
            return Held(client_id, number, until)
        lease = Lease.objects.of(client.organization_id).select_related("holder").get(client=client)
        if lease.holder_id != by.pk and lease.expires_at > now:
            return HeldByOther(client_id, lease.holder.name, lease.expires_at)
        # let go between the two statements: it is free now


_TAKE = """
    INSERT INTO worklist_lease (organization_id, client_id, holder_id, number, expires_at)
    VALUES (%s, %s, %s, 1, %s)
    ON CONFLICT (client_id) DO UPDATE SET
        number = worklist_lease.number + CASE WHEN worklist_lease.holder_id = excluded.holder_id THEN 0 ELSE 1 END,
        holder_id = excluded.holder_id,
        expires_at = excluded.expires_at
    WHERE worklist_lease.holder_id = excluded.holder_id OR worklist_lease.expires_at <= %s
    RETURNING number
"""


def _take(client: Client, by: User, now: datetime.datetime, until: datetime.datetime) -> int | None:
    """Take the lease in one statement: whether it is free is decided where it is taken, by the database."""
    moment = connection.ops.adapt_datetimefield_value
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_TAKE, [client.organization_id, client.pk, by.pk, moment(until), moment(now)])
        taken = cursor.fetchone()
    return taken[0] if taken else None


def renew(*, client_id: int, by: User, number: int, now: datetime.datetime) -> Held:
    """Hold on for another 15 minutes (the heartbeat of an open card). Raises `LeaseLost`."""
    until = now + HOLD
    if not _own(client_id, by, number).update(expires_at=until):
        raise lost(client_id=client_id, by=by, now=now)
    return Held(client_id, number, until)


def release(*, client_id: int, by: User, number: int, now: datetime.datetime) -> None:
    """Let the client go; nothing happens where she is no longer held by this number."""
    _own(client_id, by, number).filter(expires_at__gt=now).update(expires_at=now)


def spend(*, client_id: int, by: User, number: int, now: datetime.datetime) -> None:
    """Let the client go, within a transaction that saves something about her. Raises `LeaseLost`.

    A number that nobody has taken over is good even after its time: nobody else can have called meanwhile.
    """
    if not _own(client_id, by, number).update(expires_at=now):
        raise lost(client_id=client_id, by=by, now=now)


def lost(*, client_id: int, by: User, now: datetime.datetime) -> LeaseLost:
    """Return the exception that names who holds the client now."""
    current = Lease.objects.of(by.organization_id).filter(client_id=client_id, expires_at__gt=now).exclude(holder=by)
    return LeaseLost(current.values_list("holder__name", flat=True).first() or "")


def _own(client_id: int, by: User, number: int) -> QuerySet[Lease]:
    return Lease.objects.of(by.organization_id).filter(client_id=client_id, holder=by, number=number)
