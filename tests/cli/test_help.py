"""Everything can be learned from the command itself."""

import subprocess
import sys

import pytest

from tests.cli.command import COMMAND, done, environment, refused, vernis
from vernis import __version__

COMMANDS = [
    "worklist",
    "explain",
    "replay",
    "check",
    "backtest",
    "sample",
    "forget",
    "warm-up",
    "serve",
    "worker",
    "create-owner",
    "demo",
    "import",
]


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_every_command_ends_with_an_example(command: str, language: str) -> None:
    text = done(command, "--help", "--lang", language)

    assert f"vernis {command}" in text.strip().splitlines()[-1] + text.strip().splitlines()[-2]
    assert ("Example: " if language == "en" else "Пример") in text
    assert done(command, "-h", "--lang", language) == text


def test_the_help_names_every_command() -> None:
    text = done("--help")

    assert all(f"\n  {command} " in text for command in COMMANDS)
    assert "Example: vernis worklist" in text


def test_the_help_names_no_command_that_is_not_tested_here() -> None:
    listed = done("--help").partition("Commands:\n")[2].partition("\n\n")[0]

    assert sorted(line.split()[0] for line in listed.splitlines() if line[2:3].strip()) == sorted([*COMMANDS, "manage"])


@pytest.mark.parametrize("arguments", [["--version"], ["--version", "worklist"]])
def test_the_version_is_printed(arguments: list[str]) -> None:
    assert done(*arguments) == f"vernis {__version__}\n"


def test_the_module_is_the_command() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "vernis", "--version"], env=environment(), capture_output=True, check=True
    )

    assert (
        run.stdout == subprocess.run([COMMAND, "--version"], env=environment(), capture_output=True, check=True).stdout
    )


def test_an_unknown_command_is_refused_with_a_suggestion_to_look() -> None:
    assert "wroklist" in refused("wroklist")


def test_no_command_shows_the_help() -> None:
    finished = vernis()

    assert b"Traceback" not in finished.stderr
    assert b"worklist" in finished.stdout + finished.stderr


@pytest.mark.parametrize("module", ["numba", "pyarrow", "numpy", "pandas"])
def test_help_loads_nothing_heavy(module: str) -> None:
    code = "import sys; from vernis.cli import main; sys.argv = ['vernis', '--help']\n"
    code += f"try: main()\nfinally: print({module!r} in sys.modules)"

    run = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, check=True, text=True)

    assert run.stdout.splitlines()[-1] == "False"
