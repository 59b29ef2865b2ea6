"""How far long work is: a function that somebody may watch."""

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called with the name of a step, how much of it is done, and how much there is."""


def no_progress(_step: str, _done: int, _total: int) -> None:
    """Show nothing."""
