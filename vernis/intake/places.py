"""Where the files of imports lie: in VERNIS_HOME, readable by nobody else, and never served."""

from __future__ import annotations

import datetime
import shutil
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    import uuid
    from pathlib import Path

    from vernis.intake.models import Import


def home_of(organization_id: int) -> Path:
    """Return the folder of the imports of an organization."""
    home: Path = settings.HOME / "imports" / str(organization_id)
    for folder in (home.parent, home):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return home


def folder_of(one: Import) -> Path:
    """Return the folder of an import."""
    return folder(one.organization_id, one.key)


def folder(organization_id: int, key: uuid.UUID) -> Path:
    """Return the folder of an import by its key."""
    made = home_of(organization_id) / str(key)
    made.mkdir(mode=0o700, exist_ok=True)
    return made


def uploads_of(one: Import) -> Path:
    """Return the folder of the files as they were given."""
    made = folder_of(one) / "files"
    made.mkdir(mode=0o700, exist_ok=True)
    return made


def tables_of(one: Import) -> Path:
    """Return the folder of the tables that a connector makes of them."""
    made = folder_of(one) / "tables"
    made.mkdir(mode=0o700, exist_ok=True)
    return made


def fates_of(one: Import, *, is_plan: bool = False) -> Path:
    """Return the file of what has become of each row, or would."""
    return folder_of(one) / ("plan.tsv" if is_plan else "fates.tsv")


def delete(one: Import) -> None:
    """Delete all files of an import."""
    shutil.rmtree(home_of(one.organization_id) / str(one.key), ignore_errors=True)


def kept_of(one: Import) -> Path:
    """Return the file of what undoing has left."""
    return folder_of(one) / "kept.tsv"


def days(count: int) -> datetime.timedelta:
    """Return so many days."""
    return datetime.timedelta(days=count)


def minutes(count: int) -> datetime.timedelta:
    """Return so many minutes."""
    return datetime.timedelta(minutes=count)
