"""Files as they are given to us."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Source:
    """A file, and what people call it (an upload lies under another name)."""

    path: Path
    name: str
