"""Work in several real processes on the database of the tests."""

from __future__ import annotations

import importlib
import multiprocessing
import pickle
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
        _CONTEXT.Process(target=_run, args=(*_packed(work, one), number, ready, results), daemon=True)
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
    process = _CONTEXT.Process(target=_prepared, args=_packed(work, arguments), daemon=True)
    process.start()
    return process


_CONTEXT = multiprocessing.get_context("spawn")


def _packed(work: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[str, str, str, bytes]:
    """Pack function and arguments so that the process opens them only when Django is ready."""
    return str(connection.settings_dict["NAME"]), work.__module__, work.__qualname__, pickle.dumps(arguments)


def _prepared(database: str, module: str, name: str, packed: bytes, ready: Any = None) -> Any:
    django.setup()
    connection.settings_dict["NAME"] = database
    work, arguments = getattr(importlib.import_module(module), name), pickle.loads(packed)
    if ready:
        ready.wait(PATIENCE)
    try:
        return work(*arguments)
    finally:
        connection.close()


def _run(database: str, module: str, name: str, packed: bytes, number: int, ready: Any, results: Any) -> None:
    try:
        result = _prepared(database, module, name, packed, ready)
    except BaseException as fault:
        result = fault
    results.put((number, result))
