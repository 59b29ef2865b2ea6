"""Measure the worklist side by side with its baselines and write docs/bench.md. See bench/README.md."""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

from bench import report, vernis_calls

AS_OF = date(2026, 5, 12)
KEEP = Path("var/bench")
SMALL = 5_000
TASKS = ["scan", "sql", "pandas", "snapshot", "list", "one", "spark"]


SLOW_ROUNDS = {"pandas": 1, "spark": 2}


def main() -> int:
    """Run the measures; return 1 if lists differ or something could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--clients", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--out", type=Path, default=Path("docs/bench.md"))
    parser.add_argument("--repeat", type=int, default=5, help="rounds of A B C (pandas: 1, Spark: 2)")
    parser.add_argument("--only", nargs="+", choices=TASKS, default=TASKS)
    parser.add_argument("--pandas-limit", type=int, default=1_000_000, help="no pandas above this many clients")
    options = parser.parse_args()

    sizes: dict[int, dict[str, report.Measure]] = {}
    verdicts: list[str] = []
    faults: list[str] = []
    for clients in sorted(options.clients):
        folder = sample(clients)
        tasks = [t for t in options.only if t != "pandas" or clients <= options.pandas_limit]
        sizes[clients] = measure(folder, tasks, options.repeat, faults)
        agree(folder, tasks, verdicts, faults)
    command = whole_command(options.repeat, faults) if "list" in options.only else {}

    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(report.page(sizes, command, verdicts, faults, AS_OF, options.repeat))
    say(f"wrote {options.out}", last=True)
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


def sample(clients: int) -> Path:
    """Return the folder of the sample with that many clients, made once."""
    folder = KEEP / f"{clients}"
    if not (folder / "appointments.parquet").exists():
        say(f"making the sample of {clients} clients")
        making = folder.with_suffix(".making")
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(parents=True)
        call = [sys.executable, "-W", "ignore", "-m", "bench.measure", "sample", str(making), str(clients), str(AS_OF)]
        subprocess.run(call, check=True)  # a process of its own: the parent's peak would count in every child's
        shutil.rmtree(folder, ignore_errors=True)
        making.rename(folder)
    return folder


def measure(folder: Path, tasks: list[str], repeat: int, faults: list[str]) -> dict[str, "report.Measure"]:
    """Run every task in turn, round after round, and return the medians."""
    found: dict[str, list[dict[str, Any]]] = {task: [] for task in tasks}
    warm(folder)
    for turn in range(repeat):
        for task in tasks:
            if (turn >= SLOW_ROUNDS.get(task, turn + 1)) or (turn and not found[task]):
                continue
            say(f"{folder.name} clients: round {turn + 1} of {repeat}, {task}")
            try:
                found[task].append(run(task, folder))
            except (RuntimeError, MemoryError) as fault:
                faults.append(f"{folder.name} clients, {task}: {fault}")
    return {task: report.Measure.of(runs) for task, runs in found.items() if runs}


def warm(folder: Path) -> None:
    """Read the sample once, so that every task finds it in the page cache."""
    for file in folder.glob("*.parquet"):
        file.read_bytes()


def run(task: str, folder: Path) -> dict[str, Any]:
    """Run one task in a fresh process; its line of JSON with `peak_bytes` added."""
    cache = folder / "cache"
    if task == "snapshot":
        shutil.rmtree(cache, ignore_errors=True)
    result = str(folder / f"{task}.result.parquet") if task in ("sql", "pandas", "list", "spark") else ""
    arguments = [sys.executable, "-W", "ignore", "-m", "bench.measure", task, str(folder), str(cache), str(AS_OF)]
    arguments += [result] if result else []
    line, peak, _ = watch(arguments, {**os.environ, "OMP_NUM_THREADS": "2", "NUMBA_NUM_THREADS": "2"})
    return {**json.loads(line.strip().splitlines()[-1]), "peak_bytes": peak}


def watch(arguments: list[str], environment: dict[str, str]) -> tuple[str, int, float]:
    """Run a program; return its output, the peak memory of that one process in bytes, and wall seconds.

    Linux counts the parent's own peak (0.2 to 0.3 GB here) as the least a child can have.
    """
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        start = time.perf_counter()
        process = subprocess.Popen(arguments, stdout=out, stderr=err, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if process.returncode:
            last = err.read().strip().splitlines()[-1:] or ["no message"]
            raise RuntimeError(f"ended with {process.returncode}: {last[0]}")
        return out.read(), usage.ru_maxrss * 1024, seconds


def agree(folder: Path, tasks: list[str], verdicts: list[str], faults: list[str]) -> None:
    """Compare the lists of one sample row by row with that of the SQL."""
    truth = folder / "sql.result.parquet"
    for task in ("pandas", "list", "spark"):
        path = folder / f"{task}.result.parquet"
        if task not in tasks or "sql" not in tasks or not path.exists() or not truth.exists():
            continue
        say(f"{folder.name} clients: comparing sql with {task}")
        call = [sys.executable, "-m", "bench.compare", str(truth), str(path), "sql", task]
        said = subprocess.run(call, check=True, capture_output=True, text=True).stdout.splitlines()
        rows, found = said[0], said[1:]
        verdict = f"{folder.name} clients, SQL and {report.NAMES[task]}: "
        verdicts.append(verdict + ("differ" if found else f"equal, {rows} rows"))
        faults += [verdict + line for line in found]


def whole_command(repeat: int, faults: list[str]) -> dict[str, float]:
    """Return median seconds of `vernis worklist` for a small salon: from an empty cache, and with a warm one."""
    folder = sample(SMALL)
    cache = folder / "command-cache"
    program = Path(sys.executable).parent / "vernis"
    arguments = [str(program), *vernis_calls.command(folder, AS_OF)]
    arguments += ["--cache", str(cache)]
    environment = dict(os.environ)
    spent: dict[str, list[float]] = {"cold": [], "warm": []}
    for turn in range(repeat):
        say(f"vernis worklist, {SMALL} clients: round {turn + 1} of {repeat}")
        shutil.rmtree(cache, ignore_errors=True)
        for kind, seconds in spent.items():
            try:
                seconds.append(watch(arguments, environment)[2])
            except (RuntimeError, OSError) as fault:
                faults.append(f"vernis worklist, {kind}: {fault}")
                return {}
    return {kind: statistics.median(seconds) for kind, seconds in spent.items()}


def say(text: str, last: bool = False) -> None:
    """Show progress: one line that rewrites itself on a terminal, plain lines elsewhere."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="\n" if last else "", file=sys.stderr, flush=True)
    else:
        print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
