"""The nightly run and the refresh of one client, on the database that DATABASE_URL names (SQLite by default).

Usage: python -m bench.web_sync [--clients 100000] [--lines-per-client 20]

Prints one JSON object: seconds of loading, of the first run, of a run a day later and its parts, what a writer waited
meanwhile, and milliseconds of the refresh of a client in this base and in one a hundred times smaller.
"""

import argparse
import datetime
import json
import os
import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

NOW = datetime.datetime(2026, 5, 12, 6, 0, tzinfo=datetime.UTC)
REFRESHED = 300


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--clients", type=int, default=100_000)
    parser.add_argument("--lines-per-client", type=float, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="vernis-bench-") as home:
        os.environ["VERNIS_HOME"] = home
        os.environ["DJANGO_SETTINGS_MODULE"] = "vernis.settings"
        import django  # noqa: PLC0415

        django.setup()
        from django.core.management import call_command  # noqa: PLC0415
        from django.db import connection  # noqa: PLC0415

        call_command("migrate", verbosity=0)
        figures: dict[str, Any] = {"database": connection.vendor}
        small, _seconds = organization(Path(home), options.clients // 100, options.lines_per_client)
        large, figures["load_s"] = organization(Path(home), options.clients, options.lines_per_client)
        figures |= nightly(large)
        run(small, NOW)
        figures["refresh_small_ms"] = refreshes(small)
        figures["refresh_large_ms"] = refreshes(large)
    print(json.dumps(figures, indent=1))


def organization(home: Path, clients: int, lines: float, *, now: datetime.datetime = NOW) -> tuple[Any, float]:
    """Return an organization with the facts of a sample, and the seconds it took to load them."""
    from vernis.accounts.models import Organization  # noqa: PLC0415
    from vernis.book.loading import load_folder  # noqa: PLC0415
    from vernis.warehouse.sample import write_sample  # noqa: PLC0415

    folder = home / f"sample-{clients}"
    write_sample(folder, clients=clients, seed=1, as_of=now.date(), lines_per_client=lines, file_format="parquet")
    made = Organization.objects.create(name=f"{clients} clients", timezone="Asia/Almaty")
    begun = time.monotonic()
    load_folder(organization=made, folder=folder, now=now)
    return made, round(time.monotonic() - begun, 1)


def nightly(large: Any) -> dict[str, Any]:
    """Measure the first run, a run a day later, and what somebody who saves all the time waits during both."""
    from django.db import connection  # noqa: PLC0415

    from vernis.accounts.models import Organization  # noqa: PLC0415

    waits: list[float] = []
    is_over = threading.Event()

    def save() -> None:
        while not is_over.is_set():
            begun = time.monotonic()
            Organization.objects.filter(pk=large.pk).update(country="RU")
            waits.append(time.monotonic() - begun)
            time.sleep(0.025)
        connection.close()

    writer = threading.Thread(target=save)
    writer.start()
    first, _parts = run(large, NOW)
    waits.clear()
    second, parts = run(large, NOW + datetime.timedelta(days=1))
    is_over.set()
    writer.join()
    ordered = sorted(waits)
    return {
        "first_run_s": first,
        "next_day_s": second,
        "parts_s": parts,
        "writer_p95_ms": round(ordered[int(len(ordered) * 0.95)] * 1000, 1),
        "writer_max_ms": round(ordered[-1] * 1000, 1),
    }


def run(of: Any, now: datetime.datetime) -> tuple[float, dict[str, Any]]:
    """Return the seconds of a run, the moments of its steps, and its counts."""
    from vernis.worklist.operations.sync import sync_organization  # noqa: PLC0415

    begun = time.monotonic()
    steps: dict[str, Any] = {}

    def note(step: str, done: int, total: int) -> None:
        if done == total:
            steps[step] = round(time.monotonic() - begun, 2)

    syncs = sync_organization(organization=of, now=now, progress=note)
    steps["changes"] = [(sync.created_count, sync.updated_count, sync.closed_count) for sync in syncs]
    return round(time.monotonic() - begun, 2), steps


def refreshes(of: Any) -> dict[str, float]:
    """Return median and 95th percentile of the refresh of one client."""
    from vernis.accounts.tenancy import scoped_to  # noqa: PLC0415
    from vernis.book.models import Client  # noqa: PLC0415
    from vernis.worklist.operations.refresh import refresh_client  # noqa: PLC0415

    took = []
    with scoped_to(of.pk):
        ids = list(Client.objects.of(of).order_by("name").values_list("pk", flat=True)[:REFRESHED])
    for client_id in ids:
        with scoped_to(of.pk):
            begun = time.monotonic()
            refresh_client(client_id=client_id, now=NOW)
            took.append((time.monotonic() - begun) * 1000)
    took.sort()
    return {"median": round(statistics.median(took), 1), "p95": round(took[int(len(took) * 0.95)], 1)}


if __name__ == "__main__":
    main()
