"""The rules inside Spark tasks: in local mode, and on a real standalone cluster on loopback."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyspark
import pytest

from tests import reference
from tests.cases import CASES
from tests.cli.command import COMMAND, done, environment
from tests.histories import write_csv
from vernis.lib.days import number_of
from vernis.warehouse import making, runs, snapshot, spark
from vernis.warehouse.engines import Engine
from vernis.warehouse.learning import learned_on
from vernis.warehouse.loading import load_shared
from vernis.warehouse.results import as_result
from vernis.warehouse.runs import WorklistTask
from vernis.warehouse.sample import write_sample
from vernis.warehouse.settings_file import rules_from

pytestmark = [  # what PySpark itself leaves behind
    pytest.mark.filterwarnings(f"ignore::{kind}") for kind in ("ResourceWarning", "DeprecationWarning", "FutureWarning")
]

DAY = date(2026, 5, 12)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with spark.on_spark() as running:
        yield running


def test_spark_gives_the_list_of_threads_row_by_row(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "LINES_PER_BUCKET", 2_000)
    write_sample(tmp_path / "data", clients=2_000, seed=5, as_of=DAY)
    with snapshot.opened(tmp_path / "data", tmp_path / "cache") as prepared:
        here = runs.worklist(prepared, DAY)
        there = runs.worklist(prepared, DAY, engine=engine)

    assert len(prepared.buckets) > 4
    assert there.table.equals(here.table)
    assert there.unclosed_count == here.unclosed_count > 0


def test_the_cases_worked_by_hand_hold_inside_spark_tasks(engine: Engine) -> None:
    """All cases in one job: the task of every case is carried to a worker, run there, and its rows carried back."""
    from pyspark.sql import SparkSession

    with TemporaryDirectory() as folder:
        work = []
        for number, case in enumerate(CASES):
            data = Path(folder) / f"data-{number}"
            data.mkdir()
            write_csv(case.tables, data)
            with snapshot.opened(data, Path(folder) / "cache") as prepared:
                rules, day = rules_from(case.settings), number_of(case.as_of)
                learned = learned_on(prepared, load_shared(prepared.folder), day, rules)
                first_clients = {bucket.name: 0 for bucket in prepared.buckets}
                task = WorklistTask(prepared.folder, day, rules, learned, first_clients)
                work.append((task, prepared.buckets))

        def run(item: tuple[WorklistTask, list[Path]]) -> list[bytes]:
            task, buckets = item
            return [bytes(serialized(task(bucket))) for bucket in buckets]

        session = SparkSession.getActiveSession()
        assert session is not None
        results = session.sparkContext.parallelize(work, 4).map(run).collect()

        for (task, _buckets), parts, case in zip(work, results, CASES, strict=True):
            order = np.load(task.snapshot / "client_order.npy")
            table = as_result([deserialized(part) for part in parts], load_shared(task.snapshot), order).table
            assert table.to_pylist() == reference.worklist(case.tables, case.as_of, case.settings), case.name


def serialized(table: pa.Table) -> pa.Buffer:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return sink.getvalue()


def deserialized(part: bytes) -> pa.Table:
    return pa.ipc.open_stream(part).read_all()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a standalone cluster: one master and two workers, each a process of its own."""
    home = Path(pyspark.__file__).parent
    folder = tmp_path_factory.mktemp("cluster")
    environment = {
        **os.environ,
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_WORKER_DIR": str(folder),
        "SPARK_LOG_DIR": str(folder),
        "PYSPARK_PYTHON": sys.executable,
    }
    processes: list[subprocess.Popen[bytes]] = []

    def start(name: str, *arguments: str) -> Path:
        log = folder / f"{name}-{len(processes)}.log"
        launcher = str(home / "bin" / "spark-class")
        command = [launcher, f"org.apache.spark.deploy.{name}", "--host", "127.0.0.1", *arguments]
        with log.open("wb") as out:
            processes.append(subprocess.Popen(command, env=environment, stdout=out, stderr=out, start_new_session=True))
        return log

    try:
        master_log = start("master.Master", "--port", "0", "--webui-port", "0")
        address = waited(master_log, r"Starting Spark master at (spark://\S+)")
        for _worker in range(2):
            start("worker.Worker", "--port", "0", "--webui-port", "0", "--cores", "1", "--memory", "1g", address)
        waited(master_log, r"Registering worker[\s\S]*(Registering worker)")
        yield address
    finally:
        for process in processes:
            os.killpg(process.pid, signal.SIGTERM)
        for process in processes:
            process.wait(timeout=30)


def waited(log: Path, pattern: str, seconds: float = 90) -> str:
    """Wait until a log holds a pattern, and return what its group matched."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = re.search(pattern, log.read_text(errors="replace"))
        if found:
            return found[1]
        time.sleep(0.2)
    raise AssertionError(f"not found in time: {pattern}\n{log.read_text(errors='replace')[-2000:]}")


def on_spark(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the command with Spark, which takes its time and speaks on the standard error."""
    call = [str(COMMAND), *map(str, arguments), "--engine", "spark"]
    quiet = environment(PYTHONWARNINGS="default")
    return subprocess.run(call, env=quiet, capture_output=True, text=True, timeout=300, check=False)


def test_the_command_on_a_standalone_cluster_prints_the_same_csv(cluster: str, tmp_path: Path) -> None:
    write_sample(tmp_path / "data", clients=300, seed=5, as_of=DAY)
    call = ["worklist", "--data", tmp_path / "data", "--as-of", DAY, "--format", "csv", "--cache", tmp_path / "cache"]

    there = on_spark(*call, "--spark-master", cluster)

    assert there.returncode == 0, there.stderr
    assert there.stdout == done(*call)


def test_a_cluster_that_does_not_answer_is_an_error_and_nothing_is_written(tmp_path: Path) -> None:
    write_sample(tmp_path / "data", clients=50, seed=5, as_of=DAY)
    out = tmp_path / "list.csv"

    failed = on_spark(
        "worklist", "--data", tmp_path / "data", "--as-of", DAY, "--cache", tmp_path / "cache", "--out", out,
        "--spark-master", "nonsense://127.0.0.1:1",
    )  # fmt: skip

    assert failed.returncode == 2
    assert "nonsense://127.0.0.1:1" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert not out.exists()


def test_java_is_there() -> None:
    assert shutil.which("java"), "make test installs Java 17; Spark cannot be tested without it"
