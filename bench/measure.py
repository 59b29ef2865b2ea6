"""One measurement, in a process of its own: `python -m bench.measure TASK FOLDER CACHE AS_OF [RESULT]`.

Prints one line of JSON: seconds (around the call alone), import_seconds, and facts of the task. The parent reads peak
memory from the operating system.
"""

import json
import sys
import time
from collections.abc import Callable
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

THREADS = 2


def main() -> None:
    """Measure one task and print what it took."""
    task, folder, cache, as_of, *rest = sys.argv[1:]
    result = Path(rest[0]) if rest else None
    print(json.dumps(TASKS[task](Path(folder), Path(cache), date.fromisoformat(as_of), result)))


def sample(folder: Path, clients: Path, as_of: date, result: Path | None) -> dict[str, Any]:
    """Write the input of the bench."""
    from bench import vernis_calls  # noqa: PLC0415

    vernis_calls.write_sample(folder, int(str(clients)), as_of)
    return {}


def sql(folder: Path, cache: Path, as_of: date, result: Path | None) -> dict[str, Any]:
    start = time.perf_counter()
    from bench import worklist_sql  # noqa: PLC0415

    imported = time.perf_counter() - start
    return timed(imported, lambda: worklist_sql.worklist(folder, as_of, threads=THREADS), result)


def pandas(folder: Path, cache: Path, as_of: date, result: Path | None) -> dict[str, Any]:
    start = time.perf_counter()
    from bench import worklist_pandas  # noqa: PLC0415

    imported = time.perf_counter() - start
    return timed(imported, lambda: worklist_pandas.worklist(folder, as_of), result)


def scan(folder: Path, cache: Path, as_of: date, result: Path | None) -> dict[str, Any]:
    start = time.perf_counter()
    from bench import scan as scanning  # noqa: PLC0415

    imported = time.perf_counter() - start
    best = scanning.scan(folder, THREADS)
    return {"import_seconds": imported, "seconds": best.seconds, "way": best.way}


def snapshot(folder: Path, cache: Path, as_of: date, result: Path | None) -> dict[str, Any]:
    """Make the snapshot; the parent hands an empty cache."""
    imported = import_vernis(as_of)
    from bench import vernis_calls  # noqa: PLC0415

    return timed(imported, lambda: vernis_calls.open_snapshot(folder, cache), None)


def listing(folder: Path, cache: Path, as_of: date, result: Path | None) -> dict[str, Any]:
    """List over a ready snapshot (opened before the clock starts)."""
    return over_snapshot(folder, cache, as_of, result, "local")


def spark(folder: Path, cache: Path, as_of: date, result: Path | None) -> dict[str, Any]:
    """List over a ready snapshot with Spark on this machine; the start of the session counts."""
    return over_snapshot(folder, cache, as_of, result, "spark")


def over_snapshot(folder: Path, cache: Path, as_of: date, result: Path | None, engine: str) -> dict[str, Any]:
    imported = import_vernis(as_of)
    from bench import vernis_calls  # noqa: PLC0415

    snap = vernis_calls.open_snapshot(folder, cache)
    return timed(imported, lambda: vernis_calls.worklist(snap, as_of, engine), result)


def one(folder: Path, cache: Path, as_of: date, result: Path | None) -> dict[str, Any]:
    """Apply the rules to single clients whose histories are at hand, as after a call: the median of many."""
    import pyarrow.compute as pc  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    imported = import_vernis(as_of)
    from bench import vernis_calls  # noqa: PLC0415

    snap = vernis_calls.open_snapshot(folder, cache)
    some = pc.unique(pq.ParquetFile(folder / "appointments.parquet").read_row_group(0, ["client_id"])["client_id"])
    histories = [vernis_calls.history(snap, str(client_id)) for client_id in some.slice(0, 101).to_pylist()]
    question = vernis_calls.question(snap, as_of)
    spent = []
    for history in histories:
        start = time.perf_counter()
        vernis_calls.one_client(history, question)
        spent.append(time.perf_counter() - start)
    spent.sort()
    return {"import_seconds": imported, "seconds": spent[len(spent) // 2], "worst": spent[-1], "clients": len(spent)}


def import_vernis(as_of: date) -> float:
    start = time.perf_counter()
    for module in ("vernis.engine.settings", "vernis.warehouse.snapshot", "vernis.warehouse.runs"):
        import_module(module)
    from bench import vernis_calls  # noqa: PLC0415

    vernis_calls.wake(as_of)
    return time.perf_counter() - start


def timed(imported: float, call: Callable[[], Any], result: Path | None) -> dict[str, Any]:
    start = time.perf_counter()
    table = call()
    seconds = time.perf_counter() - start
    if result:
        import pyarrow.parquet as pq  # noqa: PLC0415

        pq.write_table(table, result)
    return {"import_seconds": imported, "seconds": seconds, "rows": getattr(table, "num_rows", None)}


TASKS = {
    "sample": sample,
    "scan": scan,
    "sql": sql,
    "pandas": pandas,
    "snapshot": snapshot,
    "list": listing,
    "one": one,
    "spark": spark,
}

if __name__ == "__main__":
    main()
