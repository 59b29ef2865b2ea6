"""Progress on the standard error: a bar where a person watches, nothing where nobody does."""

import contextlib
import sys
import time
from collections.abc import Iterator
from typing import Any

import click

from vernis.lib.texts import _
from vernis.warehouse.progress import Progress

_PATIENCE_SECONDS = 0.4
"""What takes less than this needs no bar."""


@contextlib.contextmanager
def shown() -> Iterator[Progress]:
    """Give a function that shows how far each step is; the bars are left when the work is done."""
    if not sys.stderr.isatty():
        yield lambda _step, _done, _total: None
        return
    bars = _Bars()
    try:
        yield bars.show
    finally:
        bars.close()


class _Bars:
    """One bar for the step under way, drawn by click."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._step = ""
        self._bar: Any = None

    def show(self, step: str, done: int, total: int) -> None:
        """Show that `done` of `total` of a step is done."""
        if time.monotonic() - self._began < _PATIENCE_SECONDS:
            return
        if step != self._step:
            self.close()
            self._step = step
            self._bar = click.progressbar(length=total, label=f"{_title(step):<24}", file=sys.stderr, width=40)
            self._bar.render_progress()
        self._bar.update(done - self._bar.pos)

    def close(self) -> None:
        """Leave the line of the bar."""
        if self._bar is not None:
            self._bar.render_finish()
            self._bar = None


def _title(step: str) -> str:
    """Return what a step is called on the screen."""
    titles = {
        "read": _("Reading the files"),
        "import": _("Bringing in"),
        "undo": _("Taking back"),
        "sort": _("Sorting by client"),
        "gaps": _("Learning intervals"),
        "rules": _("Applying the rules"),
        "days": _("Going through the days"),
        "clients": _("Inventing clients"),
        "visits": _("Inventing visits"),
        "contacts": _("Inventing calls"),
        "compile": _("Compiling the rules"),
    }
    titles |= {
        "load": _("Writing into the database"),
        "facts": _("Reading from the database"),
        "items": _("Today's list"),
        "cutoffs": _("Going through the cut-offs"),
    }
    return titles.get(step, step)
