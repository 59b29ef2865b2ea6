"""`vernis sample` and `vernis forget`."""

from pathlib import Path

import pytest

from tests.cli.command import done, refused, vernis


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert done("sample", "--out", tmp_path / name, "--clients", 40, "--seed", 7, "--as-of", "2026-05-12") == ""
    done("sample", "--out", tmp_path / "three", "--clients", 40, "--seed", 8, "--as-of", "2026-05-12")

    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert contents(tmp_path / "one") != contents(tmp_path / "three")


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_sample_can_be_worked_on(tmp_path: Path, cache: Path, form: str) -> None:
    finished = vernis(
        *("sample", "--out", tmp_path / "deep" / "demo", "--clients", 40, "--as-of", "2026-05-12", "--format", form)
    )
    assert finished.returncode == 0
    command = finished.stderr.decode().strip().partition("vernis ")[2].split()
    assert command == ["worklist", "--data", str(tmp_path / "deep" / "demo"), "--as-of", "2026-05-12"]

    assert "To contact on 12 May 2026" in done(*command, "--cache", cache)


def test_both_formats_give_the_same_list(tmp_path: Path, cache: Path) -> None:
    lists = []
    for form in ("csv", "parquet"):
        done("sample", "--out", tmp_path / form, "--clients", 200, "--as-of", "2026-05-12", "--format", form)
        arguments = ["--cache", cache, "--as-of", "2026-05-12", "--format", "csv"]
        lists.append(done("worklist", "--data", tmp_path / form, *arguments))

    assert lists[0] == lists[1]
    assert lists[0].count("\n") > 100


def test_a_sample_takes_the_place_of_a_sample(tmp_path: Path) -> None:
    done("sample", "--out", tmp_path / "demo", "--clients", 40, "--as-of", "2026-05-12", "--format", "parquet")
    done("sample", "--out", tmp_path / "demo", "--clients", 30, "--as-of", "2026-05-12", "--format", "csv")

    assert {path.suffix for path in (tmp_path / "demo").iterdir() if not path.name.startswith(".")} == {".csv"}


def test_a_folder_with_anything_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "appointments.csv").write_text("mine")

    said = refused("sample", "--out", tmp_path, "--clients", 10)

    assert str(tmp_path) in said
    assert contents(tmp_path) == {"appointments.csv": b"mine"}


@pytest.mark.parametrize(
    "arguments",
    [["--clients", "0"], ["--clients", "many"], ["--seed", "-1"], ["--as-of", "today"], ["--format", "xls"]],
)
def test_an_impossible_salon_is_refused(tmp_path: Path, arguments: list[str]) -> None:
    refused("sample", "--out", tmp_path / "demo", *arguments)

    assert not (tmp_path / "demo").exists()


def test_prepared_data_can_be_forgotten(salon: Path, cache: Path) -> None:
    arguments = ["worklist", "--data", salon, "--cache", cache, "--format", "csv"]
    before = done(*arguments)

    assert done("forget", "--data", salon, "--cache", cache) == "Deleted 1 prepared data set.\n"
    assert done("forget", "--cache", cache) == "Deleted 0 prepared data sets.\n"
    assert {path.name for path in cache.rglob("*") if path.is_file()} <= {"lock"}
    assert done(*arguments) == before
    assert done("forget", "--cache", cache, "--lang", "ru") != "Deleted 1 prepared data set.\n"


def test_prepared_data_lie_in_the_cache_folder_of_the_user(salon: Path, tmp_path: Path) -> None:
    done("worklist", "--data", salon, XDG_CACHE_HOME=str(tmp_path / "mine"))

    assert [path.name[:5] for path in (tmp_path / "mine" / "vernis").iterdir()] == ["data-"]


def test_a_cache_folder_that_cannot_be_written_is_refused(salon: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("")

    assert "--cache" in refused("worklist", "--data", salon, "--cache", tmp_path / "cache")
    assert "--cache" in refused("worklist", "--data", salon, "--cache", "/proc/nowhere")
