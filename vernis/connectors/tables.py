"""The tables into which every connector puts what it has read, whatever it has read it from.

They say the same as the canonical tables (docs/data.md), but as a source says it: by its own names ("ref"), with the
place where it stood, in the wall clock of the branch. Nothing here is joined with what the book knows already; that is
done by `intake`. A connector writes each table as one Parquet file `<table>.parquet` into a folder; a table about
which the source says nothing is left out.

Workbooks have several sheets: see `spreadsheets.place_of` for the sheet and row of a line.

`file` is the number of the source file in the order in which files were given (0 for a booking system), `line` its
line (or row of a sheet, from 1; for a booking system the number of the record in the reading).
"""

from __future__ import annotations

import pyarrow as pa

PLACE = [pa.field("file", pa.int16(), nullable=False), pa.field("line", pa.int32(), nullable=False)]

CLIENTS = pa.schema(
    [
        pa.field("ref", pa.string(), nullable=False),  # one per person; appointments name it
        ("external_id", pa.string()),  # her number in the source; empty where it has none
        ("name", pa.string()),
        ("phone", pa.string()),  # E.164
        ("second_phone", pa.string()),  # E.164
        ("email", pa.string()),  # lower case
        ("birth_year", pa.int16()),
        ("birth_month", pa.int8()),
        ("birth_day", pa.int8()),
        ("gender", pa.string()),  # "f", "m"
        ("category", pa.string()),
        ("card", pa.string()),  # number of a loyalty card
        ("discount", pa.int16()),  # whole per cent
        ("how_found", pa.string()),
        ("note", pa.string()),
        ("refuses_sms", pa.bool_()),  # an explicit refusal; null: not said
        ("branch", pa.string()),  # as the source calls it
        ("created_at", pa.timestamp("s")),  # wall clock
        *PLACE,
    ]
)

SERVICES = pa.schema(
    [
        pa.field("ref", pa.string(), nullable=False),
        ("external_id", pa.string()),
        ("title", pa.string()),
        ("category", pa.string()),
        ("interval_days", pa.int16()),
        ("minutes", pa.int16()),
        ("price", pa.int64()),  # hundredths
        ("is_active", pa.bool_()),
        *PLACE,
    ]
)

STAFF = pa.schema(
    [
        pa.field("ref", pa.string(), nullable=False),
        ("external_id", pa.string()),
        ("name", pa.string()),
        *PLACE,
    ]
)

# One row per service of an appointment. What belongs to the appointment (all but service_ref, staff_ref, amount) is
# said in each of its rows; rows of one appointment stand together, in the order of the source.
APPOINTMENTS = pa.schema(
    [
        pa.field("ref", pa.string(), nullable=False),  # one per appointment, the same whenever the source is read again
        ("external_id", pa.string()),  # its number in the source; empty where it has none
        pa.field("client_ref", pa.string(), nullable=False),
        ("branch", pa.string()),  # as the source calls it
        ("staff_ref", pa.string()),
        ("service_ref", pa.string()),
        ("created_at", pa.timestamp("s")),  # wall clock
        pa.field("starts_at", pa.timestamp("s"), nullable=False),  # wall clock; 12:00 where no time was said
        pa.field("has_time", pa.bool_(), nullable=False),
        ("minutes", pa.int16()),
        pa.field("status", pa.string(), nullable=False),  # booked, completed, cancelled, no_show
        ("cancelled_at", pa.timestamp("s")),
        ("cancel_reason", pa.string()),
        ("amount", pa.int64()),  # hundredths
        ("note", pa.string()),
        *PLACE,
    ]
)

# Every row of a source that went into no table, and why. `reason` is a key of `connectors.reasons.REASONS`.
REFUSED = pa.schema(
    [
        *PLACE,
        pa.field("reason", pa.string(), nullable=False),
        ("column", pa.string()),  # header of the cell that is wrong, if one is
        ("value", pa.string()),  # what stands there
        ("cells", pa.list_(pa.string())),  # the whole row, so that it can be mended and brought back
    ]
)

# Rows that went into another row of the same source: the receipt that closed a booking, a line said twice.
FOLDED = pa.schema(
    [
        *PLACE,
        pa.field("reason", pa.string(), nullable=False),  # a key of REASONS
        pa.field("into_file", pa.int16(), nullable=False),
        pa.field("into_line", pa.int32(), nullable=False),
    ]
)

TABLES = {
    "clients": CLIENTS,
    "services": SERVICES,
    "staff": STAFF,
    "appointments": APPOINTMENTS,
    "refused": REFUSED,
    "folded": FOLDED,
}
