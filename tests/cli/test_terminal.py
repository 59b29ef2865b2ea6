"""What the command does to terminals, pipes and signals, and that its files appear whole or not at all."""

import contextlib
import os
import pty
import random
import select
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.command import COMMAND, done, environment, vernis
from tests.warehouse.files import appointments, visit, write_files


def on_a_terminal(*arguments: object, stderr_only: bool = False, **changes: str) -> tuple[int, str]:
    """Run the command with a terminal for its output and errors; return the exit code and what was on the screen."""
    screen, theirs = pty.openpty()
    with subprocess.Popen(
        [COMMAND, *map(str, arguments)],
        env=environment(TERM="xterm", **changes),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL if stderr_only else theirs,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):  # the other side has gone
            while select.select([screen], [], [], 60)[0] and (piece := os.read(screen, 65536)):
                shown += piece
        os.close(screen)
        return process.wait(), shown.decode()


def as_on_a_terminal() -> None:
    """Let Ctrl+C be heard, also where the tests run in the background, which is deaf to it and hands that on."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextlib.contextmanager
def started(*arguments: object) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(
        [COMMAND, *map(str, arguments)], env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        preexec_fn=as_on_a_terminal,  # noqa: PLW1509 (no threads here)
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture(scope="session")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data set whose list takes a second and more: 15,000 clients, each on the list."""
    lines = [
        visit(appointment_id=f"a{number}", client_id=f"client-{number:05}", starts_at=f"2026-04-{number % 10 + 1:02}")
        for number in range(15_000)
    ]
    return write_files(tmp_path_factory.mktemp("crowd") / "data", {"appointments.csv": appointments(*lines)})


# ---- Progress ----


def test_no_bar_where_nobody_watches(crowd: Path, cache: Path) -> None:
    finished = vernis("worklist", "--data", crowd, "--cache", cache, "--as-of", "2026-05-12", "--format", "csv")

    assert finished.stderr == b""
    assert finished.stdout.count(b"\n") == 15_001


def test_a_bar_on_a_terminal_for_what_takes_longer_than_a_second(tmp_path: Path) -> None:
    code, shown = on_a_terminal(
        *("sample", "--out", tmp_path / "sample", "--clients", 20_000, "--as-of", "2026-05-12"), stderr_only=True
    )

    assert code == 0
    assert "Inventing" in shown
    assert "100%" in shown


def test_no_bar_for_what_is_done_at_once(salon: Path, cache: Path) -> None:
    arguments = ["worklist", "--data", salon, "--cache", cache, "--as-of", "2026-05-12"]
    done(*arguments)

    code, shown = on_a_terminal(*arguments, stderr_only=True)

    assert code == 0
    assert shown == ""


# ---- Screens and pipes ----


def test_a_screen_shows_ten_rows_of_a_block_in_colour(sample: Path, cache: Path) -> None:
    code, shown = on_a_terminal("worklist", "--data", sample, "--cache", cache, "--as-of", "2026-05-12")

    assert code == 0
    assert "more (--top 0 shows all)" in shown
    assert "\x1b[1m" in shown


def test_parquet_is_not_for_the_screen(salon: Path, cache: Path) -> None:
    code, shown = on_a_terminal("worklist", "--data", salon, "--cache", cache, "--format", "parquet")

    assert code == 2
    assert "--out" in shown
    assert "PAR1" not in shown


def test_a_reader_that_has_seen_enough_is_no_error(crowd: Path, cache: Path) -> None:
    arguments = ["worklist", "--data", crowd, "--cache", cache, "--as-of", "2026-05-12", "--format", "csv"]

    with started(*arguments) as process:
        assert process.stdout and process.stderr  # noqa: PT018 (for the types)
        assert process.stdout.readline().startswith(b"block,rank,")
        process.stdout.close()
        said = process.stderr.read()
        assert process.wait(30) == 0

    assert said == b""


def test_output_that_cannot_be_written_is_an_error(salon: Path, cache: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        finished = subprocess.run(
            [COMMAND, "worklist", "--data", salon, "--cache", cache, "--format", "csv"],
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )

    assert finished.returncode != 0
    assert b"Traceback" not in finished.stderr
    assert finished.stderr


# ---- Signals ----


def wait_for(path: Path, pattern: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until a file that matches is there."""
    for _ in range(2000):
        if any(path.rglob(pattern)):
            return
        assert process.poll() is None, "it was done too soon"
        time.sleep(0.002)
    raise AssertionError(pattern)


def test_control_c_stops_without_a_traceback(crowd: Path, cache: Path, tmp_path: Path) -> None:
    out = tmp_path / "lists" / "list.csv"
    out.parent.mkdir()
    with started("worklist", "--data", crowd, "--cache", cache, "--format", "csv", "--out", out) as process:
        wait_for(cache, "new-*", process)
        process.send_signal(signal.SIGINT)
        printed, said = process.communicate(timeout=30)

    assert process.returncode == 130
    assert printed == b""
    assert said.strip() == b"Stopped; nothing was written."
    assert list(out.parent.iterdir()) == []
    assert list(cache.rglob("new-*")) == []


@pytest.mark.parametrize("attempt", range(4))
def test_a_list_appears_whole_or_not_at_all_whenever_it_is_killed(
    crowd: Path, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, attempt: int
) -> None:
    cache = tmp_path_factory.getbasetemp() / "cache of the crowd"
    arguments = ["worklist", "--data", crowd, "--cache", cache, "--as-of", "2026-05-12", "--format", "csv", "--out"]
    out = tmp_path / "list.csv"
    began = time.monotonic()
    done(*arguments, out)
    takes = time.monotonic() - began
    whole = out.read_bytes()
    out.write_text("old")

    with started(*arguments, out) as process:
        if attempt < 2:
            wait_for(tmp_path, ".list.csv.*.part", process)
            time.sleep(random.uniform(0, 0.02))
        else:
            time.sleep(random.uniform(0.5, 1) * takes)
        process.kill()
        process.wait()

    assert out.read_bytes() in (b"old", whole)
    done(*arguments, out)
    assert out.read_bytes() == whole


def test_a_list_has_the_permissions_of_any_new_file(salon: Path, cache: Path, tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        done("worklist", "--data", salon, "--cache", cache, "--out", tmp_path / "list")
    finally:
        os.umask(before)

    assert (tmp_path / "list").stat().st_mode & 0o777 == 0o640
    assert [path.name for path in tmp_path.iterdir() if "list" in path.name] == ["list"]


def test_a_list_may_be_named_without_a_folder(salon: Path, cache: Path, tmp_path: Path) -> None:
    finished = vernis("worklist", "--data", salon, "--cache", cache, "--out", "list.txt", cwd=tmp_path)

    assert finished.returncode == 0
    assert (tmp_path / "list.txt").read_text(encoding="utf-8").startswith("To contact on ")


def test_a_list_may_go_to_a_device_which_stays_one(salon: Path, cache: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/dev/stdout")
    arguments = ["worklist", "--data", salon, "--cache", cache, "--as-of", "2026-05-12"]

    assert done(*arguments, "--out", tmp_path / "link") == done(*arguments)
    assert (tmp_path / "link").is_symlink()


def test_a_list_may_go_through_a_link_which_stays_one(salon: Path, cache: Path, tmp_path: Path) -> None:
    (tmp_path / "lists").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "lists" / "today")

    done("worklist", "--data", salon, "--cache", cache, "--out", tmp_path / "link")

    assert (tmp_path / "link").is_symlink()
    assert [path.name for path in (tmp_path / "lists").iterdir()] == ["today"]
