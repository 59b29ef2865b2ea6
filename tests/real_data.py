"""Real data that is not part of the repository: the folder that VERNIS_REAL_DATA names (docs/returns.md)."""

import os
from pathlib import Path

import pytest


def real_data(name: str) -> Path:
    """Return a file or folder of real data, or skip with one line where there is none."""
    folder = os.environ.get("VERNIS_REAL_DATA")
    path = Path(folder or "") / name
    if not folder or not path.exists():
        pytest.skip(f"no {name}: VERNIS_REAL_DATA names no folder that has it")
    return path
