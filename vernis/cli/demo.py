"""`vernis demo`: the demonstration, made once and kept up to date."""

from __future__ import annotations

import sys
import time

from vernis.cli import application, progress
from vernis.lib.texts import _


def run(*, is_anew: bool) -> None:
    """Make the demonstration where there is none yet, and the list of today."""
    application.load()
    application.bring_up_to_date()
    from django.utils import timezone  # noqa: PLC0415

    from vernis.worklist.operations.demo import make_demo  # noqa: PLC0415

    begun = time.monotonic()
    say(_("The demonstration: an invented network with two years of history."))
    with progress.shown() as show:
        make_demo(now=timezone.now(), is_anew=is_anew, progress=show)
    say(_("The demonstration is ready ({seconds} s).").format(seconds=round(time.monotonic() - begun)))


def say(text: str) -> None:
    """Say something on the standard error."""
    print(text, file=sys.stderr, flush=True)
