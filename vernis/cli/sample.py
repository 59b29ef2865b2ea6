"""`vernis sample`: an invented salon network."""

import datetime
import sys
from pathlib import Path
from typing import Any, Literal

from vernis.cli import progress
from vernis.lib.texts import _
from vernis.warehouse.errors import DataError


def run(
    *,
    out: Path,
    clients: int,
    seed: int,
    as_of: datetime.date,
    lines_per_client: float | None,
    form: Literal["csv", "parquet"] | None,
    verbose: bool,
) -> None:
    """Write the tables into the folder."""
    from vernis.warehouse.sample import write_sample  # noqa: PLC0415

    with progress.shown() as show:

        def share(step: str, done: float) -> None:
            show(step, round(done * 1000), 1000)

        try:
            write_sample(
                out, clients=clients, seed=seed, as_of=as_of, lines_per_client=lines_per_client,
                file_format=form, progress=share,
            )  # fmt: skip
        except (FileExistsError, NotADirectoryError) as error:
            raise DataError(str(error)) from None
    if verbose:
        for path in sorted(out.iterdir()):
            _say(_("{file}: {size} bytes").format(file=path.name, size=path.stat().st_size))
    _say(_("{folder} is ready. Now: vernis worklist --data {folder} --as-of {day}").format(folder=out, day=as_of))


def _say(*text: Any) -> None:
    print(*text, file=sys.stderr)
