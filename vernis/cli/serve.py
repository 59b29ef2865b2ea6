"""`vernis serve`: the web server and the worker, started, watched and stopped together."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from vernis.cli import application
from vernis.lib.texts import _
from vernis.warehouse.errors import DataError

if TYPE_CHECKING:
    from types import FrameType

STARTS_WITHIN = 60.0  # seconds
STOPS_WITHIN = 30.0
LOOKS_EVERY = 0.5
PAUSE_BEFORE_RESTART = 3.0  # of a worker that ended


def run(*, host: str, port: int, with_worker: bool, processes: int, threads: int) -> None:
    """Serve until told to stop (SIGTERM, Ctrl+C)."""
    refuse_taken_port(host, port)
    os.environ.setdefault("VERNIS_URL", f"http://{host}:{port}")
    application.load()
    application.bring_up_to_date()
    with Team() as team:
        team.start("web", web_server(host, port, processes, threads))
        wait_until_it_answers(team, host, port)
        if with_worker:
            team.start("worker", [sys.executable, "-m", "vernis", "worker"])
        say(_("Vernis is open at {address} (stop it with Ctrl+C).").format(address=os.environ["VERNIS_URL"]))
        team.watch()


def work() -> None:
    """Do the work of the background until told to stop."""
    application.load()
    from django.core.management import call_command  # noqa: PLC0415

    call_command("qcluster")


def web_server(host: str, port: int, processes: int, threads: int) -> list[str]:
    """Return the command of the web server."""
    command = [sys.executable, "-m", "gunicorn", "vernis.wsgi:application", "--bind", f"{bracketed(host)}:{port}"]
    command += ["--worker-class", "gthread", "--workers", str(processes), "--threads", str(threads)]
    command += ["--keep-alive", "0"]  # whoever is free takes the next request, not who took the last one of this line
    command += ["--preload", "--no-control-socket", "--graceful-timeout", "20", "--log-level", "warning"]
    command += ["--name", "vernis"]
    if Path("/dev/shm").is_dir():  # noqa: S108 (gunicorn's heartbeat: not on a disk that may be slow)
        command += ["--worker-tmp-dir", "/dev/shm"]  # noqa: S108
    return command


class Stop(Exception):
    """Somebody asked us to stop."""


class Team:
    """Processes that live and end together; a worker that ends is started again."""

    def __init__(self) -> None:
        self.commands: dict[str, list[str]] = {}
        self.members: dict[str, subprocess.Popen[bytes]] = {}
        self.restart_at: dict[str, float] = {}
        self.is_starting = self.is_stopping = False

    def __enter__(self) -> Team:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._stop)
        return self

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        if not self.is_stopping:
            self.is_stopping = True
            if not self.is_starting:
                raise Stop

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> bool:
        self.is_stopping = True
        self.end()
        return kind is Stop

    def start(self, name: str, command: list[str]) -> None:
        """Start a process in a group of its own, so that Ctrl+C reaches it through us only."""
        self.commands[name] = command
        self.is_starting = True  # asked to stop meanwhile, we stop as soon as we know whom we have started
        self.members[name] = subprocess.Popen(  # noqa: S603 (our own commands)
            command,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_end_with_parent,  # noqa: PLW1509 (no threads here)
        )
        self.is_starting = False
        if self.is_stopping:
            raise Stop

    def has_ended(self, name: str) -> bool:
        """Tell whether a process is gone."""
        return self.members[name].poll() is not None

    def watch(self) -> None:
        """Look after the processes; return never, but by `Stop` or by the fault of the web server's end."""
        while True:
            time.sleep(LOOKS_EVERY)
            if self.has_ended("web"):
                raise OSError(_("the web server has ended by itself; its last lines stand above"))
            if "worker" in self.members and self.has_ended("worker"):
                self._start_again("worker")

    def _start_again(self, name: str) -> None:
        now = time.monotonic()
        if name not in self.restart_at:
            with contextlib.suppress(ProcessLookupError):  # whom it has started, and left behind
                os.killpg(self.members[name].pid, signal.SIGKILL)
            self.restart_at[name] = now + PAUSE_BEFORE_RESTART
            say(_("The worker has ended; it is started again."))
        elif now >= self.restart_at[name]:
            del self.restart_at[name]
            self.start(name, self.commands[name])

    def end(self) -> None:
        """Ask all to stop, wait, and end whoever does not."""
        for process in self.members.values():
            if process.poll() is None:
                process.terminate()
        until = time.monotonic() + STOPS_WITHIN
        for process in self.members.values():
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _end_with_parent() -> None:
    """Ask Linux to end this process when `vernis serve` is killed; elsewhere it would stay."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def wait_until_it_answers(team: Team, host: str, port: int) -> None:
    """Wait until the web server takes calls."""
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until and not team.has_ended("web"):
        try:
            socket.create_connection((reachable(host), port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise OSError(_("the web server has not started; its last lines stand above"))


def refuse_taken_port(host: str, port: int) -> None:
    """Refuse an address that another program serves, or that is not of this machine."""
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(address)
    except OSError as error:
        text = _("{host}:{port} cannot be used ({problem}). Another program may be there: try --port {other}.")
        raise DataError(text.format(host=host, port=port, problem=error.strerror, other=port + 1)) from None


def reachable(host: str) -> str:
    """Return the address by which this machine reaches what listens on `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104


def bracketed(host: str) -> str:
    """Write an address of IPv6 as in a URL."""
    return f"[{host}]" if ":" in host else host


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
