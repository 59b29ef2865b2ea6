"""Real data that is not part of the repository: `../shared/data`, or the folder that VERNIS_REAL_DATA names.

Where there is none, tests marked `real_data` are left out, and the end of the run says so in one line.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

MARK = "real_data"
_LEFT_OUT = pytest.StashKey[int]()


def _found() -> Path | None:
    named = os.environ.get("VERNIS_REAL_DATA")
    near = [above / "shared" / "data" for above in Path(__file__).resolve().parents]
    return next((folder for folder in ([Path(named)] if named else near) if folder.is_dir()), None)


FOLDER = _found()


def real_data(name: str) -> Path:
    """Return a file or folder of real data, for a test with the mark."""
    assert FOLDER is not None
    return FOLDER / name


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark known."""
    config.addinivalue_line("markers", f"{MARK}: reads real data that is not part of the repository")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what there is no data for."""
    if FOLDER is None:
        kept = [item for item in items if item.get_closest_marker(MARK) is None]
        config.stash[_LEFT_OUT] = len(items) - len(kept)
        items[:] = kept


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what was left out."""
    if count := config.stash.get(_LEFT_OUT, 0):
        terminalreporter.write_line(
            f"Real data is not here (VERNIS_REAL_DATA): {count} tests that read it are left out."
        )
