"""The list as a table: numbered rows of all buckets put in order, with the texts behind the codes."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
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
    Row,
)
from vernis.engine.records import record_type
from vernis.lib.days import day_from
from vernis.warehouse.loading import Shared

Numbers = npt.NDArray[Any]

NUMBERED_ROWS = pa.schema(
    [(name, pa.from_numpy_dtype(kind[0])) for name, kind in (record_type(Row).fields or {}).items()]
    + [
        ("place", pa.int64()),  # of the client among all clients, bucket by bucket
        ("client_id", pa.string()),
        ("anchor_id", pa.string()),  # of appointments and entries
        ("also_due", pa.list_(pa.int32())),
    ]
)
"""What a task returns: the fields of engine rows, and what only the bucket knows."""

RESULT = pa.schema(
    [
        ("block", pa.string()),
        ("rank", pa.int32()),
        ("client_id", pa.string()),
        ("anchor", pa.string()),
        ("branch_id", pa.string()),
        ("cycle_key", pa.string()),
        ("service_id", pa.string()),
        ("last_visit_on", pa.date32()),
        ("expected_on", pa.date32()),
        ("interval_days", pa.int32()),
        ("interval_source", pa.string()),
        ("due_on", pa.date32()),
        ("days_late", pa.int32()),
        ("also_due", pa.string()),
        ("visits_count", pa.int32()),
        ("is_new", pa.bool_()),
        ("is_lead", pa.bool_()),
        ("spent", pa.decimal128(18, 2)),
        ("usual_weekday", pa.int32()),
        ("usual_hour", pa.int32()),
        ("last_staff_id", pa.string()),
        ("attempts", pa.int32()),
        ("last_outcome", pa.string()),
    ]
)
"""The columns of the command's contract; grain: one row per block, client and anchor. Null where empty."""


class Worklist(NamedTuple):
    """The list of a day, and how many past appointments nobody has closed."""

    table: pa.Table
    unclosed_count: int


def as_result(parts: Sequence[pa.Table], shared: Shared, client_order: Numbers) -> Worklist:
    """Put the rows of all buckets in the order of rules.md, section 5, and write out their texts."""
    rows = pa.concat_tables(parts) if parts else NUMBERED_ROWS.empty_table()
    closing = pc.equal(rows.column("block"), -1)
    unclosed = pc.sum(rows.filter(closing).column("anchor")).as_py() or 0
    rows = rows.filter(pc.invert(closing)).combine_chunks()
    order = _order(rows, client_order)
    rows = rows.take(pa.array(order))
    return Worklist(_texts(rows, shared), unclosed)


def _order(rows: pa.Table, client_order: Numbers) -> Numbers:
    """Return the order of the rows; `client_order` holds the places of all clients as text, bucket by bucket."""
    number = {
        name: rows.column(name).to_numpy() for name in ("block", "first_key", "second_key", "third_key", "anchor")
    }
    client = client_order[rows.column("place").to_numpy()]
    order = np.empty(0, np.int64)
    for block in range(len(BLOCKS)):
        members = np.flatnonzero(number["block"] == block)
        keys = [number[name][members] for name in ("anchor", "third_key", "second_key", "first_key")]
        keys.insert(1, client[members])
        order = np.concatenate((order, members[np.lexsort(keys)]))
    return order


def _texts(rows: pa.Table, shared: Shared) -> pa.Table:
    number = {
        name: rows.column(name).to_numpy()
        for name in NUMBERED_ROWS.names
        if name not in ("client_id", "anchor_id", "also_due")
    }
    block = number["block"]
    counts = np.bincount(block, minlength=len(BLOCKS))
    rank = np.arange(1, len(block) + 1) - np.repeat(np.cumsum(counts) - counts, counts)
    columns: list[Any] = [
        _text(block, BLOCKS),
        pa.array(rank, pa.int32()),
        rows.column("client_id"),
        _anchors(rows, number, shared),
        _text(number["branch"], shared.branches),
        _text(number["cycle"], shared.cycles),
        _text(number["service"], shared.services),
        _day(number["last_visit_on"]),
        _day(number["expected_on"]),
        _number(number["interval_days"]),
        _text(number["interval_source"], INTERVAL_SOURCES),
        _day(number["due_on"]),
        _number(number["days_late"]),
        _also_due(rows.column("also_due"), shared.cycles),
        _number(number["visits_count"]),
        pa.array(number["visits_count"] == 1),
        pa.array(number["visits_count"] == 0),
        money(number["spent"]),
        _number(number["usual_weekday"]),
        _number(number["usual_hour"]),
        _text(number["last_staff"], shared.staff),
        _number(number["attempts"]),
        _text(number["last_outcome"], OUTCOMES),
    ]
    return pa.table(columns, schema=RESULT)


def _anchors(rows: pa.Table, number: dict[str, Numbers], shared: Shared) -> pa.Array:
    """Return the anchors as texts: appointment_id and entry_id as they came, `cycle_key@last_on`, a year."""
    block, anchor, anchor_on = number["block"], number["anchor"], number["anchor_on"]
    has_cycle = (block >= DUE) & (block <= LAPSED)
    pairs, place = np.unique(anchor[has_cycle].astype(np.int64) << 32 | anchor_on[has_cycle], return_inverse=True)
    cycle_anchors = [
        f"{shared.cycles[pair >> 32]}@{day_from(pair & 0xFFFFFFFF).isoformat()}" for pair in pairs.tolist()
    ]
    texts = [*cycle_anchors, *(f"{year:04}" for year in range(1900, 2203))]
    codes = np.full(len(block), -1, np.int64)
    codes[has_cycle] = place
    codes[block == BIRTHDAY] = anchor[block == BIRTHDAY] - 1900 + len(cycle_anchors)
    made = pa.array(texts, pa.string()).take(pa.array(codes, mask=codes < 0))
    return pc.coalesce(rows.column("anchor_id"), made)


def _also_due(lists: pa.ChunkedArray, cycles: Sequence[str]) -> pa.Array:
    whole = lists.combine_chunks()
    if isinstance(whole, pa.ChunkedArray):
        whole = pa.concat_arrays(whole.chunks) if whole.num_chunks else pa.array([], lists.type)
    keys = pa.array(cycles, pa.string()).take(whole.flatten())
    offsets = np.concatenate(([0], np.cumsum(pc.list_value_length(whole).to_numpy(zero_copy_only=False)))).astype(
        np.int32
    )
    joined = pc.binary_join(pa.ListArray.from_arrays(pa.array(offsets), keys), ";")
    return pc.if_else(pc.equal(joined, ""), pa.scalar(None, pa.string()), joined)


def _text(codes: Numbers, texts: Sequence[str]) -> pa.Array:
    """Return codes as texts; NONE and the empty text are null."""
    dictionary = pa.array([text or None for text in texts], pa.string())
    return dictionary.take(pa.array(codes, mask=codes == NONE))


def _number(numbers: Numbers) -> pa.Array:
    return pa.array(numbers, pa.int32(), mask=numbers == NONE)


def _day(numbers: Numbers) -> pa.Array:
    return _number(numbers).cast(pa.date32())


def money(hundredths: Numbers) -> pa.Array:
    """Return hundredths as decimals with two places."""
    words = np.empty((len(hundredths), 2), np.int64)
    words[:, 0], words[:, 1] = hundredths, hundredths >> 63
    return pa.Array.from_buffers(pa.decimal128(18, 2), len(hundredths), [None, pa.py_buffer(words.tobytes())])
