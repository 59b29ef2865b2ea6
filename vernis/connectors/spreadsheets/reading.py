"""What is in the files, before anybody says what it means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Source:
    """A file, and what people call it (an upload lies under another name)."""

    path: Path
    name: str


@dataclass(frozen=True)
class Sheet:
    """One sheet of one file, as far as it must be known to guess: no more than the first rows are read.

    `headers` are the names of the columns (a header of two rows or merged cells joined, duplicates numbered), `samples`
    up to 200 rows below as texts. `first_line` is the line of the first row below the header.
    """

    file: int
    name: str  # of the sheet; "" in a CSV
    file_name: str
    form: str  # csv, xlsx, xls, ods
    headers: tuple[str, ...]
    first_line: int
    samples: tuple[tuple[str, ...], ...]
    encoding: str = ""
    delimiter: str = ""

    @property
    def fingerprint(self) -> str:
        """The same for the same headers in the same order, whatever the file is called."""
        raise NotImplementedError


def read_files(files: Sequence[Source]) -> tuple[Sheet, ...]:
    """Return the sheets of all files that have rows, in order.

    Raises NotASpreadsheet for a file that is none: empty, protected by a password, HTML, a bomb, of another kind.
    """
    raise NotImplementedError
