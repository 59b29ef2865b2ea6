"""The way to a booking system: its address, its keys, the folder for what was read so far."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

from django.conf import settings

from vernis.accounts import secrets
from vernis.connectors.yclients.client import Keys, Patience, YClients
from vernis.connectors.yclients.hosts import HOSTS, Host
from vernis.intake import places

if TYPE_CHECKING:
    from pathlib import Path

    from vernis.intake.models import Access, Connection


def host_of(system: str) -> Host:
    """Return the address of a system; tests have another one."""
    hosts: dict[str, Host] = {**HOSTS, **getattr(settings, "BOOKING_SYSTEMS", {})}
    return hosts[system]


def seal(keys: Keys) -> bytes:
    """Return keys as they are kept."""
    return secrets.seal(json.dumps({"partner": keys.partner, "user": keys.user}))


def open_way(access: Access, **how: Any) -> YClients:
    """Return the system as the keys open it. Raises `secrets.KeyIsMissing`."""
    keys = json.loads(secrets.open_sealed(access.sealed))
    return YClients(host_of(access.system), Keys(keys["partner"], keys["user"]), **{"patience": WORKER, **how})


WORKER = Patience(attempts=4)


def folder_of(connection: Connection) -> Path:
    """Return the folder of what a connection has read and not yet brought in."""
    made: Path = places.home_of(connection.organization_id) / f"connection-{connection.pk}"
    made.mkdir(mode=0o700, exist_ok=True)
    return made


def clear(connection: Connection, name: str = "") -> None:
    """Delete the folder, or one in it."""
    shutil.rmtree(folder_of(connection) / name, ignore_errors=True)
