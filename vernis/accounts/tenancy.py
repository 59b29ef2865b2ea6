"""Whose data the current work is about, told to the database as well.

On PostgreSQL every table with an organization has row level security, forced for its owner too: a row is there only
for the organization named in the setting `vernis.organization`, which lives as long as the transaction. A forgotten
filter then finds nothing instead of someone else's clients.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from django.db import connection, migrations, transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SETTING = "vernis.organization"

_ENABLE = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY of_organization ON {table}
    USING (organization_id = nullif(current_setting('vernis.organization', true), '')::bigint)
    WITH CHECK (organization_id = nullif(current_setting('vernis.organization', true), '')::bigint);
"""

_DISABLE = """
DROP POLICY of_organization ON {table};
ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
"""

EXEMPT = {
    "accounts_user": "found by e-mail before anybody knows the organization; holds staff, no clients",
    "api_token": "found by its prefix before anybody knows the organization; holds no clients",
    "accounts_invitation": "found by its link before anybody knows the organization; holds staff, no clients",
}
"""Tables with an organization that row level security leaves alone, and why."""


@contextlib.contextmanager
def scoped_to(organization_id: int | None) -> Iterator[None]:
    """Do work for one organization; on PostgreSQL in one transaction, since the setting lives only so long.

    A block inside another one gives the scope of the outer one back when it ends, with or without an error.
    """
    if connection.vendor != "postgresql":
        yield
        return
    with transaction.atomic():
        before = whose()
        say_whose(organization_id)
        yield
        say_whose(before)  # after an error the database itself goes back to what was said before the savepoint


def say_whose(organization_id: int | None) -> None:
    """Tell PostgreSQL whose rows this transaction may see; None: nobody's."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, str(organization_id or "")])


def whose() -> int | None:
    """Return whose rows PostgreSQL shows now; None: nobody's, or another database."""
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s, true)", [SETTING])
        row = cursor.fetchone()
    return int(row[0]) if row and row[0] else None


def guard(*tables: str) -> migrations.RunPython:
    """Return the migration step that puts tables under row level security (PostgreSQL only)."""

    def apply(sql: str) -> Callable[[Any, Any], None]:
        def run(apps: Any, schema_editor: Any) -> None:
            if schema_editor.connection.vendor == "postgresql":
                for table in tables:
                    schema_editor.execute(sql.format(table=schema_editor.quote_name(table)))

        return run

    return migrations.RunPython(apply(_ENABLE), apply(_DISABLE))
