"""`vernis replay`: the sizes of the blocks, day by day."""

import datetime
import itertools
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from vernis.cli import progress
from vernis.cli.grid import grid
from vernis.cli.output import target
from vernis.cli.reports import report_findings
from vernis.cli.worklist import rules_of
from vernis.lib.days import spoken
from vernis.lib.texts import _
from vernis.warehouse import names
from vernis.warehouse.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa

BARS = " ▁▂▃▄▅▆▇█"
CHART_WIDTH = 100
CHART_HEIGHT = 3


def run(
    *,
    data: Path,
    first: datetime.date,
    last: datetime.date,
    settings: Path | None,
    cache: Path | None,
    verbose: bool,
    form: str,
    out: Path | None,
) -> None:
    """Print or write the sizes."""
    if last < first:
        raise DataError(_("--to lies before --from"))
    from vernis.warehouse import replays, snapshot  # noqa: PLC0415
    from vernis.warehouse.writing import write_csv  # noqa: PLC0415

    rules = rules_of(settings)
    with progress.shown() as show, snapshot.opened(data, cache, show) as prepared:
        sizes = replays.block_sizes(prepared, first, last, rules, progress=show)
        findings = prepared.manifest["findings"]
    with target(out) as file:
        if form == "csv":
            write_csv(sizes, file)
        else:
            text = _chart(sizes) if form == "chart" else _table(sizes)
            file.write((text + "\n").encode())
    if verbose:
        report_findings(findings, None, is_verbose=True)
    sys.stdout.flush()


def _table(sizes: "pa.Table") -> str:
    columns = sizes.column_names[1:]
    rows = [(str(row["day"]), *(str(row[block]) for block in columns)) for row in sizes.to_pylist()]
    headers = [_("Day"), *(names.block_title(block) for block in columns)]
    return grid(headers, rows, right=range(1, len(headers)))


def _chart(sizes: "pa.Table") -> str:
    """Return a small chart per block, one under the other, all over the same days."""
    days = sizes.column("day").to_pylist()
    parts = []
    for block in sizes.column_names[1:]:
        values = _averaged(sizes.column(block).to_pylist())
        top = max(values)
        first, last = sizes.column(block)[0].as_py(), sizes.column(block)[-1].as_py()
        parts.append(
            _("{block}: {first} → {last}, at most {top}").format(
                block=names.block_title(block), first=first, last=last, top=max(sizes.column(block).to_pylist())
            )
        )
        parts += [
            "  " + "".join(_cell(value / top * CHART_HEIGHT - level if top else 0) for value in values)
            for level in range(CHART_HEIGHT - 1, -1, -1)
        ]
    begin, end = (spoken(day, near=days[-1]) for day in (days[0], days[-1]))
    width = min(len(days), CHART_WIDTH)
    parts.append("  " + begin + end.rjust(max(width - len(begin), len(end) + 1)))
    return "\n".join(parts)


def _averaged(values: list[int]) -> list[float]:
    """Return at most so many values as the chart is wide: averages over stretches of days."""
    width = min(len(values), CHART_WIDTH)
    edges = [round(place * len(values) / width) for place in range(width + 1)]
    return [sum(values[i:j]) / (j - i) for i, j in itertools.pairwise(edges)]


def _cell(filled: float) -> str:
    return BARS[round(max(0.0, min(1.0, filled)) * 8)]
