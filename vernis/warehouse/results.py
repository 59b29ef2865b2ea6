"""The list as a table: numbered rows of all buckets put in order, with the texts behind the codes."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
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
from vernis.warehouse.engines import THREADS
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
    """The list of a day, how many past appointments nobody has closed, and the interval of each cycle or NONE."""

    table: pa.Table
    unclosed_count: int
    learned: dict[str, int] = {}  # noqa: RUF012


SORT_KEYS = ("first_key", "second_key", "third_key")


def as_result(parts: Sequence[pa.Table], shared: Shared, client_order: Numbers, extra: Sequence[str] = ()) -> Worklist:
    """Put the rows of all buckets in the order of rules.md, section 5, and write out their texts.

    `extra` names fields of the rows that are wanted as they are, after the columns of the contract.
    """
    rows = pa.concat_tables([part.slice(0, part.num_rows - 1) for part in _by_bucket(parts)])
    unclosed = sum(part.column("anchor")[-1].as_py() for part in _by_bucket(parts))
    with ThreadPoolExecutor(THREADS) as pool:
        names = ("block", *SORT_KEYS, "place", "anchor")
        block, *keys, place, anchor = pool.map(lambda name: rows.column(name).to_numpy(), names)
        order = _order(block, [*keys, client_order[place], anchor], pool)
        places = pa.array(order)
        rows = rows.drop_columns([name for name in (*SORT_KEYS, "place", "client") if name not in extra])

        def in_order(name: str) -> Any:
            column = rows.column(name)
            return column.combine_chunks().take(places) if name in _TEXTS else column.to_numpy()[order]

        ordered = dict(zip(rows.column_names, pool.map(in_order, rows.column_names), strict=True))
        columns = list(pool.map(lambda write: write(), _columns(ordered, shared)))
    table = pa.table(columns, schema=RESULT)
    for name in extra:
        table = table.append_column(name, pa.array(ordered[name]))
    return Worklist(table, unclosed)


_TEXTS = ("client_id", "anchor_id", "also_due")


def _by_bucket(parts: Sequence[pa.Table]) -> list[pa.Table]:
    """Return the rows of every bucket apart; each ends with a closing row (Spark returns all buckets in one table)."""
    found = []
    for part in parts:
        closing = np.flatnonzero(part.column("block").to_numpy() < 0) + 1
        begins = np.concatenate(([0], closing[:-1]))
        found += [part.slice(begin, end - begin) for begin, end in zip(begins, closing, strict=True)]
    return found


def _order(block: Numbers, keys: Sequence[Numbers], pool: ThreadPoolExecutor) -> Numbers:
    """Return the order of the rows by block, then by the keys, the most important first."""

    def of_block(number: int) -> Numbers:
        rows = np.flatnonzero(block == number)
        return rows[np.lexsort(_packed([key[rows] for key in keys])[::-1])]

    return np.concatenate(list(pool.map(of_block, range(len(BLOCKS)))))


def _packed(keys: Sequence[Numbers]) -> list[Numbers]:
    """Pack sort keys, the most important first, into as few numbers of 63 bits as they fit into."""
    packed: list[Numbers] = []
    room = 0
    for key in keys:
        least, most = (int(key.min()), int(key.max())) if len(key) else (0, 0)
        bits = (most - least).bit_length()
        if packed and bits <= room:
            packed[-1] = packed[-1] << bits | (key - least)
            room -= bits
        else:
            packed.append(key.astype(np.int64) - least)
            room = 63 - bits
    return packed


def _columns(row: dict[str, Any], shared: Shared) -> list[Callable[[], Any]]:
    """Return how each column of the result is written, in the contract's order; `row` holds the columns in order."""
    block, visits = row["block"], row["visits_count"]
    counts = np.bincount(block, minlength=len(BLOCKS))
    rank = np.arange(1, len(block) + 1, dtype=np.int32) - np.repeat(np.cumsum(counts) - counts, counts)
    return [
        lambda: _text(block, BLOCKS),
        lambda: pa.array(rank, pa.int32()),
        lambda: row["client_id"],
        lambda: _anchors(row, shared),
        lambda: _text(row["branch"], shared.branches),
        lambda: _text(row["cycle"], shared.cycles),
        lambda: _text(row["service"], shared.services),
        lambda: _day(row["last_visit_on"]),
        lambda: _day(row["expected_on"]),
        lambda: _number(row["interval_days"]),
        lambda: _text(row["interval_source"], INTERVAL_SOURCES),
        lambda: _day(row["due_on"]),
        lambda: _number(row["days_late"]),
        lambda: _also_due(row["also_due"], shared.cycles),
        lambda: _number(visits),
        lambda: pa.array(visits == 1),
        lambda: pa.array(visits == 0),
        lambda: money(row["spent"]),
        lambda: _number(row["usual_weekday"]),
        lambda: _number(row["usual_hour"]),
        lambda: _text(row["last_staff"], shared.staff),
        lambda: _number(row["attempts"]),
        lambda: _text(row["last_outcome"], OUTCOMES),
    ]


def _anchors(row: dict[str, Any], shared: Shared) -> pa.Array:
    """Return the anchors as texts: appointment_id and entry_id as they came, `cycle_key@last_on`, a year."""
    block, anchor, anchor_on = row["block"], row["anchor"], row["anchor_on"]
    has_cycle = (block >= DUE) & (block <= LAPSED)
    pairs, place = _distinct(anchor[has_cycle].astype(np.int64), anchor_on[has_cycle].astype(np.int64))
    cycle_anchors = [f"{shared.cycles[cycle]}@{day_from(day).isoformat()}" for cycle, day in pairs]
    texts = [*cycle_anchors, *(f"{year:04}" for year in range(1900, 2203))]
    codes = np.full(len(block), -1, np.int64)
    codes[has_cycle] = place
    codes[block == BIRTHDAY] = anchor[block == BIRTHDAY] - 1900 + len(cycle_anchors)
    made = pa.array(texts, pa.string()).take(pa.array(codes, mask=codes < 0))
    return pc.coalesce(row["anchor_id"], made)


def _distinct(cycles: Numbers, days: Numbers) -> tuple[list[tuple[int, int]], Numbers]:
    """Return the pairs of cycle and day that occur, and which of them each row has."""
    if not len(days):
        return [], days
    first, span = int(days.min()), int(days.max() - days.min()) + 1
    codes = cycles * span + (days - first)
    if span * (int(cycles.max()) + 1) > 10_000_000:
        found, place = np.unique(codes, return_inverse=True)
    else:  # counting is quicker than sorting
        found = np.flatnonzero(np.bincount(codes))
        place_of = np.empty(int(found[-1]) + 1, np.int64)
        place_of[found] = np.arange(len(found))
        place = place_of[codes]
    return [(code // span, code % span + first) for code in found.tolist()], place


def _also_due(lists: pa.ListArray, cycles: Sequence[str]) -> pa.Array:
    """Return further cycles as texts joined with `;`, null where there are none."""
    sizes = pc.list_value_length(lists).to_numpy(zero_copy_only=False)
    keys = pa.array(cycles, pa.string()).take(lists.flatten())
    offsets = np.concatenate(([0], np.cumsum(sizes[sizes > 0]))).astype(np.int32)
    joined = pc.binary_join(pa.ListArray.from_arrays(pa.array(offsets), keys), ";")
    found = joined.take(pa.array(np.cumsum(sizes > 0) - 1, mask=sizes == 0))
    return pc.if_else(pc.equal(found, ""), pa.scalar(None, pa.string()), found)


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
