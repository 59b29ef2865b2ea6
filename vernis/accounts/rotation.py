"""A new key for secrets at rest, without stopping anything.

The new key is put first in the file; whoever reads a secret meanwhile finds old and new keys there. Where keys are in
the environment (VERNIS_SECRET_KEYS), put the new one first there, start again, and let everything be sealed anew.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from uuid import uuid4

from cryptography.fernet import Fernet
from django.apps import apps
from django.conf import settings
from django.db import transaction

from vernis.accounts import secrets
from vernis.accounts.models import Organization
from vernis.accounts.tenancy import scoped_to

if TYPE_CHECKING:
    from django.db.models import Model


def rotate(*, forget_old: bool = False) -> int:
    """Seal every secret with the newest key, which is made first where keys are in a file; return how many."""
    is_file = not os.environ.get("VERNIS_SECRET_KEYS")
    if is_file:
        secrets.seal("")  # there is a file now
        keys = (settings.HOME / "secret_keys").read_text(encoding="ascii").split()
        _write([Fernet.generate_key().decode(), *keys])
    count = sum(_seal_anew(model, field) for model in apps.get_models() for field in getattr(model, "SEALED", ()))
    if is_file and forget_old:
        _write((settings.HOME / "secret_keys").read_text(encoding="ascii").split()[:1])
    return count


def _seal_anew(model: type[Model], field: str) -> int:
    count = 0
    for organization in Organization.objects.order_by("pk"):
        with scoped_to(organization.pk):
            numbers = list(model._default_manager.filter(organization=organization).values_list("pk", flat=True))
        for number in numbers:
            with scoped_to(organization.pk), transaction.atomic():
                rows = model._default_manager.select_for_update().filter(pk=number)
                for sealed in rows.values_list(field, flat=True):
                    rows.update(**{field: secrets.seal(secrets.open_sealed(sealed))})
                    count += 1
    return count


def _write(keys: list[str]) -> None:
    path = settings.HOME / "secret_keys"
    new = path.with_name(f"{path.name}.{uuid4().hex}")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as out:
        out.write("\n".join(keys) + "\n")
        out.flush()
        os.fsync(out.fileno())
    new.replace(path)
    secrets._keys.cache_clear()
