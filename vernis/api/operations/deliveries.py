"""Delivering what is written down: at least once, in the order of its time, without one bad address in the way."""

from __future__ import annotations

import datetime
import random
import time
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from standardwebhooks import Webhook

from vernis import __version__
from vernis.accounts.secrets import KeyIsMissing, open_sealed
from vernis.accounts.tenancy import scoped_to
from vernis.api.models import Delivery, Endpoint
from vernis.api.sending import NotSent, Sent, send

if TYPE_CHECKING:
    from collections.abc import Callable

PAUSES = (5, 60, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600)  # seconds before the next attempt; the last again
GIVEN_UP_AFTER = datetime.timedelta(days=3)
KEPT = datetime.timedelta(days=30)
KEPT_ATTEMPTS = 20
CLAIMED_FOR = datetime.timedelta(minutes=2)
AT_ONCE = 50
RUNS_FOR = 45.0  # seconds: then other work has its turn


def deliver(
    *, organization_id: int, clock: Callable[[], datetime.datetime] = timezone.now, within: float | None = None
) -> int:
    """Send what is due of an organization; returns how many were delivered. The network is used in no transaction."""
    delivered, ends = 0, time.monotonic() + RUNS_FOR
    while time.monotonic() < ends:
        with scoped_to(organization_id):
            rows = Delivery.objects.of(organization_id).filter(
                state=Delivery.State.WAITING, next_at__lte=clock(), endpoint__is_active=True
            )
            due = list(rows.order_by("next_at", "pk").select_related("endpoint")[:AT_ONCE])
        if not due:
            break
        failed: set[int] = set()
        for delivery in due:
            if delivery.endpoint_id in failed or time.monotonic() >= ends:
                continue
            if not _claim(delivery, clock()):
                continue
            if _attempt(delivery, clock, within):
                delivered += 1
            else:
                failed.add(delivery.endpoint_id)
    return delivered


def _claim(delivery: Delivery, now: datetime.datetime) -> bool:
    """Take a message, so that no other worker sends it; one that dies lets it go after a while."""
    with scoped_to(delivery.organization_id):
        rows = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.WAITING, next_at=delivery.next_at)
        taken = rows.update(next_at=now + CLAIMED_FOR, attempts_count=F("attempts_count") + 1)
    delivery.attempts_count += taken
    return bool(taken)


def _attempt(delivery: Delivery, clock: Callable[[], datetime.datetime], within: float | None) -> bool:
    """Send a message once and write down what came of it; returns whether it was taken."""
    begun, now = time.monotonic(), clock()
    told: dict[str, Any] = {"at": now.isoformat(timespec="seconds")}
    answer: Sent | None = None
    try:
        options = {} if within is None else {"within": within}
        answer = send(
            delivery.endpoint.url,
            delivery.payload.encode(),
            headers_of(delivery, now),
            allow_private=settings.ALLOW_PRIVATE_WEBHOOKS,
            **options,
        )
        told["status"] = answer.status
    except NotSent as fault:
        told["fault"] = fault.fault
    except KeyIsMissing:
        told["fault"] = "no-key"
    told["ms"] = round(1000 * (time.monotonic() - begun))
    is_taken = answer is not None and 200 <= answer.status < 300
    with scoped_to(delivery.organization_id), transaction.atomic():
        _write(delivery, told, clock(), is_taken=is_taken, is_gone=answer is not None and answer.status == 410)
    return is_taken


def headers_of(delivery: Delivery, now: datetime.datetime) -> dict[str, str]:
    """Return the headers of a message; while a secret is being changed it is signed with both. Raises KeyIsMissing."""
    endpoint = delivery.endpoint
    sealed = [endpoint.secret]
    if endpoint.old_secret is not None and endpoint.old_secret_until and endpoint.old_secret_until > now:
        sealed.append(endpoint.old_secret)
    signatures = [Webhook(open_sealed(one)).sign(delivery.message_id, now, delivery.payload) for one in sealed]
    return {
        "Host": _host(endpoint.url),
        "Content-Type": "application/json",
        "Content-Length": str(len(delivery.payload.encode())),
        "User-Agent": f"Vernis/{__version__}",
        "webhook-id": delivery.message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0].partition("?")[0]


def _write(delivery: Delivery, told: dict[str, Any], now: datetime.datetime, *, is_taken: bool, is_gone: bool) -> None:
    rows = Delivery.objects.filter(pk=delivery.pk)
    attempts = [*delivery.attempts, told][-KEPT_ATTEMPTS:]
    endpoints = Endpoint.objects.filter(pk=delivery.endpoint_id)
    if is_taken:
        rows.update(state=Delivery.State.DELIVERED, attempts=attempts, delivered_at=now, next_at=None)
        endpoints.exclude(failing_since=None).update(failing_since=None)
        return
    endpoints.filter(failing_since=None).update(failing_since=now)
    if is_gone:
        endpoints.update(is_active=False, is_gone=True)
    if is_gone or now - delivery.created_at > GIVEN_UP_AFTER:
        rows.update(state=Delivery.State.FAILED, attempts=attempts, next_at=None)
        return
    next_at = now + pause_after(delivery.attempts_count)
    rows.update(attempts=attempts, next_at=next_at)
    # The others for this address wait as well: one message finds out whether it is back.
    others = Delivery.objects.filter(endpoint=delivery.endpoint_id, state=Delivery.State.WAITING, next_at__lt=next_at)
    others.update(next_at=next_at)


def pause_after(attempts: int) -> datetime.timedelta:
    """Return how long to wait after so many attempts, a little differently each time."""
    seconds = PAUSES[min(attempts, len(PAUSES)) - 1]
    return datetime.timedelta(seconds=seconds * random.uniform(1.0, 1.2))  # noqa: S311 (no secret)
