"""Who is on the phone with whom: a client is held by one person at a time."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
    raise NotImplementedError


def renew(*, client_id: int, by: User, number: int, now: datetime.datetime) -> Held:
    """Hold on for another 15 minutes (the heartbeat of an open card). Raises `LeaseLost`."""
    raise NotImplementedError


def release(*, client_id: int, by: User, number: int, now: datetime.datetime) -> None:
    """Let the client go; nothing happens where she is no longer held by this number."""
    raise NotImplementedError
