#!/usr/bin/env python3
"""Run a command with a PostgreSQL server of its own.

  scripts/postgres.py .venv/bin/pytest tests/book

The server lives in a folder of its own, listens on a free port of 127.0.0.1 and ends with the command, however that
ends. The command finds it in DATABASE_URL, as a role that may create databases but is no superuser: row level security
holds for it as it does in a salon. Nothing in it is meant to last, so nothing is forced to the disk.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from machine import fail

ROLE = "vernis"
STARTS_WITHIN = 30.0  # seconds
FAST = ("fsync", "synchronous_commit", "full_page_writes")


def main() -> int:
    """Start the server, run the command, stop the server; return what the command returned."""
    command = sys.argv[1:]
    if not command:
        sys.exit(__doc__)
    folder = Path(tempfile.mkdtemp(prefix="vernis-postgres-"))
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _frame: sys.exit(128 + number))
    try:
        return run(command, folder)
    except KeyboardInterrupt:
        return 130
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run(command: list[str], folder: Path) -> int:
    """Start the server in an empty folder, run the command, stop the server."""
    programs, account = programs_of_postgres(), account_for_postgres()
    if account:
        os.chown(folder, account.pw_uid, account.pw_gid)
    options: dict[str, Any] = {"cwd": folder, "stdin": subprocess.DEVNULL, "env": {**os.environ, "TZ": "UTC"}}
    if account:
        options |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    data, port = folder / "data", free_port()
    quietly = subprocess.run(
        [programs / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options,
    )  # fmt: skip
    if quietly.returncode:
        said = quietly.stdout.decode(errors="replace")
        fail(f"{said}\ninitdb could not make a cluster.", "Не удалось создать кластер PostgreSQL (initdb).")
    settings = ["listen_addresses=127.0.0.1", f"port={port}", "unix_socket_directories=", "max_connections=100"]
    settings += [f"{name}=off" for name in FAST]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [programs / "postgres", "-D", data, *(word for setting in settings for word in ("-c", setting))],
            preexec_fn=end_with_parent,  # noqa: PLW1509 (no threads here)
            stdout=log, stderr=subprocess.STDOUT, process_group=0, **options,
        )  # fmt: skip
    try:
        make_role(programs, port, server, folder / "log")
        url = f"postgres://{ROLE}@127.0.0.1:{port}/{ROLE}"
        with subprocess.Popen(command, env={**os.environ, "DATABASE_URL": url}) as process:
            return wait_for(process)
    finally:
        stop(server)


def end_with_parent() -> None:
    """Ask Linux to stop the server when we die, even by kill -9; elsewhere it would stay."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGINT)  # PR_SET_PDEATHSIG


def make_role(programs: Path, port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the server answers, and make the role and database of the application."""
    sql = f"CREATE ROLE {ROLE} LOGIN CREATEDB NOSUPERUSER NOBYPASSRLS; CREATE DATABASE {ROLE} OWNER {ROLE}"
    statements = [word for statement in sql.split("; ") for word in ("-c", statement)]
    psql = [programs / "psql", "-h", "127.0.0.1", "-p", str(port), "-U", "postgres", "-q", "-X"]
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until and server.poll() is None:
        asked = subprocess.run([*psql, "-c", ""], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if asked.returncode == 0:
            subprocess.run([*psql, "-v", "ON_ERROR_STOP=1", *statements], check=True)
            return
        time.sleep(0.1)
    said = log.read_text(encoding="utf-8", errors="replace")
    fail(f"{said}\nPostgreSQL has not started.", "PostgreSQL не запустился.")


def wait_for(process: subprocess.Popen[bytes]) -> int:
    """Wait for the command; when we are to end, it ends first."""
    try:
        return process.wait()
    except KeyboardInterrupt:  # the command got the same Ctrl+C and is closing
        return process.wait()
    except SystemExit:
        process.terminate()
        process.wait()
        raise


def stop(server: subprocess.Popen[bytes]) -> None:
    """End the server at once: what it holds is thrown away."""
    if server.poll() is None:
        server.send_signal(signal.SIGQUIT)
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def programs_of_postgres() -> Path:
    """Return the folder of initdb and postgres: the newest of Debian's, else where the shell finds them."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if debian:
        return debian[-1].parent
    found = shutil.which("initdb")
    if not found or not re.search("PostgreSQL", subprocess.check_output([found, "--version"]).decode()):
        fail("There is no initdb: install PostgreSQL.", "Нет программы initdb: установите PostgreSQL.")
    return Path(found).resolve().parent


def account_for_postgres() -> pwd.struct_passwd | None:
    """Return whom the server runs as when we are root, which it refuses to be."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
