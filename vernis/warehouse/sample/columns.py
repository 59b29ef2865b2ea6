"""Numbers of the simulation as Arrow columns."""

from typing import Any, Final, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vernis.warehouse.sample.days import Flags, Ints

Column: TypeAlias = Any  # an Arrow array; the stubs of pyarrow are too narrow to name it
_MINUTE_US: Final = 60_000_000


def numbered(prefix: str, numbers: Ints, width: int) -> Column:
    """Return identifiers: the prefix and the number, padded with zeros to `width` digits."""
    head = prefix.encode()
    text = np.empty((len(numbers), len(head) + width), dtype=np.uint8)
    text[:, : len(head)] = np.frombuffer(head, dtype=np.uint8)
    rest = numbers.astype(np.uint32)
    for place in range(len(head) + width - 1, len(head) - 1, -1):
        next_rest = rest // 10
        text[:, place] = rest - next_rest * 10 + ord("0")
        rest = next_rest
    offsets = np.arange(len(numbers) + 1, dtype=np.int32) * text.shape[1]
    return pa.StringArray.from_buffers(len(numbers), _buffer(offsets), _buffer(text))


def joined(between: str, *columns: Column | str) -> Column:
    """Return the texts of every row joined; null where one is null."""
    join: Any = pc.binary_join_element_wise
    return join(*columns, between)


def _buffer(values: Any) -> pa.Buffer:
    return pa.py_buffer(values)


def width_of(count: int) -> int:
    """Return the digits for numbers up to `count`, at least six."""
    return max(6, len(str(count)))


def picked(values: list[str] | list[str | None] | pa.StringArray, places: Ints) -> Column:
    """Return the value at each place; null where the place is negative (or the value is None)."""
    table = values if isinstance(values, pa.Array) else pa.array(values, pa.string())
    indices: Column = pa.array(places.astype(np.int32), mask=places < 0)
    return table.take(indices)


def moments(minutes: Ints, is_empty: Flags | None = None) -> Column:
    """Return wall-clock timestamps[us] without a zone."""
    return pa.array((minutes.astype(np.int64) * _MINUTE_US).view("datetime64[us]"), mask=is_empty)


def dates(days: Ints, is_empty: Flags | None = None) -> Column:
    """Return date32 of the day numbers."""
    return pa.array(days.astype(np.int32), mask=is_empty).cast(pa.date32())


def money(units: Ints, is_empty: Flags) -> Column:
    """Return decimal128(12, 2) of amounts in hundredths, none below zero."""
    words = np.zeros((len(units), 2), dtype=np.int64)  # a 128-bit number, little end first
    words[:, 0] = units
    valid = _buffer(np.packbits(~is_empty, bitorder="little"))
    return pa.Array.from_buffers(pa.decimal128(12, 2), len(units), [valid, _buffer(words)])


def clock_text(column: Column) -> Column:
    """Return timestamps as `2026-05-12T14:00:00`."""
    return pc.strftime(column.cast(pa.timestamp("s")), format="%Y-%m-%dT%H:%M:%S")


def instant_text(minutes: Ints, is_empty: Flags, style: Ints, offsets: Ints) -> Column:
    """Return instants as text: local (style 0), local with its offset (1) or in UTC with a Z (2).

    `offsets` are the minutes east of Greenwich of every instant.
    """
    clock = clock_text(moments(np.where(style == 2, minutes - offsets, minutes), is_empty))
    known, place = np.unique(np.where(style == 1, offsets, 10**4 + style), return_inverse=True)
    endings = {10**4: "", 10**4 + 2: "Z"}
    texts = [endings.get(int(value)) for value in known]
    ends = [_offset(int(value)) if text is None else text for value, text in zip(known, texts, strict=True)]
    return joined("", clock, picked(ends, place))


def _offset(minutes: int) -> str:
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"
