"""The application measured on both databases; writes a page of figures.

Usage: python -m bench.web [--clients 100000] [--out docs/bench-web.md]

Runs `bench.web_sync`, `bench.web_load` and `bench.web_calls` on SQLite and on a PostgreSQL server of its own, one after
the other (about half an hour). Exit code 1 if one of them found an error.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from bench.report import machine

DATABASES = {"SQLite": [], "PostgreSQL": [sys.executable, "scripts/postgres.py"]}


class Target(NamedTuple):
    """What a figure is called, where it stands in the JSON, and what it must not exceed (None: told only)."""

    title: str
    path: tuple[str, ...]
    most: float | None
    unit: str


SYNC = [
    Target("loading the facts", ("load_s",), None, "s"),
    Target("first nightly run", ("first_run_s",), None, "s"),
    Target("nightly run a day later", ("next_day_s",), 15, "s"),
    Target("somebody saving meanwhile, p95", ("writer_p95_ms",), 100, "ms"),
    Target("refresh of one client, median", ("refresh_large_ms", "median"), 20, "ms"),
    Target("refresh of one client, p95", ("refresh_large_ms", "p95"), 20, "ms"),
    Target("the same in a base a hundred times smaller, median", ("refresh_small_ms", "median"), None, "ms"),
]
LOAD = [
    Target("requests answered per second", ("per_second",), None, ""),
    Target("errors", ("errors",), 0, ""),
    Target("all requests, p50", ("p50_ms",), None, "ms"),
    Target("all requests, p95", ("p95_ms",), 100, "ms"),
    Target("all requests, p99", ("p99_ms",), 300, "ms"),
    Target("lists, p95", ("list", "p95_ms"), None, "ms"),
    Target("outcomes, p95", ("outcome", "p95_ms"), None, "ms"),
    Target("cards, p95", ("card", "p95_ms"), None, "ms"),
]
CALLS = [
    Target("claims", ("claims", "count"), None, ""),
    Target("clients with two holders", ("claims", "two_holders"), 0, ""),
    Target("clients held by two at one time", ("claims", "at_one_time"), 0, ""),
    Target("a claim, median", ("claims", "median_ms"), None, "ms"),
    Target("a claim, p95, eight processes that never pause", ("claims", "p95_ms"), None, "ms"),
    Target("outcomes sent again", ("replays", "count"), None, ""),
    Target("effects too many", ("replays", "effects_too_many"), 0, ""),
    Target("effects missing", ("replays", "effects_missing"), 0, ""),
]


def main() -> int:
    """Measure, write, say."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--clients", type=int, default=100_000)
    parser.add_argument("--out", type=Path, default=Path("docs/bench-web.md"))
    options = parser.parse_args()
    size = ["--clients", str(options.clients)]
    parts = {
        "Forty requests a second for a minute (60 % lists, 30 % outcomes, 10 % cards)": (LOAD, "bench.web_load", size),
        "The nightly run, and one client after a change": (SYNC, "bench.web_sync", size),
        "People in a hurry": (CALLS, "bench.web_calls", []),
    }
    lines, has_failed = [], False
    for title, (targets, module, arguments) in parts.items():
        found = {}
        for database, server in DATABASES.items():
            print(f"{module} on {database}", file=sys.stderr, flush=True)
            found[database], code = run([*server, sys.executable, "-m", module, *arguments])
            has_failed |= code != 0
        lines += table(title, module, targets, found)
    options.out.write_text(page(lines, options.clients), encoding="utf-8")
    return int(has_failed)


def run(command: list[str]) -> tuple[dict[str, Any], int]:
    """Return what a bench printed, and its exit code."""
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    return json.loads(done.stdout[done.stdout.index("{") :]), done.returncode


def table(title: str, module: str, targets: list[Target], found: dict[str, dict[str, Any]]) -> list[str]:
    """Return a section: a row per figure, a column per database."""
    lines = [f"## {title}", "", f"`python -m {module}`", ""]
    lines += [f"| | target | {' | '.join(found)} |", f"|---|---|{'---|' * len(found)}"]
    for target in targets:
        values = [value_at(figures, target.path) for figures in found.values()]
        most = "" if target.most is None else f"{target.most:g} {target.unit}".strip()
        cells = [
            f"{value:g}" + (" (missed)" if target.most is not None and value > target.most else "") for value in values
        ]
        lines.append(f"| {target.title}{', ' + target.unit if target.unit else ''} | {most} | {' | '.join(cells)} |")
    return [*lines, ""]


def value_at(figures: dict[str, Any], path: tuple[str, ...]) -> float:
    """Return a figure of the JSON."""
    found: Any = figures
    for name in path:
        found = found[name]
    return float(found)


def page(lines: list[str], clients: int) -> str:
    """Return the whole page."""
    head = [
        "# How fast the application is",
        "",
        f"Measured by `python -m bench.web --clients {clients}` (see `bench/README.md`): 20 lines of appointments per "
        "client, one organization, five branches; whoever makes the load runs on the same cores.",
        "",
        machine(),
        "",
    ]
    return "\n".join([*head, *lines])


if __name__ == "__main__":
    sys.exit(main())
