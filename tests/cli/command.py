"""The command as a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

COMMAND = Path(sys.executable).with_name("vernis")


def environment(**changes: str) -> dict[str, str]:
    """Return the environment of the command: English, warnings are errors."""
    kept = {name: value for name, value in os.environ.items() if name not in ("LC_ALL", "LC_MESSAGES", "COLUMNS")}
    return {**kept, "LANG": "C.UTF-8", "VERNIS_LANG": "en", "PYTHONWARNINGS": "error", **changes}


def vernis(*arguments: object, cwd: Path | None = None, **changes: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command to its end; `changes` are variables of its environment."""
    return subprocess.run(
        [COMMAND, *map(str, arguments)],
        cwd=cwd,
        env=environment(**changes),
        capture_output=True,
        timeout=60,
        check=False,
    )


def done(*arguments: object, cwd: Path | None = None, **changes: str) -> str:
    """Run the command, which must succeed, and return what it printed."""
    finished = vernis(*arguments, cwd=cwd, **changes)
    assert finished.returncode == 0, finished.stderr.decode()
    return finished.stdout.decode()


def refused(*arguments: object, cwd: Path | None = None, **changes: str) -> str:
    """Run the command, which must refuse its input, and return what it said."""
    finished = vernis(*arguments, cwd=cwd, **changes)
    said = finished.stderr.decode()
    assert finished.returncode == 2, said
    assert finished.stdout == b""
    assert "Traceback" not in said
    return said
