"""Joining: an invitation is a link that works once, for a week; only its hash is kept."""

from __future__ import annotations

import datetime
import functools
import logging
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from vernis.accounts import audit
from vernis.accounts.models import Event, Invitation, Role, User, new_token
from vernis.accounts.queries.people import hashed
from vernis.accounts.tenancy import scoped_to

if TYPE_CHECKING:
    from collections.abc import Iterable

    from vernis.accounts.models import Branch

WORKS_FOR = datetime.timedelta(days=7)
log = logging.getLogger(__name__)


class InvitationUsed(Exception):
    """The link has been used, taken back, or has expired."""


class NameTaken(Exception):
    """Somebody comes in with this e-mail already."""


def invite(
    *,
    by: User,
    email: str,
    name: str,
    role: Role,
    branches: Iterable[Branch],
    sees_all_branches: bool,
    now: datetime.datetime,
) -> str:
    """Invite a person; return the link, which is to be shown once, and send it by e-mail."""
    token = new_token()
    with transaction.atomic():
        invitation = Invitation.objects.create(
            organization=by.organization,
            email=email.strip().lower(),
            name=name,
            role=role,
            sees_all_branches=sees_all_branches or role == Role.OWNER,
            token_hash=hashed(token),
            invited_by=by,
            created_at=now,
            expires_at=now + WORKS_FOR,
        )
        invitation.branches.set(branches)
        audit.record(Event.INVITED, person=by, by=by, details={"name": name, "role": str(role)})
    link = absolute(reverse("accounts:join", args=[token]))
    transaction.on_commit(functools.partial(_send, invitation, link, by))
    return link


def absolute(path: str) -> str:
    """Return the address of a page; the host is that of the settings, whatever a request says."""
    return f"{settings.URL.scheme}://{settings.URL.netloc}{path}"


def _send(invitation: Invitation, link: str, by: User) -> None:
    with translation.override(invitation.organization.language):
        text = render_to_string("accounts/letters/invitation.txt", {"invitation": invitation, "link": link, "by": by})
        subject = _("%(organization)s invites you to Vernis") % {"organization": invitation.organization.name}
    try:
        send_mail(" ".join(subject.split()), text, None, [invitation.email])
    except OSError as error:  # the page shows the link to copy
        log.warning("The letter of invitation %s was not sent: %s", invitation.pk, error.__class__.__name__)


def revoke_invitation(*, invitation: Invitation, by: User, now: datetime.datetime) -> None:
    """Let the link work no more; once used it is past taking back."""
    open_ones = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None)
    with transaction.atomic():
        if open_ones.update(revoked_at=now):
            audit.record(Event.INVITATION_REVOKED, person=by, by=by, details={"name": str(invitation)})


def accept_invitation(*, invitation: Invitation, name: str, password: str, now: datetime.datetime) -> User:
    """Make the account that the invitation promises. Raises InvitationUsed, NameTaken."""
    with scoped_to(invitation.organization_id), transaction.atomic():
        waiting = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None, expires_at__gt=now)
        if not waiting.update(accepted_at=now):
            raise InvitationUsed
        person = User(
            organization=invitation.organization,
            email=invitation.email,
            name=name,
            role=invitation.role,
            sees_all_branches=invitation.sees_all_branches,
            language=invitation.organization.language,
            created_at=now,
        )
        person.set_password(password)
        try:
            with transaction.atomic():
                person.save()
        except IntegrityError:
            raise NameTaken from None
        person.branches.set(invitation.branches.all())
        audit.record(Event.JOINED, person=person, by=person)
    return person
