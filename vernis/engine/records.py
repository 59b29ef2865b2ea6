"""Records of the rules as record arrays, so that compiled rules read them where they lie."""

import dataclasses
from collections.abc import Mapping
from typing import Any, get_type_hints

import numpy as np
import numpy.typing as npt

Records = npt.NDArray[Any]

AT_ONCE = 8192


def record_type(record: type[Any]) -> np.dtype[Any]:
    """Return the aligned record type with the fields of a record class of the engine."""
    hints = get_type_hints(record, include_extras=True)
    fields = [(field.name, hints[field.name].__metadata__[0]) for field in dataclasses.fields(record)]
    return np.dtype(fields, align=True)


def records(record: type[Any], count: int) -> Records:
    """Return `count` records of zeros: what lies between the fields is written to files as well."""
    return np.zeros(count, record_type(record))


def fill(array: Records, columns: Mapping[str, npt.NDArray[Any]], places: npt.NDArray[Any]) -> None:
    """Write what columns have at some places into the fields of records, in stretches that stay in the cache."""
    for begin in range(0, len(array), AT_ONCE):
        stretch, of = array[begin : begin + AT_ONCE], places[begin : begin + AT_ONCE]
        for name, column in columns.items():
            stretch[name] = column[of]


def interpreted(record: type[Any], array: Any) -> list[Any]:
    """Return a record array as a list of records, for the rules as plain Python."""
    return [record(*values) for values in array.tolist()]
