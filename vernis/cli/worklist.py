"""`vernis worklist`: the list of a day, to read or to work on."""

import contextlib
import datetime
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from vernis.cli import progress
from vernis.cli.output import target
from vernis.cli.reports import report_findings
from vernis.lib.texts import _
from vernis.warehouse.errors import DataError

if TYPE_CHECKING:
    from vernis.engine.settings import Rules
    from vernis.warehouse.engines import Engine

SCREEN_ROWS = 10
"""Rows a block shows on a screen unless asked for more."""


def run(
    *,
    data: Path,
    as_of: datetime.date,
    settings: Path | None,
    cache: Path | None,
    verbose: bool,
    engine: str,
    spark_master: str | None,
    form: str,
    out: Path | None,
    top: int | None,
) -> None:
    """Print or write the list."""
    if form == "parquet" and out is None and sys.stdout.isatty():
        raise DataError(_("Parquet is not for the screen; name a file with --out"))
    from vernis.warehouse import runs, snapshot  # noqa: PLC0415

    rules = rules_of(settings)
    with progress.shown() as show, snapshot.opened(data, cache, show) as prepared:
        with engine_of(engine, spark_master) as chosen:
            result = runs.worklist(prepared, as_of, rules, chosen, show)
        findings = prepared.manifest["findings"]
    with target(out) as file:
        if form == "table":
            from vernis.cli.listing import write_table  # noqa: PLC0415

            if top is None:
                top = SCREEN_ROWS if out is None and sys.stdout.isatty() else 0
            write_table(result.table, file, data, as_of, top=top, is_screen=out is None and sys.stdout.isatty())
        else:
            from vernis.warehouse.writing import WRITERS  # noqa: PLC0415

            WRITERS[form](result.table, file)
    report_findings(findings, result.unclosed_count, is_verbose=verbose)


def rules_of(settings: Path | None) -> "Rules":
    """Return the rules with the settings of a file, if there is one."""
    from vernis.engine.settings import Rules  # noqa: PLC0415

    if settings is None:
        return Rules()
    from vernis.warehouse.settings_file import read_rules  # noqa: PLC0415

    return read_rules(settings)


@contextlib.contextmanager
def engine_of(engine: str, spark_master: str | None) -> Iterator["Engine"]:
    """Give what the rules run on."""
    if engine == "local":
        if spark_master is not None:
            raise DataError(_("--spark-master goes with --engine spark"))
        from vernis.warehouse.engines import on_threads  # noqa: PLC0415

        yield on_threads
        return
    from vernis.warehouse.spark import LOCAL, on_spark  # noqa: PLC0415

    with on_spark(spark_master or LOCAL) as chosen:
        yield chosen
