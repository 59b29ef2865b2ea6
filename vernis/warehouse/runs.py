"""The rules over a whole snapshot: bucket by bucket, on threads here or as tasks of Spark.

A task takes the folder of one bucket and returns an Arrow table; it is a plain picklable object, so the same task runs
in a thread and on a worker of a cluster.
"""

import datetime
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

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
    VisitTime,
)
from vernis.engine.records import Records, record_type, records
from vernis.engine.settings import USUAL_VISITS, Rules
from vernis.engine.worklist import Question, add_usual_times, write_worklist
from vernis.lib.days import number_of
from vernis.warehouse.engines import Engine, on_threads, run
from vernis.warehouse.learning import learned_on
from vernis.warehouse.loading import (
    appointment_ids,
    client_ids,
    entry_ids,
    history_as_lists,
    load_bucket,
    load_shared,
    tables_as_lists,
)
from vernis.warehouse.progress import Progress, no_progress
from vernis.warehouse.results import NUMBERED_ROWS, SORT_KEYS, Worklist, as_result
from vernis.warehouse.snapshot import Snapshot

Numbers = npt.NDArray[Any]

INTERPRET_UP_TO = 20_000
"""Data sets of so many lines are done sooner by interpreting the rules than by waking the compiler."""


def worklist(
    snapshot: Snapshot,
    as_of: datetime.date,
    rules: Rules | None = None,
    engine: Engine = on_threads,
    progress: Progress = no_progress,
    *,
    with_keys: bool = False,
) -> Worklist:
    """Return the list of day `as_of`, with what was found on the way; grain: one row per block, client and anchor.

    `with_keys` adds the keys by which the rows of a block are ordered.
    """
    rules = rules or Rules()
    shared = load_shared(snapshot.folder)
    day = number_of(as_of)
    is_interpreted = snapshot.manifest["lines"] <= INTERPRET_UP_TO and engine is on_threads
    learned = learned_on(snapshot, shared, day, rules, engine, progress)
    sizes = [summary["clients"] for summary in snapshot.manifest["buckets"].values()]
    first_clients = dict(zip(snapshot.manifest["buckets"], np.cumsum([0, *sizes]).tolist(), strict=False))
    task = WorklistTask(snapshot.folder, day, rules, learned, first_clients, is_interpreted)
    parts = list(run(engine, task, snapshot.buckets, "rules", progress))
    order = np.load(snapshot.folder / "client_order.npy", mmap_mode="r")
    found = as_result(parts, shared, order, SORT_KEYS if with_keys else ())
    return found._replace(learned=dict(zip(shared.cycles, learned.tolist(), strict=True)))


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
        tables = load_shared(self.snapshot).tables._replace(learned=self.learned)
        loaded = load_bucket(bucket, tables)
        question = Question(self.day, self.rules, tables)
        apply = interpreted_rows if self.is_interpreted else compiled_rows
        return _with_texts(bucket, self.first_clients[bucket.name], loaded, *apply(loaded, question))


def compiled_rows(bucket: Bucket, question: Question) -> tuple[Records, Records]:
    """Return the rows of a bucket with the closing row, and further cycles, by the compiled rules."""
    room = 4 * len(bucket.birth_day) + len(bucket.lines) + len(bucket.entries) + 1
    most_lines = int(np.diff(bucket.line_starts).max(initial=0))
    counts = np.zeros(2, np.int64)
    rows, also_due = records(Row, room), records(AlsoDue, len(bucket.lines))
    unclosed = compiled(write_worklist_of_all)(
        bucket,
        question,
        records(Cycle, most_lines + 1),
        records(VisitTime, USUAL_VISITS),
        Rows(counts, rows, also_due),
    )
    rows["block"][counts[0]], rows["anchor"][counts[0]] = -1, unclosed
    return rows[: counts[0] + 1], also_due[: counts[1]]


def interpreted_rows(bucket: Bucket, question: Question) -> tuple[Records, Records]:
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
    found_rows.append(Row(block=-1, anchor=unclosed))
    return _as_records(Row, found_rows), _as_records(AlsoDue, found_also_due)


def rows_of_one(history: History, question: Question, client: int = 0) -> tuple[Rows, Facts]:
    """Apply the rules to the history of one client, all as plain Python; returns rows and facts."""
    room = 4 + len(history.lines) + len(history.entries)
    rows = Rows([0, 0], [Row() for _ in range(room)], [AlsoDue() for _ in history.lines])
    facts = write_worklist(client, history, question, [Cycle() for _ in range(len(history.lines) + 1)], rows)
    add_usual_times(history, question.as_of, [VisitTime() for _ in range(USUAL_VISITS)], rows, 0)
    return rows, facts


def _with_texts(folder: Path, first_client: int, bucket: Bucket, rows: Records, also_due: Records) -> pa.Table:
    """Add to the rows of a bucket the identifiers that nobody else knows."""
    has_appointment = np.flatnonzero(np.isin(rows["block"], (MISSED, FOLLOW_UP, REBOOKED)))
    waits = np.flatnonzero(rows["block"] == WAITLIST)
    lines = np.asarray(bucket.line_starts)[rows["client"][has_appointment]] + rows["anchor"][has_appointment]
    entries = np.asarray(bucket.entry_starts)[rows["client"][waits]] + rows["anchor"][waits]
    texts = pa.concat_arrays([appointment_ids(folder, bucket, lines), entry_ids(folder).take(pa.array(entries))])
    text = np.full(len(rows), NONE)
    text[np.concatenate([has_appointment, waits])] = np.arange(len(texts))

    by_row = np.lexsort((also_due["cycle"], also_due["row"]))
    starts = np.searchsorted(also_due["row"][by_row], np.arange(len(rows) + 1))
    also = pa.ListArray.from_arrays(pa.array(starts, pa.int32()), pa.array(also_due["cycle"][by_row]))

    return pa.table(
        [
            *(pa.array(rows[name]) for name in rows.dtype.names or ()),
            pa.array(first_client + rows["client"].astype(np.int64)),
            client_ids(folder).take(pa.array(rows["client"], mask=rows["block"] < 0)),
            texts.take(pa.array(text, mask=text == NONE)),
            also,
        ],
        schema=NUMBERED_ROWS,
    )


def _as_records(record: type[Any], found: Sequence[Any]) -> Records:
    return np.array([astuple(row) for row in found], record_type(record))
