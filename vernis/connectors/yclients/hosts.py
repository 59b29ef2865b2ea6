"""Where the system answers, under each of its names."""

from __future__ import annotations

from typing import NamedTuple


class Host(NamedTuple):
    """An address of the interface, and the version of it that we speak."""

    base: str
    accept: str


HOSTS = {
    "yclients": Host("https://api.yclients.com/api/v1", "application/vnd.yclients.v2+json"),
    "altegio": Host("https://api.alteg.io/api/v1", "application/vnd.api.v2+json"),
}
