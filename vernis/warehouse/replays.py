"""Sizes of the blocks on every day of a stretch, by the same rules as the list of a day."""

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from vernis.engine.bucket import count_rows_of_all
from vernis.engine.compiled import compiled
from vernis.engine.history import BLOCKS, AlsoDue, Cycle, Row, Rows
from vernis.engine.records import records
from vernis.engine.settings import Rules
from vernis.engine.worklist import Question
from vernis.lib.days import day_from, number_of
from vernis.warehouse.engines import Engine, on_threads, run
from vernis.warehouse.learning import learned_over
from vernis.warehouse.loading import load_bucket, load_shared
from vernis.warehouse.progress import Progress, no_progress
from vernis.warehouse.snapshot import Snapshot


def block_sizes(
    snapshot: Snapshot,
    first: datetime.date,
    last: datetime.date,
    rules: Rules | None = None,
    engine: Engine = on_threads,
    progress: Progress = no_progress,
) -> pa.Table:
    """Return how many rows every block has on every day from `first` to `last`; grain: one row a day."""
    rules = rules or Rules()
    first_on, last_on = number_of(first), number_of(last)
    shared = load_shared(snapshot.folder)
    learned = learned_over(snapshot, shared, first_on, last_on, rules, engine, progress)
    sizes = np.zeros((len(learned), len(BLOCKS)), np.int64)
    task = SizesTask(snapshot.folder, first_on, rules, learned)
    for part in run(engine, task, snapshot.buckets, "days", progress):
        sizes += np.stack([part.column(block).to_numpy() for block in BLOCKS], axis=1)
    days = pa.array([day_from(first_on + day) for day in range(len(sizes))], pa.date32())
    return pa.table({"day": days} | {block: sizes[:, place] for place, block in enumerate(BLOCKS)})


@dataclass(frozen=True)
class SizesTask:
    """Count the rows of a bucket; grain: one row a day, a column a block."""

    snapshot: Path
    first_on: int
    rules: Rules
    learned: npt.NDArray[Any]

    schema = pa.schema([(block, pa.int64()) for block in BLOCKS])

    def __call__(self, bucket: Path) -> pa.Table:
        """Return the sizes of one bucket."""
        tables = load_shared(self.snapshot).tables
        loaded = load_bucket(bucket, tables)
        most = max(int(np.diff(starts).max(initial=0)) for starts in (loaded.line_starts, loaded.entry_starts))
        rows = Rows(np.zeros(2, np.int64), records(Row, 2 * most + 4), records(AlsoDue, most))
        sizes = np.zeros((len(self.learned), len(BLOCKS)), np.int64)
        question = Question(self.first_on, self.rules, tables)
        cycles = records(Cycle, most + 1)
        compiled(count_rows_of_all)(loaded, self.first_on, self.learned, question, cycles, rows, sizes)
        return pa.table(list(sizes.T), schema=self.schema)
