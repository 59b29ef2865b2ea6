"""Endpoints: where we tell other programs what has happened."""

from __future__ import annotations

import base64
import datetime
import secrets
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from vernis.accounts.secrets import seal
from vernis.api import events, jobs, listening
from vernis.api.models import Delivery, Endpoint

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vernis.accounts.models import User

OLD_SECRET_SIGNS = datetime.timedelta(hours=24)


class AddressIsNoUse(ValueError):
    """The address is not one that we send to."""


class NoSuchEvent(ValueError):
    """There is no such event."""


def new_secret() -> str:
    """Return a secret as the standard writes it."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def save_endpoint(
    *, by: User, endpoint_id: int | None, url: str, wanted: Iterable[str], is_active: bool, now: datetime.datetime
) -> tuple[Endpoint, str]:
    """Add an endpoint (`endpoint_id` None) or change one; returns it and its secret if it is new, to be shown once.

    Raises AddressIsNoUse, NoSuchEvent, `Endpoint.DoesNotExist`.
    """
    _check(url)
    names = [name for name in events.EVENTS if name in set(wanted)]
    if not names or len(names) != len(set(wanted)):
        raise NoSuchEvent
    secret = "" if endpoint_id else new_secret()
    with transaction.atomic():
        endpoint: Endpoint = (
            Endpoint.objects.of(by.organization_id).select_for_update(of=("self",)).get(pk=endpoint_id)
            if endpoint_id
            else Endpoint(organization_id=by.organization_id, made_by=by, secret=seal(secret), created_at=now)
        )
        if is_active and not endpoint.is_active:
            endpoint.is_gone, endpoint.failing_since = False, None
        endpoint.url, endpoint.events, endpoint.is_active = url, names, is_active
        endpoint.save()
    return endpoint, secret


def _check(url: str) -> None:
    """Refuse what could never be sent to; whom a name means is looked at when something is sent."""
    try:
        parts = urlsplit(url)
        is_good = bool(parts.hostname) and parts.port != 0 and not parts.username and not parts.fragment
    except ValueError:
        is_good = False
    if not is_good or not url.isascii() or not url.isprintable() or " " in url:
        raise AddressIsNoUse
    if parts.scheme != "https" and not (parts.scheme == "http" and settings.ALLOW_PRIVATE_WEBHOOKS):
        raise AddressIsNoUse


def delete_endpoint(*, endpoint_id: int, by: User) -> None:
    """Delete an endpoint with the log of what was sent to it. Raises `Endpoint.DoesNotExist`."""
    with transaction.atomic():
        Endpoint.objects.of(by.organization_id).get(pk=endpoint_id).delete()


def change_secret(*, endpoint_id: int, by: User, now: datetime.datetime) -> tuple[Endpoint, str]:
    """Give an endpoint a new secret, to be shown once; for a day the old one signs as well."""
    secret = new_secret()
    with transaction.atomic():
        endpoint = Endpoint.objects.of(by.organization_id).select_for_update(of=("self",)).get(pk=endpoint_id)
        endpoint.old_secret, endpoint.old_secret_until = endpoint.secret, now + OLD_SECRET_SIGNS
        endpoint.secret = seal(secret)
        endpoint.save(update_fields=["secret", "old_secret", "old_secret_until"])
    return endpoint, secret


def send_test(*, endpoint_id: int, by: User, now: datetime.datetime) -> Delivery:
    """Send a message that says nothing. Raises `Endpoint.DoesNotExist`."""
    with transaction.atomic():
        endpoint = Endpoint.objects.of(by.organization_id).get(pk=endpoint_id)
        text = listening.payload(events.TEST, {}, now)
        delivery: Delivery = Delivery.objects.create(
            organization_id=by.organization_id, endpoint=endpoint, event=events.TEST, payload=text, created_at=now,
            next_at=now,
        )  # fmt: skip
        transaction.on_commit(lambda: jobs.wake(by.organization_id))
    return delivery


def send_again(*, delivery_id: int, by: User, now: datetime.datetime) -> Delivery:
    """Send a message again, at once and with the same id. Raises `Delivery.DoesNotExist`."""
    with transaction.atomic():
        rows = Delivery.objects.of(by.organization_id).select_for_update(of=("self",))
        delivery: Delivery = rows.get(pk=delivery_id)
        delivery.state, delivery.next_at = Delivery.State.WAITING, now
        delivery.save(update_fields=["state", "next_at"])
        transaction.on_commit(lambda: jobs.wake(by.organization_id))
    return delivery
