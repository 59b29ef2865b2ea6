"""Parquet of whatever types its writer likes gives the list of the same CSV, or an error that names the column."""

import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tests.warehouse.files import Files, as_parquet, listed, write_files
from vernis.warehouse.errors import InputError

MOMENTS = [datetime.datetime(2026, 4, 2), datetime.datetime(2026, 3, 1)]
COLUMNS: dict[str, Any] = {
    "appointment_id": ["1", "2"],
    "client_id": ["7", "7"],
    "staff_id": ["5", ""],
    "service_id": ["9", "9"],
    "starts_at": ["2026-04-02", "2026-03-01"],
    "status": ["completed", "completed"],
    "amount": ["5", "6.5"],
}
BIRTHDAY = datetime.date(1990, 5, 14)
FOLDER = "data"


def files(**columns: Any) -> Files:
    """Return two appointments as Parquet, some columns of which are other arrays."""
    return {"appointments.parquet": as_parquet({**COLUMNS, **columns})}


def rows(tmp_path: Path, content: Files, name: str = FOLDER) -> list[dict[str, Any]]:
    return listed(write_files(tmp_path / name, content), tmp_path / f"cache of {name}")


def fault_of(tmp_path: Path, content: Files) -> InputError:
    data = write_files(tmp_path / FOLDER, content)
    with pytest.raises(InputError) as caught:
        listed(data, tmp_path / "cache")
    assert "\n" not in str(caught.value)
    return caught.value


def plain(tmp_path: Path) -> list[dict[str, Any]]:
    """Return the list of the same appointments as CSV."""
    lines = [",".join(COLUMNS), *(",".join(line) for line in zip(*COLUMNS.values(), strict=True)), ""]
    found = rows(tmp_path, {"appointments.csv": "\n".join(lines)}, "plain")
    assert [(row["block"], row["client_id"], row["spent"]) for row in found] == [("overdue", "7", Decimal("11.50"))]
    return found


IDENTIFIERS = [pa.int8(), pa.int64(), pa.uint32(), pa.large_string(), pa.string_view()]
TEXTS = [pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string())]
TEXTS += [pa.dictionary(pa.int32(), pa.large_string())]


@pytest.mark.parametrize("way", ["plain", "dictionary"])
@pytest.mark.parametrize("column", ["appointment_id", "client_id", "service_id"])
@pytest.mark.parametrize("kind", IDENTIFIERS, ids=str)
def test_identifiers_may_be_whole_numbers_or_any_text(tmp_path: Path, kind: Any, column: str, way: str) -> None:
    array = pa.array(COLUMNS[column]).cast(pa.int64()).cast(pa.string() if "string" in str(kind) else kind).cast(kind)
    if way == "dictionary" and not pa.types.is_string_view(kind):
        array = array.dictionary_encode()

    assert rows(tmp_path, files(**{column: array})) == plain(tmp_path)


@pytest.mark.parametrize("column", list(COLUMNS))
@pytest.mark.parametrize("kind", TEXTS, ids=str)
def test_all_columns_may_be_any_text(tmp_path: Path, kind: Any, column: str) -> None:
    array = pa.array(COLUMNS[column])
    array = array.dictionary_encode().cast(kind) if pa.types.is_dictionary(kind) else array.cast(kind)

    assert rows(tmp_path, files(**{column: array})) == plain(tmp_path)


@pytest.mark.parametrize("uses_dictionary", [True, False])
def test_the_encoding_of_the_file_does_not_matter(tmp_path: Path, uses_dictionary: bool) -> None:
    content = as_parquet(COLUMNS, use_dictionary=uses_dictionary, row_group_size=1)

    assert rows(tmp_path, {"appointments.parquet": content}) == plain(tmp_path)


@pytest.mark.parametrize(
    "kind",
    [
        *(pa.timestamp(unit) for unit in ("s", "ms", "us", "ns")),
        *(pa.timestamp(unit, zone) for unit in ("ms", "ns") for zone in ("UTC", "Asia/Almaty", "+05:00")),
        *(pa.date32(), pa.date64()),
    ],
    ids=str,
)
def test_times_may_have_any_type_of_time(tmp_path: Path, kind: Any) -> None:
    assert rows(tmp_path, files(starts_at=pa.array(MOMENTS).cast(kind, safe=False))) == plain(tmp_path)


def test_a_time_with_a_zone_is_an_instant(tmp_path: Path) -> None:
    night = datetime.datetime(2026, 4, 1, 21, 30, tzinfo=datetime.UTC)
    content = files(
        starts_at=pa.array([night, night - datetime.timedelta(days=30)], pa.timestamp("ns", "America/New_York")),
        branch_id=["b", "b"],
    )
    content["branches.parquet"] = as_parquet({"branch_id": ["b"], "timezone": ["Europe/Moscow"]})

    assert [row["last_visit_on"] for row in rows(tmp_path, content)] == [datetime.date(2026, 4, 2)]


def test_nanoseconds_are_cut_off(tmp_path: Path) -> None:
    array = pa.array([MOMENTS[0], MOMENTS[1]]).cast(pa.timestamp("ns")).cast(pa.int64())
    exact = pa.array([value.as_py() + 1 for value in array]).cast(pa.timestamp("ns"))

    assert rows(tmp_path, files(starts_at=exact)) == plain(tmp_path)


AMOUNTS = [Decimal("5.00"), Decimal("6.50")]


@pytest.mark.parametrize(
    "array",
    [
        pa.array([5.0, 6.5]),
        pa.array([5.0, 6.5], pa.float32()),
        pa.array(AMOUNTS, pa.decimal128(18, 2)),
        pa.array(AMOUNTS, pa.decimal128(38, 2)),
        pa.array(AMOUNTS, pa.decimal128(12, 4)),
        pa.array(AMOUNTS, pa.decimal256(50, 2)),
        pa.array(["5.00", "6.50"]).dictionary_encode(),
    ],
    ids=lambda array: str(array.type),
)
def test_amounts_may_have_any_type_of_number(tmp_path: Path, array: Any) -> None:
    assert rows(tmp_path, files(amount=array)) == plain(tmp_path)


@pytest.mark.parametrize("kind", [pa.int8(), pa.int32(), pa.int64(), pa.uint64()], ids=str)
def test_amounts_may_be_whole(tmp_path: Path, kind: Any) -> None:
    assert [row["spent"] for row in rows(tmp_path, files(amount=pa.array([5, 6], kind)))] == [Decimal("11.00")]


@pytest.mark.parametrize("kind", [pa.float64(), pa.int32(), pa.decimal128(18, 2), pa.string(), pa.null()], ids=str)
def test_an_empty_amount_is_nothing(tmp_path: Path, kind: Any) -> None:
    assert [row["spent"] for row in rows(tmp_path, files(amount=pa.array([None, None], kind)))] == [Decimal("0.00")]


@pytest.mark.parametrize(
    "array",
    [
        pa.array([5, float("nan")]),
        pa.array([5, float("inf")]),
        pa.array([5, -1e16]),
        pa.array([5, 2**60]),
        pa.array([5, 2**63], pa.uint64()),
        pa.array([Decimal("5.00"), Decimal("184467440737095516.16")], pa.decimal128(38, 2)),
        pa.array([Decimal("5.00"), Decimal("1e30")], pa.decimal128(38, 2)),
        pa.array([Decimal("5.0000"), Decimal("6.5050")], pa.decimal128(12, 4)),
        pa.array(["5", "6,5"]).dictionary_encode(),
    ],
    ids=str,
)
def test_an_impossible_amount_is_an_error(tmp_path: Path, array: Any) -> None:
    error = fault_of(tmp_path, files(amount=array))

    assert (error.path.name, error.line, error.column) == ("appointments.parquet", 2, "amount")
    assert "row 2" in str(error)


@pytest.mark.parametrize(
    "array",
    [
        pa.array([0, -(2**63) + 1], pa.timestamp("us")),
        pa.array([0, 2**62], pa.timestamp("ms")),
        pa.array([0, -(2**62)], pa.timestamp("ms", "UTC")),
        pa.array([0, 2**31 - 1], pa.int32()).cast(pa.date32()),
        pa.array([MOMENTS[0], datetime.datetime(1899, 12, 31)]),
        pa.array([MOMENTS[0], datetime.datetime(2201, 1, 1)], pa.timestamp("ns")),
    ],
    ids=lambda array: str(array.type),
)
def test_a_time_that_would_overflow_is_out_of_range(tmp_path: Path, array: Any) -> None:
    error = fault_of(tmp_path, files(starts_at=array))

    assert (error.line, error.column) == (2, "starts_at")
    assert "outside of 1900 to 2200" in str(error)


@pytest.mark.parametrize(
    ("column", "array"),
    [
        *(
            (column, pa.array([1.0, 2.0]))
            for column in ("client_id", "appointment_id", "staff_id", "starts_at", "status")
        ),
        *((column, pa.array([True, False])) for column in ("client_id", "starts_at", "amount", "status")),
        *((column, pa.array([b"7", b"8"])) for column in ("client_id", "appointment_id", "starts_at")),
        *((column, pa.array([["7"], ["8"]])) for column in ("client_id", "starts_at", "amount")),
        *((column, pa.array([1, 2])) for column in ("starts_at", "created_at", "cancelled_at", "status")),
        *((column, pa.array([1, 2], pa.time64("us"))) for column in ("starts_at", "amount", "client_id")),
        *((column, pa.array(MOMENTS)) for column in ("amount", "client_id", "service_id")),
    ],
    ids=str,
)
def test_values_of_a_type_that_cannot_be_meant_are_an_error(tmp_path: Path, column: str, array: Any) -> None:
    error = fault_of(tmp_path, files(**{column: array}))

    assert (error.path.name, error.line, error.column) == ("appointments.parquet", 1, column)


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        *((column, pa.string()) for column in ("appointment_id", "client_id", "starts_at", "status")),
        *((column, pa.dictionary(pa.int32(), pa.string())) for column in ("appointment_id", "client_id", "status")),
        *((column, pa.int64()) for column in ("appointment_id", "client_id")),
        ("starts_at", pa.timestamp("us")),
    ],
    ids=str,
)
def test_a_required_value_is_not_null(tmp_path: Path, column: str, kind: Any) -> None:
    first = COLUMNS[column][0] if "string" in str(kind) else 7
    error = fault_of(tmp_path, files(**{column: pa.array([first, None]).cast(kind)}))

    assert (error.line, error.column) == (2, column)
    assert "empty" in str(error)


def test_the_row_is_counted_over_row_groups(tmp_path: Path) -> None:
    columns = {**COLUMNS, "status": ["completed"] * 6 + ["bad"] + ["completed"] * 3}
    columns = {name: values if len(values) == 10 else values * 5 for name, values in columns.items()}

    error = fault_of(tmp_path, {"appointments.parquet": as_parquet(columns, row_group_size=2)})

    assert (error.line, error.column) == (7, "status")


def test_a_duplicate_line_names_both_rows(tmp_path: Path) -> None:
    columns = {name: [*values, values[1]] for name, values in COLUMNS.items()}

    error = fault_of(tmp_path, {"appointments.parquet": as_parquet(columns, row_group_size=1)})

    assert error.line == 3
    assert "2" in str(error).partition("row 3")[2]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view(), pa.date32(), pa.date64()], ids=str)
@pytest.mark.parametrize("column", ["birthday", "wanted_from", "interval_days"])
def test_days_and_counts_may_have_other_types(tmp_path: Path, column: str, kind: Any) -> None:
    content = files()
    if column == "birthday":
        array = pa.array([BIRTHDAY.isoformat()]).cast(kind)
        content["clients.parquet"] = as_parquet({"client_id": pa.array([7]), "birthday": array})
    elif column == "wanted_from":
        array = pa.array(["2026-05-11"]).cast(kind)
        content["waitlist.parquet"] = as_parquet({"entry_id": [1], "client_id": [7], "wanted_from": array})
    else:
        array = pa.array(["20"]).cast(kind) if "string" in str(kind) else pa.array([20.0])
        content["services.parquet"] = as_parquet({"service_id": [9], "interval_days": array})

    found = rows(tmp_path, content)

    assert {row["block"]: row["due_on"] for row in found} == {
        "birthday": {"birthday": datetime.date(2026, 5, 14), "overdue": datetime.date(2026, 5, 3)},
        "wanted_from": {"waitlist": datetime.date(2026, 5, 11), "overdue": datetime.date(2026, 5, 3)},
        "interval_days": {"overdue": datetime.date(2026, 4, 23)},
    }[column]


@pytest.mark.parametrize(
    "value",
    [pa.array([5.5]), pa.array([float("nan")]), pa.array([2**40]), pa.array([0]), pa.array([True]), pa.array(["x"])],
    ids=str,
)
def test_an_impossible_interval_is_an_error(tmp_path: Path, value: Any) -> None:
    error = fault_of(tmp_path, {**files(), "services.parquet": as_parquet({"service_id": [9], "interval_days": value})})

    assert (error.path.name, error.line, error.column) == ("services.parquet", 1, "interval_days")


@pytest.mark.parametrize("is_dictionary", [True, False])
def test_no_row_is_an_empty_table(tmp_path: Path, is_dictionary: bool) -> None:
    empty = pa.array([], pa.string())
    columns = dict.fromkeys(COLUMNS, empty.dictionary_encode() if is_dictionary else empty)

    assert rows(tmp_path, {"appointments.parquet": as_parquet(columns)}) == []


def test_nested_columns_that_nobody_knows_are_passed_over(tmp_path: Path) -> None:
    assert rows(tmp_path, files(note=pa.array([{"client_id": 1}, {"client_id": 2}]))) == plain(tmp_path)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    error = fault_of(
        tmp_path, {"appointments.parquet": as_parquet({**COLUMNS, "status": ["x", "y"]} | {"client": [1, 2]})}
    )
    assert error.column == "status"

    columns = {name: values for name, values in COLUMNS.items() if name != "status"}
    (tmp_path / FOLDER / "appointments.parquet").write_bytes(as_parquet(columns))
    with pytest.raises(InputError, match="required column is missing"):
        listed(tmp_path / FOLDER, tmp_path / "cache")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"PAR1 nonsense PAR1", id="nonsense"),
        pytest.param(b"appointment_id,client_id\n", id="CSV"),
        pytest.param(as_parquet(COLUMNS)[:-20], id="cut off"),
        pytest.param(b"PAR1" + as_parquet(COLUMNS)[300:], id="without a beginning"),
    ],
)
def test_a_broken_file_is_an_error(tmp_path: Path, content: bytes) -> None:
    assert fault_of(tmp_path, {"appointments.parquet": content}).path.name == "appointments.parquet"


def test_broken_pages_are_an_error(tmp_path: Path) -> None:
    content = bytearray(as_parquet(COLUMNS, compression="zstd"))
    content[4:120] = b"\xff" * 116

    assert fault_of(tmp_path, {"appointments.parquet": bytes(content)}).path.name == "appointments.parquet"
