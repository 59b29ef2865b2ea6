"""What the rules run on: threads here, or workers of Spark (`warehouse.spark`).

A task takes the folder of one bucket and returns an Arrow table; it is a plain picklable object, so the same task runs
in a thread and on a worker of a cluster.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from vernis.warehouse.progress import Progress

THREADS = 2


class Task(Protocol):
    """Work on one bucket; the result has the schema."""

    schema: pa.Schema

    def __call__(self, bucket: Path) -> pa.Table:
        """Return the result for one bucket."""


Engine = Callable[[Task, Sequence[Path]], Iterator[pa.Table]]
"""Runs a task over buckets and yields their results in any order."""


def on_threads(task: Task, buckets: Sequence[Path]) -> Iterator[pa.Table]:
    """Run a task over buckets on threads; the compiled rules let go of the interpreter lock."""
    with ThreadPoolExecutor(THREADS) as pool:
        yield from pool.map(task, buckets)


def run(engine: Engine, task: Task, buckets: Sequence[Path], step: str, progress: Progress) -> Iterator[pa.Table]:
    """Run a task over buckets and tell how far it is."""
    for done, part in enumerate(engine(task, buckets), start=1):
        progress(step, done, len(buckets))
        yield part
