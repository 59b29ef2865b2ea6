"""One client of a snapshot: the history as plain Python, for the rules as they stand."""

import datetime
import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vernis.engine.history import History
from vernis.engine.settings import Rules
from vernis.engine.worklist import Question
from vernis.lib.days import number_of
from vernis.warehouse.bucketing import bucket_of
from vernis.warehouse.engines import on_threads
from vernis.warehouse.learning import learned_on
from vernis.warehouse.loading import (
    Shared,
    appointment_ids,
    client_ids,
    entry_ids,
    history_as_lists,
    load_bucket,
    load_shared,
    tables_as_lists,
)
from vernis.warehouse.progress import Progress, no_progress
from vernis.warehouse.snapshot import Snapshot


class Found(NamedTuple):
    """A client's history, with the ids of its lines' appointments and of its waiting-list entries."""

    history: History
    appointment_ids: list[str]
    entry_ids: list[str]


def find(snapshot: Snapshot, client: str) -> Found | None:
    """Return the history of a client, None if the data set does not know the client."""
    folder = _bucket(snapshot, client)
    place = pc.index(client_ids(folder), client).as_py()
    if place < 0:
        return None
    bucket = load_bucket(folder, load_shared(snapshot.folder).tables)
    lines = np.arange(bucket.line_starts[place], bucket.line_starts[place + 1])
    entries = np.arange(bucket.entry_starts[place], bucket.entry_starts[place + 1])
    return Found(
        history_as_lists(bucket, place),
        appointment_ids(folder, bucket, lines).to_pylist(),
        entry_ids(folder).take(pa.array(entries)).to_pylist(),
    )


def question(
    snapshot: Snapshot, as_of: datetime.date, rules: Rules | None = None, progress: Progress = no_progress
) -> Question:
    """Return what the rules are asked, with the learned intervals of that day, as plain Python."""
    rules, day = rules or Rules(), number_of(as_of)
    shared = load_shared(snapshot.folder)
    tables = shared.tables._replace(learned=learned_on(snapshot, shared, day, rules, on_threads, progress))
    return Question(day, rules, tables_as_lists(tables))


def shared_of(snapshot: Snapshot) -> Shared:
    """Return the texts behind the codes."""
    return load_shared(snapshot.folder)


def similar(snapshot: Snapshot, client: str, names: Mapping[str, str]) -> list[str]:
    """Return a few clients that the writer may have meant, by id or by name."""
    by_name = [identifier for identifier, name in names.items() if client.lower() in name.lower()][:3]
    if by_name:
        return [f"{identifier} ({names[identifier]})" for identifier in by_name]
    known = [text for folder in snapshot.buckets[:4] for text in client_ids(folder).to_pylist()]
    return difflib.get_close_matches(client, known[:50_000], n=3)


def _bucket(snapshot: Snapshot, client: str) -> Path:
    return snapshot.buckets[bucket_of(client, len(snapshot.buckets))]
