"""Refused rows as a file that can be mended and brought back."""

from __future__ import annotations

from pathlib import Path
from typing import IO

from vernis.connectors.spreadsheets.mapping import Mapping


def write_refused(folder: Path, mapping: Mapping, file: int, out: IO[bytes]) -> int:
    """Write the refused rows of one file (its number) as CSV for Excel; return how many there are.

    The headers are those of the file, with one more column in front of them: why (in the chosen language). Brought
    back after mending, the file is read like the first one, and that column is left out.
    """
    raise NotImplementedError
