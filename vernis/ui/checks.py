"""What must be true of the database before people work with it (Django's system checks)."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connection
from django.utils.translation import gettext as _

from vernis.database import SQLITE_AT_LEAST

if TYPE_CHECKING:
    from collections.abc import Sequence

WANTED = {"journal_mode": ("wal", "WAL"), "synchronous": (2, "FULL"), "foreign_keys": (1, "ON")}
"""What SQLite answers when all is well, and how it is written in settings."""


def database_faults() -> list[Error]:
    """Return what is wrong with SQLite as it is used; nothing on PostgreSQL."""
    if connection.vendor != "sqlite":
        return []
    faults = version_faults(sqlite3.sqlite_version_info)
    with connection.cursor() as cursor:
        for name, (wanted, spelled) in WANTED.items():
            found = cursor.execute(f"PRAGMA {name}").fetchone()[0]
            if found != wanted:
                faults.append(
                    Error(
                        _("SQLite runs with %(name)s=%(found)s, which can lose what people typed.")
                        % {"name": name, "found": found},
                        hint=_("It must be %(name)s=%(wanted)s: put the database on a local disk.")
                        % {"name": name, "wanted": spelled},
                        id="vernis.E002",
                    )
                )
    return faults


def version_faults(found: tuple[int, ...]) -> list[Error]:
    """Return the fault of a SQLite that is too old."""
    if found >= SQLITE_AT_LEAST:
        return []
    return [
        Error(
            _("SQLite %(found)s can damage a database that two programs write to.")
            % {"found": ".".join(map(str, found))},
            hint=_("Vernis needs %(wanted)s or newer: on Linux the package pysqlite3 brings it, or use PostgreSQL.")
            % {"wanted": ".".join(map(str, SQLITE_AT_LEAST))},
            id="vernis.E001",
        )
    ]


@register(Tags.database)
def check_database(databases: Sequence[str] | None = None, **_options: Any) -> list[CheckMessage]:
    """Check the database where the command says that it looks at databases."""
    return [*database_faults()] if databases else []
