"""The command `vernis` as a process beside the tests, with a home of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMAND = Path(sys.executable).with_name("vernis")


def environment(home: Path, **changes: str) -> dict[str, str]:
    """Return the environment of a command that speaks English and keeps everything in `home`."""
    ours = ("DJANGO_SETTINGS_MODULE", "DJANGO_ALLOW_ASYNC_UNSAFE", "VERNIS_URL")
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return {**kept, "VERNIS_HOME": str(home), "VERNIS_LANG": "en", **changes}


def run(home: Path, *arguments: object, **changes: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    return subprocess.run(
        [COMMAND, *map(str, arguments)],
        env=environment(home, **changes), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


@contextmanager
def running(home: Path, *arguments: object, **changes: str) -> Iterator[subprocess.Popen[str]]:
    """Run the command beside the test; it is stopped at the end, by force if need be."""
    process = subprocess.Popen(
        [COMMAND, *map(str, arguments)], env=environment(home, **changes), stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        assert process.stderr
        process.stderr.close()


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def children(pid: int) -> dict[int, str]:
    """Return the processes that a process has started, with their command lines."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return {int(child): Path(f"/proc/{child}/cmdline").read_bytes().replace(b"\0", b" ").decode() for child in found}
