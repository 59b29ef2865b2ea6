"""The page of figures: Markdown from measures."""

import os
import platform
import statistics
from collections.abc import Callable
from datetime import date, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, NamedTuple

NAMES = {
    "scan": "(a) scan of the same columns",
    "sql": "(b) tuned SQL, DuckDB",
    "pandas": "(c) pandas",
    "snapshot": "(d) making the snapshot, cold",
    "list": "(e) the list over the snapshot",
    "one": "(f) one client",
    "spark": "(g) Spark, local",
}
PACKAGES = ["vernis", "duckdb", "pandas", "pyarrow", "numpy", "numba", "pyspark"]


class Measure(NamedTuple):
    """Medians of the runs of one task; peak is the largest seen."""

    seconds: float
    low: float
    high: float
    peak_bytes: int
    import_seconds: float
    runs: int
    note: str

    @classmethod
    def of(cls, runs: list[dict[str, Any]]) -> "Measure":
        seconds = [run["seconds"] for run in runs]
        return cls(
            seconds=statistics.median(seconds),
            low=min(seconds),
            high=max(seconds),
            peak_bytes=max(run["peak_bytes"] for run in runs),
            import_seconds=statistics.median(run["import_seconds"] for run in runs),
            runs=len(runs),
            note=", ".join(sorted({run["way"] for run in runs if "way" in run})),
        )


Sizes = dict[int, dict[str, Measure]]


def page(
    sizes: Sizes, command: dict[str, float], verdicts: list[str], faults: list[str], as_of: date, repeat: int
) -> str:
    """Return the whole page."""
    told = " ".join(map(str, sizes))
    parts = [
        "# How fast the list is",
        f"Measured by `python -m bench --clients {told} --repeat {repeat}` (see `bench/README.md`): 20 lines of "
        f"appointments per client, as of {as_of}, 2 threads, page cache warm, every measure in a fresh process, rounds "
        "interleaved. Seconds are medians around the call, without starting Python and importing; in brackets the "
        "fastest and the slowest run. Memory is the peak of the whole process (Spark: of the Python process only).",
        machine(),
    ]
    for clients, found in sizes.items():
        parts += [f"## {grouped(clients)} clients", "\n".join(table(found))]
    if len(sizes) > 1:
        parts += ["## Growth", "\n".join(growth(sizes))]
    parts += ["## Targets", "\n".join(targets(sizes, command))]
    parts += ["## Are the lists the same", "\n".join(f"- {line}" for line in verdicts or ["not compared"])]
    if faults:
        parts += ["## What went wrong", "\n".join(f"- {line}" for line in faults)]
    return "\n\n".join(parts) + "\n"


def machine() -> str:
    """Return the facts of this machine and the versions of the libraries."""
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        models = [line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if "model name" in line]
        cpu = models[0] if models else cpu
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    packages = ", ".join(f"{name} {found}" for name in PACKAGES if (found := installed(name)))
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{datetime.now().astimezone():%Y-%m-%d %H:%M %Z}; {os.cpu_count()} cores, {cpu}, {size(memory)}; "
        f"Python {platform.python_version()}, {packages}; load at the end {load}."
    )


def installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def table(found: dict[str, Measure]) -> list[str]:
    lines = ["| | seconds | to (b) | to (a) | peak memory | imports, s |", "|---|---|---|---|---|---|"]
    for task, name in NAMES.items():
        if task not in found:
            continue
        m = found[task]
        note = f", {m.note}" if m.note else ""
        lines.append(
            f"| {name}{note} | {seconds(m.seconds)} ({seconds(m.low)} to {seconds(m.high)}, {m.runs} runs) "
            f"| {ratio(found, task, 'sql')} | {ratio(found, task, 'scan')} | {size(m.peak_bytes)} "
            f"| {m.import_seconds:.2f} |"
        )
    return lines


def growth(sizes: Sizes) -> list[str]:
    """Return how many times longer each task takes on the next size."""
    steps = list(zip(sizes, list(sizes)[1:], strict=False))
    heads = [f"{grouped(a)} to {grouped(b)} (x {b / a:g})" for a, b in steps]
    lines = ["| | " + " | ".join(heads) + " |", "|---|" + "---|" * len(heads)]
    for task, name in NAMES.items():
        cells = []
        for a, b in steps:
            both = task in sizes[a] and task in sizes[b] and sizes[a][task].seconds
            cells.append(f"x {sizes[b][task].seconds / sizes[a][task].seconds:.1f}" if both else "")
        if any(cells):
            lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return lines


def targets(sizes: Sizes, command: dict[str, float]) -> list[str]:
    """Return a table of targets, each with its figure and whether it is met."""
    biggest = max(sizes)
    big = sizes[biggest]
    where = f"{grouped(biggest)} clients"
    rows: list[tuple[str, str, bool | None]] = []

    def judge(text: str, need: tuple[str, ...], value: Callable[[], float], limit: float, unit: str) -> None:
        if all(task in big for task in need):
            figure = value()
            rows.append((f"{where}: {text}", f"{figure:.3g}{unit}", figure <= limit))
        else:
            rows.append((f"{where}: {text}", "not measured", None))

    judge("(e) at most 2 scans", ("list", "scan"), lambda: big["list"].seconds / big["scan"].seconds, 2, " scans")
    judge("(e) at most 0.2 of (b)", ("list", "sql"), lambda: big["list"].seconds / big["sql"].seconds, 0.2, " of (b)")
    judge("(e) at most 1 GB", ("list",), lambda: big["list"].peak_bytes / 1e9, 1, " GB")
    judge(
        "(d) + (e) not slower than (b)",
        ("snapshot", "list", "sql"),
        lambda: (big["snapshot"].seconds + big["list"].seconds) / big["sql"].seconds,
        1,
        " of (b)",
    )
    judge("(f) at most 1 ms", ("one",), lambda: big["one"].seconds * 1000, 1, " ms")
    for a, b in zip(sizes, list(sizes)[1:], strict=False):
        if "list" in sizes[a] and "list" in sizes[b]:
            grown = sizes[b]["list"].seconds / sizes[a]["list"].seconds / (b / a)
            rows.append((f"(e) grows linearly, {grouped(a)} to {grouped(b)}", f"{grown:.2f} of linear", grown <= 1.25))
    limits = (("cold", "empty", 2.0), ("warm", "warm", None))
    for kind, cache, limit in limits:
        text = f"5 thousand clients, `vernis worklist` as a process, {cache} cache" + (", under 2 s" if limit else "")
        figure = command.get(kind)
        shown = "not measured" if figure is None else f"{figure:.2f} s"
        rows.append((text, shown, None if figure is None or limit is None else figure < limit))
    marks = {True: "yes", False: "**no**", None: ""}
    return ["| target | figure | met |", "|---|---|---|", *(f"| {a} | {b} | {marks[c]} |" for a, b, c in rows)]


def ratio(found: dict[str, Measure], task: str, base: str) -> str:
    return f"{found[task].seconds / found[base].seconds:.2g}" if base in found else ""


def seconds(value: float) -> str:
    return f"{value * 1000:.3g} ms" if value < 0.1 else f"{value:.3g}"


def size(count: float) -> str:
    return f"{count / 1e9:.2f} GB"


def grouped(count: int) -> str:
    return f"{count:,}".replace(",", " ")
