"""Intervals learned from the data set itself: gaps counted per bucket, added up, and their medians (rules.md, 2)."""

import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from vernis.engine.compiled import compiled
from vernis.engine.history import NONE
from vernis.engine.learned import Gap, median_gap, note_gaps
from vernis.engine.records import interpreted
from vernis.engine.settings import Rules
from vernis.warehouse.engines import Engine, on_threads, run
from vernis.warehouse.loading import Shared, load_gaps, load_shared
from vernis.warehouse.progress import Progress, no_progress
from vernis.warehouse.snapshot import Snapshot

Numbers = npt.NDArray[Any]

INTERPRET_UP_TO = 20_000
"""So many gaps are counted sooner by interpreting than by waking the compiler."""

CELLS_AT_ONCE = 8_000_000
"""Days are taken in stretches whose counts fit into so many cells."""


def learned_on(
    snapshot: Snapshot,
    shared: Shared,
    day: int,
    rules: Rules,
    engine: Engine = on_threads,
    progress: Progress = no_progress,
) -> Numbers:
    """Return the interval of every cycle that a day has learned, in days; NONE where it has not."""
    return learned_over(snapshot, shared, day, day, rules, engine, progress)[0]


def learned_over(
    snapshot: Snapshot,
    shared: Shared,
    first_on: int,
    last_on: int,
    rules: Rules,
    engine: Engine = on_threads,
    progress: Progress = no_progress,
) -> Numbers:
    """Return the learned intervals of every day from `first_on` to `last_on`; grain: day, cycle."""
    cycles, longest = len(shared.cycles), max(rules.learned_windows_days)
    learned = np.full((last_on - first_on + 1, cycles), NONE, np.int32)
    if not len(shared.learning):
        return learned
    windows = rules.learned_windows_days
    at_once = max(1, CELLS_AT_ONCE // (len(windows) * cycles * (longest + 1)))
    for begin in range(first_on, last_on + 1, at_once):
        end = min(begin + at_once - 1, last_on)
        task = GapTask(snapshot.folder, begin, end, windows)
        changes = np.zeros(task.shape(cycles), np.int64)
        for part in run(engine, task, snapshot.buckets, "gaps", progress):
            place = tuple(part.column(name).to_numpy() for name in ("window", "day", "cycle", "days"))
            np.add.at(changes, place, part.column("change").to_numpy())
        counts = np.cumsum(changes, axis=1)
        has_enough = counts.sum(axis=3) >= max(rules.learned_min_gaps, 1)
        for day, cycle in itertools.product(range(end - begin + 1), shared.learning.tolist()):
            for window in np.flatnonzero(has_enough[:, day, cycle])[:1]:  # the first that has enough gaps
                learned[begin - first_on + day, cycle] = median_gap(counts[window, day, cycle].tolist(), 1)
    return learned


@dataclass(frozen=True)
class GapTask:
    """Count the gaps of a bucket from which days may learn; grain: window, day, cycle, length of the gap."""

    snapshot: Path
    first_on: int
    last_on: int
    windows: tuple[int, ...]

    schema = pa.schema([(name, pa.int32()) for name in ("window", "day", "cycle", "days")] + [("change", pa.int64())])

    def shape(self, cycles: int) -> tuple[int, int, int, int]:
        """Return the shape of the counts."""
        return len(self.windows), self.last_on - self.first_on + 1, cycles, max(self.windows) + 1

    def __call__(self, bucket: Path) -> pa.Table:
        """Return the counts of one bucket, as changes from day to day."""
        shared = load_shared(self.snapshot)
        gaps, cycle_of_service = load_gaps(bucket), shared.tables.cycle_of_service
        changes = np.zeros(self.shape(len(shared.cycles)), np.int64)
        is_small = len(gaps) <= INTERPRET_UP_TO
        note, found = (note_gaps, interpreted(Gap, gaps)) if is_small else (compiled(note_gaps), gaps)
        for window, window_days in enumerate(self.windows):
            note(found, cycle_of_service, window_days, self.first_on, self.last_on, changes[window])
        place = np.nonzero(changes)
        return pa.table([*(axis.astype(np.int32) for axis in place), changes[place]], schema=self.schema)
