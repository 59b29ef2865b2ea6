"""`vernis backtest`: how good the model of return would have been on the data set's own past."""

import datetime
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from vernis.cli import progress
from vernis.cli.grid import grid
from vernis.cli.output import target
from vernis.cli.worklist import rules_of
from vernis.lib.texts import _, ngettext

if TYPE_CHECKING:
    from vernis.warehouse.returns.backtest import Report
    from vernis.warehouse.returns.visits import Visits


def run(
    *,
    data: Path,
    cutoffs: list[datetime.date] | None,
    today: datetime.date,
    predictions: Path | None,
    as_json: bool,
    page: Path | None,
    settings: Path | None,
    cache: Path | None,
    verbose: bool,
) -> None:
    """Test, and print or write what came out."""
    from vernis.warehouse.returns import backtest, report, visits  # noqa: PLC0415
    from vernis.warehouse.writing import write_csv  # noqa: PLC0415

    rules = rules_of(settings)
    with progress.shown() as show:
        known = visits.read_visits(data, today, cache, show)
        found = backtest.backtest(known, cutoffs, rules, with_predictions=predictions is not None, progress=show)
    if predictions is not None:
        with target(predictions) as file:
            write_csv(found.predictions, file)
    if page is not None:
        title = _("How good is the model of return? {data}").format(data=data.name)
        with target(page) as file:
            file.write(report.as_html(found, title).encode())
    with target(None) as file:
        text = json.dumps(report.as_json(found), indent=1) if as_json else _text(found)
        file.write((text + "\n").encode())
    _tell(known, is_verbose=verbose)


def _text(found: "Report") -> str:
    from vernis.warehouse.returns import report  # noqa: PLC0415
    from vernis.warehouse.returns.words import verdict  # noqa: PLC0415

    parts = [report.summary(found)]
    for horizon, by_model in found.scores.items():
        rows = next(iter(by_model.values())).rows
        heading = _("Will she come within {days} days?").format(days=horizon)
        counted = ngettext("{count} prediction", "{count} predictions", rows).format(count=rows)
        headers, cells = report.score_rows(found, horizon)
        parts += ["", f"{heading} {counted}", grid(headers, cells, right=range(1, len(headers)))]
    headers, cells = report.date_rows(found)
    parts += ["", _("When will she come?"), grid(headers, cells, right=range(1, len(headers)))]
    parts += ["", verdict(found.may_be_used, is_proven=True)]
    return "\n".join(parts)


def _tell(known: "Visits", *, is_verbose: bool) -> None:
    notes = []
    if known.future_count:
        notes.append(
            ngettext(
                "{count} visit lies in the future and was left out.",
                "{count} visits lie in the future and were left out.",
                known.future_count,
            ).format(count=known.future_count)
        )
    if known.repeated_count and is_verbose:
        notes.append(
            ngettext(
                "{count} line says again what another says: same client, day and kind of service; it counts once.",
                "{count} lines say again what others say: same client, day and kind of service; each counts once.",
                known.repeated_count,
            ).format(count=known.repeated_count)
        )
    for note in notes:
        print(_("Note: {note}").format(note=note), file=sys.stderr)
