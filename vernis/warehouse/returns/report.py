"""A back-test as JSON and as a page: plain HTML and SVG, no scripts, nothing from elsewhere."""

import html
import math
from typing import Any

from vernis.lib.texts import _, language
from vernis.warehouse.returns.backtest import VERNIS, Report, Scores
from vernis.warehouse.returns.words import model_title, verdict

SIZE, EDGE = 320, 36

STYLE = """
:root { color-scheme: light dark; --ink: #1c1b1a; --soft: #6d6a66; --line: #d9d5cf; --ours: #0b6e4f; --paper: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #eceae6; --soft: #a5a19b; --line: #45413c; --ours: #4cc79a; --paper: #1b1a18; }
}
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 64rem;
  margin: 2rem auto; padding: 0 1rem; }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .8rem; text-align: right; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { text-align: left; } .ours { font-weight: 600; color: var(--ours); }
.soft { color: var(--soft); } svg { max-width: 100%; height: auto; } svg text { fill: var(--soft); font-size: 11px; }
"""


def as_json(report: Report) -> dict[str, Any]:
    """Return a report as plain values."""
    return {
        "cutoffs": [day.isoformat() for day in report.cutoffs],
        "first_on": report.first_on.isoformat(),
        "last_on": report.last_on.isoformat(),
        "clients": report.clients,
        "visits": report.visits,
        "may_be_used": report.may_be_used,
        "horizons": {
            str(horizon): {
                "best_of_family": report.best_of_family.get(horizon),
                "models": {name: _plain(scores) for name, scores in by_model.items()},
                "log_loss_of_vernis_against": {
                    name: ratio._asdict() for name, ratio in report.against[horizon].items()
                },
            }
            for horizon, by_model in report.scores.items()
        },
        "dates": {name: _without_nan(dates._asdict()) for name, dates in report.dates.items()},
    }


def _plain(scores: Scores) -> dict[str, Any]:
    bins = [{"chance": chance, "came": came, "rows": rows} for chance, came, rows in scores.calibration]
    return scores._asdict() | {"calibration": bins}


def _without_nan(values: dict[str, Any]) -> dict[str, Any]:
    return {name: None if isinstance(value, float) and math.isnan(value) else value for name, value in values.items()}


def score_rows(report: Report, horizon: int) -> tuple[list[str], list[list[str]]]:
    """Return headers and cells of the table of one horizon, best log loss first."""
    headers = [
        _("Model"), _("Log loss"), _("Vernis against it"), _("95 % interval"), _("Brier"), _("AUC"),
        _("Calibration error"),
    ]  # fmt: skip
    rows = []
    for name, scores in sorted(report.scores[horizon].items(), key=lambda pair: pair[1].log_loss):
        ratio = report.against[horizon].get(name)
        rows.append(
            [
                model_title(name),
                f"{scores.log_loss:.4f}",
                f"{100 * ratio.value:+.1f} %" if ratio else "",
                f"{100 * ratio.low:+.1f} .. {100 * ratio.high:+.1f}" if ratio else "",
                f"{scores.brier:.4f}",
                "" if scores.auc is None else f"{scores.auc:.3f}",
                f"{scores.calibration_error:.4f}",
            ]
        )
    return headers, rows


def date_rows(report: Report) -> tuple[list[str], list[list[str]]]:
    """Return headers and cells of the table of dates."""
    headers = [
        _("Model"), _("Error of the date, days"), _("Within a week"), _("80 % interval holds, 90 days"), _("182 days"),
    ]  # fmt: skip
    rows = []
    for name, dates in report.dates.items():
        shares = (dates.within_7_days, dates.coverage_80, dates.coverage_80_182)
        error = "" if math.isnan(dates.error_days) else f"{dates.error_days:.1f}"
        rows.append(
            [model_title(name), error, *("" if math.isnan(share) else f"{100 * share:.0f} %" for share in shares)]
        )
    return headers, rows


def as_html(report: Report, title: str) -> str:
    """Return a report as a page."""
    parts = [
        f'<!doctype html>\n<html lang="{language()}">\n<head>\n<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{html.escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>",
        f"<h1>{html.escape(title)}</h1>",
        f"<p>{html.escape(verdict(report.may_be_used, is_proven=True))}</p>",
        f'<p class="soft">{html.escape(summary(report))}</p>',
    ]
    for horizon, by_model in report.scores.items():
        heading = _("Will she come within {days} days?").format(days=horizon)
        parts += [f"<h2>{html.escape(heading)}</h2>", _table(*score_rows(report, horizon))]
        parts.append(_plot(by_model[VERNIS], heading))
    parts += [
        f"<h2>{html.escape(_('When will she come?'))}</h2>",
        _table(*date_rows(report)),
        "</main>\n</body>\n</html>\n",
    ]
    return "\n".join(parts)


def summary(report: Report) -> str:
    """Return in a sentence what was tested on."""
    text = _("{clients} clients, {visits} visits from {first} to {last}; cut-offs: {cutoffs}.")
    return text.format(
        clients=report.clients,
        visits=report.visits,
        first=report.first_on,
        last=report.last_on,
        cutoffs=", ".join(str(day) for day in report.cutoffs),
    )


def _table(headers: list[str], rows: list[list[str]]) -> str:
    head = "".join(f'<th scope="col">{html.escape(text)}</th>' for text in headers)
    ours = model_title(VERNIS)
    body = "\n".join(
        f"<tr{' class=ours' if row[0] == ours else ''}>"
        + "".join(f"<td>{html.escape(cell)}</td>" for cell in row)
        + "</tr>"
        for row in rows
    )
    return f'<div class="wide"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table></div>'


def _plot(scores: Scores, heading: str) -> str:
    """Return the calibration as a picture: what was said against what came, the size of a dot by how many."""

    def x(share: float) -> float:
        return EDGE + share * (SIZE - 2 * EDGE)

    def y(share: float) -> float:
        return SIZE - EDGE - share * (SIZE - 2 * EDGE)

    told = "; ".join(f"{100 * chance:.0f} % → {100 * came:.0f} % ({rows})" for chance, came, rows in scores.calibration)
    label = _("{heading} Said and came, by tenths: {told}").format(heading=heading, told=told)
    parts = [
        f'<svg viewBox="0 0 {SIZE} {SIZE}" width="{SIZE}" role="img" aria-label="{html.escape(label)}">',
        f'<path d="M{x(0)} {y(1)}V{y(0)}H{x(1)}" fill="none" stroke="var(--line)"/>',
        f'<path d="M{x(0)} {y(0)}L{x(1)} {y(1)}" stroke="var(--line)" stroke-dasharray="4 4"/>',
    ]
    most = max(rows for _chance, _came, rows in scores.calibration)
    line = " ".join(f"{x(chance):.1f},{y(came):.1f}" for chance, came, _rows in scores.calibration)
    parts.append(f'<polyline points="{line}" fill="none" stroke="var(--ours)" stroke-width="1.5"/>')
    for chance, came, rows in scores.calibration:
        radius = 3 + 7 * math.sqrt(rows / most)
        parts.append(
            f'<circle cx="{x(chance):.1f}" cy="{y(came):.1f}" r="{radius:.1f}" fill="var(--ours)" fill-opacity=".6"/>'
        )
    for share in (0, 0.5, 1):
        parts.append(f'<text x="{x(share)}" y="{SIZE - EDGE + 16}" text-anchor="middle">{100 * share:.0f} %</text>')
        parts.append(f'<text x="{EDGE - 6}" y="{y(share) + 4}" text-anchor="end">{100 * share:.0f} %</text>')
    parts.append(f'<text x="{SIZE / 2}" y="{SIZE - 4}" text-anchor="middle">{html.escape(_("said"))}</text>')
    parts.append(f'<text x="{EDGE}" y="{EDGE - 12}" text-anchor="middle">{html.escape(_("came"))}</text>\n</svg>')
    return "\n".join(parts)
