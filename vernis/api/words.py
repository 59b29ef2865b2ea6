"""What the log of deliveries says."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vernis.api.events import EVENTS, TEST
from vernis.api.models import Delivery

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

TONES = {Delivery.State.WAITING: "yellow", Delivery.State.DELIVERED: "green", Delivery.State.FAILED: "red"}
FAULTS: dict[str, StrOrPromise] = {
    "too-slow": gettext_lazy("no answer within 15 seconds"),
    "no-connection": gettext_lazy("nobody answers at this address"),
    "no-certificate": gettext_lazy("its certificate cannot be trusted"),
    "cut": gettext_lazy("the connection was cut"),
    "bad-address": gettext_lazy("the address cannot be used"),
    "no-such-host": gettext_lazy("there is no such address in the internet"),
    "private-address": gettext_lazy("the address lies in a private network"),
    "no-key": gettext_lazy("the secret cannot be read: the key of this server has changed"),
}


@dataclass(frozen=True)
class Attempt:
    """One attempt: when, what came of it, in how many milliseconds."""

    at: datetime.datetime
    text: str
    ms: int


@dataclass(frozen=True)
class Line:
    """A message of the log."""

    delivery: Delivery
    title: str
    tone: str
    attempts: list[Attempt]

    @property
    def last(self) -> Attempt | None:
        """The latest attempt."""
        return self.attempts[-1] if self.attempts else None


def line(row: Delivery) -> Line:
    """Return a line of the log."""
    title = str(EVENTS.get(row.event, _("a test message") if row.event == TEST else row.event))
    return Line(row, title, TONES[Delivery.State(row.state)], [_attempt(one) for one in row.attempts])


def _attempt(told: dict[str, Any]) -> Attempt:
    status = told.get("status")
    if status is None:
        text = str(FAULTS.get(told.get("fault", ""), told.get("fault", "")))
    elif status < 300:
        text = _("taken (%(status)s)") % {"status": status}
    elif status < 400:
        text = _("sent on elsewhere (%(status)s), which we do not follow") % {"status": status}
    else:
        text = _("answered %(status)s") % {"status": status}
    return Attempt(datetime.datetime.fromisoformat(told["at"]), text, told.get("ms", 0))
