"""Work in several real processes on the database of the tests."""

from __future__ import annotations

import importlib
import multiprocessing
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.process import BaseProcess

_CONTEXT = multiprocessing.get_context("spawn")
PATIENCE = 120  # seconds


def in_processes(work: Callable[..., Any], arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
    """Call a function of a module once per tuple, each in a process of its own, at the same time; return the results.

    Connections of this process are its own: whatever the others write is seen after they end.
    """
    results: multiprocessing.Queue[tuple[int, Any]] = _CONTEXT.Queue()
    ready = _CONTEXT.Barrier(len(arguments))
    processes = [
        _CONTEXT.Process(target=_run, args=(_database(), _name(work), one, place, ready, results), daemon=True)
        for place, one in enumerate(arguments)
    ]
    for process in processes:
        process.start()
    found = dict(results.get(timeout=PATIENCE) for _process in processes)
    for process in processes:
        process.join(PATIENCE)
    for result in found.values():
        if isinstance(result, BaseException):
            raise result
    return [found[place] for place in range(len(arguments))]


def start(work: Callable[..., Any], *arguments: Any) -> BaseProcess:
    """Start one process and let it run."""
    process = _CONTEXT.Process(target=_prepared, args=(_database(), _name(work), arguments), daemon=True)
    process.start()
    return process


def _name(work: Callable[..., Any]) -> tuple[str, str]:
    """Return where a function is found: its module needs Django, which is set up in the process only later."""
    return work.__module__, work.__name__


def _database() -> str:
    from django.db import connection

    return str(connection.settings_dict["NAME"])


def _prepared(database: str, work: tuple[str, str], arguments: tuple[Any, ...]) -> Any:
    import django

    django.setup()
    from django.db import connection

    connection.settings_dict["NAME"] = database
    try:
        return getattr(importlib.import_module(work[0]), work[1])(*arguments)
    finally:
        connection.close()


def _run(
    database: str, work: tuple[str, str], arguments: tuple[Any, ...], place: int, ready: Any, results: Any
) -> None:
    try:
        ready.wait(PATIENCE)
        result = _prepared(database, work, arguments)
    except BaseException as fault:
        result = fault
    results.put((place, result))
