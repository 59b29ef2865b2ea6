"""A believable network of salons in canonical tables (data.md), made up from a seed."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Final, Literal

from vernis.warehouse.sample.files import MARK, whole_or_nothing
from vernis.warehouse.sample.making import make_tables, plan

__all__ = ["write_sample"]

_PARQUET_FROM: Final = 50_000


def write_sample(
    folder: Path,
    *,
    clients: int,
    seed: int,
    as_of: date,
    lines_per_client: float | None = None,
    file_format: Literal["csv", "parquet"] | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> None:
    """Write the eight canonical tables of a made-up network, as known on the morning of `as_of`.

    One row per client in `clients`, one per service of an appointment in `appointments`; two years of records (more
    where `lines_per_client` asks for it), bookings ahead, and two months of calls. `lines_per_client` is the mean
    number of appointment lines, None: what comes naturally, about nine. `file_format` None: CSV below 50,000 clients.
    The same arguments give the same bytes. `progress` is called with a step (plan, clients, visits, contacts) and the
    share of it that is done.

    The folder is made; an earlier sample in it is replaced, and nothing changes unless everything could be written.
    Raises FileExistsError where the folder holds anything else, ValueError for numbers no salon can have.
    """
    if clients < 1:
        raise ValueError(f"A sample has at least 1 client, not {clients}.")
    if seed < 0:
        raise ValueError(f"The seed must not be negative: {seed}.")
    if lines_per_client is not None and not lines_per_client > 0:
        raise ValueError(f"The lines per client must be more than 0, not {lines_per_client}.")
    file_format = file_format or ("csv" if clients < _PARQUET_FROM else "parquet")
    report = progress or (lambda step, share: None)
    with whole_or_nothing(Path(folder)) as fresh:
        the_plan = plan(clients, seed, as_of, lines_per_client)
        report("plan", 1.0)
        make_tables(the_plan, fresh, file_format, report)
        asked = "naturally" if lines_per_client is None else f"{lines_per_client:g}"
        note = f"vernis sample: clients {clients}, seed {seed}, as of {as_of}, lines per client {asked}\n"
        (fresh / MARK).write_text(note, encoding="utf-8")
