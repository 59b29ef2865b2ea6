"""Intervals learned from the data set itself: gaps counted per bucket, added up, and their medians (rules.md, 2)."""

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
from vernis.warehouse.snapshot import Progress, Snapshot, no_progress

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
    at_once = max(1, CELLS_AT_ONCE // (cycles * (longest + 1)))
    for begin in range(first_on, last_on + 1, at_once):
        end = min(begin + at_once - 1, last_on)
        for window_days in reversed(rules.learned_windows_days):  # the first that has enough gaps is written last
            changes = np.zeros((end - begin + 1, cycles, window_days + 1), np.int64)
            task = GapTask(snapshot.folder, begin, end, window_days)
            for part in run(engine, task, snapshot.buckets, "gaps", progress):
                place = tuple(part.column(name).to_numpy() for name in ("day", "cycle", "days"))
                np.add.at(changes, place, part.column("change").to_numpy())
            counts = np.cumsum(changes, axis=0)
            enough = counts.sum(axis=2) >= max(rules.learned_min_gaps, 1)
            for day, cycle in zip(*np.nonzero(enough), strict=True):
                if cycle in shared.learning:
                    learned[begin - first_on + day, cycle] = _median(counts[day, cycle])
    return learned


@dataclass(frozen=True)
class GapTask:
    """Count the gaps of a bucket from which days may learn; grain: day, cycle, length of the gap."""

    snapshot: Path
    first_on: int
    last_on: int
    window_days: int

    schema = pa.schema({"day": pa.int32(), "cycle": pa.int32(), "days": pa.int32(), "change": pa.int64()})

    def __call__(self, bucket: Path) -> pa.Table:
        """Return the counts of one bucket, as changes from day to day."""
        shared = load_shared(self.snapshot)
        gaps = load_gaps(bucket, shared.tables)
        changes = np.zeros((self.last_on - self.first_on + 1, len(shared.cycles), self.window_days + 1), np.int64)
        if len(gaps) <= INTERPRET_UP_TO:
            note_gaps(interpreted(Gap, gaps), self.window_days, self.first_on, self.last_on, changes)
        else:
            compiled(note_gaps)(gaps, self.window_days, self.first_on, self.last_on, changes)
        found = np.nonzero(changes)
        return pa.table([*(place.astype(np.int32) for place in found), changes[found]], schema=self.schema)


def _median(counts: Numbers) -> int:
    """Return the median gap; the lengths that occur are few."""
    return median_gap(counts.tolist(), 1)
