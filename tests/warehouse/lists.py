"""The list that Vernis makes of tables, for comparing it with the reference."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.histories import write_csv
from tests.reference import Tables
from vernis.warehouse import runs, snapshot
from vernis.warehouse.engines import Engine, on_threads
from vernis.warehouse.settings_file import rules_from
from vernis.warehouse.snapshot import Snapshot


@contextmanager
def prepared(tables: Tables) -> Iterator[Snapshot]:
    """Give the snapshot of tables written as files."""
    with TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        data.mkdir()
        write_csv(tables, data)
        with snapshot.opened(data, Path(folder) / "cache") as made:
            yield made


def rows_of(
    tables: Tables, as_of: date, settings: dict[str, Any] | None = None, engine: Engine = on_threads
) -> list[dict[str, Any]]:
    """Return the rows of the list as plain values, by column."""
    with prepared(tables) as made:
        table = runs.worklist(made, as_of, rules_from(settings or {}), engine).table
        return list(table.to_pylist())
