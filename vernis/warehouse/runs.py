"""The rules over a whole snapshot: bucket by bucket, on threads here or as tasks of Spark.

A task takes the folder of one bucket and returns an Arrow table; it is a plain picklable object, so the same task runs
in a thread and on a worker of a cluster.
"""

import datetime
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from vernis.engine.bucket import Bucket, write_worklist_of_all
from vernis.engine.compiled import compiled
from vernis.engine.facts import Facts
from vernis.engine.history import (
    FOLLOW_UP,
    MISSED,
    NONE,
    REBOOKED,
    WAITLIST,
    AlsoDue,
    Cycle,
    History,
    Row,
    Rows,
    Tables,
)
from vernis.engine.learned import count_gaps, median_gap
from vernis.engine.records import Records, record_type, records
from vernis.engine.settings import Rules
from vernis.engine.worklist import Question, write_worklist
from vernis.lib.days import number_of
from vernis.warehouse.loading import (
    Shared,
    appointment_ids,
    client_ids,
    entry_ids,
    history_as_lists,
    load_bucket,
    load_gaps,
    load_shared,
    tables_as_lists,
)
from vernis.warehouse.results import NUMBERED_ROWS, Worklist, as_result
from vernis.warehouse.snapshot import Progress, Snapshot, no_progress

Numbers = npt.NDArray[Any]

INTERPRET_UP_TO = 20_000
"""Data sets of so many lines are done sooner by interpreting the rules than by waking the compiler."""

_GAPS, _RULES = "gaps", "rules"


class Task(Protocol):
    """Work on one bucket."""

    schema: pa.Schema

    def __call__(self, bucket: Path) -> pa.Table:
        """Return the result for one bucket, with the schema."""


Engine = Callable[[Task, Sequence[Path]], Iterator[pa.Table]]
"""Runs a task over buckets and yields their results in any order."""


def on_threads(task: Task, buckets: Sequence[Path]) -> Iterator[pa.Table]:
    """Run a task over buckets on two threads."""
    with ThreadPoolExecutor(2) as pool:
        yield from pool.map(task, buckets)


def worklist(
    snapshot: Snapshot, as_of: datetime.date, rules: Rules | None = None,
    engine: Engine = on_threads, progress: Progress = no_progress,
) -> Worklist:
    """Return the list of day `as_of`, with what was found on the way; grain: one row per block, client and anchor."""
    rules = rules or Rules()
    shared = load_shared(snapshot.folder)
    day = number_of(as_of)
    is_interpreted = snapshot.manifest["lines"] <= INTERPRET_UP_TO and engine is on_threads
    tables = learn(snapshot, shared, day, rules, engine, progress)
    sizes = [summary["clients"] for summary in snapshot.manifest["buckets"].values()]
    first_clients = dict(zip(snapshot.manifest["buckets"], np.cumsum([0, *sizes]).tolist(), strict=False))
    task = WorklistTask(snapshot.folder, day, rules, tables.learned, first_clients, is_interpreted)  # type: ignore[arg-type]
    parts = list(_with_progress(engine(task, snapshot.buckets), _RULES, len(snapshot.buckets), progress))
    order = np.load(snapshot.folder / "client_order.npy", mmap_mode="r")
    return as_result(parts, shared, order)


def learn(
    snapshot: Snapshot, shared: Shared, day: int, rules: Rules,
    engine: Engine = on_threads, progress: Progress = no_progress,
) -> Tables:
    """Return the shared tables with the intervals learned from the gaps known on a day (rules.md, section 2)."""
    if not len(shared.learning):
        return shared.tables
    windows, cycles = rules.learned_windows_days, len(shared.cycles)
    histogram = np.zeros((len(windows), cycles, max(windows) + 1), np.int64)
    task = GapTask(snapshot.folder, day, windows)
    for part in _with_progress(engine(task, snapshot.buckets), _GAPS, len(snapshot.buckets), progress):
        place = tuple(part.column(name).to_numpy() for name in ("window", "cycle", "days"))
        np.add.at(histogram, place, part.column("count").to_numpy())
    learned = np.full(cycles, NONE, np.int32)
    for cycle in shared.learning.tolist():
        for window in range(len(windows)):
            if histogram[window, cycle].sum() >= max(rules.learned_min_gaps, 1):
                learned[cycle] = median_gap(histogram[window], cycle, rules.learned_min_gaps)
                break
    return shared.tables._replace(learned=learned)  # type: ignore[arg-type]


@dataclass(frozen=True)
class GapTask:
    """Count the gaps of a bucket that a day may learn from; grain: window, cycle, length."""

    snapshot: Path
    day: int
    windows: tuple[int, ...]

    schema = pa.schema({"window": pa.int32(), "cycle": pa.int32(), "days": pa.int32(), "count": pa.int64()})

    def __call__(self, bucket: Path) -> pa.Table:
        """Return the counts of one bucket."""
        shared = load_shared(self.snapshot)
        gaps = load_gaps(bucket, shared.tables)
        histogram = np.zeros((len(self.windows), len(shared.cycles), max(self.windows) + 1), np.int64)
        if len(gaps):
            count = compiled(count_gaps)
            for window, window_days in enumerate(self.windows):
                count(gaps, self.day, window_days, histogram[window])
        found = np.nonzero(histogram)
        columns = [*(place.astype(np.int32) for place in found), histogram[found]]
        return pa.table(columns, schema=self.schema)


@dataclass(frozen=True)
class WorklistTask:
    """Apply the rules to a bucket; grain: one row of the list, in numbers, with the texts that only the bucket knows.

    A closing row without a block carries the number of past appointments that nobody has closed.
    """

    snapshot: Path
    day: int
    rules: Rules
    learned: Numbers
    first_clients: dict[str, int]  # how many clients stand in the buckets before
    is_interpreted: bool = False

    schema = NUMBERED_ROWS

    def __call__(self, bucket: Path) -> pa.Table:
        """Return the rows of one bucket."""
        tables = load_shared(self.snapshot).tables._replace(learned=self.learned)  # type: ignore[arg-type]
        loaded = load_bucket(bucket, tables)
        question = Question(self.day, self.rules, tables)
        apply = interpreted_rows if self.is_interpreted else compiled_rows
        return _with_texts(bucket, self.first_clients[bucket.name], loaded, *apply(loaded, question))


def compiled_rows(bucket: Bucket, question: Question) -> tuple[Records, Records, int]:
    """Return rows, further cycles and the number of unclosed appointments of a bucket, by the compiled rules."""
    room = 4 * len(bucket.birth_day) + len(bucket.lines) + len(bucket.entries)
    most_lines = int(np.diff(bucket.line_starts).max(initial=0))
    counts = np.zeros(2, np.int64)
    rows, also_due = records(Row, room), records(AlsoDue, len(bucket.lines))
    unclosed = compiled(write_worklist_of_all)(
        bucket, question, records(Cycle, most_lines + 1), Rows(counts, rows, also_due)  # type: ignore[arg-type]
    )
    return rows[: counts[0]], also_due[: counts[1]], unclosed


def interpreted_rows(bucket: Bucket, question: Question) -> tuple[Records, Records, int]:
    """Return the same by the rules as they stand, client by client."""
    question = question._replace(tables=tables_as_lists(question.tables))
    found_rows: list[Row] = []
    found_also_due: list[AlsoDue] = []
    unclosed = 0
    for client in range(len(bucket.birth_day)):
        rows, facts = rows_of_one(history_as_lists(bucket, client), question, client)
        found_also_due += [AlsoDue(also.row + len(found_rows), also.cycle) for also in rows.also_due[: rows.counts[1]]]
        found_rows += rows.rows[: rows.counts[0]]
        unclosed += facts.unclosed_count
    return _as_records(Row, found_rows), _as_records(AlsoDue, found_also_due), unclosed


def rows_of_one(history: History, question: Question, client: int = 0) -> tuple[Rows, Facts]:
    """Apply the rules to the history of one client, all as plain Python; returns rows and facts."""
    room = 4 + len(history.lines) + len(history.entries)
    rows = Rows([0, 0], [Row() for _ in range(room)], [AlsoDue() for _ in history.lines])
    facts = write_worklist(client, history, question, [Cycle() for _ in range(len(history.lines) + 1)], rows)
    return rows, facts


def _with_texts(
    folder: Path, first_client: int, bucket: Bucket, rows: Records, also_due: Records, unclosed: int
) -> pa.Table:
    """Add to the rows of a bucket the identifiers that nobody else knows, and the closing row."""
    columns = {name: np.append(rows[name], rows.dtype[name].type(0)) for name in rows.dtype.names or ()}
    columns["block"][-1] = -1
    columns["client"][-1] = 0
    columns["anchor"][-1] = unclosed
    by_row = np.lexsort((also_due["cycle"], also_due["row"]))
    starts = np.searchsorted(also_due["row"][by_row], np.arange(len(rows) + 2))
    also = pa.ListArray.from_arrays(pa.array(starts, pa.int32()), pa.array(also_due["cycle"][by_row]))

    anchors = np.full(len(rows), None, object)
    has_appointment = np.isin(rows["block"], (MISSED, FOLLOW_UP, REBOOKED))
    lines = bucket.line_starts[rows["client"][has_appointment]] + rows["anchor"][has_appointment]  # type: ignore[call-overload]
    anchors[has_appointment] = appointment_ids(folder, lines).to_pylist()
    waits = rows["block"] == WAITLIST
    if waits.any():
        entries = bucket.entry_starts[rows["client"][waits]] + rows["anchor"][waits]  # type: ignore[call-overload]
        anchors[waits] = entry_ids(folder).take(pa.array(entries)).to_pylist()
    ids = client_ids(folder).take(pa.array(rows["client"]))
    return pa.table(
        [
            *(pa.array(columns[field.name], field.type) for field in NUMBERED_ROWS if field.name in columns),
            pa.array(first_client + columns["client"].astype(np.int64)),
            pa.concat_arrays([ids, pa.array([""], ids.type)]),
            pa.array([*anchors, None], pa.string()),
            also,
        ],
        schema=NUMBERED_ROWS,
    )


def _as_records(record: type[Any], found: Sequence[Any]) -> Records:
    return np.array([astuple(row) for row in found], record_type(record))


def _with_progress(parts: Iterator[pa.Table], step: str, total: int, progress: Progress) -> Iterator[pa.Table]:
    for done, part in enumerate(parts, start=1):
        progress(step, done, total)
        yield part
