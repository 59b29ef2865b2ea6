"""What the worker does for the room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account import app_settings
from allauth.account.utils import user_pk_to_url_str
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from vernis.accounts import audit
from vernis.accounts.models import Event, User
from vernis.accounts.operations.invitations import absolute

if TYPE_CHECKING:
    import datetime


def note_failed_login(email: str, at: datetime.datetime) -> None:
    """Write a wrong password to the log of the organization of the person, if there is one."""
    person = User.objects.filter(email__iexact=email).first()
    if person is not None:
        audit.record(Event.LOGIN_FAILED, person=person, details={"at": at.isoformat()})


def send_password_link(email: str) -> None:
    """Send the link for a new password to whoever comes in with this e-mail; dismissed people get none."""
    person = User.objects.filter(email__iexact=email, is_active=True).select_related("organization").first()
    if person is None:
        return
    with translation.override(person.language or person.organization.language):
        context = {"person": person, "link": password_link(person)}
        send_mail(_("A new password for Vernis"), render_to_string("accounts/letters/password.txt", context), None, [
            person.email
        ])  # fmt: skip


def password_link(person: User) -> str:
    """Return the link for a new password: it works once, and until the password or the last login changes."""
    token = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(person)
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(person), "key": token})
    return absolute(path)
