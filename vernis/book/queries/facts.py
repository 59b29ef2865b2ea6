"""What the rules may know of an organization, in SQL: the tables of docs/data.md from those of this room.

Where there is no branch the time zone of the organization holds: it is the branch with the number 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vernis.warehouse.database import Query

if TYPE_CHECKING:
    from collections.abc import Mapping

INT, STR = "int", "str"


def queries(organization_id: int) -> dict[str, Query]:
    """Return the queries for everything of one organization."""
    whole = {
        name: (sql.format(organization=int(organization_id)), columns) for name, (sql, columns) in _QUERIES.items()
    }
    return {name: Query(*query) for name, query in whole.items()}


def queries_of_then(organization_id: int, owners: Mapping[int, int]) -> dict[str, Query]:
    """Return the queries for facts as they belonged to clients once; `owners`: who stood for whom.

    A row that has come with a merged card goes back to the card it was written on, and from there to its owner.
    """
    found = queries(organization_id)
    cases = "".join(f" WHEN {int(home)} THEN {int(owner)}" for home, owner in sorted(owners.items()))

    def owned(table: str) -> str:
        home = (
            f"coalesce((SELECT home_id FROM book_movedrow WHERE \"table\" = 'book.{table}'"
            f' AND "row" = book_{table}.id), client_id)'
        )
        return f"CASE {home}{cases} ELSE {home} END" if cases else home

    for name, table in (("appointments", "appointment"), ("contacts", "contact"), ("waitlist", "waitlistentry")):
        sql, columns = found[name]
        found[name] = Query(sql.replace("client_id", owned(table), 1), columns)
    sql, columns = found["clients"]
    absorbed = ", ".join(str(int(home)) for home in owners) or "0"
    found["clients"] = Query(sql.replace("merged_into_id IS NULL", f"id NOT IN ({absorbed})"), columns)
    return found


def queries_of_check(organization_id: int) -> dict[str, Query]:
    """Return the queries for the checks of the data: with what people read, and without contacts and wishes."""
    found = queries(organization_id)
    of = f" WHERE organization_id = {int(organization_id)}"
    birthday = found["clients"].sql.removeprefix("SELECT id, ").partition(", CAST(traits")[0]
    return {
        **{name: found[name] for name in ("branches", "service_intervals", "appointments", "lines")},
        "services": Query(
            f"SELECT id, title, category, interval_days FROM book_service{of}",
            {"service_id": INT, "title": STR, "category": STR, "interval_days": INT},
        ),
        "staff": Query(f"SELECT id, name FROM book_staff{of}", {"staff_id": INT, "name": STR}),
        "clients": Query(
            f"SELECT id, name, phone, email, {birthday} FROM book_client{of}"
            " AND merged_into_id IS NULL AND erased_at IS NULL",
            {"client_id": INT, "name": STR, "phone": STR, "email": STR, "birthday": STR},
        ),
    }


_QUERIES = {
    "branches": (
        "SELECT id, timezone FROM accounts_branch WHERE organization_id = {organization}"
        " UNION ALL SELECT 0, timezone FROM accounts_organization WHERE id = {organization}",
        {"branch_id": INT, "timezone": STR},
    ),
    "services": (
        "SELECT id, category, interval_days FROM book_service WHERE organization_id = {organization}",
        {"service_id": INT, "category": STR, "interval_days": INT},
    ),
    "service_intervals": (
        "SELECT service_id, category, months, trait, trait_value, interval_days FROM book_serviceinterval"
        " WHERE organization_id = {organization}",
        {
            "service_id": INT,
            "category": STR,
            "months": STR,
            "trait": STR,
            "trait_value": STR,
            "interval_days": INT,
        },
    ),
    "clients": (
        # How long the months are, two digits each.
        "SELECT id, CASE WHEN birth_month BETWEEN 1 AND 12 AND birth_day BETWEEN 1"
        " AND CAST(nullif(substr('312931303130313130313031', 2 * birth_month - 1, 2), '') AS integer)"
        " THEN '--' || substr('0' || birth_month, length('0' || birth_month) - 1)"
        " || '-' || substr('0' || birth_day, length('0' || birth_day) - 1) END,"
        " CAST(traits AS text) FROM book_client WHERE organization_id = {organization} AND merged_into_id IS NULL",
        {"client_id": INT, "birthday": STR, "traits": STR},
    ),
    "appointments": (
        "SELECT id, id, client_id, coalesce(branch_id, 0), created_at, starts_at, status, cancelled_at"
        " FROM book_appointment WHERE organization_id = {organization}",
        {
            "number": INT,
            "appointment_id": INT,
            "client_id": INT,
            "branch_id": INT,
            "created_at": STR,
            "starts_at": STR,
            "status": STR,
            "cancelled_at": STR,
        },
    ),
    "lines": (
        "SELECT id, appointment_id, service_id, staff_id, coalesce(amount, 0) FROM book_appointmentline"
        " WHERE organization_id = {organization}",
        {"line_id": INT, "appointment": INT, "service_id": INT, "staff_id": INT, "amount": INT},
    ),
    "contacts": (
        "SELECT client_id, block, anchor, made_at, outcome, next_on FROM book_contact"
        " WHERE organization_id = {organization} AND undone_at IS NULL"
        # Who has been erased is not called: as if she had asked for it at the very beginning.
        " UNION ALL SELECT id, 'lapsed', 'erased', created_at, 'do_not_call', NULL FROM book_client"
        " WHERE organization_id = {organization} AND erased_at IS NOT NULL AND merged_into_id IS NULL",
        {"client_id": INT, "block": STR, "anchor": STR, "made_at": STR, "outcome": STR, "next_on": STR},
    ),
    "waitlist": (
        "SELECT id, client_id, coalesce(branch_id, 0), service_id, created_at, wanted_from, wanted_until, closed_on"
        " FROM book_waitlistentry WHERE organization_id = {organization}",
        {
            "entry_id": INT,
            "client_id": INT,
            "branch_id": INT,
            "service_id": INT,
            "created_at": STR,
            "wanted_from": STR,
            "wanted_until": STR,
            "closed_on": STR,
        },
    ),
}
