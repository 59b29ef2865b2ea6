"""Set Vernis up on this machine, asking nothing; the Makefile calls this when something has changed.

  setup.py run     makes .venv with what Vernis needs
  setup.py tests   adds what its tests need
  setup.py spark   makes sure of what Spark needs: Java 17

Python's standard library is enough for it: the machine may have no pip, no venv and no uv, and a Python that is too
old still gets as far as saying so.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from get_uv import get_uv
from machine import ensure_spark_can_run, ensure_tests_can_run, fail, has_certificates, say, succeeds

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    wanted = sys.argv[1:]
    if wanted == ["run"]:
        sync(["--inexact"])  # what the tests have put there may stay
    elif wanted == ["tests"]:
        sync(["--all-groups", "--all-extras"])
        ensure_tests_can_run()
    elif wanted == ["spark"]:
        ensure_spark_can_run()
    else:
        sys.exit(__doc__)


def sync(options: list[str]) -> None:
    """Bring .venv to what uv.lock says."""
    uv = str(get_uv(ROOT / ".tools"))
    say("Installing the Python packages of uv.lock into .venv: uv sync " + " ".join(options))
    command = [uv, "sync", "--frozen", "--project", str(ROOT), *options]
    if not succeeds(command, env=uv_environment(uv)):
        fail(
            "The packages could not be installed; the lines above say why. "
            "Vernis needs Python 3.11 or newer, and pypi.org and files.pythonhosted.org within reach.",
            "Не удалось установить пакеты, причина в строках выше. "
            "Нужны Python 3.11 или новее и доступ к pypi.org и files.pythonhosted.org.",
        )


def uv_environment(uv: str) -> dict[str, str]:
    """Let uv use the Python and the certificates of this machine, and always the .venv of this folder."""
    environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never", "UV_PROJECT_ENVIRONMENT": str(ROOT / ".venv")}
    environment.pop("VIRTUAL_ENV", None)
    environment.setdefault("UV_HTTP_TIMEOUT", "180")
    if has_certificates():
        environment.setdefault("UV_SYSTEM_CERTS", "true")
    cache = Path(subprocess.check_output([uv, "cache", "dir"]).decode().strip())
    if disk_of(cache) != disk_of(ROOT):  # there are no hard links between disks
        environment.setdefault("UV_LINK_MODE", "copy")
    return environment


def disk_of(path: Path) -> int:
    """Return the number of the disk that a path is on, or will be on."""
    return path.stat().st_dev if path.exists() else disk_of(path.parent)


if __name__ == "__main__":
    main()
