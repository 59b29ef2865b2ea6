"""The only place in bench that knows the product's Python interface (looked up late: the baselines run without it)."""

import contextlib
import tempfile
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

_open = contextlib.ExitStack()
"""Snapshots stay open until the process ends."""


def write_sample(folder: Path, clients: int, as_of: date, seed: int = 1) -> None:
    """Write the bench's input: 20 lines of appointments per client."""
    sample = import_module("vernis.warehouse.sample")
    sample.write_sample(folder, clients=clients, seed=seed, as_of=as_of, lines_per_client=20, file_format="parquet")


def wake(as_of: date) -> None:
    """Load the compiled rules from their cache, as importing a library loads its machine code."""
    names = ("bucketing", "learning", "runs", "snapshot")
    modules: list[Any] = [import_module(f"vernis.warehouse.{name}") for name in names]
    bucketing, learning, runs, snapshot = modules
    limits = bucketing.COMPILE_FROM, learning.INTERPRET_UP_TO, runs.INTERPRET_UP_TO
    bucketing.COMPILE_FROM = learning.INTERPRET_UP_TO = runs.INTERPRET_UP_TO = 0
    with tempfile.TemporaryDirectory() as folder:
        write_sample(Path(folder) / "data", 50, as_of)
        with snapshot.opened(Path(folder) / "data", Path(folder) / "cache") as prepared:
            runs.worklist(prepared, as_of)
    bucketing.COMPILE_FROM, learning.INTERPRET_UP_TO, runs.INTERPRET_UP_TO = limits


def open_snapshot(data: Path, cache: Path) -> Any:
    """Make the snapshot, or reuse the one in `cache`."""
    return _open.enter_context(import_module("vernis.warehouse.snapshot").opened(data, cache))


def worklist(snap: Any, as_of: date, engine: str = "local") -> Any:
    """Return the list as an Arrow table with the contract's columns."""
    runs = import_module("vernis.warehouse.runs")
    if engine == "local":
        return runs.worklist(snap, as_of).table
    with import_module("vernis.warehouse.spark").on_spark() as running:
        return runs.worklist(snap, as_of, engine=running).table


def question(snap: Any, as_of: date) -> Any:
    """Return what the rules are asked of every client."""
    return import_module("vernis.warehouse.one_client").question(snap, as_of)


def history(snap: Any, client_id: str) -> Any:
    """Return the history of one client, as plain Python."""
    return import_module("vernis.warehouse.one_client").find(snap, client_id).history


def one_client(history: Any, question: Any) -> Any:
    """Apply the rules to one client."""
    return import_module("vernis.warehouse.runs").rows_of_one(history, question)


def command(data: Path, as_of: date) -> list[str]:
    """Return the arguments of `vernis` that print the list."""
    return ["worklist", "--data", str(data), "--as-of", as_of.isoformat(), "--format", "table"]
