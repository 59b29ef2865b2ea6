"""One source, two ways to run it: rules are plain Python functions, and Numba can compile them.

A function marked with `compilable` stays an ordinary function: call it and it is interpreted, step into it with a
debugger. `compiled(function)` gives its machine-code twin, in which every marked function that it calls is compiled as
well. Without Numba the twin is the function itself: everything still runs, only slower.

Rules only write into room that they are given; so arrays are not counted as they are handed on (`_nrt`), which took
half of the time of a run. A rule that makes an array of its own does not compile.

Numba's own cache does not notice when a called function in another file changes, so the cache folder is named after the
text of the whole engine.
"""

import functools
import hashlib
import importlib.util
import os
import threading
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

_one_at_a_time = threading.RLock()
_marked: set[Callable[..., Any]] = set()
_twins: dict[tuple[Callable[..., Any], bool], Callable[..., Any]] = {}


def compilable(function: Callable[P, R]) -> Callable[P, R]:
    """Mark a function as written in the subset of Python that Numba compiles; it stays as it is."""
    _marked.add(function)
    return function


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Return the machine-code twin of a marked function (released from the interpreter lock, cached on disk)."""
    if not is_available():
        return function
    with _one_at_a_time:
        return _twin_of(function, cache=True)


def is_available() -> bool:
    """Tell whether rules can be compiled here (Numba is installed and `VERNIS_INTERPRETED` is not set)."""
    return not os.environ.get("VERNIS_INTERPRETED") and importlib.util.find_spec("numba") is not None


def _twin_of(function: Callable[..., Any], *, cache: bool) -> Callable[..., Any]:
    """Compile a function with all it calls; only those asked for by name are cached, what they call comes along."""
    if (function, cache) not in _twins:
        called = {
            name: function.__globals__[name]
            for name in function.__code__.co_names
            if isinstance(function.__globals__.get(name), types.FunctionType) and function.__globals__[name] in _marked
        }
        scope = {**function.__globals__, **{name: _twin_of(callee, cache=False) for name, callee in called.items()}}
        copy = types.FunctionType(function.__code__, scope, function.__name__, function.__defaults__)
        copy.__qualname__ = function.__qualname__
        copy.__module__ = function.__module__
        _twins[function, cache] = _numba().njit(copy, nogil=True, cache=cache, error_model="numpy", _nrt=False)
    return _twins[function, cache]


@functools.cache
def _numba() -> Any:
    """Import Numba, with its cache in a folder named after this engine's text."""
    import numba  # noqa: PLC0415 (half a second; only those who compile pay it)

    if not numba.config.CACHE_DIR:  # type: ignore[attr-defined]
        numba.config.CACHE_DIR = str(_cache_folder())  # type: ignore[attr-defined]
    return numba


def _cache_folder() -> Path:
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    text = hashlib.sha256()
    for source in sorted(Path(__file__).parent.rglob("*.py")):
        text.update(source.read_bytes())
    return home / "vernis" / f"engine-{text.hexdigest()[:16]}"
