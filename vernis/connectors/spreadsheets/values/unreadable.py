"""A cell that does not say what it should."""

from __future__ import annotations

from vernis.connectors.spreadsheets import words

_NOTHING = frozenset({"-", "--", "—", "–", ".", "?", "n/a", "na", "null", "none", "nan", "nil", "#n/a", "#н/д"})


class Unreadable(ValueError):
    """A value that cannot be read; `reason` is a key of connectors.reasons."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def is_nothing(text: str) -> bool:
    """Say whether a cell says that there is nothing: blank, a dash, "нет"."""
    return not text or text.lower() in _NOTHING or text.lower() in words.words("nothing")
