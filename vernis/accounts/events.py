"""Hears what people do with the ways in, and writes it to the log."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from django.contrib.auth import signals as auth
from django.dispatch import receiver
from django.utils import timezone
from django_q.tasks import async_task

from vernis.accounts import audit
from vernis.accounts.models import Event, User


@receiver(account.user_logged_in)
def note_login(user: User, **kwargs: Any) -> None:
    """Somebody has come in."""
    audit.record(Event.LOGIN, person=user, by=user)


@receiver(auth.user_logged_out)
def note_logout(user: User | None, **kwargs: Any) -> None:
    """Somebody has gone out."""
    if user is not None:
        audit.record(Event.LOGOUT, person=user, by=user)


@receiver(auth.user_login_failed)
def note_failure(credentials: dict[str, Any], request: Any = None, **kwargs: Any) -> None:
    """Leave the writing to the worker: here it would tell by the time it takes whether the e-mail is known."""
    email = str(credentials.get("email") or credentials.get("username") or "")[:254]
    async_task("vernis.accounts.jobs.note_failed_login", email, timezone.now(), save=False)


@receiver([account.password_changed, account.password_set])
def note_password(user: User, **kwargs: Any) -> None:
    """Somebody has a new password."""
    audit.record(Event.PASSWORD_CHANGED, person=user, by=user)


@receiver(account.password_reset)
def note_reset(user: User, **kwargs: Any) -> None:
    """Somebody has set a new password by the link of a letter."""
    audit.record(Event.PASSWORD_RESET, person=user, by=user)


@receiver(mfa.authenticator_added)
def note_factor(user: User, request: Any = None, **kwargs: Any) -> None:
    """Somebody has a new second factor."""
    _ask_again(request)
    audit.record(Event.FACTOR_ADDED, person=user, by=user, details=_kind(kwargs))


@receiver(mfa.authenticator_removed)
def note_lost_factor(user: User, request: Any = None, **kwargs: Any) -> None:
    """Somebody has a second factor less."""
    _ask_again(request)
    audit.record(Event.FACTOR_REMOVED, person=user, by=user, details=_kind(kwargs))


def _kind(kwargs: dict[str, Any]) -> dict[str, str]:
    return {"kind": str(getattr(kwargs.get("authenticator"), "type", ""))}


def _ask_again(request: Any) -> None:
    if request is not None and hasattr(request, "session"):
        request.session.pop("second_factor", None)
