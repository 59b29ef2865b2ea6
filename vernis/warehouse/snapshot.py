"""The snapshot: a data set as small integers, in buckets of clients, ready for the rules.

Kept in a cache folder that holds nothing else, made again only where the input changed:

    <cache>/<data set>/lock
    <cache>/<data set>/current              name of the version in use
    <cache>/<data set>/<version>/manifest.json, tables.json, client_order.npy
    <cache>/<data set>/<version>/bucket-0007/{lines,contacts,entries,gaps}.npy, {clients,appointments,entries}.arrow

A client's bucket follows from the client_id alone. A bucket whose content has not changed is taken over as it is.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from vernis.lib.texts import _
from vernis.warehouse.errors import DataError
from vernis.warehouse.progress import Progress, no_progress
from vernis.warehouse.reading import Source, open_sources

FORMAT = 6
"""Raised whenever files of an older snapshot can no longer be used."""


class Snapshot(NamedTuple):
    """A version of the snapshot on disk."""

    folder: Path
    manifest: dict[str, Any]

    @property
    def buckets(self) -> list[Path]:
        """The folders of the buckets, in order."""
        return [self.folder / name for name in self.manifest["buckets"]]


def default_cache() -> Path:
    """Return the folder for snapshots: $XDG_CACHE_HOME/vernis, or ~/.cache/vernis."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "vernis"


@contextlib.contextmanager
def opened(data: Path, cache: Path | None = None, progress: Progress = no_progress) -> Iterator[Snapshot]:
    """Give the snapshot of a data set, made or brought up to date first; it stays whole until the block is left.

    Raises DataError if the data cannot be used; then whatever snapshot there was stays.
    """
    home = _home_of(data, cache or default_cache())
    with _lock(home) as lock:
        sources = open_sources(data)
        snapshot = _current(home)
        if snapshot is None or not _is_of(snapshot, sources):
            _lock_for_writing(lock)
            snapshot = _current(home)  # another process may just have made it
            if snapshot is None or not _is_of(snapshot, sources):
                snapshot = _made(home, sources, progress)
            fcntl.flock(lock, fcntl.LOCK_SH)
        yield snapshot


def forget(data: Path | None, cache: Path | None = None) -> int:
    """Delete the snapshot of one data set, or all of them; return how many were deleted."""
    root = cache or default_cache()
    homes = [_home_of(data, root)] if data else [path.parent for path in root.glob("data-*/lock")]
    deleted = 0
    for home in homes:
        if (home / "current").exists():
            with _lock(home) as lock:
                _lock_for_writing(lock)
                (home / "current").unlink()
                _delete_versions(home)
                deleted += 1
    return deleted


def _made(home: Path, sources: dict[str, Source], progress: Progress) -> Snapshot:
    """Make a new version and let `current` name it; versions that nobody can be reading any more are deleted."""
    import pyarrow as pa  # noqa: PLC0415 (an up-to-date snapshot needs none of it)

    from vernis.warehouse.making import make  # noqa: PLC0415

    pa.set_memory_pool(pa.system_memory_pool())  # gives large pieces back later than the others, and saves faults

    previous = _current(home)
    fingerprints = _fingerprints(sources)
    version = home / f"new-{os.getpid()}"
    shutil.rmtree(version, ignore_errors=True)
    version.mkdir()
    try:
        manifest = make(version, sources, previous.folder if previous else None, progress)
        manifest |= {"format": FORMAT, "sources": fingerprints}
        (version / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
        number = 1 + max([int(path.name[1:]) for path in home.glob("v*") if path.name[1:].isdigit()] or [0])
        final = home / f"v{number}"
        version.rename(final)
    except BaseException:
        shutil.rmtree(version, ignore_errors=True)
        raise
    pointer = home / "current.new"
    pointer.write_text(final.name, encoding="utf-8")
    pointer.replace(home / "current")
    _delete_versions(home, keep=final)
    return Snapshot(final, manifest)


def _current(home: Path) -> Snapshot | None:
    try:
        folder = home / (home / "current").read_text(encoding="utf-8")
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if manifest.get("format") != FORMAT or not all((folder / name).is_dir() for name in manifest["buckets"]):
        return None
    return Snapshot(folder, manifest)


def _is_of(snapshot: Snapshot, sources: dict[str, Source]) -> bool:
    return bool(snapshot.manifest["sources"] == _fingerprints(sources))


def _delete_versions(home: Path, keep: Path | None = None) -> None:
    for old in [*home.glob("v*"), *home.glob("new-*")]:
        if old != keep:
            shutil.rmtree(old, ignore_errors=True)


def _fingerprints(sources: dict[str, Source]) -> dict[str, list[object]]:
    """Return what tells whether a file has changed since: name, size, inode and the times of change."""
    found: dict[str, list[object]] = {}
    for table, source in sources.items():
        stat = source.path.stat()
        found[table] = [source.path.name, stat.st_size, stat.st_ino, stat.st_mtime_ns, stat.st_ctime_ns]
    return found


def _home_of(data: Path, cache: Path) -> Path:
    name = hashlib.sha256(str(data.resolve()).encode()).hexdigest()[:16]
    return cache / f"data-{name}"


@contextlib.contextmanager
def _lock(home: Path) -> Iterator[int]:
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(home / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        problem = _("{folder}: cannot write here ({error}); name another folder with --cache")
        raise DataError(problem.format(folder=home, error=error.strerror)) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield lock
    finally:
        os.close(lock)


def _lock_for_writing(lock: int) -> None:
    """Wait until nobody else reads or makes this snapshot."""
    fcntl.flock(lock, fcntl.LOCK_EX)
