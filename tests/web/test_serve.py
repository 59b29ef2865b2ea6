"""`vernis serve`: one command for web server and worker, and what it refuses."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

from tests.web.processes import children, free_port, run, running
from vernis.cli.serve import Team
from vernis.ui.checks import database_faults, version_faults

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def wait_until(is_so: Callable[[], bool], seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, "it took too long"
        time.sleep(0.1)


def said_when_open(process: subprocess.Popen[str]) -> str:
    assert process.stderr
    line = process.stderr.readline()
    assert "is open at" in line, line + process.stderr.read()
    return line


def worker_of(process: subprocess.Popen[str]) -> int | None:
    found = [child for child, command in children(process.pid).items() if command.endswith("vernis worker ")]
    return found[0] if found else None


def test_pages_and_worker_begin_and_end_together_and_a_dead_worker_is_replaced(tmp_path: Path) -> None:
    port = free_port()
    with running(tmp_path, "serve", "--port", port, "--processes", 1) as process:
        assert f"http://127.0.0.1:{port}" in said_when_open(process)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/account/login/") as page:
            assert page.status == 200

        first = worker_of(process)
        assert first
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: worker_of(process) not in (None, first))

        everybody = children(process.pid)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
        assert [child for child in everybody if is_alive(child)] == []


def test_who_is_told_to_stop_while_starting_a_process_ends_it_first(monkeypatch: pytest.MonkeyPatch) -> None:
    begin, begun = subprocess.Popen, []

    def interrupted(*arguments: Any, **options: Any) -> Any:
        begun.append(begin(*arguments, **options))
        os.kill(os.getpid(), signal.SIGTERM)  # before anybody has noted whom we have started
        return begun[0]

    monkeypatch.setattr(subprocess, "Popen", interrupted)
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    try:
        with Team() as team:
            team.start("worker", ["sleep", "60"])
            raise AssertionError("it was told to stop")
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)

    assert begun[0].returncode == -signal.SIGTERM


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_port_that_is_taken_is_refused_in_words(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        done = run(tmp_path, "serve", "--port", other.getsockname()[1])

    assert done.returncode == 2
    assert "Another program may be there: try --port" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_that_does_not_answer_is_named(tmp_path: Path) -> None:
    url = f"postgres://vernis@127.0.0.1:{free_port()}/vernis"
    done = run(tmp_path, "serve", "--port", free_port(), DATABASE_URL=url)

    assert done.returncode == 2
    assert done.stderr.startswith("Error: The database does not answer: ")
    assert "Traceback" not in done.stderr


def test_management_commands_are_passed_on(tmp_path: Path) -> None:
    done = run(tmp_path, "manage", "check", "--database", "default")

    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_a_sqlite_that_can_damage_databases_is_refused() -> None:
    assert [fault.id for fault in version_faults((3, 40, 1))] == ["vernis.E001"]
    assert version_faults((3, 51, 3)) == []


@pytest.mark.django_db(transaction=True)
def test_a_sqlite_that_forgets_to_reach_the_disk_is_refused() -> None:
    assert database_faults() == []
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=OFF")
        found = [fault.id for fault in database_faults()]
        cursor.execute("PRAGMA synchronous=FULL")

    assert found == ["vernis.E002"]
