"""`vernis create-owner`: the first organization and its owner, who sets a password by a link."""

from __future__ import annotations

import click

from vernis.cli import application
from vernis.lib.texts import _, language


def run(*, email: str, organization: str) -> None:
    """Make them, in a database that may be new, and print the link."""
    application.load()
    application.bring_up_to_date()
    from django.core.exceptions import ValidationError  # noqa: PLC0415
    from django.core.validators import validate_email  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from vernis.accounts import jobs, operations  # noqa: PLC0415
    from vernis.accounts.models import User  # noqa: PLC0415

    try:
        validate_email(email)
    except ValidationError:
        raise click.UsageError(_('"{value}" is not an e-mail').format(value=email)) from None
    if User.objects.filter(email__iexact=email).exists():
        raise click.UsageError(_("Somebody comes in with this e-mail already."))
    now = timezone.now()
    _made, owner = operations.create_organization(name=organization, email=email, language=language(), now=now)
    click.echo(_("Open this link and choose a password; it works once:"))
    click.echo(jobs.password_link(owner))
