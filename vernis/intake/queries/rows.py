"""The rows behind each figure of a balance sheet, with the lines in which they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vernis.intake import fates, places
from vernis.intake.fates import KINDS, NAMES, Fate, Kind
from vernis.intake.models import Import

if TYPE_CHECKING:
    from collections.abc import Mapping

PAGE = 100
IS_PLAN = {Import.State.CHECKED, Import.State.MAPPED, Import.State.UPLOADED, Import.State.CHECKING}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which rows: of a file (their fate), or things of a kind, or those with a note, or with a reason."""

    file: int | None = None
    kind: str = ""
    fate: str = ""
    note: str = ""
    reason: str = ""

    @classmethod
    def of(cls, query: Mapping[str, Any]) -> Asked:
        """Return what an address asks for; what makes no sense is left out."""
        file = query.get("file", "")
        return cls(
            file=int(file) if file.isdecimal() and len(file) < 4 else None,
            kind=query.get("kind", "") if query.get("kind") in KINDS.values() else "",
            fate=query.get("fate", "") if query.get("fate") in NAMES.values() else "",
            note=query.get("note", "") if query.get("note") in (fates.LOOK, fates.KEPT) else "",
            reason=query.get("reason", "")[:50],
        )


class Line(NamedTuple):
    """One row as it is shown."""

    file: int
    line: int
    kind: str
    fate: str
    label: str
    reason: str
    column: str
    value: str
    note: str
    object_id: int
    into_line: int


class Found(NamedTuple):
    """A page of rows, and how many there are."""

    lines: list[Line]
    total: int


def rows(one: Import, asked: Asked, page: int = 1) -> Found:
    """Return a page of rows of an import, or of its plan while it has not begun."""
    tables = places.tables_of(one)
    table = _all(fates.read(places.fates_of(one, is_plan=one.state in IS_PLAN)), tables)
    if asked.kind:
        number = next(kind for kind, name in KINDS.items() if name == asked.kind)
        table = table.filter(pc.and_(pc.equal(table["kind"], int(number)), pc.equal(table["first"], 1)))
    if asked.note:
        table = table.filter(pc.starts_with(table["note"], asked.note))
    if asked.reason:
        table = table.filter(pc.equal(table["reason"], asked.reason))
    if asked.file is not None:
        table = table.filter(pc.and_(pc.equal(table["file"], asked.file), table["is_top"]))
    if asked.fate:
        wanted = next(fate for fate, name in NAMES.items() if name == asked.fate)
        table = table.filter(pc.equal(table["fate"], int(wanted)))
    start = (page - 1) * PAGE
    return Found([_line(row) for row in table.slice(start, PAGE).to_pylist()], len(table))


def kept(one: Import) -> list[Line]:
    """Return what taking back has left."""
    return [
        _line({**row, "column": "", "value": "", "into_line": 0}) for row in fates.read(places.kept_of(one)).to_pylist()
    ]


def _all(found: pa.Table, tables: Any) -> pa.Table:
    """Return all rows of all kinds in the order of the files; `is_top`: the one that counts for its line."""
    parts = [_filled(found)]
    for name, fate, kind in (("refused", Fate.REFUSED, 9), ("folded", Fate.FOLDED, -1)):
        source = fates.opened(tables, name)
        if source is not None and len(source):
            parts.append(
                _filled(
                    source.drop_columns([c for c in ("cells", "into_file") if c in source.column_names]),
                    fate=int(fate),
                    kind=kind,
                )
            )
    table = pa.concat_tables(parts)
    file, line, kind = (table[name].to_numpy().astype(np.int64) for name in ("file", "line", "kind"))
    order = np.lexsort((-kind, line, file))
    file, line = file[order], line[order]
    is_top = np.ones(len(file), bool)
    is_top[1:] = (file[1:] != file[:-1]) | (line[1:] != line[:-1])
    return table.take(pa.array(order)).append_column("is_top", pa.array(is_top & (line > 0)))


SHOWN = pa.schema(
    [*fates.COLUMNS, pa.field("column", pa.string()), pa.field("value", pa.string()), pa.field("into_line", pa.int32())]
)


def _filled(table: pa.Table, **constant: int) -> pa.Table:
    """Return a table with all the columns that are shown."""
    count = len(table)
    columns = []
    for field in SHOWN:
        if field.name in table.column_names:
            column = table[field.name].cast(field.type)
            nothing = "" if pa.types.is_string(field.type) else 0
            columns.append(pc.fill_null(column, nothing))
        else:
            value = constant.get(field.name, "" if pa.types.is_string(field.type) else 0)
            columns.append(pa.chunked_array([pa.array([value] * count, field.type)], field.type))
    return pa.Table.from_arrays(columns, schema=SHOWN)


def _line(row: dict[str, Any]) -> Line:
    is_ours = 0 <= row["kind"] <= max(Kind)
    return Line(
        row["file"], row["line"], KINDS[Kind(row["kind"])] if is_ours else "", NAMES[Fate(row["fate"])], row["label"],
        row["reason"], row["column"], row["value"], row["note"], max(row["object_id"], 0), row["into_line"],
    )  # fmt: skip
