"""What can be wrong with a file as a whole."""

from __future__ import annotations


class NotASpreadsheet(ValueError):
    """A file that cannot be read as a spreadsheet; the message is one sentence for people, `key` says which case."""

    def __init__(self, key: str, name: str, message: str) -> None:
        super().__init__(message)
        self.key = key
        self.name = name


class NotMapped(ValueError):
    """The mapping does not say enough, or belongs to other files; the message says what is missing."""
