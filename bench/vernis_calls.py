"""The only place in bench that knows the product's Python interface (looked up late: the baselines run without it)."""

from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any


def write_sample(folder: Path, clients: int, as_of: date, seed: int = 1) -> None:
    """Write the bench's input: 20 lines of appointments per client."""
    sample = import_module("vernis.warehouse.sample")
    sample.write_sample(folder, clients=clients, seed=seed, as_of=as_of, lines_per_client=20, file_format="parquet")


def open_snapshot(data: Path, cache: Path) -> Any:
    """Make the snapshot, or reuse the one in `cache`."""
    return import_module("vernis.warehouse.snapshot").open_snapshot(data, cache)


def rules() -> Any:
    """Return the default settings."""
    return import_module("vernis.engine.settings").Rules()


def worklist(snap: Any, as_of: date, engine: str = "local") -> Any:
    """Return the list as an Arrow table with the contract's columns."""
    return import_module("vernis.warehouse.runs").worklist(snap, as_of, rules(), engine=engine)


def one_client(snap: Any, client_id: str, as_of: date) -> Any:
    """Return what the engine says of one client."""
    return import_module("vernis.warehouse.runs").one_client(snap, client_id, as_of, rules())


def command(data: Path, as_of: date) -> list[str]:
    """Return the arguments of `vernis` that print the list."""
    return ["worklist", "--data", str(data), "--as-of", as_of.isoformat(), "--format", "table"]


def cache_environment(cache: Path) -> dict[str, str]:
    """Return the environment that makes the command keep its snapshots in `cache`."""
    return {"VERNIS_CACHE": str(cache), "XDG_CACHE_HOME": str(cache)}
