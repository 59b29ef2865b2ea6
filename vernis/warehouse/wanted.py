"""Rows of the list with numbers of the database in place of identifiers, of everybody or of one client."""

import datetime
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vernis.engine.history import (
    BIRTHDAY,
    BLOCKS,
    DUE,
    INTERVAL_SOURCES,
    LAPSED,
    NONE,
    OUTCOMES,
    WAITLIST,
    Row,
)
from vernis.engine.worklist import Question
from vernis.lib.days import day_from
from vernis.warehouse.histories import Ground, Told
from vernis.warehouse.runs import rows_of_one

Day = datetime.date


class Wanted(NamedTuple):
    """A row that the rules want; grain: one per client, block and anchor. Empty texts and None where nothing is."""

    client: int
    block: str
    anchor: str
    branch: int | None
    cycle_key: str
    service: int | None
    last_visit_on: Day | None
    expected_on: Day | None
    interval_days: int | None
    interval_source: str
    due_on: Day | None
    also_due: tuple[str, ...]
    visits_count: int
    spent: int  # hundredths
    usual_weekday: int | None
    usual_hour: int | None
    last_staff: int | None
    attempts: int
    last_outcome: str
    first_key: int
    second_key: int
    third_key: int


_IDENTIFIERS = {"client": "client_id", "branch": "branch_id", "service": "service_id", "last_staff": "last_staff_id"}


def of_everybody(table: pa.Table) -> Iterator[Wanted]:
    """Yield the rows of a list that has its sort keys."""
    columns = [_plain(name, table.column(_IDENTIFIERS.get(name, name))) for name in Wanted._fields]
    return map(Wanted._make, zip(*columns, strict=True))


def of_one(client: int, told: Told, ground: Ground, question: Question) -> list[Wanted]:
    """Return the rows of one client."""
    rows, _facts = rows_of_one(told.history, question)
    also_due: dict[int, list[int]] = {}
    for also in rows.also_due[: rows.counts[1]]:
        also_due.setdefault(also.row, []).append(also.cycle)
    shared = ground.shared
    return [
        Wanted(
            client=client,
            block=BLOCKS[row.block],
            anchor=_anchor(row, told, ground),
            branch=_number(shared.branches[row.branch]) if row.branch != NONE else None,
            cycle_key=shared.cycles[row.cycle] if row.cycle != NONE else "",
            service=_number(shared.services[row.service]) if row.service != NONE else None,
            last_visit_on=_day(row.last_visit_on),
            expected_on=_day(row.expected_on),
            interval_days=_value(row.interval_days),
            interval_source=INTERVAL_SOURCES[row.interval_source] if row.interval_source != NONE else "",
            due_on=_day(row.due_on),
            also_due=_split(";".join(shared.cycles[cycle] for cycle in sorted(also_due.get(place, [])))),
            visits_count=row.visits_count,
            spent=row.spent,
            usual_weekday=_value(row.usual_weekday),
            usual_hour=_value(row.usual_hour),
            last_staff=_number(told.staff[row.last_staff]) if row.last_staff != NONE else None,
            attempts=row.attempts,
            last_outcome=OUTCOMES[row.last_outcome] if row.last_outcome != NONE else "",
            first_key=row.first_key,
            second_key=row.second_key,
            third_key=row.third_key,
        )
        for place, row in enumerate(rows.rows[: rows.counts[0]])
    ]


def _anchor(row: Row, told: Told, ground: Ground) -> str:
    if DUE <= row.block <= LAPSED:
        return f"{ground.shared.cycles[row.anchor]}@{day_from(row.anchor_on).isoformat()}"
    if row.block == BIRTHDAY:
        return f"{row.anchor:04}"
    return told.entry_ids[row.anchor] if row.block == WAITLIST else told.appointment_ids[row.anchor]


def _split(also_due: str | None) -> tuple[str, ...]:
    return tuple(also_due.split(";")) if also_due else ()


def _number(identifier: str) -> int | None:
    """Return the number of an identifier; 0 stands for no branch."""
    return int(identifier or 0) or None


def _day(number: int) -> Day | None:
    return None if number == NONE else day_from(number)


def _value(number: int) -> int | None:
    return None if number == NONE else number


def _plain(name: str, column: pa.ChunkedArray) -> list[Any]:
    if name in _IDENTIFIERS:
        numbers = pc.if_else(pc.equal(column, ""), None, column).cast(pa.int64())
        return pc.if_else(pc.equal(numbers, 0), None, numbers).to_pylist()
    if name == "spent":
        words = np.frombuffer(column.combine_chunks().buffers()[1], np.int64) if len(column) else np.zeros(0, np.int64)
        return words[::2][: len(column)].tolist()
    if name == "also_due":
        return list(map(_split, column.to_pylist()))
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return pc.fill_null(column, "").to_pylist()
    return column.to_pylist()
