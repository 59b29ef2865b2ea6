"""The snapshot: made once, brought up to date where the input changed, whole whatever happens."""

import json
import os
import random
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tests.histories import shuffled, write_csv
from tests.reference import Tables
from tests.warehouse.files import DAY, GOOD, appointments, as_parquet, listed, visit, write_files
from vernis.warehouse import bucketing, making, reading, runs, snapshot
from vernis.warehouse.errors import DataError, InputError
from vernis.warehouse.sample import write_sample


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_files(tmp_path / "data", {})


@pytest.fixture
def tables() -> Tables:
    """Return 60 clients with five visits each, in every order."""
    rows = [
        visit(
            appointment_id=f"a{client}-{number}",
            client_id=f"c{client:02}",
            starts_at=f"{date(2026, 4, 1).replace(month=number + 1)}T{client % 12 + 8:02}:00",
            amount=str(client),
        )
        for client in range(60)
        for number in range(4)
    ]
    clients = [{"client_id": f"c{client:02}", "birthday": f"--05-{client % 28 + 1:02}"} for client in range(60)]
    random.Random(3).shuffle(rows)
    return {"appointments": rows, "clients": clients}


@pytest.fixture
def many_buckets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "LINES_PER_BUCKET", 32)


def version(cache: Path) -> Path:
    """Return the folder of the version in use."""
    (current,) = cache.glob("data-*/current")
    return current.parent / current.read_text()


def made_at(cache: Path) -> int:
    return (version(cache) / "manifest.json").stat().st_mtime_ns


def inodes(cache: Path) -> dict[str, list[int]]:
    """Return the inodes of the files of every bucket."""
    folders = sorted(version(cache).glob("bucket-*"))
    return {folder.name: sorted(path.stat().st_ino for path in folder.iterdir()) for folder in folders}


def remade(data: Path, cache: Path, change: Callable[[], object]) -> bool:
    """Tell whether a change makes a new version, and that the version is then in order."""
    listed(data, cache)
    before = version(cache), made_at(cache)
    change()
    listed(data, cache)
    assert len(list(version(cache).parent.glob("v*"))) == 1
    return (version(cache), made_at(cache)) != before


# ---- When it is made ----


def test_it_is_made_once(data: Path, cache: Path) -> None:
    assert not remade(data, cache, lambda: None)


def test_another_day_needs_no_other(data: Path, cache: Path) -> None:
    assert not remade(data, cache, lambda: listed(data, cache, date(2026, 4, 20)))


@pytest.mark.parametrize("name", ["appointments", "clients"])
def test_a_changed_file_is_noticed(data: Path, cache: Path, name: str) -> None:
    (data / "clients.csv").write_text("client_id\nanna\n")
    path = data / f"{name}.csv"

    assert remade(data, cache, lambda: path.write_text(path.read_text().replace("anna", "vera")))


def test_a_new_file_is_noticed(data: Path, cache: Path) -> None:
    assert remade(data, cache, lambda: (data / "clients.csv").write_text("client_id,birthday\nanna,--05-13\n"))
    assert [row["block"] for row in listed(data, cache)] == ["overdue", "birthday"]


def test_a_file_that_has_gone_is_noticed(data: Path, cache: Path) -> None:
    (data / "clients.csv").write_text("client_id,birthday\nanna,--05-13\n")

    assert remade(data, cache, (data / "clients.csv").unlink)
    assert [row["block"] for row in listed(data, cache)] == ["overdue"]


def test_the_same_table_in_another_format_is_noticed(data: Path, cache: Path) -> None:
    def change() -> None:
        (data / "appointments.csv").unlink()
        cells = {name: [text] for name, text in visit().items()}
        (data / "appointments.parquet").write_bytes(as_parquet(cells))

    before = listed(data, cache)
    assert remade(data, cache, change)
    assert listed(data, cache) == before


def test_a_file_of_other_size_with_the_same_time_is_noticed(data: Path, cache: Path) -> None:
    path = data / "appointments.csv"

    def change() -> None:
        earlier = path.stat()
        path.write_text(GOOD + GOOD.splitlines()[1].replace("a1", "a2") + "\n")
        os.utime(path, ns=(earlier.st_atime_ns, earlier.st_mtime_ns))

    assert remade(data, cache, change)
    assert [row["spent"] for row in listed(data, cache)] == [200]


def test_another_file_of_the_same_size_and_time_is_noticed(data: Path, cache: Path) -> None:
    path = data / "appointments.csv"

    def change() -> None:
        earlier = path.stat()
        (data / "new").write_text(GOOD.replace("anna", "vera"))
        os.utime(data / "new", ns=(earlier.st_atime_ns, earlier.st_mtime_ns))
        (data / "new").replace(path)

    assert remade(data, cache, change)
    assert [row["client_id"] for row in listed(data, cache)] == ["vera"]


def test_a_file_written_over_in_place_with_its_time_put_back_is_noticed(data: Path, cache: Path) -> None:
    path = data / "appointments.csv"

    def change() -> None:
        earlier = path.stat()
        path.write_text(GOOD.replace("anna", "vera"))
        os.utime(path, ns=(earlier.st_atime_ns, earlier.st_mtime_ns))

    assert remade(data, cache, change)


def test_files_that_are_no_tables_are_not_looked_at(data: Path, cache: Path) -> None:
    assert not remade(data, cache, lambda: (data / "notes.txt").write_text("x"))


def test_data_sets_are_kept_apart(data: Path, cache: Path, tmp_path: Path) -> None:
    other = write_files(tmp_path / "other", {"appointments.csv": GOOD.replace("anna", "vera")})

    assert [row["client_id"] for row in listed(data, cache)] == ["anna"]
    assert [row["client_id"] for row in listed(other, cache)] == ["vera"]
    assert [row["client_id"] for row in listed(data, cache)] == ["anna"]


def test_a_data_set_is_known_by_every_name_of_its_folder(
    data: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed(data, cache)
    before = made_at(cache)
    (tmp_path / "link").symlink_to(data)
    monkeypatch.chdir(tmp_path)

    listed(tmp_path / "link", cache)
    listed(Path("data"), cache)

    assert made_at(cache) == before


# ---- What is taken over ----


@pytest.mark.usefixtures("many_buckets")
def test_only_changed_buckets_are_written_anew(tmp_path: Path, cache: Path, tables: Tables) -> None:
    data = tmp_path / "data"
    data.mkdir()
    write_csv(tables, data)
    listed(data, cache)
    before = inodes(cache)
    assert len(before) == 8
    client = tables["appointments"][0]["client_id"]
    changed = f"bucket-{bucketing.bucket_of(client, 8):04}"

    tables["appointments"].append(visit(appointment_id="new", client_id=client, starts_at="2026-05-11"))
    write_csv(tables, data)
    found = listed(data, cache)

    after = inodes(cache)
    assert {name for name in before if before[name] != after[name]} == {changed}
    shutil.rmtree(cache)
    assert listed(data, cache) == found


@pytest.mark.usefixtures("many_buckets")
@pytest.mark.parametrize("change", ["services", "birthday", "contact", "client gone", "many more", "many fewer"])
def test_a_snapshot_brought_up_to_date_is_that_made_anew(
    tmp_path: Path, cache: Path, tables: Tables, change: str
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    write_csv(tables, data)
    listed(data, cache)

    if change == "services":
        tables["services"] = [{"service_id": "cut", "category": "hair", "interval_days": "20"}]
    elif change == "birthday":
        tables["clients"][7]["birthday"] = "--05-12"
    elif change == "contact":
        call = {"client_id": "c07", "block": "overdue", "anchor": "cut@2026-04-01", "made_at": "2026-05-01"}
        tables["contacts"] = [{**call, "outcome": "declined"}]
    elif change == "client gone":
        tables = {name: [row for row in rows if row["client_id"] != "c07"] for name, rows in tables.items()}
    elif change == "many more":
        tables["appointments"] += [
            visit(appointment_id=f"n{number}", client_id=f"n{number % 300}") for number in range(2000)
        ]
    else:
        tables["appointments"] = tables["appointments"][:5]
    write_csv(tables, data)

    found = listed(data, cache)
    shutil.rmtree(cache)
    assert listed(data, cache) == found


@pytest.mark.usefixtures("many_buckets")
def test_the_order_of_rows_and_columns_does_not_matter(tmp_path: Path, cache: Path, tables: Tables) -> None:
    found = []
    for number in range(3):
        data = tmp_path / f"data {number}"
        data.mkdir()
        write_csv(shuffled(tables, random.Random(number)), data)
        found.append(listed(data, cache))

    assert len(found[0]) > 60
    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize("lines_per_bucket", [1 << 18, 100, 3])
def test_the_number_of_buckets_does_not_matter(
    tmp_path: Path, cache: Path, tables: Tables, monkeypatch: pytest.MonkeyPatch, lines_per_bucket: int
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    write_csv(tables, data)
    expected = listed(data, tmp_path / "one bucket")

    monkeypatch.setattr(making, "LINES_PER_BUCKET", lines_per_bucket)

    assert listed(data, cache) == expected


@pytest.mark.parametrize("rows_per_piece", [1, 7])
def test_the_pieces_a_file_is_read_in_do_not_matter(
    tmp_path: Path, cache: Path, tables: Tables, monkeypatch: pytest.MonkeyPatch, rows_per_piece: int
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    write_csv(tables, data)
    expected = listed(data, tmp_path / "in one piece")

    monkeypatch.setattr(reading, "ROWS_PER_PIECE", rows_per_piece)

    assert listed(data, cache) == expected


def test_the_line_of_an_error_is_counted_over_pieces(
    tmp_path: Path, cache: Path, tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables["appointments"][9]["status"] = "done"
    data = tmp_path / "data"
    data.mkdir()
    write_csv(tables, data)
    monkeypatch.setattr(reading, "ROWS_PER_PIECE", 4)

    with pytest.raises(InputError) as caught:
        listed(data, cache)

    assert (caught.value.line, caught.value.column) == (11, "status")


@pytest.mark.usefixtures("way")
def test_the_bucket_of_many_clients_is_that_of_each() -> None:
    texts = ["a", "C0000001", "7", "Анна", "x" * 100]
    ids = pa.array(["before", *texts], pa.large_string()).slice(1)

    assert bucketing.buckets_of(ids, 1024).tolist() == [bucketing.bucket_of(text, 1024) for text in texts]
    assert bucketing.buckets_of(ids.slice(0, 0), 1024).tolist() == []


# ---- Faults and accidents ----


def test_bad_input_leaves_the_snapshot_as_it_was(data: Path, cache: Path) -> None:
    listed(data, cache)
    before = version(cache), inodes(cache)
    (data / "appointments.csv").write_text(GOOD.replace("completed", "done"))

    with pytest.raises(InputError):
        listed(data, cache)

    assert (version(cache), inodes(cache)) == before
    assert list(cache.rglob("new-*")) == []


@pytest.mark.parametrize(
    "damage",
    [
        "manifest gone",
        "manifest torn",
        "pointer torn",
        "pointer to nowhere",
        "version gone",
        "bucket gone",
        "older format",
    ],
)
def test_a_damaged_snapshot_is_made_anew(data: Path, cache: Path, damage: str) -> None:
    expected = listed(data, cache)
    folder = version(cache)
    manifest = folder / "manifest.json"
    if damage == "manifest gone":
        manifest.unlink()
    elif damage == "manifest torn":
        manifest.write_text(manifest.read_text()[:40])
    elif damage == "pointer torn":
        (folder.parent / "current").write_text("")
    elif damage == "pointer to nowhere":
        (folder.parent / "current").write_text("v99")
    elif damage == "version gone":
        shutil.rmtree(folder)
    elif damage == "bucket gone":
        shutil.rmtree(folder / "bucket-0000")
    else:
        manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "format": 1}))

    assert listed(data, cache) == expected
    assert made_at(cache)


def test_nobody_else_can_read_it(data: Path, cache: Path) -> None:
    listed(data, cache)

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in cache.iterdir()}
    assert set(modes.values()) == {0o700}


def test_a_folder_that_cannot_be_written_is_an_error_with_advice(data: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file in its place")

    with pytest.raises(DataError, match="--cache"):
        listed(data, tmp_path / "cache")


def test_the_snapshot_stays_whole_while_it_is_read(data: Path, cache: Path) -> None:
    with snapshot.opened(data, cache) as prepared:
        assert [row["client_id"] for row in runs.worklist(prepared, DAY).table.to_pylist()] == ["anna"]
        with snapshot.opened(data, cache) as again:
            assert again.folder == prepared.folder


def process(*arguments: object) -> subprocess.Popen[bytes]:
    command = [str(Path(sys.executable).with_name("vernis")), *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@pytest.fixture(scope="module")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("invented") / "data"
    write_sample(folder, clients=1500, seed=5, as_of=DAY)
    return folder


def test_two_processes_at_once_both_give_the_list(invented: Path, cache: Path) -> None:
    arguments = ["worklist", "--data", invented, "--cache", cache, "--as-of", DAY, "--format", "csv"]

    both = [process(*arguments) for _ in range(3)]
    printed = [each.communicate(timeout=60)[0] for each in both]

    assert [each.returncode for each in both] == [0, 0, 0]
    assert printed[0] == printed[1] == printed[2]
    assert printed[0].count(b"\n") > 1000
    assert len([path for path in version(cache).parent.iterdir() if path.is_dir()]) == 1


@pytest.mark.parametrize("moment", ["begin", "middle", "end"])
def test_a_process_killed_while_it_makes_the_snapshot_does_no_harm(
    invented: Path, cache: Path, tmp_path: Path, moment: str
) -> None:
    data = tmp_path / "data"
    shutil.copytree(invented, data)
    arguments = ["worklist", "--data", data, "--cache", cache, "--as-of", DAY, "--format", "csv"]
    listed(data, cache)
    before = version(cache), inodes(cache)
    lines = (data / "appointments.csv").read_text().splitlines(keepends=True)
    (data / "appointments.csv").write_text("".join(lines[:-100]))

    making_it = process(*arguments, "--out", tmp_path / "list.csv")
    wanted = {"begin": "new-*", "middle": "new-*/bucket-*/*", "end": "new-*/tables.json"}[moment]
    while not any(cache.glob(f"data-*/{wanted}")) and making_it.poll() is None:
        time.sleep(0.0005)
    making_it.send_signal(signal.SIGKILL)
    making_it.communicate()

    if version(cache) == before[0]:  # killed before it was done
        assert inodes(cache) == before[1]
    shutil.copy(invented / "appointments.csv", data / "appointments.csv")
    assert listed(data, cache) == listed(invented, tmp_path / "another cache")
    assert [path.name for path in version(cache).parent.iterdir() if path.is_dir()] == [version(cache).name]


# ---- Forgetting ----


def test_one_data_set_can_be_forgotten(data: Path, cache: Path, tmp_path: Path) -> None:
    other = write_files(tmp_path / "other", {})
    listed(data, cache)
    listed(other, cache)

    assert snapshot.forget(data, cache) == 1
    assert snapshot.forget(data, cache) == 0
    assert [path.name for path in cache.rglob("*") if path.is_file() and path.name == "current"] == ["current"]
    assert listed(data, cache)


def test_all_data_sets_can_be_forgotten(data: Path, cache: Path, tmp_path: Path) -> None:
    listed(data, cache)
    listed(write_files(tmp_path / "other", {}), cache)

    assert snapshot.forget(None, cache) == 2
    assert {path.name for path in cache.rglob("*") if path.is_file()} <= {"lock"}


def test_nothing_is_forgotten_where_nothing_is(cache: Path, tmp_path: Path) -> None:
    assert snapshot.forget(None, cache) == 0
    assert snapshot.forget(tmp_path, cache) == 0
    assert not cache.exists()


def test_forgetting_touches_nothing_but_snapshots(data: Path, cache: Path) -> None:
    listed(data, cache)
    (cache / "engine-1").mkdir()
    (cache / "engine-1" / "code").write_text("x")

    snapshot.forget(None, cache)

    assert (cache / "engine-1" / "code").exists()
    assert (data / "appointments.csv").exists()


def test_leftovers_of_killed_processes_are_forgotten_too(data: Path, cache: Path) -> None:
    listed(data, cache)
    (version(cache).parent / "new-1").mkdir()

    snapshot.forget(data, cache)

    assert list(cache.rglob("new-*")) == []


def test_a_list_can_be_made_for_a_client_with_very_many_lines(tmp_path: Path, cache: Path) -> None:
    lines: list[dict[str, Any]] = [visit(appointment_id=f"a{number:04}", amount="0.01") for number in range(3000)]
    data = write_files(tmp_path / "data", {"appointments.csv": appointments(*lines)})

    assert [(row["visits_count"], str(row["spent"])) for row in listed(data, cache)] == [(1, "30.00")]
