"""The canonical tables, version 1: which columns there are and what may stand in them."""

from enum import Enum
from typing import NamedTuple

from vernis.engine.history import BLOCKS, OUTCOMES, STATUSES


class Kind(Enum):
    """What may stand in a column."""

    IDENTIFIER = "identifier"
    TEXT = "text"
    DAY = "day"  # YYYY-MM-DD
    BIRTHDAY = "birthday"  # YYYY-MM-DD or --MM-DD
    INSTANT = "instant"  # ISO 8601, with an offset or local to the branch
    MONEY = "money"  # decimal
    DAYS_COUNT = "days_count"  # whole number from 1
    MONTHS = "months"  # 4-9 or 11,12,1
    TRAITS = "traits"  # hair_length=long;skin=dry
    ZONE = "zone"  # IANA
    STATUS = "status"
    BLOCK = "block"
    OUTCOME = "outcome"


CHOICES = {Kind.STATUS: STATUSES, Kind.BLOCK: BLOCKS, Kind.OUTCOME: OUTCOMES}


class Column(NamedTuple):
    """One column of a table. A required one must be there and filled in every line."""

    name: str
    kind: Kind
    is_required: bool = False


class Contract(NamedTuple):
    """One table: its columns, and the column that names a line (unique), if one does."""

    name: str
    columns: tuple[Column, ...]
    key: str | None = None

    def column(self, name: str) -> Column:
        """Return a column by its name."""
        return next(column for column in self.columns if column.name == name)


_ID, _TEXT, _DAY, _INSTANT = Kind.IDENTIFIER, Kind.TEXT, Kind.DAY, Kind.INSTANT

CONTRACTS = {
    contract.name: contract
    for contract in (
        Contract(
            "branches",
            (Column("branch_id", _ID, True), Column("name", _TEXT), Column("timezone", Kind.ZONE, True)),
            key="branch_id",
        ),
        Contract(
            "clients",
            (
                Column("client_id", _ID, True),
                Column("name", _TEXT),
                Column("phone", _TEXT),
                Column("email", _TEXT),
                Column("birthday", Kind.BIRTHDAY),
                Column("traits", Kind.TRAITS),
            ),
            key="client_id",
        ),
        Contract(
            "services",
            (
                Column("service_id", _ID, True),
                Column("title", _TEXT),
                Column("category", _TEXT),
                Column("interval_days", Kind.DAYS_COUNT),
            ),
            key="service_id",
        ),
        Contract(
            "service_intervals",
            (
                Column("service_id", _ID),
                Column("category", _TEXT),
                Column("months", Kind.MONTHS),
                Column("trait", _TEXT),
                Column("trait_value", _TEXT),
                Column("interval_days", Kind.DAYS_COUNT, True),
            ),
        ),
        Contract("staff", (Column("staff_id", _ID, True), Column("name", _TEXT)), key="staff_id"),
        Contract(
            "appointments",
            (
                Column("appointment_id", _ID, True),
                Column("client_id", _ID, True),
                Column("branch_id", _ID),
                Column("staff_id", _ID),
                Column("service_id", _ID),
                Column("created_at", _INSTANT),
                Column("starts_at", _INSTANT, True),
                Column("status", Kind.STATUS, True),
                Column("cancelled_at", _INSTANT),
                Column("amount", Kind.MONEY),
                Column("line_id", _ID),  # tells lines apart that are equal in everything else
            ),
        ),
        Contract(
            "contacts",
            (
                Column("client_id", _ID, True),
                Column("block", Kind.BLOCK, True),
                Column("anchor", _ID, True),
                Column("made_at", _INSTANT, True),
                Column("outcome", Kind.OUTCOME, True),
                Column("next_on", _DAY),
                Column("staff_id", _ID),
            ),
        ),
        Contract(
            "waitlist",
            (
                Column("entry_id", _ID, True),
                Column("client_id", _ID, True),
                Column("branch_id", _ID),
                Column("service_id", _ID),
                Column("created_at", _INSTANT),
                Column("wanted_from", _DAY),
                Column("wanted_until", _DAY),
                Column("closed_on", _DAY),
            ),
            key="entry_id",
        ),
    )
}
