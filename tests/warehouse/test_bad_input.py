"""Input that cannot be used: the error names file, line and column, whatever is wrong."""

from datetime import date
from pathlib import Path

import pytest

from tests.warehouse.files import (
    APPOINTMENTS,
    GOOD,
    Files,
    appointments,
    contacts,
    listed,
    table,
    visit,
    waitlist,
    write_files,
)
from vernis.warehouse.errors import DataError, InputError


def fault_of(tmp_path: Path, files: Files) -> InputError:
    """Return the error of a data set; its place is taken apart from the text."""
    data = write_files(tmp_path / "data", files)
    with pytest.raises(InputError) as caught:
        listed(data, tmp_path / "cache")
    error = caught.value
    assert str(error).startswith(str(error.path))
    assert "\n" not in str(error)
    assert len(str(error)) < 700
    return error


def place(error: InputError) -> tuple[str, int | None, str | None]:
    return error.path.name, error.line, error.column


# ---- Columns ----


@pytest.mark.parametrize(
    ("name", "header", "column"),
    [
        ("appointments", "appointment_id,starts_at,status", "client_id"),
        ("appointments", "client_id,starts_at,status", "appointment_id"),
        ("appointments", "appointment_id,client_id,starts_at,state", "status"),
        ("appointments", "appointment_id,client_id,start,status", "starts_at"),
        ("appointments", "appointment_id,Client_ID,starts_at,status", "client_id"),
        ("appointments", "appointment_id, client_id,starts_at,status", "client_id"),
        ("branches", "branch_id,name", "timezone"),
        ("branches", "timezone,name", "branch_id"),
        ("clients", "name,phone", "client_id"),
        ("services", "title,category", "service_id"),
        ("service_intervals", "service_id,months", "interval_days"),
        ("staff", "name", "staff_id"),
        ("contacts", "client_id,block,anchor,made_at", "outcome"),
        ("contacts", "client_id,block,made_at,outcome", "anchor"),
        ("waitlist", "client_id", "entry_id"),
        ("waitlist", "entry_id", "client_id"),
    ],
)
def test_a_missing_required_column_is_named_with_those_there_are(
    tmp_path: Path, name: str, header: str, column: str
) -> None:
    error = fault_of(tmp_path, {f"{name}.csv": f"{header}\n"})

    assert place(error) == (f"{name}.csv", 1, column)
    assert "required column is missing" in str(error)
    assert header.split(",", maxsplit=1)[0] in str(error)


def test_a_column_must_not_stand_twice_in_the_header(tmp_path: Path) -> None:
    error = fault_of(tmp_path, {"appointments.csv": "appointment_id,client_id,starts_at,status,status\n"})

    assert place(error) == ("appointments.csv", 1, "status")
    assert "twice" in str(error)


@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_columns_separated_by_something_else_are_recognised(tmp_path: Path, mark: str) -> None:
    error = fault_of(tmp_path, {"appointments.csv": GOOD.replace(",", mark)})

    assert place(error) == ("appointments.csv", 1, "appointment_id")
    assert "separated by commas" in str(error)


# ---- Cells of appointments: the second line of three is wrong ----

TIMES = [
    *[
        "2026-13-01",
        "2026-02-30",
        "2026-00-10",
        "25:00",
        "12.05.2026",
        "12/05/2026",
        "2026-5-1",
        "20260512",
        "2026-W20-1",
    ],
    *["2026-05-01T25:00", "2026-05-01T24:00", "2026-05-01T10:60", "2026-05-01T10:00:60", "2026-05-01T", "2026-05"],
    *["2026-05-01T10:00:00.1234567", "2026-05-01T10:00:00,5", "2026-05-01T10:00 PM", " 2026-05-01", "2026-05-01 "],
    *[
        "2026-05-01T10:00+25:00",
        "2026-05-01T10:00+05:00:00",
        "2026-05-01T10:00 +05:00",
        "2026-05-01+05:00",
        "99999-01-01",
    ],
    *["tomorrow", "1714550400", "NA", "null", "-", "２０２６-05-01"],
]
DAYS = [
    "2026-13-01",
    "2026-02-29",
    "12.05.2026",
    "2026-5-1",
    "2026-05-12T10:00",
    " 2026-05-12",
    "20260512",
    "05-12",
    "x",
]
OUT_OF_RANGE = ["1899-12-31", "2201-01-01", "0001-01-01", "9999-12-31"]
INSTANT_COLUMNS = [
    ("appointments", "starts_at"),
    ("appointments", "created_at"),
    ("appointments", "cancelled_at"),
    ("contacts", "made_at"),
    ("waitlist", "created_at"),
]
DAY_COLUMNS = [
    ("contacts", "next_on"),
    ("waitlist", "wanted_from"),
    ("waitlist", "wanted_until"),
    ("waitlist", "closed_on"),
]


def with_cell(name: str, column: str, value: str) -> Files:
    """Return a data set of which line 3 of the table has the value in the column."""
    if name == "appointments":
        return {
            "appointments.csv": appointments(
                visit(), visit(**{"appointment_id": "a2", column: value}), visit(appointment_id="a3")
            )
        }
    if name == "contacts":
        return {"contacts.csv": contacts({}, {column: value}, {"made_at": "2026-05-10"})}
    return {"waitlist.csv": waitlist({"entry_id": "w0"}, {column: value}, {"entry_id": "w2"})}


@pytest.mark.parametrize(("name", "column"), INSTANT_COLUMNS)
@pytest.mark.parametrize("value", TIMES)
def test_an_unreadable_time_is_quoted_with_its_place(tmp_path: Path, name: str, column: str, value: str) -> None:
    error = fault_of(tmp_path, with_cell(name, column, value))

    assert place(error) == (f"{name}.csv", 3, column)
    assert f'"{value}" cannot be read' in str(error)
    assert "2026-05-12T14:30" in str(error)


@pytest.mark.parametrize(("name", "column"), DAY_COLUMNS)
@pytest.mark.parametrize("value", DAYS)
def test_an_unreadable_day_is_quoted_with_its_place(tmp_path: Path, name: str, column: str, value: str) -> None:
    error = fault_of(tmp_path, with_cell(name, column, value))

    assert place(error) == (f"{name}.csv", 3, column)
    assert f'"{value}" cannot be read' in str(error)


@pytest.mark.parametrize(("name", "column"), [*INSTANT_COLUMNS, *DAY_COLUMNS])
@pytest.mark.parametrize("value", OUT_OF_RANGE)
def test_dates_lie_between_1900_and_2200(tmp_path: Path, name: str, column: str, value: str) -> None:
    error = fault_of(tmp_path, with_cell(name, column, value))

    assert place(error) == (f"{name}.csv", 3, column)
    assert "outside of 1900 to 2200" in str(error)


@pytest.mark.parametrize("value", ["2200-12-31T23:59-05:00", "1900-01-01T01:00+05:00"])
def test_times_with_an_offset_lie_between_1900_and_2200_as_well(tmp_path: Path, value: str) -> None:
    error = fault_of(tmp_path, with_cell("appointments", "created_at", value))

    assert place(error) == ("appointments.csv", 3, "created_at")


@pytest.mark.parametrize("value", ["1900-01-01", "2200-12-31"])
@pytest.mark.parametrize(("name", "column"), [*INSTANT_COLUMNS, *DAY_COLUMNS])
def test_the_first_and_the_last_date_can_be_used(tmp_path: Path, name: str, column: str, value: str) -> None:
    listed(write_files(tmp_path / "data", with_cell(name, column, value)), tmp_path / "cache")


@pytest.mark.parametrize("as_of", ["1900-01-01", "2200-12-31"])
def test_a_list_can_be_made_for_the_first_and_the_last_day(tmp_path: Path, as_of: str) -> None:
    data = write_files(tmp_path / "data", {"clients.csv": "client_id,birthday\nanna,--01-02\n"})

    listed(data, tmp_path / "cache", date.fromisoformat(as_of))


@pytest.mark.parametrize(
    ("name", "column", "value"),
    [
        *(
            ("appointments", "status", value)
            for value in ("Completed", "completed ", "done", "no-show", "1", "завершён")
        ),
        *(("contacts", "block", value) for value in ("dues", "DUE", "follow up")),
        *(("contacts", "outcome", value) for value in ("reachd", "no answer", "Booked")),
    ],
)
def test_an_unknown_word_is_quoted_with_those_allowed(tmp_path: Path, name: str, column: str, value: str) -> None:
    error = fault_of(tmp_path, with_cell(name, column, value))

    assert place(error) == (f"{name}.csv", 3, column)
    assert f'"{value}" is not known; use one of: ' in str(error)


@pytest.mark.parametrize(
    ("name", "column"),
    [
        *(("appointments", column) for column in ("appointment_id", "client_id", "starts_at", "status")),
        *(("contacts", column) for column in ("client_id", "block", "anchor", "made_at", "outcome")),
        *(("waitlist", column) for column in ("entry_id", "client_id")),
    ],
)
def test_a_required_cell_must_not_be_empty(tmp_path: Path, name: str, column: str) -> None:
    error = fault_of(tmp_path, with_cell(name, column, ""))

    assert place(error) == (f"{name}.csv", 3, column)
    assert "empty" in str(error)


@pytest.mark.parametrize(
    "value",
    [
        *[
            "abc",
            "1,5",
            "1.555",
            "1e400",
            "nan",
            "inf",
            " 5",
            "5 ",
            "1 000",
            "1\u00a0000",
            "--1",
            "1.5.",
            "0x10",
            "₽5",
            "NA",
        ],
        *["9999999999999999.99", "99999999999999999.99", "-1000000000000.01"],
    ],
)
def test_an_amount_is_a_decimal_with_two_places(tmp_path: Path, value: str) -> None:
    error = fault_of(tmp_path, with_cell("appointments", "amount", value))

    assert place(error) == ("appointments.csv", 3, "amount")


@pytest.mark.parametrize(
    ("value", "spent"), [("1.5", "1.50"), ("-0.01", "-0.01"), ("1.500", "1.50"), ("1000000000000", "1000000000000.00")]
)
def test_amounts_are_kept_to_the_cent(tmp_path: Path, value: str, spent: str) -> None:
    data = write_files(tmp_path / "data", {"appointments.csv": appointments(visit(amount=value))})

    assert [str(row["spent"]) for row in listed(data, tmp_path / "cache")] == [spent]


# ---- The small tables ----


@pytest.mark.parametrize("value", ["0", "-1", "1.5", "x", "3661", "99999999999", "1e1", " 7"])
@pytest.mark.parametrize("name", ["services", "service_intervals"])
def test_an_interval_is_a_whole_number_of_days(tmp_path: Path, name: str, value: str) -> None:
    columns = ["service_id", "months", "interval_days"]
    rows = [
        {"service_id": "cut", "months": "4-9", "interval_days": "30"},
        {"service_id": "dye", "months": "4-9", "interval_days": value},
    ]
    if name == "services":
        columns.remove("months")
        rows = [{column: row[column] for column in columns} for row in rows]

    error = fault_of(tmp_path, {f"{name}.csv": table(columns, *rows)})

    assert place(error) == (f"{name}.csv", 3, "interval_days")
    assert "from 1 to 3660" in str(error)


def test_an_interval_of_a_line_of_service_intervals_is_required(tmp_path: Path) -> None:
    error = fault_of(tmp_path, {"service_intervals.csv": "category,interval_days\nhair,\n"})

    assert place(error) == ("service_intervals.csv", 2, "interval_days")


@pytest.mark.parametrize(
    "value", ["0", "0-3", "13", "4-13", "a", "4-", "-4", "4--9", "1,,2", ",", "1;2", "1.0", "٣", "²", "May"]
)
def test_months_are_numbers_from_1_to_12(tmp_path: Path, value: str) -> None:
    file = table(["category", "months", "interval_days"], {"category": "hair", "months": value, "interval_days": "5"})

    error = fault_of(tmp_path, {"service_intervals.csv": file})

    assert place(error) == ("service_intervals.csv", 2, "months")
    assert f'"{value}" are not months' in str(error)


@pytest.mark.parametrize("value", ["long", "hair=", "=long", "hair=long;skin", "=", "hair=long; =dry"])
def test_a_trait_has_a_name_and_a_value(tmp_path: Path, value: str) -> None:
    error = fault_of(tmp_path, {"clients.csv": f"client_id,traits\nvera,hair=long\nanna,{value}\n"})

    assert place(error) == ("clients.csv", 3, "traits")


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        pytest.param("cut,hair,4-9,,", "service_id", id="service and category"),
        pytest.param(",,4-9,,", "service_id", id="neither service nor category"),
        pytest.param("cut,,,,", "service_id", id="a service without months or trait"),
        pytest.param("cut,,,hair,", "trait_value", id="a trait without a value"),
        pytest.param("cut,,,,long", "trait_value", id="a value without a trait"),
    ],
)
def test_a_line_of_service_intervals_must_mean_something(tmp_path: Path, cells: str, column: str) -> None:
    header = "service_id,category,months,trait,trait_value,interval_days"

    error = fault_of(tmp_path, {"service_intervals.csv": f"{header}\n,hair,,,,30\n{cells},30\n"})

    assert place(error) == ("service_intervals.csv", 3, column)


@pytest.mark.parametrize(
    "value",
    [
        *[
            "1990-02-29",
            "--13-01",
            "--02-30",
            "12.05.1990",
            "05-12",
            "1990-5-12",
            "-05-12",
            "--0512",
            "1990",
            "0000-05-12",
        ],
        *["1899-12-31", "2201-01-01", "9999-05-12", "1990-05-12T00:00", " 1990-05-12", "１９９０-05-12"],
    ],
)
def test_a_birthday_is_a_day_with_or_without_a_year(tmp_path: Path, value: str) -> None:
    error = fault_of(tmp_path, {"clients.csv": f"client_id,birthday\nvera,--02-29\nanna,{value}\n"})

    assert place(error) == ("clients.csv", 3, "birthday")


@pytest.mark.parametrize(
    "value",
    [
        *[
            "",
            "Mars/Olympus",
            "../etc/passwd",
            "/etc/passwd",
            "/etc/localtime",
            "Europe",
            "europe/moscow",
            "utc",
            "MSK",
        ],
        *[
            "+05:00",
            "Europe/Moscow ",
            "localtime",
            "posixrules",
            "right/Europe/Moscow",
            "zone.tab",
            "x" * 3000,
            "a\x07b",
        ],
    ],
)
def test_a_time_zone_is_one_of_the_iana_names(tmp_path: Path, value: str) -> None:
    error = fault_of(tmp_path, {"branches.csv": f"branch_id,timezone\nb1,UTC\nb2,{value}\n"})

    assert place(error) == ("branches.csv", 3, "timezone")
    assert "\x07" not in str(error)


# ---- Lines that stand twice ----


def test_an_appointment_line_equal_in_every_column_is_an_error_that_names_both_lines(tmp_path: Path) -> None:
    error = fault_of(tmp_path, {"appointments.csv": appointments(visit(), visit(appointment_id="a2"), visit())})

    assert place(error) == ("appointments.csv", 4, "appointment_id")
    assert "line 2" in str(error)


def test_a_line_that_differs_only_in_an_unknown_column_is_a_duplicate(tmp_path: Path) -> None:
    file = table([*APPOINTMENTS, "note"], {**visit(), "note": "x"}, {**visit(), "note": "y"})

    assert place(fault_of(tmp_path, {"appointments.csv": file})) == ("appointments.csv", 3, "appointment_id")


def test_of_several_duplicates_one_is_named_with_its_own_twin(tmp_path: Path) -> None:
    lines = [visit(client_id=client) for client in ("zoe", "vera", "anna")]

    error = fault_of(tmp_path, {"appointments.csv": appointments(*lines, *lines)})

    assert error.line in (5, 6, 7)
    assert f"line {error.line - 3} " in str(error)


@pytest.mark.parametrize("column", APPOINTMENTS)
def test_lines_of_an_appointment_that_differ_in_one_column_can_be_used(tmp_path: Path, column: str) -> None:
    other = {"starts_at": "2026-04-02T10:30", "created_at": "2026-04-01", "cancelled_at": "2026-04-01", "amount": "7"}
    other["status"] = "no_show"
    data = write_files(
        tmp_path / "data", {"appointments.csv": appointments(visit(), visit(**{column: other.get(column, "other")}))}
    )

    assert listed(data, tmp_path / "cache")


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("branches", "branch_id"),
        ("clients", "client_id"),
        ("services", "service_id"),
        ("staff", "staff_id"),
        ("waitlist", "entry_id"),
    ],
)
@pytest.mark.parametrize("value", ["x", ""])
def test_an_identifier_stands_once_and_is_not_empty(tmp_path: Path, name: str, column: str, value: str) -> None:
    others = {"branches": {"timezone": "UTC"}, "waitlist": {"client_id": "anna"}}.get(name, {"name": "n"})
    columns = [column, *others]
    if name == "services":
        columns, others = [column, "title"], {"title": "n"}
    file = table(columns, {column: "x", **others}, {column: "y", **others}, {column: value, **others})

    error = fault_of(tmp_path, {f"{name}.csv": file})

    assert place(error) == (f"{name}.csv", 4, column)
    assert ("line 2" if value else "empty") in str(error)


# ---- Files ----


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf"], ids=["no bytes", "blank lines", "a BOM"])
@pytest.mark.parametrize("name", ["appointments", "clients", "contacts"])
def test_an_empty_file_is_an_error(tmp_path: Path, name: str, content: bytes) -> None:
    error = fault_of(tmp_path, {f"{name}.csv": content})

    assert place(error) == (f"{name}.csv", 1, None)
    assert "empty" in str(error)


@pytest.mark.parametrize("end", ["\n", "", "\r\n", "\n\n\n"], ids=["LF", "no end", "CRLF", "blank lines"])
def test_a_header_alone_is_an_empty_table(tmp_path: Path, end: str) -> None:
    headers = {
        "appointments.csv": ",".join(APPOINTMENTS) + end,
        "branches.csv": "branch_id,timezone" + end,
        "clients.csv": "client_id,birthday,traits" + end,
        "services.csv": "service_id,category,interval_days" + end,
        "service_intervals.csv": "service_id,category,months,trait,trait_value,interval_days" + end,
        "staff.csv": "staff_id" + end,
        "contacts.csv": "client_id,block,anchor,made_at,outcome,next_on" + end,
        "waitlist.csv": "entry_id,client_id,created_at,wanted_from" + end,
    }

    assert listed(write_files(tmp_path / "data", dict(headers)), tmp_path / "cache") == []


@pytest.mark.parametrize(
    ("encoding", "hint"),
    [("cp1251", "Windows-1251"), ("utf-16", "UTF-16"), ("utf-16-le", "UTF-16"), ("koi8-r", ""), ("cp866", "")],
)
def test_another_encoding_is_an_error(tmp_path: Path, encoding: str, hint: str) -> None:
    file = "client_id,name\nvera,Vera\nanna,Анна Каренина\n".encode(encoding)

    error = fault_of(tmp_path, {"clients.csv": file})

    assert place(error) == ("clients.csv", 1 if encoding.startswith("utf-16") else 3, None)
    assert "not UTF-8" in str(error)
    assert hint in str(error)


def test_latin_letters_of_another_encoding_are_not_taken_for_cyrillic(tmp_path: Path) -> None:
    error = fault_of(tmp_path, {"clients.csv": "client_id,name\nanna,Zoé Müller\n".encode("latin-1")})

    assert place(error) == ("clients.csv", 2, None)
    assert "1251" not in str(error)


@pytest.mark.parametrize("column", ["service_id", "note"])
def test_another_encoding_in_any_column_is_an_error(tmp_path: Path, column: str) -> None:
    file = table([*APPOINTMENTS, "note"], {**visit(), column: "стрижка"}).encode("cp1251")

    assert place(fault_of(tmp_path, {"appointments.csv": file})) == ("appointments.csv", 2, None)


@pytest.mark.parametrize("column", ["client_id", "note"])
def test_a_zero_byte_is_an_error(tmp_path: Path, column: str) -> None:
    file = table([*APPOINTMENTS, "note"], visit(), {**visit(), column: "an\0na"})

    assert place(fault_of(tmp_path, {"appointments.csv": file})) == ("appointments.csv", 3, None)


@pytest.mark.parametrize("file", [GOOD, GOOD.replace("appointment_id", '"appointment_id"')], ids=["plain", "quoted"])
def test_a_byte_order_mark_is_allowed(tmp_path: Path, file: str) -> None:
    assert listed(write_files(tmp_path / "data", {"appointments.csv": b"\xef\xbb\xbf" + file.encode()}), tmp_path / "c")


@pytest.mark.parametrize("end", ["\r\n", "\r"], ids=["CRLF", "CR"])
def test_lines_may_end_in_other_ways(tmp_path: Path, end: str) -> None:
    data = write_files(tmp_path / "data", {"appointments.csv": GOOD.replace("\n", end).encode()})

    assert [row["client_id"] for row in listed(data, tmp_path / "cache")] == ["anna"]


@pytest.mark.parametrize(("extra", "found"), [(",x", 11), (",,", 12)])
def test_a_line_with_too_many_values_is_an_error(tmp_path: Path, extra: str, found: int) -> None:
    lines = appointments(visit(), visit(appointment_id="a2")).splitlines()

    error = fault_of(tmp_path, {"appointments.csv": "\n".join([*lines[:2], lines[2] + extra, ""])})

    assert place(error) == ("appointments.csv", 3, None)
    assert f"{found} values where the header has 10 columns" in str(error)


@pytest.mark.parametrize("line", ["a,b,c", "   ", "a;b;c;d;e;f;g;h;i;j"])
def test_a_line_with_too_few_values_is_an_error(tmp_path: Path, line: str) -> None:
    error = fault_of(tmp_path, {"appointments.csv": f"{GOOD}{line}\n{GOOD.splitlines()[1]}\n"})

    assert place(error) == ("appointments.csv", 3, None)


@pytest.mark.parametrize("column", APPOINTMENTS)
def test_a_quote_that_is_not_closed_is_found_where_it_was_opened(tmp_path: Path, column: str) -> None:
    cells = {**dict.fromkeys(APPOINTMENTS, ""), **visit(appointment_id="a2")}
    broken = ",".join(f'"{cells[name]}' if name == column else cells[name] for name in APPOINTMENTS)
    rest = appointments(*(visit(appointment_id=f"b{number}") for number in range(5))).partition("\n")[2]

    error = fault_of(tmp_path, {"appointments.csv": f"{GOOD}{broken}\n{rest}"})

    assert place(error)[:2] == ("appointments.csv", 3)


@pytest.mark.parametrize("notes", [['"x', "y", "z"], ['"x', '"y', "z"]], ids=["one quote", "two quotes"])
def test_a_quote_of_an_unknown_column_swallows_no_lines(tmp_path: Path, notes: list[str]) -> None:
    header, *lines = appointments(*(visit(appointment_id=f"a{number}") for number in range(3))).splitlines()
    noted = [f"{line},{note}" for line, note in zip(lines, notes, strict=True)]

    error = fault_of(tmp_path, {"appointments.csv": "\n".join([f"{header},note", *noted, ""])})

    assert place(error) == ("appointments.csv", 2, None)


def test_a_quote_that_is_not_closed_is_found_in_a_large_file(tmp_path: Path) -> None:
    lines = "".join(f"c{number},Anna\n" for number in range(200_000))

    error = fault_of(tmp_path, {"clients.csv": f'client_id,name\nc,"Vera\n{lines}'})

    assert place(error)[:2] == ("clients.csv", 2)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_a_value_does_not_run_over_lines(tmp_path: Path, end: str) -> None:
    error = fault_of(tmp_path, {"clients.csv": f'client_id,name\nvera,Vera\nanna,"Anna{end}Karenina"\n'.encode()})

    assert place(error) == ("clients.csv", 3, "name")
    assert "several lines" in str(error)


@pytest.mark.parametrize(
    ("before", "line"),
    [
        pytest.param("", 3, id="nothing"),
        pytest.param("\n\n", 5, id="blank lines"),
        pytest.param('x,,,,,,2026-01-01,booked,,,"two\nlines"\n', 5, id="an unknown column over two lines"),
        pytest.param('x,,,,,,2026-01-01,booked,,,"three\r\n\r\nlines"\n\n', 7, id="blank lines inside and after"),
        pytest.param(f"x,c,,,,,2026-01-01,booked,,,{'long ' * 40_000}\n", 4, id="a very long value"),
        pytest.param("x,c,,,,,2026-01-01,booked,,,a\u2028b\u0085c\x0bd\n", 4, id="separators that end no line"),
    ],
)
def test_the_line_is_that_of_the_file(tmp_path: Path, before: str, line: int) -> None:
    header, good = GOOD.splitlines()
    before = before.replace("x,,", "x,c,", 1)
    bad = ",".join({**dict.fromkeys(APPOINTMENTS, ""), **visit(status="bad")}.values())
    file = f"{header},note\n{good},\n{before}{bad},\n"

    assert place(fault_of(tmp_path, {"appointments.csv": file.encode()})) == ("appointments.csv", line, "status")


# ---- Folders ----


def test_a_folder_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such folder"):
        listed(tmp_path / "nowhere", tmp_path / "cache")


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    data = write_files(tmp_path / "data", {})

    with pytest.raises(DataError, match="no such folder"):
        listed(data / "appointments.csv", tmp_path / "cache")


def test_appointments_are_required(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "clients.csv").write_text("client_id\nanna\n")

    with pytest.raises(DataError, match=r"appointments\.csv or appointments\.parquet is missing"):
        listed(tmp_path / "data", tmp_path / "cache")


def test_a_table_is_there_once(tmp_path: Path) -> None:
    data = write_files(tmp_path / "data", {"clients.csv": "client_id\n", "clients.parquet": b""})

    with pytest.raises(DataError, match="keep one of the two"):
        listed(data, tmp_path / "cache")


def test_a_folder_in_the_place_of_a_file_is_an_error(tmp_path: Path) -> None:
    data = write_files(tmp_path / "data", {})
    (data / "clients.csv").mkdir()

    with pytest.raises(DataError, match=r"clients\.csv"):
        listed(data, tmp_path / "cache")
