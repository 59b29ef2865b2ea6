"""Spark as distributor: it carries buckets to workers and results back; the rules run inside its tasks as they are.

Workers need Vernis installed at the same path or in their Python, and must see the cache folder under the same path
(one machine, or a shared file system).
"""

import contextlib
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from vernis.lib.texts import _
from vernis.warehouse.engines import Engine, Task
from vernis.warehouse.errors import DataError

LOCAL = "local[2]"


class SparkError(DataError):
    """Spark cannot be used here, or its cluster cannot be reached."""


@contextlib.contextmanager
def on_spark(master: str = LOCAL) -> Iterator[Engine]:
    """Give an engine that runs tasks on a Spark cluster (`spark://host:7077`) or in Spark's local mode.

    Raises SparkError where Spark or Java is missing or the cluster does not answer.
    """
    session = _session(master)
    try:

        def run(task: Task, buckets: Sequence[Path]) -> Iterator[pa.Table]:
            yield _distributed(session, task, buckets)

        yield run
    finally:
        session.stop()


def _distributed(session: Any, task: Task, buckets: Sequence[Path]) -> pa.Table:
    """Run the task on every bucket, a Spark task each, and return all results in one table."""
    from pyspark.sql.pandas.types import from_arrow_schema  # noqa: PLC0415 (Spark is optional)

    def work(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for bucket in batch.column("bucket").to_pylist():
                yield from task(Path(bucket)).to_batches()

    folders = session.createDataFrame([(str(bucket),) for bucket in buckets], "bucket string")
    spread = folders.repartitionByRange(len(buckets), "bucket")
    table = spread.mapInArrow(work, from_arrow_schema(task.schema)).toArrow()
    return pa.Table.from_batches(table.to_batches(), table.schema).cast(task.schema)


def _session(master: str) -> Any:
    try:
        from pyspark.sql import SparkSession  # noqa: PLC0415 (Spark is optional: 490 MB)
    except ImportError:
        raise SparkError(_("Spark is not installed; install it with: pip install 'vernis[spark]'")) from None
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("PYSPARK_DRIVER_PYTHON", sys.executable)
    # Spark speaks its log on our standard error; only what stops it is worth a reader's time.
    settings: dict[str, bool | float | int | str | None] = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
        "spark.driver.maxResultSize": "0",
        "spark.sql.adaptive.enabled": "false",
        "spark.executorEnv.PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    if master.startswith("local") or "//127.0.0.1" in master or "//localhost" in master:
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")  # the machine's own name need not resolve
        settings["spark.driver.host"] = settings["spark.driver.bindAddress"] = "127.0.0.1"
    builder = SparkSession.builder.master(master).appName("vernis").config(map=settings)
    try:
        return builder.getOrCreate()
    except Exception as error:
        problem = _(
            "Spark cannot be started on {master}: {error}; Java 17 must be installed and the cluster must answer"
        )
        raise SparkError(problem.format(master=master, error=str(error).split("\n")[0])) from None
