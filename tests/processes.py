"""Work in several real processes on the database of the tests."""

from __future__ import annotations

import importlib
import multiprocessing
from typing import TYPE_CHECKING, Any

import django
from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.process import BaseProcess

PATIENCE = 120  # seconds until a process that says nothing counts as lost


def in_processes(work: Callable[..., Any], arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
    """Call a function of a module once per tuple, each in a process of its own, at the same time; return the results.

    A fault in one of them is raised here.
    """
    results = _CONTEXT.Queue()
    ready = _CONTEXT.Barrier(len(arguments))
    processes = [
        _CONTEXT.Process(target=_run, args=(*_place_of(work), one, number, ready, results), daemon=True)
        for number, one in enumerate(arguments)
    ]
    for process in processes:
        process.start()
    found = dict(results.get(timeout=PATIENCE) for _process in processes)
    for process in processes:
        process.join()
    if faults := [result for result in found.values() if isinstance(result, BaseException)]:
        raise faults[0]
    return [found[number] for number in range(len(arguments))]


def start(work: Callable[..., Any], *arguments: Any) -> BaseProcess:
    """Start one process and let it run."""
    process = _CONTEXT.Process(target=_prepared, args=(*_place_of(work), arguments), daemon=True)
    process.start()
    return process


_CONTEXT = multiprocessing.get_context("spawn")


def _place_of(work: Callable[..., Any]) -> tuple[str, str, str]:
    """Say where a function is: Django must be ready before its module can be imported."""
    return str(connection.settings_dict["NAME"]), work.__module__, work.__qualname__


def _prepared(database: str, module: str, name: str, arguments: tuple[Any, ...], ready: Any = None) -> Any:
    django.setup()
    connection.settings_dict["NAME"] = database
    work = getattr(importlib.import_module(module), name)
    if ready:
        ready.wait(PATIENCE)
    return work(*arguments)


def _run(
    database: str, module: str, name: str, arguments: tuple[Any, ...], number: int, ready: Any, results: Any
) -> None:
    try:
        result = _prepared(database, module, name, arguments, ready)
    except BaseException as fault:
        result = fault
    connection.close()
    results.put((number, result))
