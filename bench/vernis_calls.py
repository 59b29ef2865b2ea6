"""The only place in bench that knows the product's Python interface."""

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa


def write_sample(folder: Path, clients: int, as_of: date, seed: int = 1) -> None:
    from vernis.warehouse import sample  # noqa: PLC0415

    sample.write_sample(folder, clients=clients, seed=seed, as_of=as_of, lines_per_client=20, file_format="parquet")


def open_snapshot(data: Path, cache: Path) -> Any:
    """Make the snapshot, or reuse the one in `cache`."""
    from vernis.warehouse import snapshot  # noqa: PLC0415

    return snapshot.open_snapshot(data, cache)


def rules() -> Any:
    from vernis.engine.settings import Rules  # noqa: PLC0415

    return Rules()


def worklist(snap: Any, as_of: date, engine: str = "local") -> pa.Table:
    from vernis.warehouse import runs  # noqa: PLC0415

    return runs.worklist(snap, as_of, rules(), engine=engine)


def one_client(snap: Any, client_id: str, as_of: date) -> Any:
    from vernis.warehouse import runs  # noqa: PLC0415

    return runs.one_client(snap, client_id, as_of, rules())


def command(data: Path, as_of: date) -> list[str]:
    """Return the arguments of `vernis` that print the list."""
    return ["worklist", "--data", str(data), "--as-of", as_of.isoformat(), "--format", "table"]


def cache_environment(cache: Path) -> dict[str, str]:
    """Return the environment that makes the command keep its snapshots in `cache`."""
    return {"VERNIS_CACHE": str(cache), "XDG_CACHE_HOME": str(cache)}
