"""Row by row: are two lists the same."""

import sys

import pyarrow as pa
import pyarrow.parquet as pq

KEY = ("block", "client_id", "anchor")
SHOWN = 5


def differences(left: pa.Table, right: pa.Table, names: tuple[str, str]) -> list[str]:
    """Return the first differences of two lists as lines of text; no line: equal in columns, rows and order."""
    if left.column_names != right.column_names:
        return [f"columns differ: {names[0]} {left.column_names}, {names[1]} {right.column_names}"]
    right = right.cast(left.schema)
    if left.equals(right):
        return []
    lines = [] if left.num_rows == right.num_rows else [f"{names[0]} {left.num_rows} rows, {names[1]} {right.num_rows}"]
    mine = {tuple(row[name] for name in KEY): row for row in left.to_pylist()}
    other = {tuple(row[name] for name in KEY): row for row in right.to_pylist()}
    for name, only in ((names[0], mine.keys() - other.keys()), (names[1], other.keys() - mine.keys())):
        if only:
            lines.append(f"only {name}: {len(only)} rows, e.g. {sorted(only)[:SHOWN]}")
    unlike = [key for key in mine if key in other and mine[key] != other[key]]
    if unlike:
        lines.append(f"{len(unlike)} rows with other values")
    for key in unlike[:SHOWN]:
        cells = {c: (v, other[key][c]) for c, v in mine[key].items() if v != other[key][c]}
        lines.append(f"{'/'.join(map(str, key))}: " + ", ".join(f"{c} {a!r} and {b!r}" for c, (a, b) in cells.items()))
    return lines or ["the same rows in another order"]


def main() -> None:
    """`python -m bench.compare LEFT.parquet RIGHT.parquet NAME NAME`: print the rows of the left, then differences."""
    left, right = (pq.read_table(path) for path in sys.argv[1:3])
    print(left.num_rows, *differences(left, right, (sys.argv[3], sys.argv[4])), sep="\n")


if __name__ == "__main__":
    main()
