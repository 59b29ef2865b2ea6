"""What an answer must look like before we believe it."""

from __future__ import annotations

import datetime
import email.utils
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from vernis.connectors.yclients.errors import (
    BadAnswer,
    Cut,
    Fault,
    Forbidden,
    Limited,
    NotThere,
    Unauthorized,
    Unavailable,
)

if TYPE_CHECKING:
    import httpx


class Answer(NamedTuple):
    """What the source has said, and what time it was there (UTC; None: it does not say)."""

    data: Any
    total: int | None  # of a list: how many there are on all pages
    at: datetime.datetime | None


def understood(response: httpx.Response, body: bytes) -> Answer:
    """Return what a whole answer says. Raises a Fault for everything that is not a plain yes."""
    envelope = _envelope(body)
    if fault := _fault(response, envelope):
        raise fault
    if envelope is None:
        raise Cut("the answer is not whole")
    if envelope.get("success") is not True or "data" not in envelope:
        raise BadAnswer("the answer says that it is none")
    return Answer(envelope["data"], _total(envelope.get("meta")), _date(response.headers.get("date")))


def _fault(response: httpx.Response, envelope: dict[str, Any] | None) -> Fault | None:
    status, after = response.status_code, retry_after(response.headers.get("retry-after"))
    if status == 429:
        return Limited("asked too often", retry_after=after)
    if status >= 500 or status == 408:
        return Unavailable(f"status {status}", retry_after=after)
    if status == 401:
        return Unauthorized("the keys are not accepted")
    if status == 403:
        return Forbidden("no right to this")
    if status == 404 and envelope is not None and envelope.get("success") is False:  # a proxy would not say it so
        return NotThere("there is no such thing")
    if status not in (200, 201):  # a redirection too: keys go to nobody else
        return BadAnswer(f"status {status}")
    return None


def _envelope(body: bytes) -> dict[str, Any] | None:
    try:
        envelope = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return envelope if isinstance(envelope, dict) else None


def _total(meta: Any) -> int | None:
    total = meta.get("total_count", meta.get("count")) if isinstance(meta, dict) else None
    return total if isinstance(total, int) and not isinstance(total, bool) and total >= 0 else None


def _date(text: str | None) -> datetime.datetime | None:
    try:
        at = email.utils.parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=datetime.UTC)


def retry_after(text: str | None) -> float | None:
    """Return the seconds of a Retry-After, said as seconds; a date in it is taken as one minute."""
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        return 60.0
    return min(max(seconds, 0.0), 3600.0) if seconds == seconds else 60.0  # noqa: PLR0124 (no number)
