"""Input that cannot be used, as a process: exit code 2, a line of explanation, and nothing written anywhere."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.command import done, refused, vernis
from tests.warehouse.files import GOOD, Files, appointments, as_parquet, contacts, visit, write_files
from vernis.warehouse.settings_file import SettingsError, read_rules

BAD: dict[str, tuple[Files, str]] = {
    "missing column": (
        {"appointments.csv": "appointment_id,client_id,starts_at\n"},
        "appointments.csv, line 1, column status: ",
    ),
    "semicolons": ({"appointments.csv": GOOD.replace(",", ";")}, "appointments.csv, line 1, column appointment_id: "),
    "unknown status": (
        {"appointments.csv": appointments(visit(), visit(appointment_id="a2", status="done"))},
        'appointments.csv, line 3, column status: "done"',
    ),
    "unreadable time": (
        {"appointments.csv": appointments(visit(), visit(created_at="25:00"))},
        'appointments.csv, line 3, column created_at: "25:00"',
    ),
    "unknown time zone": (
        {"branches.csv": "branch_id,timezone\nb1,../etc/passwd\n"},
        'branches.csv, line 2, column timezone: "../etc/passwd"',
    ),
    "empty file": ({"appointments.csv": b""}, "appointments.csv, line 1: "),
    "another encoding": (
        {"clients.csv": "client_id,name\nanna,Анна\n".encode("cp1251")},
        "clients.csv, line 2: this is not UTF-8 (it looks like Windows-1251)",
    ),
    "duplicate line": (
        {"appointments.csv": appointments(visit(), visit())},
        "appointments.csv, line 3, column appointment_id: the line repeats line 2",
    ),
    "date out of range": (
        {"appointments.csv": appointments(visit(starts_at="1899-12-31"))},
        "appointments.csv, line 2, column starts_at: the date lies outside of 1900 to 2200",
    ),
    "unknown outcome": (
        {"contacts.csv": contacts({}, {"outcome": "maybe"})},
        'contacts.csv, line 3, column outcome: "maybe"',
    ),
    "too few values": ({"appointments.csv": GOOD + "a,b\n"}, "appointments.csv, line 3: 2 values"),
    "broken Parquet": (
        {"appointments.parquet": b"PAR1 no PAR1"},
        "appointments.parquet: this is not a Parquet file",
    ),
    "wrong type": (
        {
            "appointments.parquet": as_parquet(
                {"appointment_id": [1], "client_id": [1], "starts_at": [1.5], "status": ["booked"]}
            )
        },
        "appointments.parquet, row 1, column starts_at: ",
    ),
    "a bell in a value": (
        {"appointments.csv": appointments(visit(status="\x07\x1b[31m"))},
        "appointments.csv, line 2, column status: ",
    ),
}


def everything(folder: Path) -> Iterator[tuple[str, int, int, bytes]]:
    """Yield what stands in a folder: names, inodes, times of change and contents."""
    for path in sorted(folder.rglob("*")):
        stat = path.stat()
        yield str(path), stat.st_ino, stat.st_mtime_ns, path.read_bytes() if path.is_file() else b""


@pytest.fixture(params=list(BAD))
def bad(request: pytest.FixtureRequest) -> tuple[Files, str]:
    return BAD[request.param]


def test_the_error_names_the_place_and_nothing_is_written(tmp_path: Path, cache: Path, bad: tuple[Files, str]) -> None:
    files, place = bad
    data = write_files(tmp_path / "data", files)
    (tmp_path / "lists").mkdir()
    before = list(everything(data))

    said = refused(
        *("worklist", "--data", data, "--cache", cache, "--format", "csv", "--out", tmp_path / "lists" / "list.csv")
    )

    assert said.startswith(f"Error: {data}/{place}")
    assert said.count("\n") == 1
    assert all(character.isprintable() for character in said[:-1])
    assert list((tmp_path / "lists").iterdir()) == []
    assert list(everything(data)) == before
    assert {path.name for path in cache.rglob("*") if path.is_file()} <= {"lock"}


def test_the_error_speaks_russian_as_well(tmp_path: Path, cache: Path, bad: tuple[Files, str]) -> None:
    data = write_files(tmp_path / "data", bad[0])

    said = refused("worklist", "--data", data, "--cache", cache, "--lang", "ru")

    assert said.startswith("Ошибка")
    assert str(data) in said


@pytest.mark.parametrize("name", ["unknown status", "another encoding", "duplicate line", "empty file"])
def test_what_was_there_before_stays(tmp_path: Path, cache: Path, name: str) -> None:
    data = write_files(tmp_path / "data", {})
    out = tmp_path / "lists" / "list.csv"
    out.parent.mkdir()
    arguments = ["worklist", "--data", data, "--cache", cache, "--as-of", "2026-05-12", "--format", "csv", "--out", out]
    done(*arguments)
    earlier = list(everything(out.parent))
    prepared = [found for found in everything(cache) if Path(found[0]).is_file()]
    good = (data / "appointments.csv").read_bytes()

    for file, content in BAD[name][0].items():
        (data / file).write_bytes(content.encode() if isinstance(content, str) else content)
    refused(*arguments)

    assert list(everything(out.parent)) == earlier
    assert [found for found in everything(cache) if Path(found[0]).is_file()] == prepared

    (data / "clients.csv").unlink(missing_ok=True)
    (data / "appointments.csv").write_bytes(good)
    assert done(*arguments) == ""
    assert out.read_bytes() == earlier[0][3]


@pytest.mark.parametrize("command", ["explain", "replay"])
def test_every_command_refuses_it(tmp_path: Path, cache: Path, command: str) -> None:
    files, place = BAD["unknown status"]
    data = write_files(tmp_path / "data", files)
    more = ["anna"] if command == "explain" else ["--from", "2026-05-01", "--to", "2026-05-02"]

    assert place in refused(command, "--data", data, "--cache", cache, *more)


def test_a_traceback_is_shown_to_those_who_ask(tmp_path: Path, cache: Path) -> None:
    data = write_files(tmp_path / "data", BAD["unknown status"][0])

    finished = vernis("worklist", "--data", data, "--cache", cache, "-v")

    assert finished.returncode == 2
    assert b"Traceback" in finished.stderr
    assert finished.stderr.decode().splitlines()[-1].startswith("Error: ")


def test_a_list_cannot_be_written_into_a_folder_that_is_not_there(salon: Path, cache: Path, tmp_path: Path) -> None:
    out = tmp_path / "nowhere" / "list.csv"

    assert str(out) in refused("worklist", "--data", salon, "--cache", cache, "--out", out)


def test_a_list_cannot_take_the_place_of_a_folder(salon: Path, cache: Path, tmp_path: Path) -> None:
    (tmp_path / "list").mkdir()

    assert "list" in refused("worklist", "--data", salon, "--cache", cache, "--out", tmp_path / "list")
    assert [path for path in tmp_path.iterdir() if path.name.startswith(".")] == []


# ---- Settings ----


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("overdue_day = 10", "did you mean overdue_days?"),
        ("zzz = 10", 'there is no setting "zzz"'),
        ("overdue_days = '10'", "overdue_days must be a whole number from 0"),
        ("overdue_days = 1.5", "overdue_days must be a whole number from 0"),
        ("overdue_days = true", "overdue_days must be a whole number from 0"),
        ("overdue_days = -1", "overdue_days must be a whole number from 0"),
        ("overdue_days = 99999", "overdue_days must be a whole number from 0"),
        ("max_attempts = 0", "max_attempts must be a whole number from 1"),
        ("default_interval_days = 0", "default_interval_days must be a whole number from 1"),
        ("learned_min_gaps = 0", "learned_min_gaps must be a whole number from 1"),
        ("learned_windows_days = 90", "learned_windows_days must be a list"),
        ("learned_windows_days = []", "learned_windows_days must be a list"),
        ("learned_windows_days = [365, 0]", "learned_windows_days must be a list"),
        ("learned_windows_days = ['365']", "learned_windows_days must be a list"),
        ("booking_scope = 'branch'", 'booking_scope must be "any" or "cycle"'),
        ("booking_scope = 1", 'booking_scope must be "any" or "cycle"'),
        ("booking_scope = ['any']", 'booking_scope must be "any" or "cycle"'),
        ("booking_scope = {any = 1}", 'booking_scope must be "any" or "cycle"'),
        ("[worklist]\noverdue_days = 10", 'there is no setting "worklist"'),
        ("overdue_days = ", "Invalid value"),
        ("overdue_days = 1\noverdue_days = 2", "Cannot overwrite"),
        ("overdue_days = 10 # \xff", "utf-8"),
    ],
)
def test_a_setting_that_cannot_be_used_is_an_error(tmp_path: Path, text: str, hint: str) -> None:
    file = tmp_path / "settings.toml"
    file.write_bytes(text.encode("latin-1"))

    with pytest.raises(SettingsError) as caught:
        read_rules(file)

    assert str(caught.value).startswith(f"{file}: ")
    assert hint in str(caught.value)


@pytest.mark.parametrize("command", ["worklist", "explain", "replay"])
def test_a_setting_that_cannot_be_used_is_refused(salon: Path, cache: Path, tmp_path: Path, command: str) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("overdue_day = 10")
    more = {"explain": ["anna"], "replay": ["--from", "2026-05-01", "--to", "2026-05-02"]}.get(command, [])

    said = refused(command, "--data", salon, "--cache", cache, "--settings", file, *more)

    assert said == f'Error: {file}: there is no setting "overdue_day"; did you mean overdue_days?\n'


def test_the_settings_file_must_be_there(salon: Path, cache: Path, tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"

    said = refused("worklist", "--data", salon, "--cache", cache, "--settings", file)

    assert said.count(str(file)) == 1
    assert "No such file" in said
    assert "Errno" not in said


@pytest.mark.parametrize(
    "text",
    [
        *(
            f"{name} = 5"
            for name in (
                *("missed_window_days", "missed_call_from", "follow_up_day", "follow_up_new_from", "follow_up_until"),
                *("due_notice_days", "overdue_days", "rebooked_horizon_days", "rebooked_remind_days"),
                *(
                    "birthday_horizon_days",
                    "default_interval_days",
                    "learned_min_gaps",
                    "max_attempts",
                    "promised_days",
                ),
            )
        ),
        "learned_windows_days = [365, 180, 90]",
        "learned_windows_days = [30]",
        'booking_scope = "cycle"',
        'booking_scope = "any"',
        "\ufeffoverdue_days = 5",
        "",
    ],
)
def test_every_setting_is_known_by_its_name(tmp_path: Path, text: str) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(text, encoding="utf-8")

    rules = read_rules(file)

    name, _, value = text.lstrip("\ufeff").partition(" = ")
    if value.isdigit():
        assert getattr(rules, name) == int(value)
