"""Work in several real processes on the database of the tests."""

from __future__ import annotations

import multiprocessing
from typing import TYPE_CHECKING, Any

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.process import BaseProcess


def in_processes(work: Callable[..., Any], arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
    """Call a function of a module once per tuple, each in a process of its own, at the same time; return the results.

    Connections of this process are its own: whatever the others write is seen after they end.
    """
    results: multiprocessing.SimpleQueue[tuple[int, Any]] = _CONTEXT.SimpleQueue()
    ready = _CONTEXT.Barrier(len(arguments))
    processes = [
        _CONTEXT.Process(target=_run, args=(_database(), work, one, place, ready, results), daemon=True)
        for place, one in enumerate(arguments)
    ]
    for process in processes:
        process.start()
    found = dict(results.get() for _process in processes)
    for process in processes:
        process.join()
    for result in found.values():
        if isinstance(result, BaseException):
            raise result
    return [found[place] for place in range(len(arguments))]


def start(work: Callable[..., Any], *arguments: Any) -> BaseProcess:
    """Start one process and let it run."""
    process = _CONTEXT.Process(target=_prepared, args=(_database(), work, arguments), daemon=True)
    process.start()
    return process


_CONTEXT = multiprocessing.get_context("spawn")


def _database() -> str:
    return str(connection.settings_dict["NAME"])


def _prepared(database: str, work: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    connection.settings_dict["NAME"] = database
    return work(*arguments)


def _run(
    database: str, work: Callable[..., Any], arguments: tuple[Any, ...], place: int, ready: Any, results: Any
) -> None:
    try:
        ready.wait(120)
        result = _prepared(database, work, arguments)
    except BaseException as fault:  # noqa: BLE001
        result = fault
    results.put((place, result))
    connection.close()
