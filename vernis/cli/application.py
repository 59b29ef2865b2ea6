"""Django, loaded where a command needs it; and what must be true before anybody works with it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from vernis.lib.texts import _, language
from vernis.warehouse.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence


def load() -> None:
    """Load the application with its settings, speaking the language of the command."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "vernis.settings"
    import django  # noqa: PLC0415
    from django.utils import translation  # noqa: PLC0415

    try:
        django.setup()
    except OSError as error:
        raise DataError(
            _("VERNIS_HOME cannot be used: {problem}. Choose a folder that Vernis may write to.").format(problem=error)
        ) from None
    translation.activate(language())


def bring_up_to_date() -> None:
    """Check the database, bring its tables up to date and collect the files for the browser."""
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import DatabaseError, connection  # noqa: PLC0415

    from vernis.ui.checks import database_faults  # noqa: PLC0415

    try:
        connection.ensure_connection()
    except DatabaseError as error:
        problem = " ".join(str(error).split())
        raise DataError(_("The database does not answer: {problem}").format(problem=problem)) from None
    if faults := database_faults():
        raise DataError(" ".join(f"{fault.msg} {fault.hint or ''}".strip() for fault in faults))
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    if not static_files_are_collected():
        call_command("collectstatic", interactive=False, verbosity=0)
    connection.close()


def static_files_are_collected() -> bool:
    """Tell whether the collected files are no older than those they were made of."""
    from pathlib import Path  # noqa: PLC0415

    from django.conf import settings  # noqa: PLC0415
    from django.contrib.staticfiles.finders import get_finders  # noqa: PLC0415

    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if not manifest.exists():
        return False
    made_at = manifest.stat().st_mtime
    known = manifest.read_text(encoding="utf-8")
    return all(
        f'"{name}"' in known and Path(storage.path(name)).stat().st_mtime <= made_at
        for finder in get_finders()
        for name, storage in finder.list([])
    )


def manage(arguments: Sequence[str]) -> None:
    """Run a management command of Django."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "vernis.settings"
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    execute_from_command_line(["vernis manage", *arguments])
